/**
 * Progress: how long work tells its caller where it is, takes a wish to stop, and reports what it survived. Work calls
 * it; only the command line shows it.
 */

export interface Progress {
  /** Aborted when the user wants the work to stop. */
  readonly signal: AbortSignal;
  /** Starts a phase; `total` in the unit of your choice, left out when unknown. */
  phase(name: string, total?: number, unit?: ProgressUnit): void;
  /** Tells the absolute amount of work done in this phase. */
  update(done: number): void;
  /** Reports something survivable; `code` is a stable name, the same for every occurrence. */
  warn(code: string, message: string): void;
}

/** What progress counts. */
export type ProgressUnit = "bytes" | "objects" | "steps";

/** Shows nothing, is never aborted. */
export const NO_PROGRESS: Progress = {
  signal: new AbortController().signal,
  phase() {},
  update() {},
  warn() {},
};

/** The same for work beside other work, whose phases are shown: it shows none. */
export function besideOther(progress: Progress): Progress {
  return { signal: progress.signal, phase() {}, update() {}, warn: (code, message) => progress.warn(code, message) };
}

/**
 * Lets timers, signals and input events run, then throws the signal's reason if it is aborted. A synchronous loop is
 * never interrupted by itself, and awaiting a settled promise does not reach the event loop either, so long work calls
 * this about every 50 ms. Costs 10 µs, in browsers 50.
 */
export async function breathe(progress: Progress): Promise<void> {
  await new Promise<void>((resume) => (typeof setImmediate === "function" ? setImmediate(resume) : sendToSelf(resume)));
  progress.signal.throwIfAborted();
}

/** What browsers have instead: a message comes in a turn of its own, where a timer would be made to wait for 4 ms. */
function sendToSelf(resume: () => void): void {
  // A channel for each: one for all has Node go on to the next message without a look at anything else.
  const { port1, port2 } = new MessageChannel();
  const onmessage = (): void => {
    port1.close();
    resume();
  };
  // Node's types do not know that its ports have this as well.
  Object.assign(port1, { onmessage });
  port2.postMessage(undefined);
}

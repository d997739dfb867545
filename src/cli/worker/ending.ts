/**
 * How work is ended that does not end by itself: asked first, then cut off, and what has not even that effect, native code
 * that hangs, ends with the process. Knows neither the worker nor the process, only what can be done to them.
 */

/** What can be done. */
export interface Means {
  /** Asks the work to end; it may take no notice. */
  abort(signalNumber: number): void;
  /** Cuts the work off; never settles while native code hangs. */
  terminate(): Promise<unknown>;
  /** Takes away what the work left behind and tells the user. */
  cleanUp(): Promise<void>;
  /** Whether the work has loaded native code, which aborts the process when it is cut off between two calls. */
  hasNativeCode(): boolean;
  /** Ends the process, at once and whatever hangs. */
  exit(exitCode: number): void;
  kill(): void;
  /** The same by the signal itself, which ends no thread before. */
  die(signalNumber: number): void;
}

/** Milliseconds that the work has to end by itself, and then to be cut off. */
export const PATIENCE = { abort: 2000, terminate: 1000 } as const;

/** One end of one work. */
export class Ending {
  readonly #means: Means;
  readonly #patience: { readonly abort: number; readonly terminate: number };
  #timer: NodeJS.Timeout | undefined;
  #signal: number | undefined;
  #isForced = false;
  #isOver = false;

  constructor(means: Means, patience: { readonly abort: number; readonly terminate: number } = PATIENCE) {
    this.#means = means;
    this.#patience = patience;
  }

  /** Whether the process was told to end. */
  get isWanted(): boolean {
    return this.#signal !== undefined;
  }

  /** Whether the work was cut off. */
  get isForced(): boolean {
    return this.#isForced;
  }

  /** The process was told to end: once, or once more by somebody impatient. */
  signal(signalNumber: number): void {
    if (this.#signal !== undefined) {
      this.force(signalNumber);
      return;
    }
    this.#signal = signalNumber;
    this.#timer = setTimeout(() => this.force(signalNumber), this.#patience.abort);
    this.#means.abort(signalNumber);
  }

  /** Cuts the work off. */
  force(signalNumber: number): void {
    if (this.#isForced || this.#isOver) return;
    this.#isForced = true;
    this.#signal ??= signalNumber;
    clearTimeout(this.#timer);
    const end = async (finish: () => void): Promise<void> => {
      clearTimeout(this.#timer);
      await this.#means.cleanUp();
      finish();
    };
    if (this.#means.hasNativeCode()) {
      void end(() => this.#means.die(this.#signal!));
      return;
    }
    // The first signal counts: the others only say that it takes too long.
    const exit = (): Promise<void> => end(() => this.#means.exit(128 + this.#signal!));
    this.#timer = setTimeout(() => end(this.#means.kill), this.#patience.terminate);
    void this.#means.terminate().then(exit, exit);
  }

  /** The work has ended by itself. */
  done(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

/** Keeps a process trying inputs: kills it if one does not end, and starts another after whatever took it down. */
import { type ChildProcess, fork } from "node:child_process";
import type { Ending } from "./trial.ts";

export interface FuzzFault {
  readonly step: string;
  readonly message: string;
}

/** How an input ended; what the child sends. */
export interface TrialEnd {
  readonly index: number;
  readonly name: string;
  readonly endings: readonly Ending[];
  readonly fault?: FuzzFault;
  /** Of processor time. */
  readonly milliseconds: number;
  /** The most memory that the process has had. */
  readonly peakMegabytes: number;
  /** Where the input is kept. */
  readonly kept?: string | undefined;
}

export interface Task {
  /** The module that the child runs, with seed, first index and stride as arguments. */
  readonly child: string;
  readonly seed: number;
  /** The first index; then every `stride`th. */
  readonly from: number;
  readonly stride: number;
  /** Milliseconds in which an input has to end, on a machine that does other things as well. */
  readonly patience: number;
  /** Whether input number `index` is to be tried. */
  wants(index: number): boolean;
  onEnd(end: TrialEnd): void;
}

/** Tries inputs as long as the task wants more. */
export async function supervise(task: Task): Promise<void> {
  let next = task.from;
  while (task.wants(next)) next = await superviseOne(task, next);
}

/** Runs one process; returns the index after the last input that it tried. */
function superviseOne({ child: module, seed, stride, patience, wants, onEnd }: Task, from: number): Promise<number> {
  return new Promise((resolve) => {
    let next = from;
    let isHanging = false;
    const child = fork(module, [seed, from, stride].map(String), { execArgv: ["--max-old-space-size=2048"] });
    let timer = watch(child);
    child.on("message", (end: TrialEnd) => {
      // What was on its way when it was told to end.
      if (!wants(next)) return;
      clearTimeout(timer);
      next += stride;
      onEnd(end);
      if (wants(next)) timer = watch(child);
      else dismiss();
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (wants(next)) {
        const message = isHanging
          ? `no end after ${patience} ms`
          : `the process ended with ${signal ?? `code ${code}`}`;
        onEnd({
          index: next,
          name: "",
          endings: [],
          fault: { step: "process", message },
          milliseconds: 0,
          peakMegabytes: 0,
        });
        next += stride;
      }
      resolve(next);
    });

    /** Lets it tidy up, if it can. */
    function dismiss(): void {
      child.disconnect();
      timer = setTimeout(() => child.kill("SIGKILL"), patience);
    }

    function watch(watched: ChildProcess): NodeJS.Timeout {
      return setTimeout(() => {
        isHanging = true;
        watched.kill("SIGKILL");
      }, patience);
    }
  });
}

/**
 * Keeps a process trying inputs: kills it if one does not end, and starts another after whatever took it down. When time
 * is up the input under way is given up, however busy its process is. No process outlives its parent.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** What a child sends before its first input: it did start. */
export const READY = "ready";

export interface Task {
  /** The module that the child runs, with seed, first index, stride, and a folder for its files as arguments. */
  readonly child: string;
  readonly seed: number;
  /** The first index; then every `stride`th. */
  readonly from: number;
  readonly stride: number;
  /** Milliseconds in which an input has to end, on a machine that does other things as well. */
  readonly patience: number;
  /** When it ends, the input under way is given up. */
  readonly stop?: AbortSignal;
  /** Whether input number `index` is to be tried. */
  wants(index: number): boolean;
  onEnd(end: TrialEnd): void;
  /** An input that was given up. */
  onUnfinished?(index: number): void;
}

/**
 * Tries inputs as long as the task wants more.
 * @throws Error if the process does not start: that is no input's fault
 */
export async function supervise(task: Task): Promise<void> {
  let next = task.from;
  while (task.wants(next) && task.stop?.aborted !== true) next = await superviseOne(task, next);
}

/**
 * Ends a process whose parent is gone. In a thread of its own, because the main one may be busy for ever; preloaded, so
 * that it is there before anything else is, and again in the threads of gohd, where it has nothing to do.
 * @returns a module for `node --import`
 */
export function watchdog(parent: number, folder: string): string {
  const watch = `setInterval(() => {
    if (process.ppid === ${parent}) return;
    require("node:fs").rmSync(${JSON.stringify(folder)}, { recursive: true, force: true });
    process.kill(process.pid, "SIGKILL");
  }, 500)`;
  const start = `import { isMainThread, Worker } from "node:worker_threads";
    if (isMainThread) new Worker(${JSON.stringify(watch)}, { eval: true, execArgv: [] }).unref();`;
  return `data:text/javascript,${encodeURIComponent(start)}`;
}

/** Runs one process; returns the index after the last input that it tried. */
async function superviseOne(task: Task, from: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "gohd-fuzz-"));
  try {
    return await runChild(task, from, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runChild(task: Task, from: number, folder: string): Promise<number> {
  const { child: module, seed, stride, patience, stop, wants, onEnd } = task;
  return new Promise((resolve, reject) => {
    let next = from;
    let isReady = false;
    let isHanging = false;
    const child = fork(module, [...[seed, from, stride].map(String), folder], {
      execArgv: ["--max-old-space-size=2048", "--import", watchdog(process.pid, folder)],
    });
    const kill = (): void => void child.kill("SIGKILL");
    const watch = (): NodeJS.Timeout =>
      setTimeout(() => {
        isHanging = true;
        kill();
      }, patience);
    let timer = watch();
    stop?.addEventListener("abort", kill);
    child.on("message", (end: TrialEnd | typeof READY) => {
      if (end === READY) {
        isReady = true;
        return;
      }
      // What was on its way when it was told to end.
      if (!wants(next) || stop?.aborted === true) return;
      clearTimeout(timer);
      next += stride;
      onEnd(end);
      if (wants(next)) timer = watch();
      else kill();
    });
    child.on("error", (error) => fail(error.message));
    child.on("exit", (code, signal) => {
      const how = isHanging ? `no end after ${patience} ms` : `the process ended with ${signal ?? `code ${code}`}`;
      if (stop?.aborted !== true && wants(next)) {
        if (!isReady) return fail(how);
        const fault = { step: "process", message: how };
        onEnd({ index: next, name: "", endings: [], fault, milliseconds: 0, peakMegabytes: 0 });
        next += stride;
      } else if (wants(next)) {
        task.onUnfinished?.(next);
      }
      settle();
      resolve(next);
    });

    function fail(why: string): void {
      settle();
      reject(new Error(`the process that tries inputs does not start: ${why}`));
    }

    function settle(): void {
      clearTimeout(timer);
      stop?.removeEventListener("abort", kill);
    }
  });
}

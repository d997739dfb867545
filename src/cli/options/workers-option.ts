/** `--workers`, the same for every command that reads a dump. */
import type { Command } from "commander";
import { toCount } from "./count-option.ts";

export interface WorkersOptions {
  /** Threads that work at once; undefined: one for each core, at most MOST_WORKERS. */
  readonly workers?: number;
}

/** More are of little use: what is left to one thread, and the memory that all share, sets the pace then. */
export const MOST_WORKERS = 8;

/** Adds the option to `command`. */
export function addWorkersOption(command: Command): void {
  command.option(
    "--workers <n>",
    `number of threads (default: one for each core, at most ${MOST_WORKERS}); 0 means one thread`,
    toCount(0),
  );
}

/** `--cache` and `--no-cache`, the same for every command that reads a dump. */
import type { Command } from "commander";

export interface IndexOptions {
  /** True: make an index if there is none. False: do as if there were none. Undefined: use it if it is there. */
  readonly cache?: boolean;
}

/** Adds the options to `command`. */
export function addIndexOptions(command: Command): void {
  command
    .option("--cache", "save what was read in <dump>.gohd; the next command on the dump starts immediately")
    .option("--no-cache", "ignore <dump>.gohd and read the dump");
}

/** `--cache` and `--no-cache`, the same for every command that reads a dump. */
import type { Command } from "commander";

export interface IndexOptions {
  /** True: make an index if there is none. False: do as if there were none. Undefined: use it if it is there. */
  readonly cache?: boolean;
}

/** Adds the options to `command`. */
export function addIndexOptions(command: Command): void {
  command
    .option("--cache", "keep what was read and computed in <dump>.gohd, so that the next command begins at once")
    .option("--no-cache", "read the dump itself, even if gohd index or --cache made <dump>.gohd");
}

/** `--exe` and `--force-exe`, the same for every command that reads a dump. */
import type { Command } from "commander";

export interface ExecutableOptions {
  /** Path of the executable that wrote the dump. */
  readonly exe?: string;
  /** Use it though it does not match. */
  readonly forceExe?: boolean;
}

/** Adds the options to `command`. */
export function addExecutableOptions(command: Command): void {
  command
    .option(
      "--exe <file>",
      "the executable that wrote the dump, stripped or not, plain or compressed: names the Go types of the objects",
    )
    .option("--force-exe", "use the executable though it does not match the dump; expect wrong types");
}

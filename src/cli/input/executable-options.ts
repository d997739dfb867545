/** `--exe`, `--symbols` and `--force-exe`, the same for every command that reads a dump. */
import type { Command } from "commander";

export interface ExecutableOptions {
  /** Path of the executable that wrote the dump. */
  readonly exe?: string;
  /** Path of a file that names what the executable does not: a build that was not stripped, or debug information alone. */
  readonly symbols?: string;
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
    .option(
      "--symbols <file>",
      "names for a stripped executable: the same program built without -s -w, or its debug information as strip, " +
        "objcopy or dsymutil keep it; without --exe it serves as the executable, too",
    )
    .option("--force-exe", "use the executable though it does not match the dump; expect wrong types");
}

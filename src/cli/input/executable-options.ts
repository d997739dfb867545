/** `--exe`, `--symbols` and `--force-exe`, the same for every command that reads a dump. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";

export interface ExecutableOptions {
  /** Path of the executable that wrote the dump. */
  readonly exe?: string;
  /** Further executables, if it may have been one of several: the one that fits is used. */
  readonly orElse?: readonly string[];
  /** Path of a file that names what the executable does not: a build that was not stripped, or debug information alone. */
  readonly symbols?: string;
  /** Use it though it does not match. */
  readonly forceExe?: boolean;
}

/** Adds the options to `command`; with `several`, `--exe` may be given more than once, and is an array. */
export function addExecutableOptions(command: Command, { several = false } = {}): void {
  const flags = "--exe <file>";
  const description = "the executable that wrote the dump; gohd reads the Go types from it";
  if (several)
    command.option(flags, `${description}; give several, and gohd takes the one that fits each dump`, append);
  else command.option(flags, description);
  command
    .option(
      "--symbols <file>",
      "names of variables for a stripped executable: the same program built without -s -w, or the debug information " +
        "that objcopy or dsymutil kept",
    )
    .option("--force-exe", "use the executable even if it did not write the dump; expect wrong types");
}

/** @throws UsageError for what is of one executable, if there are several */
export function checkExecutables({
  exe = [],
  symbols,
  forceExe = false,
}: {
  readonly exe?: readonly string[];
  readonly symbols?: string;
  readonly forceExe?: boolean;
}): void {
  if (exe.length < 2) return;
  const option = symbols === undefined ? (forceExe ? "--force-exe" : undefined) : "--symbols";
  if (option === undefined) return;
  throw new UsageError(`${option} is for one executable, and there are ${exe.length}`, {
    hint: "convert the dumps of each build with a command of their own",
  });
}

function append(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

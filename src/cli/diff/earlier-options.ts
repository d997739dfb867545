/** `--before` and `--before-exe`: earlier dumps, for converters that show what grew. Loads nothing that reads a dump. */
import type { Command } from "commander";

export interface EarlierOptions {
  /** Earlier dumps of the program, oldest first. */
  readonly before?: readonly string[];
  /** Path of the executable that wrote them, if it is another one. */
  readonly beforeExe?: string;
}

/** Adds the options to `command`. */
export function addEarlierOptions(command: Command): void {
  command
    .option(
      "--before <dump>",
      "with --to html: show what grew since this dump; may be given several times, oldest first",
      (path: string, previous: readonly string[] = []) => [...previous, path],
    )
    .option("--before-exe <file>", "the executable that wrote the earlier dumps, if it is another build");
}

/** `gohd app.dump`: a dump without a command is the dump to report on. */
import { existsSync } from "node:fs";
import { DUMP_COMMANDS, OTHER_COMMANDS } from "./command-names.ts";

/** What is a command is one, even if a file is called so. */
const COMMANDS: ReadonlySet<string> = new Set([...DUMP_COMMANDS, ...OTHER_COMMANDS]);

/** Puts `report` in front of arguments that begin with a file, or with "-", which is standard input. */
export function withCommand(args: readonly string[]): readonly string[] {
  const first = args[0];
  if (first === undefined || COMMANDS.has(first)) return args;
  return first === "-" || (!first.startsWith("-") && existsSync(first)) ? ["report", ...args] : args;
}

/** `gohd app.dump`: a dump without a command is the dump to report on. A report in another format is a conversion. */
import { existsSync } from "node:fs";
import { DUMP_COMMANDS, OTHER_COMMANDS } from "./command-names.ts";

/** What is a command is one, even if a file is called so. */
const COMMANDS: ReadonlySet<string> = new Set([...DUMP_COMMANDS, ...OTHER_COMMANDS]);

/**
 * Puts `report` in front of arguments that begin with a file, or with "-", which is standard input. With `--to`, which makes files of
 * what a report tells, it is `convert`.
 */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  if (first === undefined) return args;
  const isPlain = !COMMANDS.has(first) && (first === "-" || (!first.startsWith("-") && existsSync(first)));
  if (!isPlain && first !== "report") return args;
  const rest = isPlain ? args : args.slice(1);
  return [asksForFormat(rest) ? "convert" : "report", ...rest];
}

function asksForFormat(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === "--to" || arg.startsWith("--to="));
}

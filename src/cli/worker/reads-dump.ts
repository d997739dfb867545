/** Which command lines are work for a worker: those that read a dump. */
import { DUMP_COMMANDS } from "../options/command-names.ts";

/** Tells it without parsing, for which everything would have to be loaded; help reads no dump. */
export function readsDump(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return DUMP_COMMANDS.includes(args[0] ?? "") && !options.includes("--help") && !options.includes("-h");
}

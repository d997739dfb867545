/** Which command lines are work for a worker: those that read a dump. */

/** Commands whose first argument is a dump. */
export const DUMP_COMMANDS: readonly string[] = ["report", "why", "info", "convert", "sql"];

/** Tells it without parsing, for which everything would have to be loaded; help reads no dump. */
export function readsDump(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return DUMP_COMMANDS.includes(args[0] ?? "") && !options.includes("--help") && !options.includes("-h");
}

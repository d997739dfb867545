/** What commands there are, by name, for those who have to know before any of them is loaded. */

/** Commands whose first argument is a dump, or what gohd made of one. */
export const DUMP_COMMANDS: readonly string[] = [
  "report",
  "diff",
  "why",
  "top",
  "check",
  "info",
  "index",
  "convert",
  "sql",
];

/** The others. */
export const OTHER_COMMANDS: readonly string[] = ["converters", "completion", "help"];

/** Commands of the prompt of `gohd sql`: words that begin with a dot, and what they stand for. */
import { UsageError } from "../../errors.ts";
import { RESULT_MODES, type ResultMode } from "./sql-output.ts";

/** Tells people what there is. */
export const COMMANDS_HELP = `.tables lists the tables, .schema <table> its columns; .mode line shows whole values, a line each, and .mode table,
csv or json what they say; .exit or Ctrl-D leaves, Ctrl-C stops a query. Statements end with a semicolon.`;

/** What is to be done: a statement to run, help to show, another mode for results from now on. */
export type Command =
  | { readonly kind: "statement"; readonly sql: string }
  | { readonly kind: "help" }
  | { readonly kind: "mode"; readonly mode: ResultMode };

const LEAVE: ReadonlySet<string> = new Set([".exit", ".quit", "exit", "quit"]);

/** Whether a line asks to leave. */
export function isLeave(text: string): boolean {
  return LEAVE.has(text.trim().replace(/;$/, "").toLowerCase());
}

/**
 * Reads a command; text without a dot at its beginning is SQL already. `tables` are the tables that .schema lists.
 * @throws UsageError if there is no such command
 */
export function readCommand(text: string, tables: readonly string[]): Command {
  if (!text.startsWith(".")) return { kind: "statement", sql: text };
  const [command, argument] = text.slice(1).replace(/;$/, "").split(/\s+/);
  switch (command) {
    case "help":
      return { kind: "help" };
    case "mode":
      return { kind: "mode", mode: toMode(argument) };
    case "tables":
      return { kind: "statement", sql: "SELECT name FROM (SHOW TABLES)" };
    case "schema":
      return {
        kind: "statement",
        sql: argument
          ? `DESCRIBE "${argument.replaceAll('"', '""')}"`
          : `SELECT unnest([${tables.map((name) => `'${name}'`).join(", ")}]) AS name`,
      };
    default:
      throw new UsageError(`there is no command .${command}`, { hint: ".help lists the commands" });
  }
}

function toMode(word: string | undefined): ResultMode {
  const mode = RESULT_MODES.find((known) => known === word);
  if (mode !== undefined) return mode;
  const what = word ? `there is no mode ${word}` : ".mode needs a mode";
  throw new UsageError(what, { hint: `there are ${RESULT_MODES.join(", ")}` });
}

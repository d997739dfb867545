/** Commands of the prompt of `gohd sql`: words that begin with a dot, and the SQL that they stand for. */
import { UsageError } from "../errors.ts";

/** Tells people what there is. */
export const COMMANDS_HELP = `.tables lists the tables, .schema <table> its columns; .exit or Ctrl-D leaves, Ctrl-C stops a query.
Statements end with a semicolon.`;

/**
 * Turns a command into SQL; text without a dot at its beginning is SQL already, and undefined asks for help. `tables` are
 * the tables that .schema lists.
 * @throws UsageError if there is no such command
 */
export function toStatement(text: string, tables: readonly string[]): string | undefined {
  if (!text.startsWith(".")) return text;
  const [command, table] = text.slice(1).replace(/;$/, "").split(/\s+/);
  if (command === "help") return undefined;
  if (command === "tables") return "SELECT name FROM (SHOW TABLES)";
  if (command === "schema" && table) return `DESCRIBE "${table.replaceAll('"', '""')}"`;
  if (command === "schema") return `SELECT unnest([${tables.map((name) => `'${name}'`).join(", ")}]) AS name`;
  throw new UsageError(`there is no command .${command}`, { hint: ".help tells what there is" });
}

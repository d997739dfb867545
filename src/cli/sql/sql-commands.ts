/** Commands of the prompt of `gohd sql`: words that begin with a dot, and the SQL that they stand for. */
import { UsageError } from "../../errors.ts";

/** Tells people what there is. */
export const COMMANDS_HELP = `.tables lists the tables, .schema <table> its columns; .exit or Ctrl-D leaves, Ctrl-C stops a query.
Statements end with a semicolon.`;

const LEAVE: ReadonlySet<string> = new Set([".exit", ".quit", "exit", "quit"]);

/** Whether a line asks to leave. */
export function isLeave(text: string): boolean {
  return LEAVE.has(text.trim().replace(/;$/, "").toLowerCase());
}

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

/** What can be asked, for `--help` and at the prompt. */
export const SQL_HELP = `
Tables: objects, edges, edge_names, roots, root_vertices, types, fields, goroutines, frames, finalizers, itabs,
memprof_buckets, memprof_frames, alloc_samples, segments, variables, memstats, gc_pauses, strings, contents, dump.
Views: named_objects, named_edges. Macros: top_types(), path_to_root(object), dominated_by(vertex),
retained_by_goroutine(), duplicate_strings(), growth(before, after).

Examples:
  gohd sql app.dump "FROM top_types() LIMIT 10"
  gohd sql app.dump --exe ./app "SELECT * FROM named_objects WHERE type = 'main.Node' ORDER BY retained DESC LIMIT 5"
  gohd sql app.dump --json "FROM retained_by_goroutine()" | jq '.[0]'
  gohd sql app.dump --parquet live.parquet "FROM objects WHERE reachable"
  gohd sql app.dump                     asks; .help tells what else it knows`;

/** Tables: what the schema consists of. README.md documents every one of them, and a test compares the two. */
import type { Column } from "./column.ts";
import type { Need, TableSource } from "./table-source.ts";

/** Goes up by one when a table or column changes its name, type or meaning; new ones do not change it. */
export const SCHEMA_VERSION = 2;

export interface Table {
  readonly name: string;
  /** Written only when asked for: contents of the process's memory. */
  readonly onRequest?: "strings" | "contents";
  readonly columns: readonly Column[];
  /** What has to be computed before the rows can be counted. */
  readonly needs?: readonly Need[];
  rowCount(source: TableSource): number;
}

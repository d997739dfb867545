/**
 * The built-in converters: what `--to` takes, and where it is. Each is imported only when it is asked for, so that one
 * converter's libraries cost the others nothing.
 */
import type { ConverterTable } from "../src/converter/load.ts";

export const BUILT_IN_CONVERTERS = {
  heapsnapshot: () => import("./heapsnapshot/index.ts"),
  heaptimeline: () => import("./heapsnapshot/heaptimeline.ts"),
  heapprofile: () => import("./heapsnapshot/heapprofile.ts"),
  pprof: () => import("./pprof/index.ts"),
  perfetto: () => import("./perfetto/index.ts"),
  dot: () => import("./dot/index.ts"),
  svg: () => import("./dot/svg.ts"),
  hprof: () => import("./hprof/index.ts"),
  html: () => import("./report/html.ts"),
  markdown: () => import("./report/markdown.ts"),
  json: () => import("./report/json.ts"),
  parquet: () => import("./parquet/index.ts"),
  duckdb: () => import("./parquet/duckdb.ts"),
} satisfies ConverterTable;

/** Loads what `gohd sql` runs queries with: apart from the table, because it is no format. */
export const loadSql = () => import("./parquet/sql/sql-session.ts");

export type { SqlColumn, SqlResult, SqlSession, SqlValue, StoredKind } from "./parquet/sql/sql-session.ts";

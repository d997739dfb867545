/** How rows become a Parquet file. */

import { SCHEMA_VERSION } from "../tables/table.ts";
import { toSqlText } from "./sql-text.ts";

/** DuckDB's default is 122 880; larger groups make smaller files, but readers skip less. */
const ROW_GROUP_ROWS = 262_144;

/** The statement that writes the rows of `query` into the file `path`, which may be there and keeps its mode. */
export function toCopyStatement(query: string, path: string, version: "v1" | "v2"): string {
  const format = [
    "FORMAT parquet",
    "COMPRESSION zstd",
    `PARQUET_VERSION ${version}`,
    `ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`,
    `KV_METADATA { "gohd.schema_version": '${SCHEMA_VERSION}' }`,
    // Else DuckDB would put its own file, with its own mode, in the place of the one that is there.
    "USE_TMP_FILE false",
  ].join(", ");
  return `COPY (${query}) TO ${toSqlText(path)} (${format})`;
}

/**
 * `--to parquet`: a directory of Parquet files, a table each, that DuckDB, Spark, Trino, pandas and hyparquet read.
 * Written by DuckDB 1.5.5, straight from the heap's columns. README.md documents the schema.
 *
 * Everything that the heap holds is there, but what a pointer to something else than an object held, and, unless they are
 * asked for, the contents of objects.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { Database } from "./engine/database.ts";
import { loadDuckDB } from "./engine/duckdb-library.ts";
import { FUNCTION_PREFIX } from "./engine/feed.ts";
import { toCopyStatement } from "./engine/write.ts";
import {
  chooseTables,
  needsOf,
  SHARED_OPTIONS,
  TABLE_HOLDINGS,
  toDatabaseOptions,
  toSourceOptions,
} from "./options.ts";
import { toPartitionPath } from "./partition.ts";
import { shortenError } from "./sql/query-errors.ts";
import { TABLE_ANALYSES } from "./tables/analyses.ts";
import { TableSource } from "./tables/table-source.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "parquet",
  description: "tables of everything in the heap as Parquet files, for DuckDB, Spark, Trino and pandas",
  output: { kind: "directory", extension: "parquet", binary: true, addedWith: "partition" },
  holds: TABLE_HOLDINGS,
  options: {
    partition: {
      type: "list",
      what: "key=value",
      default: [],
      description: "add the dump to the data set in the output, in folders key=value",
    },
    "parquet-version": {
      type: "choice",
      values: ["v1", "v2"],
      default: "v1",
      description: "v2 is half as large, but not every reader knows its encodings",
    },
    ...SHARED_OPTIONS,
  },
  listFiles: (options) => chooseTables(options).map(({ name }) => toFileName(name, options.partition)),
  async check() {
    await loadDuckDB();
  },
  uses: () => TABLE_ANALYSES,
  async convert(heap, sink, options, progress) {
    const source = new TableSource(heap, toSourceOptions(options));
    const temporaryDirectory = await sink.scratch();
    const database = await Database.open({ ...toDatabaseOptions(options), temporaryDirectory });
    try {
      database.feed(source);
      for (const table of chooseTables(options)) {
        await source.prepare(needsOf(table), progress);
        const { name } = table;
        const path = await sink.path(toFileName(name, options.partition));
        progress.phase(`writing ${name}`, table.rowCount(source));
        const rows = `FROM ${FUNCTION_PREFIX}${name}()`;
        await database.run(toCopyStatement(rows, path, options["parquet-version"]), progress);
      }
    } catch (error) {
      throw shortenError(error);
    } finally {
      database.close();
    }
  },
});

/** Where a table goes in the output: "objects.parquet"; with partitions, into folders, of which the table's is the first. */
function toFileName(table: string, partition: readonly string[]): string {
  const folders = toPartitionPath(partition);
  return folders === "" ? `${table}.parquet` : `${table}/${folders}${table}.parquet`;
}

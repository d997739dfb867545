/**
 * `--to parquet`: a directory of Parquet files, a table each, that DuckDB, Spark, Trino, pandas and hyparquet read.
 * Written by DuckDB 1.5.6, straight from the heap's columns. README.md documents the schema.
 *
 * Everything that the heap holds is there, but what a pointer to something else than an object held, and, unless they are
 * asked for, the contents of objects.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { Database } from "./database.ts";
import { FUNCTION_PREFIX } from "./feed.ts";
import { chooseTables, needsOf, SHARED_OPTIONS, toDatabaseOptions, toSourceOptions } from "./options.ts";
import { toPartitionPath } from "./partition.ts";
import { toSqlText } from "./sql-text.ts";
import { SCHEMA_VERSION } from "./table.ts";
import { TableSource } from "./table-source.ts";

/** DuckDB's default is 122 880; larger groups make smaller files, but readers skip less. */
const ROW_GROUP_ROWS = 262_144;

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "parquet",
  description: "tables of everything in the heap as Parquet files, for DuckDB, Spark, Trino and pandas",
  output: { kind: "directory", extension: "parquet", binary: true, addedWith: "partition" },
  options: {
    partition: {
      type: "list",
      what: "key=value",
      default: [],
      description: "write into folders key=value, beside the dumps that the output holds already",
    },
    "parquet-version": {
      type: "choice",
      values: ["v1", "v2"],
      default: "v1",
      description: "v2 is about half as large; not every reader knows its encodings",
    },
    ...SHARED_OPTIONS,
  },
  async convert(heap, sink, options, progress) {
    const folders = toPartitionPath(options.partition);
    const source = new TableSource(heap, toSourceOptions(options));
    const temporaryDirectory = await sink.scratch();
    const database = await Database.open(source, { ...toDatabaseOptions(options), temporaryDirectory });
    try {
      const format = [
        "FORMAT parquet",
        "COMPRESSION zstd",
        `PARQUET_VERSION ${options["parquet-version"]}`,
        `ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`,
        `KV_METADATA { "gohd.schema_version": '${SCHEMA_VERSION}' }`,
        // Else DuckDB would put its own file, with its own mode, in the place of the one that is there.
        "USE_TMP_FILE false",
        "OVERWRITE_OR_IGNORE true",
      ].join(", ");
      for (const table of chooseTables(options)) {
        await database.prepare(needsOf(table), progress);
        const { name } = table;
        const path = await sink.path(folders === "" ? `${name}.parquet` : `${name}/${folders}${name}.parquet`);
        progress.phase(`writing ${name}`, table.rowCount(source));
        await database.run(`COPY (FROM ${FUNCTION_PREFIX}${name}()) TO ${toSqlText(path)} (${format})`, progress);
      }
    } finally {
      database.close();
    }
  },
});

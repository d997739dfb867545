/**
 * `--to duckdb`: one DuckDB database file with the tables of `--to parquet`, and views and macros that answer the usual
 * questions. Written and read with DuckDB 1.5.5. README.md documents it; what is lost is the same as in Parquet.
 */
import { chmodSync, renameSync } from "node:fs";
import { join } from "node:path";
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { Database } from "./engine/database.ts";
import { loadDuckDB } from "./engine/duckdb-library.ts";
import { FUNCTION_PREFIX } from "./engine/feed.ts";
import {
  chooseTables,
  needsOf,
  SHARED_OPTIONS,
  TABLE_HOLDINGS,
  toDatabaseOptions,
  toSourceOptions,
} from "./options.ts";
import { DEFINITIONS, toCreateStatement } from "./sql/macros.ts";
import { shortenError } from "./sql/query-errors.ts";
import { TABLE_ANALYSES } from "./tables/analyses.ts";
import { TableSource } from "./tables/table-source.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "duckdb",
  description: "tables of everything in the heap in one DuckDB database, with macros for the usual questions",
  output: { kind: "file", extension: "duckdb", binary: true, needsPath: true },
  holds: TABLE_HOLDINGS,
  options: SHARED_OPTIONS,
  async check() {
    await loadDuckDB();
  },
  uses: () => TABLE_ANALYSES,
  async convert(heap, sink, options, progress) {
    const source = new TableSource(heap, toSourceOptions(options));
    const output = await sink.path();
    const temporaryDirectory = await sink.scratch();
    // DuckDB keeps a log beside its file; both are in the scratch folder until the file is complete.
    const path = join(temporaryDirectory, "heap.duckdb");
    const database = await Database.open({ ...toDatabaseOptions(options), path, temporaryDirectory });
    try {
      database.feed(source);
      for (const table of chooseTables(options)) {
        await source.prepare(needsOf(table), progress);
        progress.phase(`writing ${table.name}`, table.rowCount(source));
        await database.run(`CREATE TABLE ${table.name} AS FROM ${FUNCTION_PREFIX}${table.name}()`, progress);
      }
      for (const definition of DEFINITIONS) {
        const { onRequest } = definition;
        if (onRequest === undefined || options[onRequest]) await database.run(toCreateStatement(definition), progress);
      }
      progress.phase("completing the database");
      await database.run("CHECKPOINT", progress);
    } catch (error) {
      throw shortenError(error);
    } finally {
      database.close();
    }
    chmodSync(path, 0o600);
    renameSync(path, output);
  },
});

/**
 * Tables that gohd wrote before, a DuckDB database or a directory of Parquet files, as what a session asks. Nothing is
 * written into them.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { ConverterError, type Progress } from "../../../src/index.ts";
import type { Database } from "../engine/database.ts";
import { toDatabaseName, toSqlText } from "../engine/sql-text.ts";
import { SCHEMA_VERSION } from "../tables/table.ts";
import { TABLES } from "../tables/tables.ts";
import { DEFINITIONS, toCreateStatement } from "./macros.ts";

export type StoredKind = "database" | "directory";

/** The database in memory, which has what queries make, and the views of Parquet files. */
export const MEMORY = "memory";

/** DuckDB's magic, and where it is. */
const MAGIC = "DUCK";
const MAGIC_OFFSET = 8;

/** Tells whether `path` has tables, by what it is; undefined for everything else, and for what is not there. */
export function findStored(path: string): StoredKind | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return "directory";
  if (!stats?.isFile()) return undefined;
  const head = Buffer.alloc(MAGIC.length);
  const fd = openSync(path, "r");
  try {
    readSync(fd, head, 0, MAGIC.length, MAGIC_OFFSET);
  } finally {
    closeSync(fd);
  }
  return head.toString("latin1") === MAGIC ? "database" : undefined;
}

/** What a session calls the database that has its tables, if it is about `path`. */
export function nameDatabase(path: string): string {
  return findStored(path) === "database" ? toDatabaseName(path) : MEMORY;
}

/**
 * Makes the tables at `path` those that queries are about.
 * @returns the name of the database that has them
 * @throws ConverterError if they are not gohd's, or of another version
 */
export async function attachStored(
  database: Database,
  path: string,
  kind: StoredKind,
  progress: Progress,
): Promise<string> {
  return kind === "database" ? attachDatabase(database, path, progress) : attachDirectory(database, path, progress);
}

async function attachDatabase(database: Database, path: string, progress: Progress): Promise<string> {
  const name = nameDatabase(path);
  await database.run(`ATTACH ${toSqlText(path)} AS ${name} (READ_ONLY)`, progress);
  // What queries make goes into memory; what they read is found in both.
  await database.run(`SET search_path = ${toSqlText(`${MEMORY},${name}`)}`, progress);
  await checkVersion(database, path, `${path} is a DuckDB database, but not one that gohd wrote`, progress);
  return name;
}

async function attachDirectory(database: Database, path: string, progress: Progress): Promise<string> {
  const foreign = `${path} is a directory, and not one that gohd wrote: it has no dump.parquet, which is written last`;
  const isPartitioned = !existsSync(join(path, "dump.parquet"));
  if (isPartitioned && !isFolder(join(path, "dump"))) {
    throw new ConverterError(foreign, { hint: "gohd convert app.dump --to parquet writes one, app.parquet" });
  }
  for (const { name } of TABLES) {
    const pattern = isPartitioned
      ? join(escapeGlob(join(path, name)), "**/*.parquet")
      : escapeGlob(join(path, `${name}.parquet`));
    // What was not asked for is not there.
    if (!(isPartitioned ? isFolder(join(path, name)) : existsSync(join(path, `${name}.parquet`)))) continue;
    const options = isPartitioned ? ", hive_partitioning = true" : "";
    await database.run(`CREATE VIEW ${name} AS FROM read_parquet(${toSqlText(pattern)}${options})`, progress);
  }
  await checkVersion(database, path, foreign, progress);
  const count = Number(
    (await database.run("SELECT count(*) FROM dump", progress).then((result) => result.getRows()))[0]?.[0],
  );
  if (count > 1) {
    progress.warn(
      "many-dumps",
      `${path} has ${count} dumps: ids are of one dump each, so joins have to compare the partitions, too, and there are ` +
        "neither views nor macros",
    );
    return MEMORY;
  }
  // Of a single file DuckDB 1.5 answers max(host) from the statistics of its columns, of which a partition is none, and fails.
  if (isPartitioned) await database.run("SET disabled_optimizers = 'statistics_propagation'", progress);
  const present = new Set(readdirSync(path).map((file) => basename(file, ".parquet")));
  for (const definition of DEFINITIONS) {
    const { onRequest } = definition;
    if (onRequest === undefined || present.has(onRequest)) await database.run(toCreateStatement(definition), progress);
  }
  return MEMORY;
}

/** @throws ConverterError with `foreign` if there is no version */
async function checkVersion(database: Database, path: string, foreign: string, progress: Progress): Promise<void> {
  let version: number;
  try {
    const result = await database.run("SELECT max(schema_version)::DOUBLE FROM dump", progress);
    version = Number((await result.getRows())[0]?.[0]);
  } catch (error) {
    progress.signal.throwIfAborted();
    throw new ConverterError(foreign, {
      cause: error,
      hint: `any file can be read beside a dump: gohd sql app.dump "FROM read_parquet('x.parquet')", or ATTACH 'x.duckdb' AS x (READ_ONLY)`,
    });
  }
  if (version === SCHEMA_VERSION) return;
  throw new ConverterError(`${path} has tables of version ${version}, and this gohd reads version ${SCHEMA_VERSION}`, {
    hint: "convert the dump again, or use the gohd that wrote it",
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** DuckDB takes paths of files for patterns. */
function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

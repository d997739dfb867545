/**
 * The measured program for the tables: `measure-tables.js <dump> [executable]`. Writes all tables of a heap as Parquet, and
 * then, with the same DuckDB, tables of as many rows and columns of the same types that DuckDB makes up itself. Prints the
 * CPU seconds of both as JSON. What tables need (dominators, paths) is computed before.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../converters/parquet/engine/database.ts";
import { FUNCTION_PREFIX, toSqlType } from "../../converters/parquet/engine/feed.ts";
import { toCopyStatement } from "../../converters/parquet/engine/write.ts";
import { chooseTables, needsOf, SHARED_OPTIONS } from "../../converters/parquet/options.ts";
import type { Column } from "../../converters/parquet/tables/column.ts";
import type { Table } from "../../converters/parquet/tables/table.ts";
import { TableSource } from "../../converters/parquet/tables/table-source.ts";
import { type Heap, NO_PROGRESS, openExecutable, openSource, readHeap, typeHeap } from "../../src/index.ts";

/** What a child prints: CPU in seconds, wall time in seconds. */
export interface TableCosts {
  /** Dominators, retained sizes, paths, …: what the tables need, before. */
  readonly analyses: number;
  /** Writing all tables. */
  readonly tables: number;
  readonly tablesWall: number;
  /** The same with what DuckDB makes up: values one after the other, as cheap as can be. */
  readonly range: number;
  readonly rangeWall: number;
  /** The same with values in no order, as most columns of a heap are. */
  readonly mixed: number;
  readonly rows: number;
}

/** Columns that are NULL nearly everywhere. */
const SPARSE: ReadonlySet<string> = new Set(["target_offset", "alloc_bucket"]);

const [path, executable] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "gohd-bench-tables-"));
try {
  process.stdout.write(`${JSON.stringify(await measure(await readTyped(path!, executable)))}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function readTyped(dump: string, executablePath: string | undefined): Promise<Heap> {
  const heap = await readHeap(await openSource(dump), { keepShapes: executablePath !== undefined });
  if (executablePath === undefined) return heap;
  return (await typeHeap(heap, openExecutable(await openSource(executablePath)))).heap;
}

async function measure(heap: Heap): Promise<TableCosts> {
  const source = new TableSource(heap, { stringLimit: 256, contentsLimit: 4096 });
  const database = await Database.open({
    memoryLimit: "",
    threads: SHARED_OPTIONS.threads.default,
    temporaryDirectory: directory,
  });
  database.feed(source);
  const tables = chooseTables({ strings: false, contents: false });
  const analyses = await costOf(async () => {
    // The names of edges are part of what writing costs.
    for (const table of tables) {
      await source.prepare(
        [...needsOf(table)].filter((need) => need !== "allNames"),
        NO_PROGRESS,
      );
    }
  });
  const write = async (what: string, queryOf: (table: Table) => string): Promise<Cost> =>
    costOf(async () => {
      for (const table of tables) {
        await source.prepare(needsOf(table), NO_PROGRESS);
        const file = join(directory, `${what}-${table.name}.parquet`);
        await database.run(toCopyStatement(queryOf(table), file, "v1"), NO_PROGRESS);
      }
    });
  const own = await write("own", ({ name }) => `FROM ${FUNCTION_PREFIX}${name}()`);
  const madeUp = (toValue: (column: Column) => string) => (table: Table) => {
    const columns = table.columns.map((column) => `${toValue(column)} AS ${column.name}_`);
    return `SELECT ${columns.join(", ")} FROM range(${table.rowCount(source)}) t(i)`;
  };
  const range = await write("range", madeUp(valueInOrder));
  const mixed = await write("mixed", madeUp(mixedValue));
  const rows = tables.reduce((sum, table) => sum + table.rowCount(source), 0);
  database.close();
  return {
    analyses: analyses.cpu,
    tables: own.cpu,
    tablesWall: own.wall,
    range: range.cpu,
    rangeWall: range.wall,
    mixed: mixed.cpu,
    rows,
  };
}

function valueInOrder({ name, type }: Column): string {
  if (SPARSE.has(name)) return `NULL::${toSqlType(type)}`;
  if (typeof type !== "string") return `'${type[0]}'::${toSqlType(type)}`;
  if (type === "BOOLEAN") return "i % 8 <> 0";
  if (type === "VARCHAR") return "'text ' || (i % 100)";
  if (type === "TINYINT") return "(i % 2 * 8)::TINYINT";
  return `i::${type}`;
}

function mixedValue(column: Column): string {
  const { name, type } = column;
  const isMixed = (type === "INTEGER" || type === "BIGINT") && name !== "id" && !SPARSE.has(name);
  return isMixed ? `(i * 2654435761 % 5800000)::${type}` : valueInOrder(column);
}

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/** CPU, user and system, of all threads while `work` runs. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - started) / 1e3 };
}

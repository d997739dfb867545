/** Reads what was written with a DuckDB of its own, that knows nothing of gohd. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export type Row = Readonly<Record<string, unknown>>;

export interface Reader {
  /** Rows; whole numbers of 64 bits as numbers if they are exact, else as bigints. */
  query(sql: string): Promise<Row[]>;
  /** The only value of the only row. */
  value(sql: string): Promise<unknown>;
  close(): void;
}

/** Opens a directory of Parquet files as views, or a database file. */
export async function openReader(path: string): Promise<Reader> {
  const isDatabase = path.endsWith(".duckdb");
  const instance = await DuckDBInstance.create(
    isDatabase ? path : ":memory:",
    isDatabase ? { access_mode: "READ_ONLY" } : {},
  );
  const connection = await instance.connect();
  if (!isDatabase) {
    for (const file of readdirSync(path)) {
      if (!file.endsWith(".parquet")) continue;
      await connection.run(`CREATE VIEW ${file.replace(".parquet", "")} AS FROM '${join(path, file)}'`);
    }
  }
  const query = async (sql: string): Promise<Row[]> => {
    const rows = (await connection.runAndReadAll(sql)).getRowObjects();
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, simplify(value)])));
  };
  return {
    query,
    async value(sql) {
      const [row] = await query(sql);
      return Object.values(row!)[0];
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function simplify(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
}

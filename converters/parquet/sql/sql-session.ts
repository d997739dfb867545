/**
 * The door of `gohd sql`: a heap as an in-process DuckDB, in which tables are views over functions. Nothing is computed
 * before a query needs it: the query's plan tells which columns of which tables it reads.
 */
import type { DuckDBResult } from "@duckdb/node-api";
import { ConverterError, type Heap, type Progress } from "../../../src/index.ts";
import { Database } from "../engine/database.ts";
import { loadDuckDB } from "../engine/duckdb-library.ts";
import { FUNCTION_PREFIX, functionOf, MissingNeeds, type TableFunction } from "../engine/feed.ts";
import { toSqlText } from "../engine/sql-text.ts";
import { toDatabaseOptions } from "../options.ts";
import { type Need, TableSource } from "../tables/table-source.ts";
import { TABLES } from "../tables/tables.ts";
import { DEFINITIONS, type Definition, toCreateStatement } from "./macros.ts";
import { pathFunction } from "./path-function.ts";
import { findFunctionScans } from "./plan.ts";
import { explainQueryError } from "./query-errors.ts";

export { splitStatements } from "./statements.ts";

export interface SqlOptions {
  /** As DuckDB writes it, "2GB"; its default if "". */
  readonly memoryLimit: string;
  /** 0: as many as there are cores. */
  readonly threads: number;
  /** UTF-16 units of a string at the most. */
  readonly stringLimit: number;
  /** Bytes of an object's contents at the most. */
  readonly contentsLimit: number;
  /** Where DuckDB puts what does not fit into memory. */
  readonly temporaryDirectory: string;
}

export interface SqlColumn {
  readonly name: string;
  /** As SQL calls it. */
  readonly type: string;
  /** Whether its values are numbers, though those that may be too large for JavaScript come as texts. */
  readonly isNumber: boolean;
}

/** A value as JSON has it; whole numbers that may be too large are texts. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [name: string]: SqlValue };

export interface SqlResult {
  readonly columns: readonly SqlColumn[];
  /** False for what only does something, as CREATE TABLE. */
  readonly hasRows: boolean;
  /** The rows, many at a time, as they come. To be read once. */
  rows(): AsyncIterable<readonly (readonly SqlValue[])[]>;
}

const FUNCTIONS: ReadonlyMap<string, TableFunction> = new Map(
  [...TABLES.map(functionOf), pathFunction].map((made) => [made.name, made]),
);

/** The same for people, made of a function instead of the table. */
const PATH_TO_ROOT: Definition = {
  name: "path_to_root",
  parameters: ["object"],
  // A cast would round 1.5 up, and the function would take NULL for 0.
  query: `FROM ${pathFunction.name}(CASE
    WHEN TRY_CAST(object AS UBIGINT) IS NULL OR object <> TRY_CAST(object AS UBIGINT)
    THEN error('path_to_root() takes the id of an object, a whole number, and not ' || coalesce(object::VARCHAR, 'NULL'))
    ELSE object::UBIGINT END)`,
};

export class SqlSession {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Tells early if DuckDB cannot be loaded. @throws ConverterError */
  static async check(): Promise<void> {
    await loadDuckDB();
  }

  /** @throws ConverterError if DuckDB cannot be loaded */
  static async open(heap: Heap, options: SqlOptions, progress: Progress): Promise<SqlSession> {
    const source = new TableSource(heap, options);
    const { temporaryDirectory, memoryLimit, threads } = options;
    const limits = toDatabaseOptions({ "memory-limit": memoryLimit, threads });
    const database = await Database.open(source, { ...limits, temporaryDirectory });
    try {
      database.register(pathFunction);
      for (const { name } of TABLES) {
        await database.run(`CREATE VIEW ${name} AS FROM ${FUNCTION_PREFIX}${name}()`, progress);
      }
      for (const definition of DEFINITIONS) {
        const made = definition.name === PATH_TO_ROOT.name ? PATH_TO_ROOT : definition;
        await database.run(toCreateStatement(made), progress);
      }
    } catch (error) {
      database.close();
      throw error;
    }
    return new SqlSession(database);
  }

  /**
   * Runs one statement; `consume` is given its result and reads it. Computes first what the statement needs. Aborting
   * `progress` stops it.
   * @throws ConverterError for what DuckDB complains of; whatever reading the dump throws
   */
  async run(statement: string, progress: Progress, consume: (result: SqlResult) => Promise<void>): Promise<void> {
    try {
      await this.#database.prepare(await this.#findNeeds(statement, progress), progress);
      try {
        await this.#stream(statement, progress, consume);
      } catch (error) {
        if (!(error instanceof MissingNeeds)) throw error;
        // Not every statement has a plan to look at; this one has not begun yet.
        await this.#database.prepare(error.needs, progress);
        await this.#stream(statement, progress, consume);
      }
    } catch (error) {
      throw explainQueryError(error, statement);
    }
  }

  /** Writes the rows of a query into a Parquet file, which must be there already or can be made. */
  async writeParquet(query: string, path: string, progress: Progress): Promise<void> {
    const statement = `COPY (${query}\n) TO ${toSqlText(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`;
    try {
      await this.run(statement, progress, async () => {});
    } catch (error) {
      if (error instanceof ConverterError) await this.#refuseWithoutRows(query, progress);
      throw error;
    }
  }

  /** Names of the tables and views, for completion and lists. */
  get tables(): readonly string[] {
    return TABLES.map(({ name }) => name);
  }

  close(): void {
    this.#database.close();
  }

  /** Tells what is wrong with the query itself, in words about it and not about the COPY that it becomes a part of. */
  async #refuseWithoutRows(query: string, progress: Progress): Promise<void> {
    const { api } = this.#database.library;
    const prepared = await this.#database
      .attempt(() => this.#database.connection.prepare(query), progress)
      .catch((error: unknown) => {
        throw explainQueryError(error, query);
      });
    const { statementType } = prepared;
    prepared.destroySync();
    if (statementType === api.StatementType.SELECT && !/^\s*(DESCRIBE|DESC|SHOW|SUMMARIZE|CALL)\b/i.test(query)) return;
    throw new ConverterError("only the rows of a query can be written into a Parquet file", {
      hint: "the last statement has to be SELECT … or FROM …; FROM (DESCRIBE objects) is one, too",
    });
  }

  async #stream(statement: string, progress: Progress, consume: (result: SqlResult) => Promise<void>): Promise<void> {
    progress.phase("query");
    await this.#database.attempt(async () => {
      await consume(toSqlResult(await this.#database.connection.stream(statement), this.#database));
    }, progress);
  }

  /** What the columns need that the statement's plan reads. Nothing, for what DuckDB has no plan of: it will complain itself. */
  async #findNeeds(statement: string, progress: Progress): Promise<ReadonlySet<Need>> {
    const needs = new Set<Need>();
    let plan: unknown;
    try {
      const result = await this.#database.attempt(
        () => this.#database.connection.run(`EXPLAIN (FORMAT json) ${statement}`),
        progress,
      );
      plan = (await result.getRows())[0]?.[1];
    } catch {
      progress.signal.throwIfAborted();
      return needs;
    }
    for (const { name, columns } of findFunctionScans(String(plan))) {
      const made = FUNCTIONS.get(name);
      if (made === undefined) continue;
      const wanted = made.columns.filter((column) => columns.has(column.name));
      for (const need of [...(made.open(0).needs ?? []), ...wanted.flatMap((column) => column.needs)]) needs.add(need);
    }
    return needs;
  }
}

function toSqlResult(result: DuckDBResult, { library: { api } }: Database): SqlResult {
  const { DuckDBTypeId, ResultReturnType } = api;
  const numbers: ReadonlySet<number> = new Set([
    DuckDBTypeId.TINYINT,
    DuckDBTypeId.SMALLINT,
    DuckDBTypeId.INTEGER,
    DuckDBTypeId.BIGINT,
    DuckDBTypeId.HUGEINT,
    DuckDBTypeId.UTINYINT,
    DuckDBTypeId.USMALLINT,
    DuckDBTypeId.UINTEGER,
    DuckDBTypeId.UBIGINT,
    DuckDBTypeId.UHUGEINT,
    DuckDBTypeId.FLOAT,
    DuckDBTypeId.DOUBLE,
    DuckDBTypeId.DECIMAL,
  ]);
  return {
    columns: result.columnNames().map((name, i) => ({
      name,
      type: result.columnType(i).toString(),
      isNumber: numbers.has(result.columnTypeId(i)),
    })),
    hasRows: result.returnType === ResultReturnType.QUERY_RESULT,
    rows: () => result.yieldRowsJson() as AsyncIterable<readonly (readonly SqlValue[])[]>,
  };
}

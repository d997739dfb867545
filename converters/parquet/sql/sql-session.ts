/**
 * The door of `gohd sql`: a DuckDB in this process whose tables are a heap's, or those that gohd wrote of one before. Of a
 * heap nothing is computed before a query needs it.
 */
import { ConverterError, type Heap, type Progress } from "../../../src/index.ts";
import { Database } from "../engine/database.ts";
import { loadDuckDB } from "../engine/duckdb-library.ts";
import { MissingNeeds } from "../engine/feed.ts";
import { toSqlText } from "../engine/sql-text.ts";
import { toDatabaseOptions } from "../options.ts";
import { type SourceOptions, TableSource } from "../tables/table-source.ts";
import { TABLES } from "../tables/tables.ts";
import { refuseMissingDatabase } from "./attach.ts";
import { describeOddGrowth } from "./growth-check.ts";
import { feedHeap, findNeeds } from "./heap-tables.ts";
import { answerPathArguments } from "./path-argument.ts";
import { explainQueryError } from "./query-errors.ts";
import { type SqlResult, type SqlValue, toSqlResult } from "./sql-result.ts";
import { attachStored, MEMORY, type StoredKind } from "./stored-tables.ts";

export { compareWith } from "./query-errors.ts";
export type { SqlColumn, SqlResult, SqlValue } from "./sql-result.ts";
export { splitStatements } from "./statements.ts";
export { findStored, nameDatabase, type StoredKind } from "./stored-tables.ts";

export interface SqlOptions {
  /** As DuckDB writes it, "2GB"; its default if "". */
  readonly memoryLimit: string;
  /** 0: as many as there are cores. */
  readonly threads: number;
  /** Where DuckDB puts what does not fit into memory; without one, that fails. */
  readonly temporaryDirectory: string | undefined;
}

export class SqlSession {
  readonly #database: Database;
  /** The heap; undefined if the tables are there already. */
  readonly #source: TableSource | undefined;
  /** The database that has the tables, as growth() calls it. */
  readonly #name: string;
  #isObjectMissing = false;

  private constructor(database: Database, source: TableSource | undefined, name: string) {
    this.#database = database;
    this.#source = source;
    this.#name = name;
  }

  /** Tells early if DuckDB cannot be loaded. @throws ConverterError */
  static async check(): Promise<void> {
    await loadDuckDB();
  }

  /** Opens a session about a heap. @throws ConverterError if DuckDB cannot be loaded */
  static async open(heap: Heap, options: SqlOptions & SourceOptions, progress: Progress): Promise<SqlSession> {
    const source = new TableSource(heap, options);
    return SqlSession.#begin(options, async (database) => {
      const session = new SqlSession(database, source, MEMORY);
      await feedHeap(database, source, progress, () => {
        session.#isObjectMissing = true;
      });
      return session;
    });
  }

  /** Opens a session about tables that gohd wrote to `path`. @throws ConverterError if they are none, or of another version */
  static async openStored(
    path: string,
    kind: StoredKind,
    options: SqlOptions,
    progress: Progress,
  ): Promise<SqlSession> {
    return SqlSession.#begin(
      options,
      async (database) => new SqlSession(database, undefined, await attachStored(database, path, kind, progress)),
    );
  }

  static async #begin(
    { temporaryDirectory, memoryLimit, threads }: SqlOptions,
    open: (database: Database) => Promise<SqlSession>,
  ): Promise<SqlSession> {
    const limits = toDatabaseOptions({ "memory-limit": memoryLimit, threads });
    const database = await Database.open({ ...limits, temporaryDirectory });
    try {
      return await open(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * Runs one statement; `consume` is given its result and reads it. Computes first what the statement needs. Aborting
   * `progress` stops it.
   * @throws ConverterError for what DuckDB complains of; whatever reading the dump throws
   */
  async run(statement: string, progress: Progress, consume: (result: SqlResult) => Promise<void>): Promise<void> {
    try {
      refuseMissingDatabase(statement);
      const answered =
        this.#source === undefined
          ? statement
          : await answerPathArguments(statement, (query) => this.#ask(query, progress));
      await this.#compute(answered, progress, consume);
      this.#warnOfMissingObject(progress);
      await this.#warnOfGrowth(answered, progress);
    } catch (error) {
      throw explainQueryError(error, statement, this.#name);
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

  /** What the tables are about, for people: the dump and its Go version. */
  async describe(progress: Progress): Promise<string> {
    const [count, file, version] =
      (await this.#ask("SELECT count(*)::INT, any_value(file), any_value(go_version) FROM dump", progress)) ?? [];
    return count === 1 ? `${file}, ${version ?? "Go of an unknown version"}` : `${count} dumps`;
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
        throw explainQueryError(error, query, this.#name);
      });
    const { statementType } = prepared;
    prepared.destroySync();
    if (statementType === api.StatementType.SELECT && !/^\s*(DESCRIBE|DESC|SHOW|SUMMARIZE|CALL)\b/i.test(query)) return;
    throw new ConverterError("only the rows of a query can be written into a Parquet file", {
      hint: "the last statement has to be SELECT … or FROM …; FROM (DESCRIBE objects) is one, too",
    });
  }

  /** Runs a statement, once what it needs is computed. */
  async #compute(statement: string, progress: Progress, consume: (result: SqlResult) => Promise<void>): Promise<void> {
    const source = this.#source;
    if (source !== undefined) await source.prepare(await findNeeds(statement, this.#database, progress), progress);
    try {
      await this.#stream(statement, progress, consume);
    } catch (error) {
      if (!(error instanceof MissingNeeds) || source === undefined) throw error;
      // Not every statement has a plan to look at; this one has not begun yet.
      await source.prepare(error.needs, progress);
      await this.#stream(statement, progress, consume);
    }
  }

  async #stream(statement: string, progress: Progress, consume: (result: SqlResult) => Promise<void>): Promise<void> {
    progress.phase("query");
    const { connection, library } = this.#database;
    await this.#database.attempt(
      async () => consume(toSqlResult(await connection.stream(statement), library)),
      progress,
    );
  }

  /** The first row of a query's result. */
  async #ask(query: string, progress: Progress): Promise<readonly SqlValue[] | undefined> {
    let first: readonly SqlValue[] | undefined;
    await this.#compute(query, progress, async (result) => {
      for await (const [row] of result.rows()) first ??= row;
    });
    return first;
  }

  #warnOfMissingObject(progress: Progress): void {
    if (!this.#isObjectMissing) return;
    this.#isObjectMissing = false;
    const last = this.#source!.heap.objects.count - 1;
    progress.warn(
      "no-object",
      `path_to_root() has no rows: it takes the id of an object, 0 … ${last}; of an address: ` +
        "SELECT id FROM objects WHERE address <= '0x…'::BIGINT ORDER BY address DESC LIMIT 1",
    );
  }

  async #warnOfGrowth(statement: string, progress: Progress): Promise<void> {
    if (!/\bgrowth\b/i.test(statement)) return;
    const odd = await describeOddGrowth(statement, (query) =>
      this.#ask(query, progress).catch(() => {
        progress.signal.throwIfAborted();
        // The statement itself did run; what cannot be compared is not complained of.
        return undefined;
      }),
    );
    if (odd !== undefined) progress.warn("types-of-one", odd);
  }
}

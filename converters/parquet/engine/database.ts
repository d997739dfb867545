/**
 * A DuckDB database in this process whose tables are a heap's. Starting, limits, cancellation and errors are here; what
 * is asked of it is others' business.
 */
import type { DuckDBConnection, DuckDBInstance, DuckDBMaterializedResult } from "@duckdb/node-api";
import { ConverterError, type Progress } from "../../../src/index.ts";
import type { Need, TableSource } from "../tables/table-source.ts";
import { TABLES } from "../tables/tables.ts";
import { type DuckDBLibrary, loadDuckDB } from "./duckdb-library.ts";
import { functionOf, registerFunction, type TableFunction } from "./feed.ts";

export interface DatabaseOptions {
  /** The database's file; in memory if left out. */
  readonly path?: string;
  /** Where DuckDB puts what does not fit into memory; it must be there. */
  readonly temporaryDirectory?: string;
  /** As DuckDB writes it, "4GB"; its own default (80 % of the machine's) if "". */
  readonly memoryLimit: string;
  /** 0: as many as there are cores. */
  readonly threads: number;
}

/** No extension is fetched from anywhere unless a query says INSTALL. */
const CONFIGURATION = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };

export class Database {
  readonly library: DuckDBLibrary;
  readonly source: TableSource;
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  #progress: Progress | undefined;
  #fault: unknown;

  private constructor(
    library: DuckDBLibrary,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    source: TableSource,
  ) {
    this.library = library;
    this.source = source;
    this.connection = connection;
    this.#instance = instance;
  }

  /**
   * Opens a database with a function `gohd_<table>()` for every table.
   * @throws ConverterError if DuckDB cannot be loaded or does not take the options
   */
  static async open(source: TableSource, options: DatabaseOptions): Promise<Database> {
    const library = await loadDuckDB();
    const { path = ":memory:", temporaryDirectory, memoryLimit, threads } = options;
    const { instance, connection } = await connect(library, path, {
      ...CONFIGURATION,
      ...(temporaryDirectory === undefined ? {} : { temp_directory: temporaryDirectory }),
      ...(memoryLimit === "" ? {} : { memory_limit: memoryLimit }),
      ...(threads === 0 ? {} : { threads: `${threads}` }),
    });
    const database = new Database(library, instance, connection, source);
    for (const table of TABLES) database.register(functionOf(table));
    return database;
  }

  /** Adds a function. */
  register(made: TableFunction): void {
    registerFunction(this.library, this.connection, made, this.source, {
      onRows: (_table, done) => this.#progress?.update(done),
      onFault: (error) => {
        this.#fault ??= error;
      },
    });
  }

  /** Computes what tables need; see `TableSource.prepare`. */
  prepare(needs: Iterable<Need>, progress: Progress): Promise<void> {
    return this.source.prepare(needs, progress);
  }

  /** Runs statements whose results fit into memory. */
  async run(sql: string, progress: Progress): Promise<DuckDBMaterializedResult> {
    return this.attempt(() => this.connection.run(sql), progress);
  }

  /**
   * Does `work` with the connection. If progress is aborted meanwhile, DuckDB is told to stop.
   * @throws what a table threw; ConverterError for what DuckDB complains of; the signal's reason
   */
  async attempt<T>(work: () => Promise<T>, progress: Progress): Promise<T> {
    const { signal } = progress;
    signal.throwIfAborted();
    const interrupt = (): void => this.connection.interrupt();
    signal.addEventListener("abort", interrupt);
    this.#fault = undefined;
    this.#progress = progress;
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw this.#fault ?? toConverterError(error);
    } finally {
      signal.removeEventListener("abort", interrupt);
      this.#progress = undefined;
    }
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

async function connect(library: DuckDBLibrary, path: string, configuration: Record<string, string>) {
  try {
    const instance = await library.api.DuckDBInstance.create(path, configuration);
    return { instance, connection: await instance.connect() };
  } catch (error) {
    throw toConverterError(error);
  }
}

function toConverterError(error: unknown): Error {
  if (error instanceof ConverterError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^Failed to extract statements: /, "").trimEnd();
  const isMemory = /out of memory/i.test(message);
  return new ConverterError(`DuckDB: ${message}`, { cause: error, ...(isMemory ? { hint: MEMORY_HINT } : {}) });
}

/** For every complaint about memory; what else can be said of queries is in `query-errors.ts`. */
const MEMORY_HINT = "--memory-limit gives DuckDB more";

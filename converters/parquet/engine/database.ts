/**
 * A DuckDB database in this process, into which tables can be fed that are a heap's. Starting, limits, cancellation and
 * errors are here; what is asked of it is others' business.
 */
import type { DuckDBConnection, DuckDBInstance, DuckDBMaterializedResult } from "@duckdb/node-api";
import { ConverterError, type Progress } from "../../../src/index.ts";
import type { TableSource } from "../tables/table-source.ts";
import { TABLES } from "../tables/tables.ts";
import { explainDiskError } from "./disk-errors.ts";
import { type DuckDBLibrary, loadDuckDB } from "./duckdb-library.ts";
import { functionOf, registerFunction, type TableFunction } from "./feed.ts";

export interface DatabaseOptions {
  /** The database's file; in memory if left out. */
  readonly path?: string;
  /** Where DuckDB puts what does not fit into memory; it must be there. Without one, what does not fit fails. */
  readonly temporaryDirectory: string | undefined;
  /** As DuckDB writes it, "4GB"; its own default (80 % of the machine's) if "". */
  readonly memoryLimit: string;
  /** 0: as many as there are cores. */
  readonly threads: number;
}

/** No extension is fetched from anywhere unless a query says INSTALL. */
const CONFIGURATION = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };

/** Milliseconds after which DuckDB is told again to stop, until it does. */
const INTERRUPT_AGAIN_MS = 50;

export class Database {
  readonly library: DuckDBLibrary;
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  readonly #temporaryDirectory: string | undefined;
  #progress: Progress | undefined;
  #fault: unknown;

  private constructor(
    library: DuckDBLibrary,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    temporaryDirectory: string | undefined,
  ) {
    this.library = library;
    this.connection = connection;
    this.#instance = instance;
    this.#temporaryDirectory = temporaryDirectory;
  }

  /**
   * Opens a database.
   * @throws ConverterError if DuckDB cannot be loaded or does not take the options
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const library = await loadDuckDB();
    const { path = ":memory:", temporaryDirectory, memoryLimit, threads } = options;
    const configuration = {
      ...CONFIGURATION,
      temp_directory: temporaryDirectory ?? "",
      ...(memoryLimit === "" ? {} : { memory_limit: memoryLimit }),
      ...(threads === 0 ? {} : { threads: `${threads}` }),
    };
    try {
      const instance = await library.api.DuckDBInstance.create(path, configuration);
      return new Database(library, instance, await instance.connect(), temporaryDirectory);
    } catch (error) {
      throw toConverterError(error, temporaryDirectory);
    }
  }

  /** Adds a function `gohd_<table>()` for every table. */
  feed(source: TableSource): void {
    for (const table of TABLES) this.register(functionOf(table), source);
  }

  /** Adds a function. */
  register(made: TableFunction, source: TableSource): void {
    registerFunction(this.library, this.connection, made, source, {
      onRows: (_table, done) => this.#progress?.update(done),
      onFault: (error) => {
        this.#fault ??= error;
      },
    });
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
    let again: ReturnType<typeof setInterval> | undefined;
    const interrupt = (): void => {
      this.connection.interrupt();
      // DuckDB forgets an interrupt when it begins with a statement, which may be just then.
      again = setInterval(() => this.connection.interrupt(), INTERRUPT_AGAIN_MS);
    };
    signal.addEventListener("abort", interrupt, { once: true });
    this.#fault = undefined;
    this.#progress = progress;
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw this.#fault ?? toConverterError(error, this.#temporaryDirectory);
    } finally {
      signal.removeEventListener("abort", interrupt);
      clearInterval(again);
      this.#progress = undefined;
    }
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

function toConverterError(error: unknown, temporaryDirectory: string | undefined): Error {
  if (error instanceof ConverterError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const ofDisk = explainDiskError(text, temporaryDirectory);
  if (ofDisk !== undefined) return new ConverterError(ofDisk.message, { hint: ofDisk.hint, cause: error });
  const message = text.replace(/^Failed to extract statements: /, "").trimEnd();
  const isMemory = /out of memory/i.test(message);
  return new ConverterError(`DuckDB: ${message}`, {
    cause: error,
    ...(isMemory ? { hint: temporaryDirectory === undefined ? NO_ROOM_HINT : MEMORY_HINT } : {}),
  });
}

/** For every complaint about memory; what else can be said of queries is in `query-errors.ts`. */
const MEMORY_HINT = "--memory-limit gives DuckDB more";
const NO_ROOM_HINT = `there is no temporary directory to put anything aside: set TMPDIR to one; ${MEMORY_HINT}`;

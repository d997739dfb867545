/**
 * Feeds tables into DuckDB as table functions: DuckDB asks for a chunk of rows, and the columns that the query uses are
 * copied into its vectors. The functions run on JavaScript's thread while DuckDB's own do the rest.
 */
import type { DuckDBConnection, DuckDBTableFunctionInitInfo, DuckDBType } from "@duckdb/node-api";
import type { Vector } from "@duckdb/node-bindings";
import { CHUNK_ROWS, type VectorTarget } from "../tables/chunk.ts";
import type { Column, ColumnType, Filler } from "../tables/column.ts";
import type { Table } from "../tables/table.ts";
import type { Need, TableSource } from "../tables/table-source.ts";
import type { DuckDBLibrary } from "./duckdb-library.ts";

/** What goes before a table's name in that of its function. */
export const FUNCTION_PREFIX = "gohd_";

/** Told while tables are fed. */
export interface FeedObserver {
  /** Rows that were handed over. */
  onRows(table: Table, done: number, total: number): void;
  /** What a table threw; DuckDB itself passes on no more than the message. */
  onFault(error: unknown): void;
}

/** A function that gives a table: always the same one, or one that depends on a number. */
export interface TableFunction {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly hasParameter: boolean;
  open(parameter: number): Table;
}

/** The function `gohd_<table>()`. */
export function functionOf(table: Table): TableFunction {
  return { name: FUNCTION_PREFIX + table.name, columns: table.columns, hasParameter: false, open: () => table };
}

/** A scan began before everything that it needs was computed. */
export class MissingNeeds extends Error {
  override readonly name = "MissingNeeds";
  readonly needs: ReadonlySet<Need>;

  constructor(needs: ReadonlySet<Need>) {
    super(`not computed yet: ${[...needs].join(", ")}`);
    this.needs = needs;
  }
}

interface Scan {
  readonly table: Table;
  readonly rowCount: number;
  /** Fillers of the columns that are asked for, in the order of the vectors; undefined for what is no column. */
  readonly fillers: readonly (Filler | undefined)[];
  next: number;
}

/** Makes `made` in the database of `connection`. */
export function registerFunction(
  library: DuckDBLibrary,
  connection: DuckDBConnection,
  made: TableFunction,
  source: TableSource,
  observer: FeedObserver,
): void {
  const { api, bindings } = library;
  const { columns } = made;
  const types = columns.map(({ type }) => toDuckDBType(api, type));
  const target = new ChunkTarget(bindings);
  const guard = <A extends unknown[]>(work: (...args: A) => void) => {
    return (...args: A): void => {
      try {
        work(...args);
      } catch (error) {
        observer.onFault(error);
        throw error;
      }
    };
  };
  connection.registerTableFunction(
    api.DuckDBTableFunction.create({
      name: made.name,
      ...(made.hasParameter ? { parameterTypes: [api.UBIGINT] } : {}),
      supportsProjectionPushdown: true,
      bindFunction: guard((info) => {
        for (const [i, { name }] of columns.entries()) info.addResultColumn(name, types[i]!);
        const table = made.open(made.hasParameter ? Number(info.getParameter(0)) : Number.NaN);
        info.setBindData(table);
        if ((table.needs ?? []).every((need) => source.has(need))) info.setCardinality(table.rowCount(source), true);
      }),
      initFunction: guard((info) => {
        // Only JavaScript's thread can call the functions, so more would just wait for one another.
        info.setMaxThreads(1);
        info.setInitData(beginScan(info.getBindData() as Table, source, info));
      }),
      mainFunction: guard((info, chunk) => {
        const scan = info.getInitData() as Scan;
        const count = Math.min(CHUNK_ROWS, scan.rowCount - scan.next);
        bindings.data_chunk_set_size(chunk.chunk, count);
        if (count === 0) return;
        const { fillers } = scan;
        for (let i = 0; i < fillers.length; i++) {
          const fill = fillers[i];
          if (fill === undefined) continue;
          target.vector = bindings.data_chunk_get_vector(chunk.chunk, i);
          fill(target, scan.next, count);
        }
        scan.next += count;
        observer.onRows(scan.table, scan.next, scan.rowCount);
      }),
    }),
  );
}

function beginScan(table: Table, source: TableSource, info: DuckDBTableFunctionInitInfo): Scan {
  // Whatever is asked for beyond the columns is a row number that nobody reads, as in count(*).
  const wanted = info.getColumnIndexes().map((index): Column | undefined => table.columns[index]);
  const needs = [...(table.needs ?? []), ...wanted.flatMap((column) => column?.needs ?? [])];
  const missing = needs.filter((need) => !source.has(need));
  if (missing.length > 0) throw new MissingNeeds(new Set(missing));
  return { table, rowCount: table.rowCount(source), fillers: wanted.map((column) => column?.open(source)), next: 0 };
}

/** The vectors of a chunk, one after the other. */
class ChunkTarget implements VectorTarget {
  vector!: Vector;
  /** Room for a chunk of the widest column. */
  readonly #own = new Uint8Array(CHUNK_ROWS * Float64Array.BYTES_PER_ELEMENT);
  readonly #bindings: DuckDBLibrary["bindings"];

  constructor(bindings: DuckDBLibrary["bindings"]) {
    this.#bindings = bindings;
  }

  copy(values: Uint8Array | Int32Array | Uint32Array | Float64Array, from: number, count: number): void {
    const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = values;
    const [start, length] = [byteOffset + from * size, count * size];
    if (buffer instanceof ArrayBuffer) {
      this.#bindings.copy_data_to_vector(this.vector, 0, buffer, start, length);
      return;
    }
    // What several threads worked on is in memory that they share, which the library does not take.
    this.#own.set(new Uint8Array(buffer, start, length));
    this.#bindings.copy_data_to_vector(this.vector, 0, this.#own.buffer, 0, length);
  }

  setValidity(bits: Uint8Array): void {
    this.#bindings.vector_ensure_validity_writable(this.vector);
    this.#bindings.copy_data_to_vector_validity(
      this.vector,
      0,
      bits.buffer as ArrayBuffer,
      bits.byteOffset,
      bits.length,
    );
  }

  setText(row: number, text: string): void {
    this.#bindings.vector_assign_string_element_len(this.vector, row, Buffer.from(text));
  }

  setBytes(row: number, bytes: Uint8Array): void {
    this.#bindings.vector_assign_string_element_len(this.vector, row, bytes);
  }
}

function toDuckDBType(api: DuckDBLibrary["api"], type: ColumnType): DuckDBType {
  return typeof type === "string" ? api[type] : api.ENUM(type);
}

/** The type as SQL calls it: "UINTEGER", "ENUM('a', 'b')". */
export function toSqlType(type: ColumnType): string {
  return typeof type === "string" ? type : `ENUM(${type.map((name) => `'${name.replaceAll("'", "''")}'`).join(", ")})`;
}

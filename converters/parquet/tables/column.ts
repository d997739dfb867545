/**
 * Columns: how a table's values get from the heap into DuckDB's vectors, a chunk of rows at a time. Large tables copy
 * typed arrays or compute into them; no value of theirs is ever a JavaScript object.
 */
import { CHUNK_ROWS, type Numbers, Validity, type VectorTarget } from "./chunk.ts";
import type { Need, TableSource } from "./table-source.ts";

/** SQL types that columns have; a list of names is an ENUM. All integers are signed: Spark and others have no unsigned ones. */
export type ColumnType =
  | "BOOLEAN"
  | "TINYINT"
  | "INTEGER"
  | "BIGINT"
  | "DOUBLE"
  | "VARCHAR"
  | "BLOB"
  | readonly string[];

const TWO_32 = 2 ** 32;
const TWO_52 = 2 ** 52;
const TWO_63 = 2 ** 63;

/** Fills `count` rows, the first of which is row `from` of the table. Called with ascending `from`. */
export type Filler = (target: VectorTarget, from: number, count: number) => void;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** What has to be computed before the column can be filled. */
  readonly needs: readonly Need[];
  /** Begins one pass over the table; what the column needs is there. */
  open(source: TableSource): Filler;
}

/** Computes `count` values from row `from` on into `out`. */
type Compute<T extends Numbers> = (from: number, count: number, out: T) => void;

/** A column that is a typed array already; it has the layout of `type`, and an INTEGER no value from 2^31 on. */
export function arrayColumn(
  name: string,
  type: "TINYINT" | "INTEGER" | "DOUBLE" | readonly string[],
  array: (source: TableSource) => Numbers,
  needs: readonly Need[] = [],
): Column {
  return {
    name,
    type,
    needs,
    open(source) {
      const values = array(source);
      return (target, from, count) => target.copy(values, from, count);
    },
  };
}

/** Hands `count` computed values over to the chunk. */
type Deliver<T extends Numbers> = (values: T, count: number, target: VectorTarget) => void;

/** A column whose values are computed, a chunk of them at a time, into an array that `deliver` hands over. */
function computedColumn<T extends Numbers>(
  column: Pick<Column, "name" | "type" | "needs">,
  open: (source: TableSource) => Compute<T>,
  begin: (source: TableSource) => { readonly values: T; readonly deliver: Deliver<T> },
): Column {
  return {
    ...column,
    open(source) {
      const compute = open(source);
      const { values, deliver } = begin(source);
      return (target, from, count) => {
        compute(from, count, values);
        deliver(values, count, target);
      };
    },
  };
}

/** A column of bytes (a BOOLEAN, a TINYINT, an ENUM) that are computed. */
export function byteColumn(
  name: string,
  type: "BOOLEAN" | "TINYINT" | readonly string[],
  open: (source: TableSource) => Compute<Uint8Array>,
  needs: readonly Need[] = [],
): Column {
  return computedColumn({ name, type, needs }, open, () => ({
    values: new Uint8Array(CHUNK_ROWS),
    deliver: (values, count, target) => target.copy(values, 0, count),
  }));
}

/** An INTEGER column of ids below 2^31; -1 becomes NULL. */
export function idColumn(
  name: string,
  open: (source: TableSource) => Compute<Int32Array>,
  needs: readonly Need[] = [],
): Column {
  return computedColumn({ name, type: "INTEGER", needs }, open, () => {
    const validity = new Validity();
    return {
      values: new Int32Array(CHUNK_ROWS),
      deliver(values, count, target) {
        target.copy(values, 0, count);
        validity.ofIds(values, count, target);
      },
    };
  });
}

/** Splits numbers into words of 32 bits, the lower first, and tells `validity` which of them are NULL. */
type SplitWords = (values: Float64Array, count: number, words: Uint32Array, validity: Validity) => void;

/** A BIGINT column: numbers that are split into words. */
function wideColumn(
  column: Pick<Column, "name" | "needs">,
  open: (source: TableSource) => Compute<Float64Array>,
  splitter: (source: TableSource) => SplitWords,
): Column {
  return computedColumn({ ...column, type: "BIGINT" }, open, (source) => {
    const split = splitter(source);
    const words = new Uint32Array(2 * CHUNK_ROWS);
    const validity = new Validity();
    return {
      values: new Float64Array(CHUNK_ROWS),
      deliver(values, count, target) {
        validity.begin();
        split(values, count, words, validity);
        target.copy(words, 0, 2 * count);
        validity.end(target);
      },
    };
  });
}

/** A BIGINT column of whole numbers; NaN becomes NULL, and so does what is not below 2^63. */
export function unsignedColumn(
  name: string,
  open: (source: TableSource) => Compute<Float64Array>,
  needs: readonly Need[] = [],
): Column {
  return wideColumn({ name, needs }, open, () => splitUnsigned);
}

function splitUnsigned(values: Float64Array, count: number, words: Uint32Array, validity: Validity): void {
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const low = value >>> 0;
    words[2 * i] = low;
    words[2 * i + 1] = (value - low) / TWO_32;
    if (!(value >= 0 && value < TWO_63)) validity.clear(i);
  }
}

/**
 * A BIGINT column of addresses, those of 2^53 and more included (see the heap's `address.ts`); NaN becomes NULL. Those from 2^63
 * on, which Solaris may have, are negative: the same 64 bits.
 */
export function addressColumn(name: string, open: (source: TableSource) => Compute<Float64Array>): Column {
  return wideColumn({ name, needs: [] }, open, ({ heap }) => {
    const baseHigh = Number(heap.dump.addressBase >> 32n);
    return (values, count, words, validity) => {
      for (let i = 0; i < count; i++) {
        const value = values[i]!;
        const low = value >>> 0;
        words[2 * i] = low;
        if (value >= 0) {
          words[2 * i + 1] = (value - low) / TWO_32;
        } else {
          // Below zero: relative to the base, less 2^52. What is not even near the base is no address at all.
          if (!(value >= -TWO_52 * 2 + 1)) validity.clear(i);
          words[2 * i + 1] = (value + TWO_52 - low) / TWO_32 + baseHigh;
        }
      }
    };
  });
}

/** The values of a few rows. */
export interface SparseValues {
  /** Ascending; of several alike the last one counts. */
  readonly rows: Int32Array | Uint32Array;
  readonly values: Int32Array | Uint32Array | Float64Array;
}

/** A column that is NULL nearly everywhere; the other values are whole and not negative. */
export function sparseColumn(
  name: string,
  type: "INTEGER" | "BIGINT",
  open: (source: TableSource) => SparseValues,
): Column {
  const wordsPerValue = type === "BIGINT" ? 2 : 1;
  return {
    name,
    type,
    needs: [],
    open(source) {
      const { rows, values } = open(source);
      const words = new Uint32Array(wordsPerValue * CHUNK_ROWS);
      const bits = new Uint8Array(CHUNK_ROWS / 8);
      let next = 0;
      return (target, from, count) => {
        const end = from + count;
        while (next < rows.length && rows[next]! < from) next++;
        const first = next;
        for (; next < rows.length && rows[next]! < end; next++) {
          const row = rows[next]! - from;
          const value = values[next]!;
          words[wordsPerValue * row] = value >>> 0;
          if (wordsPerValue === 2) words[2 * row + 1] = Math.floor(value / TWO_32);
          bits[row >> 3]! |= 1 << (row & 7);
        }
        // What is NULL is written all the same, by some: so it must not be what was there before.
        target.copy(words, 0, wordsPerValue * count);
        target.setValidity(bits);
        for (let i = first; i < next; i++) {
          const row = rows[i]! - from;
          words.fill(0, wordsPerValue * row, wordsPerValue * (row + 1));
          bits[row >> 3] = 0;
        }
      };
    },
  };
}

/** The values of a Float64Array, for `unsignedColumn` and `addressColumn`. */
export function valuesOf(array: (source: TableSource) => Float64Array): (source: TableSource) => Compute<Float64Array> {
  return (source) => {
    const values = array(source);
    return (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = values[from + i]!;
    };
  };
}

/** A BIGINT column that is a typed array of unsigned numbers of 32 bits. */
export function widenedColumn(name: string, array: (source: TableSource) => Uint32Array): Column {
  return {
    name,
    type: "BIGINT",
    needs: [],
    open(source) {
      const values = array(source);
      const words = new Uint32Array(2 * CHUNK_ROWS);
      return (target, from, count) => {
        for (let i = 0; i < count; i++) words[2 * i] = values[from + i]!;
        target.copy(words, 0, 2 * count);
      };
    },
  };
}

/** Row numbers that may be 2^31 and more, as those of edges: 0, 1, 2, … */
export function wideRowNumberColumn(name: string): Column {
  return {
    name,
    type: "BIGINT",
    needs: [],
    open() {
      const words = new Uint32Array(2 * CHUNK_ROWS);
      return (target, from, count) => {
        for (let i = 0; i < count; i++) words[2 * i] = from + i;
        target.copy(words, 0, 2 * count);
      };
    },
  };
}

/** Row numbers: 0, 1, 2, … */
export function rowNumberColumn(name: string): Column {
  return {
    name,
    type: "INTEGER",
    needs: [],
    open() {
      const out = new Int32Array(CHUNK_ROWS);
      return (target, from, count) => {
        for (let i = 0; i < count; i++) out[i] = from + i;
        target.copy(out, 0, count);
      };
    },
  };
}

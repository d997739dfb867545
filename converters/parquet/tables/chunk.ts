/**
 * A chunk: the rows of a table that are handed over at a time, as vectors that columns fill. Knows nothing of DuckDB but the
 * layout of its vectors.
 */

/** Rows in a chunk at the most; DuckDB's STANDARD_VECTOR_SIZE. */
export const CHUNK_ROWS = 2048;

export type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** One column's vector in the chunk that is being filled. */
export interface VectorTarget {
  /** Copies `count` elements, which have the layout of the column's type (BIGINT: two words each), to its beginning. */
  copy(values: Numbers, from: number, count: number): void;
  /** Makes rows NULL: those whose bit is 0. 32 words of 64 bits, as bytes. */
  setValidity(bits: Uint8Array): void;
  setText(row: number, text: string): void;
  setBytes(row: number, bytes: Uint8Array): void;
}

/** The validity mask of one chunk; nothing is copied where nothing is NULL. */
export class Validity {
  readonly #bits = new Uint8Array(CHUNK_ROWS / 8);
  #hasNull = false;

  begin(): void {
    this.#bits.fill(0xff);
    this.#hasNull = false;
  }

  clear(row: number): void {
    this.#bits[row >> 3]! &= ~(1 << (row & 7));
    this.#hasNull = true;
  }

  end(target: VectorTarget): void {
    if (this.#hasNull) target.setValidity(this.#bits);
  }

  /** Makes those rows NULL whose id is negative. Without branches: there is no telling which these are. */
  ofIds(ids: Int32Array, count: number, target: VectorTarget): void {
    const bits = this.#bits;
    let all = 0xff;
    for (let i = 0; i < count; i += 8) {
      let byte = 0;
      for (let k = 0; k < 8; k++) byte |= ((~ids[i + k]! >>> 31) & 1) << k;
      bits[i >> 3] = byte;
      // What is behind the last row does not matter.
      if (i + 8 <= count) all &= byte;
      else all &= byte | (0xff << (count - i));
    }
    if (all !== 0xff) target.setValidity(bits);
  }
}

/** Columns that grow as rows are added; for what there is far less of than objects. */

/** Numbers of any size, one row after the other. */
export class NumberColumn {
  #values = new Float64Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  /** The rows so far. A view; do not write. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }
}

/** Integers of 32 bits, one row after the other. */
export class IntegerColumn {
  #values = new Int32Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Int32Array(2 * this.#count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  /** The rows so far. A view; do not write. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#count);
  }
}

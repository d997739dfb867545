/** Columns that grow: typed arrays with a count, for everything of a dump that is not its objects. */
import { type ColumnType, longColumn } from "../column-memory.ts";

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A typed array that doubles as it fills. Not for the hottest loops: those keep the array in a local variable. */
export class GrowingColumn<T extends Column> {
  count = 0;
  #values: T;

  constructor(values: T) {
    this.#values = values;
  }

  push(value: number): void {
    if (this.count === this.#values.length) this.#grow();
    this.#values[this.count++] = value;
  }

  get(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** The rows so far. A view, valid until the next `push`; do not write. */
  get values(): T {
    return this.#values.subarray(0, this.count) as T;
  }

  /** A copy of exact size. */
  finish(): T {
    return this.#values.slice(0, this.count) as T;
  }

  #grow(): void {
    const larger = longColumn(this.#values.constructor as unknown as ColumnType<T>, this.#values.length * 2);
    larger.set(this.#values as never);
    this.#values = larger;
  }
}

export function float64Column(): GrowingColumn<Float64Array> {
  return new GrowingColumn(new Float64Array(64));
}

export function int32Column(): GrowingColumn<Int32Array> {
  return new GrowingColumn(new Int32Array(64));
}

export function uint32Column(): GrowingColumn<Uint32Array> {
  return new GrowingColumn(new Uint32Array(64));
}

export function uint8Column(): GrowingColumn<Uint8Array> {
  return new GrowingColumn(new Uint8Array(64));
}

/** Strings by number, each once. */
export class Names {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.values.length;
      this.values.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** OffsetColumn: numbers of bytes within objects, in little memory. */
import { longColumn } from "../column-memory.ts";

/** In the column of short ones: the number is not among them. */
const LONG = 0xffff;

/**
 * A number of bytes within each of many objects. Nearly all objects are below 64 KiB, so two bytes do. Of larger ones a dump has at most one
 * for every 64 KiB of it.
 */
export class OffsetColumn {
  readonly #short: Uint16Array;
  readonly #long = new Map<number, number>();

  /** Zeros. 2 bytes each. */
  constructor(length: number) {
    this.#short = longColumn(Uint16Array, length);
  }

  /** The bytes of a row. O(1). */
  get(index: number): number {
    const short = this.#short[index]!;
    return short === LONG ? this.#long.get(index)! : short;
  }

  /** Sets the bytes of a row. O(1). */
  set(index: number, bytes: number): void {
    if (bytes >= LONG) this.#long.set(index, bytes);
    this.#short[index] = Math.min(bytes, LONG);
  }
}

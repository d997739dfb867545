/**
 * OffsetColumn: bytes within objects, one number each. Nearly all objects are below 64 KiB, so that two bytes do; of the others a dump has
 * no more than one for every 64 KiB of it.
 */
import { longColumn } from "../column-memory.ts";

/** In the column of short ones: the number is not among them. */
const LONG = 0xffff;

export class OffsetColumn {
  readonly #short: Uint16Array;
  readonly #long = new Map<number, number>();

  /** Zeros. 2 bytes each. */
  constructor(length: number) {
    this.#short = longColumn(Uint16Array, length);
  }

  get(index: number): number {
    const short = this.#short[index]!;
    return short === LONG ? this.#long.get(index)! : short;
  }

  set(index: number, bytes: number): void {
    if (bytes >= LONG) this.#long.set(index, bytes);
    this.#short[index] = Math.min(bytes, LONG);
  }
}

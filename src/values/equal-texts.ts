/**
 * EqualTexts: which strings and byte slices have the same bytes. The bytes of each are read once, from the front of the dump
 * to its back, and only their hashes are kept: 64 bits, which no two texts of one heap share by chance.
 */
import { longColumn } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { HAS_POINTERS, REACHABLE } from "../heap/objects.ts";
import { TypeKind, type TypeTable } from "../heap/types.ts";
import { breathe, type Progress } from "../progress.ts";
import { SHOWN_FROM_FRONT, type ViewColumns } from "./array-views.ts";
import { orderByPosition } from "./file-order.ts";
import { SequentialReader } from "./sequential-reader.ts";

/** Objects between two breaths. */
const SLICE = 1 << 16;
/** Bytes hashed at a time. */
const PIECE_SIZE = 1 << 16;

/**
 * Bytes of a slice that ends in so many zeros, and in this share of its length, are a buffer that is filled in part: what is in it is
 * there until the next overwrites it, and equal beginnings are no texts. Strings are what they are.
 */
const LEAST_ZEROS = 16;
const ZERO_SHARE = 1 / 8;

/** In the column of firsts: not one whole string or byte slice. */
export const NO_TEXT = -1;

/** By row of the type table: 1 where objects can be texts. */
export function textRows({ kind, layouts }: TypeTable): Uint8Array {
  return kind.map((each, row) => (each === TypeKind.STRING || layouts?.of(row)?.size === 1 ? 1 : 0));
}

/**
 * Finds equal texts. Considered are objects that are the bytes of one string, or one slice of bytes, from their beginning;
 * not those that several are cut out of, and not buffers that are zero, or end in zeros.
 * @returns Int32Array by number in `views.set`: of the first in the dump with the same bytes, itself if there is none before;
 *   `NO_TEXT` for what is no text
 */
export async function findEqualTexts(heap: Heap, views: ViewColumns, progress: Progress): Promise<Int32Array> {
  const finder = new EqualTextFinder(heap, views);
  const { count, first, end } = orderByPosition(heap.objects);
  progress.phase("comparing texts", heap.objects.count, "objects");
  let done = 0;
  for (let run = 0; run < count; run++) {
    for (let from = first[run]!; from < end[run]!; from += SLICE) {
      const to = Math.min(end[run]!, from + SLICE);
      finder.visit(from, to);
      done += to - from;
      if (done < SLICE && run < count - 1) continue;
      progress.update(done);
      await breathe(progress);
    }
  }
  return finder.first;
}

class EqualTextFinder {
  readonly first: Int32Array;
  readonly #heap: Heap;
  readonly #views: ViewColumns;
  readonly #reader: SequentialReader;
  /** 1 for the rows of types whose objects can be texts. */
  readonly #isText: Uint8Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  /** Open addressing: number of the first text of a hash, plus 1. */
  readonly #table: Int32Array;

  constructor(heap: Heap, views: ViewColumns) {
    this.#heap = heap;
    this.#views = views;
    this.#reader = new SequentialReader(heap);
    this.#isText = textRows(heap.types);
    const { count } = views.set;
    this.first = longColumn(Int32Array, count).fill(NO_TEXT);
    this.#low = longColumn(Int32Array, count);
    this.#high = longColumn(Int32Array, count);
    this.#table = longColumn(Int32Array, 2 ** Math.ceil(Math.log2(2 * count + 2)));
  }

  visit(from: number, end: number): void {
    const { flags, type, position } = this.#heap.objects;
    const { kind } = this.#heap.types;
    const { set, shown, used } = this.#views;
    for (let object = from; object < end; object++) {
      if (this.#isText[type[object]!] === 0 || (flags[object]! & (REACHABLE | HAS_POINTERS)) !== REACHABLE) continue;
      const i = set.indexOf(object);
      if (i < 0 || (shown[i]! & SHOWN_FROM_FRONT) === 0) continue;
      const length = used.get(i);
      const zeros = length - this.#hash(i, position[object]!, length);
      const isBuffer = kind[type[object]!] !== TypeKind.STRING && zeros >= Math.max(LEAST_ZEROS, ZERO_SHARE * length);
      if (zeros === length || isBuffer) continue;
      this.first[i] = this.#lookUp(i, length);
    }
  }

  /** @returns how many bytes there are up to the last that is not 0, or a few more */
  #hash(i: number, position: number, length: number): number {
    let last = 0;
    let low = length | 0;
    let high = 0x9e37_79b9 | 0;
    for (let done = 0; done < length; done += PIECE_SIZE) {
      const size = Math.min(PIECE_SIZE, length - done);
      this.#reader.ensure(position + done, size);
      const { view, start } = this.#reader;
      const at = position + done - start;
      const end = Math.min(at + size, view.byteLength);
      let byte = at;
      for (; byte + 4 <= end; byte += 4) {
        const word = view.getInt32(byte, true);
        if (word !== 0) last = start + byte + 4;
        low = Math.imul((low ^ word) + 0x7ed5_5d16, 0x85eb_ca6b);
        low ^= low >>> 15;
        high = Math.imul(high ^ word, 0x0100_0193) + (high >>> 13);
      }
      for (; byte < end; byte++) {
        const value = view.getUint8(byte);
        if (value !== 0) last = start + byte + 1;
        low = Math.imul((low ^ value) + 0x7ed5_5d16, 0x85eb_ca6b);
        low ^= low >>> 15;
        high = Math.imul(high ^ value, 0x0100_0193) + (high >>> 13);
      }
    }
    this.#low[i] = low;
    this.#high[i] = high;
    return last === 0 ? 0 : Math.min(length, last - position);
  }

  /** The first text with the same hash and length; the text itself if it is the first. */
  #lookUp(i: number, length: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const { used } = this.#views;
    for (let at = this.#low[i]! & mask; ; at = (at + 1) & mask) {
      const known = table[at]! - 1;
      if (known < 0) {
        table[at] = i + 1;
        return i;
      }
      if (this.#low[known] === this.#low[i] && this.#high[known] === this.#high[i] && used.get(known) === length)
        return known;
    }
  }
}

/** Which objects edges come from, a chunk at a time. */
import type { Heap } from "../../../src/index.ts";
import { CHUNK_ROWS } from "./chunk.ts";

/** Two columns of a scan ask, one after the other; and several scans may, in turns. */
export class EdgeSources {
  readonly #start: Uint32Array;
  readonly #objects = new Int32Array(CHUNK_ROWS);
  /** The edges whose objects these are. */
  #from = 0;
  #count = 0;

  constructor({ edges }: Heap) {
    this.#start = edges.start;
  }

  /** Of `count` edges from `from` on. Valid until the next call. */
  at(from: number, count: number): Int32Array {
    const objects = this.#objects;
    if (from === this.#from && count === this.#count) return objects;
    const start = this.#start;
    // Where another scan has been in between, or a query has left off, it is looked for.
    const isNext = this.#count > 0 && from === this.#from + this.#count;
    let object = isNext ? objects[this.#count - 1]! : lastAtOrBefore(start, from);
    let end = start[object + 1]!;
    for (let i = 0; i < count; i++) {
      while (end <= from + i) end = start[++object + 1]!;
      objects[i] = object;
    }
    this.#from = from;
    this.#count = count;
    return objects;
  }
}

/** The last of ascending numbers, of which the first is 0, that is not above `value`. */
function lastAtOrBefore(numbers: Uint32Array, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

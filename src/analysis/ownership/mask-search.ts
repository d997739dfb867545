/**
 * MaskSearch: which of up to 31 starting points lead to each object, as a bit each, in one search. An object is looked at
 * again only when a bit is new to it.
 */
import { breathe, type Progress } from "../../progress.ts";

/** Starting points that one search can tell apart. */
export const MASK_BITS = 31;

/** In `mask`, while the search goes on: the object is in the queue. The bit that no starting point has. */
const QUEUED = 1 << MASK_BITS;

/** In `mask`: an object that is closed to the search. It has every bit, so no bit is new to it. */
export const CLOSED = -1;

/** Objects between two breaths. */
const SLICE = 1 << 17;

export class MaskSearch {
  /** Per object: the bits of the starting points that lead to it; CLOSED may be put here before a search. */
  readonly mask: Int32Array;
  /** A ring: every object is in it at most once. */
  readonly #queue: Int32Array;
  #head = 0;
  #count = 0;

  /**
   * 4 bytes per object, and the queue.
   * @param queue written over; an element per object
   */
  constructor(queue: Int32Array) {
    this.mask = new Int32Array(queue.length);
    this.#queue = queue;
  }

  /** Begins anew, once nothing spreads any more: no starting point leads anywhere. */
  reset(): void {
    this.mask.fill(0);
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    const before = this.mask[object]!;
    if ((bits & ~before) === 0) return;
    this.mask[object] = before | bits | QUEUED;
    if ((before & QUEUED) === 0) this.#put(object);
  }

  #put(object: number): void {
    const at = this.#head + this.#count++;
    this.#queue[at < this.#queue.length ? at : at - this.#queue.length] = object;
  }

  /**
   * Spreads the bits along edges until nothing changes. At most 31 visits an object; in practice few.
   * @param start CSR over the objects
   * @param to vertices; those from the number of objects on are no objects, and are passed over
   * @param isBarred per object: 1 if nothing spreads to it
   */
  async spread(start: Uint32Array, to: Int32Array, isBarred: Uint8Array, progress: Progress): Promise<void> {
    while (this.#count > 0) {
      this.#advance(start, to, isBarred, SLICE);
      await breathe(progress);
    }
  }

  #advance(start: Uint32Array, to: Int32Array, isBarred: Uint8Array, steps: number): void {
    const { mask } = this;
    const queue = this.#queue;
    const objectCount = queue.length;
    for (let left = steps; left > 0 && this.#count > 0; left--) {
      const object = queue[this.#head]!;
      this.#head = this.#head + 1 === objectCount ? 0 : this.#head + 1;
      this.#count--;
      const bits = mask[object]! & ~QUEUED;
      mask[object] = bits;
      const end = start[object + 1]!;
      for (let edge = start[object]!; edge < end; edge++) {
        const target = to[edge]!;
        if (target >= objectCount) continue;
        const before = mask[target]!;
        if ((bits & ~before) === 0 || isBarred[target] === 1) continue;
        mask[target] = before | bits | QUEUED;
        if ((before & QUEUED) === 0) this.#put(target);
      }
    }
  }
}

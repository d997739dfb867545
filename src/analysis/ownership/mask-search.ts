/**
 * MaskSearch: which of up to 32 starting points lead to each object, as a bit each, in one search. An object is looked at
 * again only when a bit is new to it.
 */
import { breathe, type Progress } from "../../progress.ts";

/** Starting points that one search can tell apart. */
export const MASK_BITS = 32;

/** Objects between two breaths. */
const SLICE = 1 << 17;

export class MaskSearch {
  /** Per object: the bits of the starting points that lead to it. */
  readonly mask: Uint32Array;
  /** A ring: every object is in it at most once. */
  readonly #queue: Int32Array;
  readonly #isQueued: Uint8Array;
  #head = 0;
  #count = 0;

  /**
   * 5 bytes per object, and the queue.
   * @param queue written over; an element per object
   */
  constructor(queue: Int32Array) {
    this.mask = new Uint32Array(queue.length);
    this.#queue = queue;
    this.#isQueued = new Uint8Array(queue.length);
  }

  /** Begins anew, once nothing spreads any more: no starting point leads anywhere. */
  reset(): void {
    this.mask.fill(0);
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    if ((bits & ~this.mask[object]!) === 0) return;
    this.mask[object] = this.mask[object]! | bits;
    if (this.#isQueued[object] === 1) return;
    this.#isQueued[object] = 1;
    this.#put(object);
  }

  #put(object: number): void {
    const at = this.#head + this.#count++;
    this.#queue[at < this.#queue.length ? at : at - this.#queue.length] = object;
  }

  /**
   * Spreads the bits along edges until nothing changes. At most 32 visits an object; in practice few.
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
    const isQueued = this.#isQueued;
    const objectCount = queue.length;
    for (let left = steps; left > 0 && this.#count > 0; left--) {
      const object = queue[this.#head]!;
      this.#head = this.#head + 1 === objectCount ? 0 : this.#head + 1;
      this.#count--;
      isQueued[object] = 0;
      const bits = mask[object]!;
      const end = start[object + 1]!;
      for (let edge = start[object]!; edge < end; edge++) {
        const target = to[edge]!;
        if (target >= objectCount || (bits & ~mask[target]!) === 0 || isBarred[target] === 1) continue;
        mask[target] = mask[target]! | bits;
        if (isQueued[target] === 1) continue;
        isQueued[target] = 1;
        this.#put(target);
      }
    }
  }
}

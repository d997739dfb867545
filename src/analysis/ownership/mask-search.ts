/**
 * MaskSearch: which of up to 31 starting points lead to each object, as a bit each, in one search. An object is looked at
 * again only when a bit is new to it.
 */
import { breathe, type Progress } from "../../progress.ts";

/** Starting points that one search can tell apart: an element's bits but its sign, which tells what is in the queue. */
export const MASK_BITS = 31;

/** Objects between two breaths. */
const SLICE = 1 << 17;

export class MaskSearch {
  /** Per object: the bits of the starting points that lead to it. */
  readonly mask: Int8Array | Int16Array | Int32Array;
  /** In `mask`, while the search goes on: the object is in the queue. The sign, and what an element has no room for. */
  readonly #queued: number;
  /** A ring: every object is in it at most once. */
  readonly #queue: Int32Array;
  #head = 0;
  #count = 0;

  /**
   * 1, 2 or 4 bytes per object for up to 7, 15 or 31 starting points, and the queue.
   * @param bits of the starting points: 0 … bits-1
   * @param queue written over; an element per object
   */
  constructor(bits: number, queue: Int32Array) {
    const Mask = bits < 8 ? Int8Array : bits < 16 ? Int16Array : Int32Array;
    this.mask = new Mask(queue.length);
    this.#queued = -1 << (8 * Mask.BYTES_PER_ELEMENT - 1);
    this.#queue = queue;
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    const before = this.mask[object]!;
    if ((bits & ~before) === 0) return;
    this.mask[object] = before | bits | this.#queued;
    if (before >= 0) this.#put(object);
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
    const queued = this.#queued;
    const objectCount = queue.length;
    for (let left = steps; left > 0 && this.#count > 0; left--) {
      const object = queue[this.#head]!;
      this.#head = this.#head + 1 === objectCount ? 0 : this.#head + 1;
      this.#count--;
      const bits = mask[object]! & ~queued;
      mask[object] = bits;
      const end = start[object + 1]!;
      for (let edge = start[object]!; edge < end; edge++) {
        const target = to[edge]!;
        if (target >= objectCount) continue;
        const before = mask[target]!;
        if ((bits & ~before) === 0 || isBarred[target] === 1) continue;
        mask[target] = before | bits | queued;
        if (before >= 0) this.#put(target);
      }
    }
  }
}

/**
 * MaskSearch: which of up to 31 starting points lead to each object, as a bit each. The members of a strongly connected component are led
 * to by the same ones, and a component knows its own once all are done that lead to it: every object is looked at twice, whatever leads
 * where.
 */
import { breathe, type Progress } from "../../progress.ts";
import { ComponentOrder } from "./component-order.ts";

/** Starting points that one search can tell apart: an element's bits but its sign. */
export const MASK_BITS = 31;

/** Objects between two breaths. */
const SLICE = 1 << 17;

export class MaskSearch {
  /** Per object: the bits of the starting points that lead to it. */
  readonly mask: Uint8Array | Uint16Array | Int32Array;
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  readonly #isBarred: Uint8Array;
  readonly #scratch: Int32Array;

  /**
   * 1, 2 or 4 bytes per object for up to 8, 16 or 31 starting points, and what `ComponentOrder` takes.
   * @param bits of the starting points: 0 … bits-1
   * @param start CSR over the objects
   * @param to vertices; those from the number of objects on are no objects, and are passed over
   * @param isBarred per object: 1 if nothing spreads to it
   * @param scratch written over; an element per object
   */
  constructor(bits: number, start: Uint32Array, to: Int32Array, isBarred: Uint8Array, scratch: Int32Array) {
    const Mask = bits <= 8 ? Uint8Array : bits <= 16 ? Uint16Array : Int32Array;
    this.mask = new Mask(scratch.length);
    this.#start = start;
    this.#to = to;
    this.#isBarred = isBarred;
    this.#scratch = scratch;
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    this.mask[object] = this.mask[object]! | bits;
  }

  /** Spreads the bits along edges. Linear in what the starting points lead to. */
  async spread(progress: Progress): Promise<void> {
    const { order, count } = await this.#orderComponents(progress);
    let left = SLICE;
    // What leads to a component comes behind it.
    for (let last = count - 1; last >= 0; ) {
      let first = last;
      let bits = this.mask[~order[last]!]!;
      while (first > 0 && order[first - 1]! >= 0) bits |= this.mask[order[--first]!]!;
      // A component may be nearly all of the heap.
      for (let from = first; from <= last; ) {
        const end = Math.min(last + 1, from + left);
        this.#giveBits(bits, order, from, end);
        left -= end - from;
        from = end;
        if (left > 0) continue;
        await breathe(progress);
        left = SLICE;
      }
      last = first - 1;
    }
  }

  async #orderComponents(progress: Progress): Promise<ComponentOrder> {
    const { mask } = this;
    const start = this.#start;
    const search = new ComponentOrder(start, this.#to, this.#isBarred, this.#scratch);
    let left = SLICE;
    for (let object = 0; object < mask.length; object++) {
      if (mask[object] === 0 || start[object] === start[object + 1]) continue;
      search.enter(object, this.#isBarred[object] === 1);
      for (left -= search.advance(left); left <= 0; left = SLICE - search.advance(SLICE)) await breathe(progress);
    }
    return search;
  }

  /** Gives `order[from]` … `order[end-1]` the bits of their component, and what these point to. */
  #giveBits(bits: number, order: Int32Array, from: number, end: number): void {
    const { mask } = this;
    const start = this.#start;
    const to = this.#to;
    const isBarred = this.#isBarred;
    const objectCount = mask.length;
    for (let i = from; i < end; i++) {
      const object = order[i]! < 0 ? ~order[i]! : order[i]!;
      mask[object] = bits;
      const after = start[object + 1]!;
      for (let edge = start[object]!; edge < after; edge++) {
        const target = to[edge]!;
        if (target < objectCount && isBarred[target] === 0) mask[target] = mask[target]! | bits;
      }
    }
  }
}

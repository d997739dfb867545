/**
 * MaskSearch: which of up to 31 starting points lead to each object, as a bit each. The members of a strongly connected component are led
 * to by the same ones, and a component knows its own once all are done that lead to it: every object is looked at twice, whatever leads
 * where.
 */
import { longColumn } from "../../column-memory.ts";
import { breathe, type Progress } from "../../progress.ts";
import { type ComponentOrder, ComponentSearch } from "./component-search.ts";

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

  /**
   * 1, 2 or 4 bytes per object for up to 8, 16 or 31 starting points.
   * @param bits of the starting points: 0 … bits-1
   * @param start CSR over the objects
   * @param isBarred per object: 1 if nothing spreads to it; from one that is a starting point it does
   */
  constructor(bits: number, start: Uint32Array, to: Int32Array, isBarred: Uint8Array) {
    const Mask = bits <= 8 ? Uint8Array : bits <= 16 ? Uint16Array : Int32Array;
    this.mask = new Mask(isBarred.length);
    this.#start = start;
    this.#to = to;
    this.#isBarred = isBarred;
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    this.mask[object] = this.mask[object]! | bits;
  }

  /** Objects from which `spread` goes on, beside those that they lead to; each once. Linear in all objects. */
  *entries(): Generator<number> {
    const { mask } = this;
    const start = this.#start;
    for (let object = 0; object < mask.length; object++) {
      if (mask[object] === 0) continue;
      if (this.#isBarred[object] === 0) yield object;
      else for (let edge = start[object]!; edge < start[object + 1]!; edge++) yield this.#to[edge]!;
    }
  }

  /**
   * Spreads the bits along edges. Linear in what the starting points lead to.
   * @param components of all that they lead to; left out, they are found, which takes 8 bytes per object
   */
  async spread(progress: Progress, components?: ComponentOrder): Promise<void> {
    const { order, count } = components ?? (await this.#orderComponents(progress));
    this.#leaveBarred();
    let left = SLICE;
    // What leads to a component comes behind it.
    for (let last = count - 1; last >= 0; ) {
      let first = last;
      let bits = this.mask[~order[last]!]!;
      while (first > 0 && order[first - 1]! >= 0) bits |= this.mask[order[--first]!]!;
      // A component may be nearly all of the heap.
      for (let from = first; from <= last; ) {
        const end = Math.min(last + 1, from + left);
        for (let i = from; i < end; i++) this.#giveBits(bits, order[i]! < 0 ? ~order[i]! : order[i]!);
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
    const isBarred = (object: number): boolean => this.#isBarred[object] === 1;
    const state = longColumn(Int32Array, this.mask.length);
    const search = new ComponentSearch(this.#start, this.#to, [], isBarred, state, true);
    let left = SLICE;
    for (const object of this.entries()) {
      search.enter(object);
      for (left -= search.advance(left); left <= 0; left = SLICE - search.advance(SLICE)) await breathe(progress);
    }
    return search;
  }

  /** From starting points that are barred. Nothing leads to them, so they come first. */
  #leaveBarred(): void {
    const { mask } = this;
    for (let object = 0; object < mask.length; object++) {
      if (this.#isBarred[object] === 1 && mask[object] !== 0) this.#giveBits(mask[object]!, object);
    }
  }

  /** Gives an object bits, and what it points to. */
  #giveBits(bits: number, object: number): void {
    const { mask } = this;
    const to = this.#to;
    mask[object] = bits;
    const after = this.#start[object + 1]!;
    for (let edge = this.#start[object]!; edge < after; edge++) {
      const target = to[edge]!;
      if (this.#isBarred[target] === 0) mask[target] = mask[target]! | bits;
    }
  }
}

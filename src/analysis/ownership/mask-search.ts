/**
 * MaskSearch: which of up to 31 starting points lead to each object, as a bit each. The members of a strongly connected component are led
 * to by the same ones, and a component knows its own once all are done that lead to it: every object is looked at twice, whatever leads
 * where.
 */
import { longColumn } from "../../column-memory.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Edges } from "../../heap/objects.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { doBeside, isShared, newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { beginComponents, type ComponentOrder } from "./component-search.ts";
import { searchEntries } from "./entry-search.ts";

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
    // Where another thread sees what is barred, it may be another one that spreads.
    this.mask = isShared(isBarred)
      ? newColumn<MaskColumn>(Mask, isBarred.length)
      : longColumn<MaskColumn>(Mask, isBarred.length);
    this.#start = start;
    this.#to = to;
    this.#isBarred = isBarred;
  }

  /** Adds starting points to an object. */
  add(object: number, bits: number): void {
    this.mask[object] = this.mask[object]! | bits;
  }

  /**
   * Spreads the bits along edges. Linear in what the starting points lead to. Another thread does it, if all columns are shared and one is free.
   * @param components of all that they lead to; left out, they are found, which takes 8 bytes per object
   */
  async spread(progress: Progress, components?: ComponentOrder): Promise<void> {
    const { order, count } = components ?? (await this.#orderComponents(progress));
    const columns = { start: this.#start, to: this.#to, mask: this.mask, isBarred: this.#isBarred, order, count };
    const long = [this.#to, this.mask, this.#isBarred, order];
    const steps = this.mask.length + this.#to.length;
    await doBeside({ kernel: SPREAD_MASKS, columns, long, steps, here: spreadMasks }, progress);
  }

  async #orderComponents(progress: Progress): Promise<ComponentOrder> {
    const [start, to, isBarred] = [this.#start, this.#to, this.#isBarred];
    const { length } = this.mask;
    const entries = int32Column();
    for (let object = 0; object < length; object++) {
      if (this.mask[object] === 0) continue;
      if (isBarred[object] === 0) entries.push(object);
      else for (let edge = start[object]!; edge < start[object + 1]!; edge++) entries.push(to[edge]!);
    }
    const columns = {
      start,
      to,
      targets: [],
      isOrdered: true,
      entries: entries.finish(),
      state: beginComponents(start, (object) => isBarred[object] === 1, longColumn(Int32Array, length)),
      order: longColumn(Int32Array, length),
    };
    const { count } = await searchEntries(columns, progress);
    return { order: columns.order, count };
  }
}

type MaskColumn = Uint8Array | Uint16Array | Int32Array;

interface MaskColumns extends Pick<Edges, "start" | "to">, ComponentOrder {
  readonly mask: MaskColumn;
  readonly isBarred: Uint8Array;
}

/** Spreads masks for another thread: the one row is the whole graph. */
export const SPREAD_MASKS: Kernel<MaskColumns, void> = {
  name: "spread-masks",
  run: (columns) => spreadMasks(columns, NO_PROGRESS),
};

async function spreadMasks(columns: MaskColumns, progress: Progress): Promise<void> {
  const { mask, isBarred, order, count } = columns;
  // From starting points that are barred. Nothing leads to them, so they come first.
  for (let object = 0; object < mask.length; object++) {
    if (isBarred[object] === 1 && mask[object] !== 0) giveBits(columns, mask[object]!, object);
  }
  let left = SLICE;
  // What leads to a component comes behind it.
  for (let last = count - 1; last >= 0; ) {
    let first = last;
    let bits = mask[~order[last]!]!;
    while (first > 0 && order[first - 1]! >= 0) bits |= mask[order[--first]!]!;
    // A component may be nearly all of the heap.
    for (let from = first; from <= last; ) {
      const end = Math.min(last + 1, from + left);
      for (let i = from; i < end; i++) giveBits(columns, bits, order[i]! < 0 ? ~order[i]! : order[i]!);
      left -= end - from;
      from = end;
      if (left > 0) continue;
      await breathe(progress);
      left = SLICE;
    }
    last = first - 1;
  }
}

/** Gives an object bits, and what it points to. */
function giveBits({ start, to, mask, isBarred }: MaskColumns, bits: number, object: number): void {
  mask[object] = bits;
  const after = start[object + 1]!;
  for (let edge = start[object]!; edge < after; edge++) {
    const target = to[edge]!;
    if (isBarred[target] === 0) mask[target] = mask[target]! | bits;
  }
}

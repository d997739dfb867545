/** Pointers in arrays outside of what any view shows: popped slots, and elements that nobody points to. */
import { HAS_POINTERS, valueOffset } from "../../heap/objects.ts";
import type { PartlyUsedArrays } from "./arrays.ts";
import type { Facts } from "./facts.ts";

export interface OutsidePointers {
  /** Edges, ascending. */
  readonly edge: readonly number[];
  /** The array that each is in, by its index among `PartlyUsedArrays.arrays`. */
  readonly array: readonly number[];
  /** By array: elements with such pointers. */
  readonly slots: Float64Array;
}

/** Linear in the pointers of these arrays. */
export function findOutside({ heap }: Facts, { arrays, coverage }: PartlyUsedArrays): OutsidePointers {
  const { objects, edges } = heap;
  const edge: number[] = [];
  const array: number[] = [];
  const slots = new Float64Array(arrays.length);
  for (const [k, { object, row, elementSize }] of arrays.entries()) {
    if ((objects.flags[object]! & HAS_POINTERS) === 0) continue;
    const base = valueOffset(objects, object);
    let stretch = coverage.start[row]!;
    const afterStretches = coverage.start[row + 1]!;
    let slot = -1;
    for (let e = edges.start[object]!; e < edges.start[object + 1]!; e++) {
      const at = edges.offset[e]! - base;
      while (stretch < afterStretches && coverage.end[stretch]! <= at) stretch++;
      if (stretch < afterStretches && coverage.from[stretch]! <= at) continue;
      edge.push(e);
      array.push(k);
      const element = Math.floor(at / elementSize);
      if (element !== slot) slots[k]!++;
      slot = element;
    }
  }
  return { edge, array, slots };
}

/** Pointers in arrays outside of what any view shows: popped slots, and elements that nobody points to. */
import { int32Column, uint32Column } from "../../heap/columns.ts";
import { HAS_POINTERS, valueOffset } from "../../heap/objects.ts";
import type { PartlyUsedArrays } from "./arrays.ts";
import type { Facts } from "./facts.ts";

export interface OutsidePointers {
  /** Edges, ascending. */
  readonly edge: Uint32Array;
  /** The array that each is in, by its index among `PartlyUsedArrays`. */
  readonly array: Int32Array;
  /** By array: elements with such pointers. */
  readonly slots: Float64Array;
}

/** Linear in the pointers of these arrays. */
export function findOutside({ heap }: Facts, arrays: PartlyUsedArrays): OutsidePointers {
  const { objects, edges } = heap;
  const { coverage } = arrays;
  const edge = uint32Column();
  const array = int32Column();
  const slots = new Float64Array(arrays.count);
  for (let k = 0; k < arrays.count; k++) {
    const row = arrays.row[k]!;
    const object = coverage.object[row]!;
    const elementSize = arrays.elementSize[k]!;
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
  return { edge: edge.values, array: array.values, slots };
}

/** ArrayBits: which objects are of several elements. */
import type { Heap } from "../heap/heap.ts";
import type { ValueLayout } from "../heap/value-layouts.ts";

/** A bit for each object of several elements; small enough to stay in the cache. */
export function findArrays({ objects }: Heap, rows: readonly (ValueLayout | undefined)[]): Int32Array {
  const { count, type, size } = objects;
  const twice = Float64Array.from(rows, (row) => (row?.isMany === true ? 2 * row.size : Number.POSITIVE_INFINITY));
  const bits = new Int32Array((count >>> 5) + 1);
  for (let i = 0; i < count; i++) if (size[i]! >= twice[type[i]!]!) bits[i >>> 5]! |= 1 << (i & 31);
  return bits;
}

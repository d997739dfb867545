/** The histogram: how many objects of each type there are, and how many bytes they take. */
import type { Heap } from "../heap/heap.ts";
import { memoise } from "../heap/memo.ts";
import { HUGE_SIZE, objectSize, REACHABLE } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";

/** One row per type of the heap's type table; all columns are Float64Arrays, exact to 2^53. */
export interface Histogram {
  /** Objects of the type, garbage included. */
  readonly objects: Float64Array;
  /** Their shallow sizes. */
  readonly bytes: Float64Array;
  /** Those that some GC root leads to. */
  readonly reachableObjects: Float64Array;
  readonly reachableBytes: Float64Array;
  /** Types by `bytes`, greatest first, then by index. */
  readonly byBytes: Int32Array;
}

/** Objects between two breaths. */
const SLICE = 1 << 22;

/** Computes the histogram by shallow size; memoised per heap. One pass over the objects, 36 bytes per type. */
export const computeHistogram = memoise(async (heap: Heap, progress: Progress): Promise<Histogram> => {
  const count = heap.types.count;
  const histogram = {
    objects: new Float64Array(count),
    bytes: new Float64Array(count),
    reachableObjects: new Float64Array(count),
    reachableBytes: new Float64Array(count),
  };
  progress.phase("histogram", heap.objects.count, "objects");
  for (let done = 0; done < heap.objects.count; done += SLICE) {
    addObjects(heap, histogram, done, Math.min(done + SLICE, heap.objects.count));
    progress.update(done);
    await breathe(progress);
  }
  return { ...histogram, byBytes: descending(histogram.bytes) };
});

/** The rows of a column, those with the greatest values first; equal ones in ascending order. O(n log n). */
export function descending(column: Float64Array): Int32Array {
  return Int32Array.from(column, (_, row) => row).sort((a, b) => column[b]! - column[a]! || a - b);
}

function addObjects(heap: Heap, histogram: Omit<Histogram, "byBytes">, from: number, to: number): void {
  const { type, size, flags } = heap.objects;
  const { objects, bytes, reachableObjects, reachableBytes } = histogram;
  for (let i = from; i < to; i++) {
    const row = type[i]!;
    let own = size[i]!;
    if (own === HUGE_SIZE) own = objectSize(heap.objects, i);
    objects[row] = objects[row]! + 1;
    bytes[row] = bytes[row]! + own;
    if ((flags[i]! & REACHABLE) === 0) continue;
    reachableObjects[row] = reachableObjects[row]! + 1;
    reachableBytes[row] = reachableBytes[row]! + own;
  }
}

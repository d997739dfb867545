/** Retained sizes of types: what the objects of a type retain together; see `group-retained-size.ts`. */
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeGroupRetainedSizes } from "./group-retained-size.ts";

/**
 * Computes the retained size in bytes of every type, one element per row of the type table; memoised per heap. A few
 * linear passes; 8 bytes per vertex while it runs.
 */
export const computeTypeRetainedSizes = memoise(
  (heap: Heap, progress: Progress): Promise<Float64Array> =>
    computeGroupRetainedSizes(heap, heap.objects.type, heap.types.count, progress),
);

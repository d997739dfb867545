/**
 * Retained sizes: what would be freed if a vertex went away, which is the sum of the shallow sizes of all it dominates,
 * itself included.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { HUGE_SIZE } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { HeapGraph } from "../vertices.ts";
import { computeDominators, type Dominators } from "./dominators.ts";

/**
 * Computes the retained size in bytes of every vertex, objects first; root vertices have no size of their own, and the
 * virtual root retains everything. Exact to 2^53. Memoised per heap; computes dominators, then takes 8 bytes per vertex
 * and two linear passes.
 */
export const computeRetainedSizes = memoise(async (heap: Heap, progress: Progress): Promise<Float64Array> => {
  const { objects, edges } = heap;
  const tree = await computeDominators(heap, progress);
  return sumDominated(objects, edges.start, tree, longColumn(Float64Array, tree.immediateDominator.length), progress);
});

/** A column of bytes. */
export type SizeColumn = Uint32Array | Float64Array;

/**
 * Sums the sizes of objects up a dominator tree: per vertex, its own and those of all that it dominates.
 * @param start of the edges of the graph that the dominators are of: objects without edges are not in their order
 * @param retained zeros, one per vertex; wide enough for what all objects have together
 * @returns `retained`
 */
export async function sumDominated<T extends SizeColumn>(
  objects: HeapGraph["objects"],
  start: Uint32Array,
  { immediateDominator, order }: Dominators,
  retained: T,
  progress: Progress,
): Promise<T> {
  const { count, size, hugeSize } = objects;
  for (let i = 0; i < count; i++) retained[i] = size[i]!;
  for (const [i, bytes] of hugeSize) if (size[i] === HUGE_SIZE) retained[i] = bytes;
  for (let i = 0; i < count; i++) {
    if (start[i] !== start[i + 1]) continue;
    const above = immediateDominator[i]!;
    retained[above] = retained[above]! + retained[i]!;
  }
  await breathe(progress);
  for (let i = order.length - 1; i > 0; i--) {
    const v = order[i]!;
    const above = immediateDominator[v]!;
    retained[above] = retained[above]! + retained[v]!;
  }
  return retained;
}

/**
 * Retained sizes of groups of objects, such as those of a type: what the members retain together, as DevTools counts it.
 * An object that another one of its group dominates is retained by that one already and adds nothing, so a list retains
 * no more than its head.
 */
import type { Heap } from "../../heap/heap.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { vertexCount } from "../vertices.ts";
import { computeDominators } from "./dominators.ts";
import { computeRetainedSizes } from "./retained-size.ts";

/**
 * Computes the retained size in bytes of every group. A few linear passes after dominators and retained sizes; 12 bytes
 * per vertex while it runs.
 * @param group per object, its group, or negative if it is in none
 * @param groupCount length of the result; groups are 0 … groupCount-1
 */
export async function computeGroupRetainedSizes(
  heap: Heap,
  group: Int32Array,
  groupCount: number,
  progress: Progress = NO_PROGRESS,
): Promise<Float64Array> {
  const { immediateDominator, order } = await computeDominators(heap, progress);
  const retained = await computeRetainedSizes(heap, progress);
  await breathe(progress);
  const subtree = countDominated(heap, immediateDominator, order);
  await breathe(progress);
  const vertexAt = numberTree(heap, immediateDominator, order, subtree);
  await breathe(progress);

  // In preorder of the dominator tree what a vertex dominates follows it without a gap. So an object is dominated by one
  // of its own group exactly if it comes before the end of the last outermost object of that group.
  const { count } = heap.objects;
  const end = new Int32Array(groupCount);
  const sizes = new Float64Array(groupCount);
  for (let at = 0; at < vertexAt.length; at++) {
    const v = vertexAt[at]!;
    if (v >= count) continue;
    const row = group[v]!;
    if (row < 0 || at < end[row]!) continue;
    end[row] = at + subtree[v]!;
    sizes[row] = sizes[row]! + retained[v]!;
  }
  return sizes;
}

/** Per vertex: how many vertices it dominates, itself included. */
function countDominated(heap: Heap, immediateDominator: Int32Array, order: Int32Array): Int32Array {
  const { count } = heap.objects;
  const { start } = heap.edges;
  const subtree = new Int32Array(vertexCount(heap)).fill(1);
  for (let v = 0; v < count; v++) {
    if (start[v] !== start[v + 1]) continue;
    const above = immediateDominator[v]!;
    subtree[above] = subtree[above]! + 1;
  }
  for (let i = order.length - 1; i > 0; i--) {
    const v = order[i]!;
    const above = immediateDominator[v]!;
    subtree[above] = subtree[above]! + subtree[v]!;
  }
  return subtree;
}

/** The vertices in a preorder of the dominator tree. */
function numberTree(heap: Heap, immediateDominator: Int32Array, order: Int32Array, subtree: Int32Array): Int32Array {
  const { count } = heap.objects;
  const { start } = heap.edges;
  const vertexAt = new Int32Array(subtree.length);
  // Where the next vertex that v dominates immediately goes.
  const next = new Int32Array(subtree.length);
  const root = order[0]!;
  vertexAt[0] = root;
  next[root] = 1;
  for (let i = 1; i < order.length; i++) {
    const v = order[i]!;
    const above = immediateDominator[v]!;
    const at = next[above]!;
    vertexAt[at] = v;
    next[above] = at + subtree[v]!;
    next[v] = at + 1;
  }
  for (let v = 0; v < count; v++) {
    if (start[v] !== start[v + 1]) continue;
    const above = immediateDominator[v]!;
    const at = next[above]!;
    vertexAt[at] = v;
    next[above] = at + 1;
  }
  return vertexAt;
}

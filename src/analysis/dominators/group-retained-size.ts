/**
 * Retained sizes of groups of objects, such as those of a type: what the members retain together, as DevTools counts it.
 * An object that another one of its group dominates is retained by that one already and adds nothing, so a list retains
 * no more than its head.
 */
import type { Heap } from "../../heap/heap.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { computeDominators, type Dominators } from "./dominators.ts";
import { computeRetainedSizes } from "./retained-size.ts";

/** No vertex is left out. */
const NOTHING = -1;

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
  const retained = await computeRetainedSizes(heap, progress);
  return sumGroups(await computeDominators(heap, progress), retained, group, groupCount, progress);
}

/**
 * Sums sizes of a dominator tree by group, each group's outermost members alone.
 * @param sizes per vertex, as of `sumDominated`
 * @param group per object, its group, or negative if it is in none
 * @param except a root vertex: what it dominates counts for no group
 */
export async function sumGroups(
  tree: Dominators,
  sizes: Float64Array,
  group: Int32Array,
  groupCount: number,
  progress: Progress,
  except = NOTHING,
): Promise<Float64Array> {
  const leaves = findLeaves(tree);
  await breathe(progress);
  const subtree = countDominated(tree, leaves);
  await breathe(progress);
  const vertexAt = numberTree(tree, leaves, subtree);
  await breathe(progress);

  // In preorder of the dominator tree what a vertex dominates follows it without a gap. So an object is dominated by one
  // of its own group exactly if it comes before the end of the last outermost object of that group.
  const count = group.length;
  const end = new Int32Array(groupCount);
  const sums = new Float64Array(groupCount);
  for (let at = 0; at < vertexAt.length; at++) {
    const v = vertexAt[at]!;
    if (v >= count) {
      if (v === except) at += subtree[v]! - 1;
      continue;
    }
    const row = group[v]!;
    if (row < 0 || at < end[row]!) continue;
    end[row] = at + subtree[v]!;
    sums[row] = sums[row]! + sizes[v]!;
  }
  return sums;
}

/** The vertices of a tree that its order leaves out. */
function findLeaves({ immediateDominator, order }: Dominators): Int32Array {
  const isInner = new Uint8Array(immediateDominator.length);
  for (let i = 0; i < order.length; i++) isInner[order[i]!] = 1;
  const leaves = new Int32Array(immediateDominator.length - order.length);
  let found = 0;
  for (let v = 0; v < isInner.length; v++) if (isInner[v] === 0) leaves[found++] = v;
  return leaves;
}

/** Per vertex: how many vertices it dominates, itself included. */
function countDominated({ immediateDominator, order }: Dominators, leaves: Int32Array): Int32Array {
  const subtree = new Int32Array(immediateDominator.length).fill(1);
  for (let i = 0; i < leaves.length; i++) {
    const above = immediateDominator[leaves[i]!]!;
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
function numberTree({ immediateDominator, order }: Dominators, leaves: Int32Array, subtree: Int32Array): Int32Array {
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
  for (let i = 0; i < leaves.length; i++) {
    const v = leaves[i]!;
    const above = immediateDominator[v]!;
    const at = next[above]!;
    vertexAt[at] = v;
    next[above] = at + 1;
  }
  return vertexAt;
}

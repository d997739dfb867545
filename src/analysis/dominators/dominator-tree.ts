/** The dominator tree from above: what each vertex dominates immediately, and how deep it lies. */
import { longColumn, makeRoom } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { breathe, type Progress } from "../../progress.ts";
import { vertexCount } from "../vertices.ts";
import { computeDominators, type Dominators } from "./dominators.ts";

/** CSR: the vertices that v dominates immediately are `child[start[v]]` … `child[start[v+1]-1]`, ascending. */
export interface DominatorTree {
  /** Int32Array, length vertices + 1. */
  readonly start: Int32Array;
  /** Length vertices - 1: all but the virtual root. */
  readonly child: Int32Array;
}

/** Computes the children of every vertex in the dominator tree; memoised per heap. Linear; 8 bytes per vertex. */
export const computeDominatorTree = memoise(async (heap: Heap, progress: Progress): Promise<DominatorTree> => {
  return listChildren(await computeDominators(heap, progress), progress);
});

/** Lists the children of every vertex of a dominator tree. Linear; 8 bytes per vertex. */
export async function listChildren(tree: Dominators, progress: Progress): Promise<DominatorTree> {
  const { immediateDominator, order } = tree;
  const count = immediateDominator.length;
  const root = order[0]!;
  makeRoom();
  const start = longColumn(Int32Array, count + 1);
  for (let v = 0; v < count; v++) {
    if (v === root) continue;
    const above = immediateDominator[v]!;
    start[above] = start[above]! + 1;
  }
  let end = 0;
  for (let v = 0; v <= count; v++) {
    end += start[v]!;
    start[v] = end;
  }
  await breathe(progress);
  const child = longColumn(Int32Array, count - 1);
  // Filling backwards turns the ends into the starts.
  for (let v = count - 1; v >= 0; v--) {
    if (v === root) continue;
    const above = immediateDominator[v]!;
    const at = start[above]! - 1;
    child[at] = v;
    start[above] = at;
  }
  return { start, child };
}

/** Computes every vertex's depth in the dominator tree, 0 for the virtual root; memoised per heap. 4 bytes per vertex. */
export const computeDominatorDepths = memoise(async (heap: Heap, progress: Progress): Promise<Int32Array> => {
  const { immediateDominator, order } = await computeDominators(heap, progress);
  const { start } = heap.edges;
  const depth = longColumn(Int32Array, vertexCount(heap));
  for (let i = 1; i < order.length; i++) {
    const v = order[i]!;
    depth[v] = depth[immediateDominator[v]!]! + 1;
  }
  await breathe(progress);
  for (let v = 0; v < heap.objects.count; v++) {
    if (start[v] === start[v + 1]) depth[v] = depth[immediateDominator[v]!]! + 1;
  }
  return depth;
});

/**
 * The owner tree: the dominator tree of the graph in which an edge between objects of different owners does not count. It
 * answers "what holds the memory" where plain dominators say "several roots": each object hangs below its one owner.
 * Its sums are called owned. They are not what would be freed: that is the retained size, of the plain tree.
 */
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { breathe, type Progress } from "../../progress.ts";
import { type DominatorTree, listChildren } from "../dominators/dominator-tree.ts";
import { type Dominators, dominate } from "../dominators/dominators.ts";
import { makeFlowGraph } from "../dominators/flow-graph.ts";
import { sumDominated } from "../dominators/retained-size.ts";
import { checkVertexLimits } from "../vertices.ts";
import { computeOwners, ownerVertex } from "./owners.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

export interface OwnerTree {
  /** The tree: per vertex the one right above it, as of `computeDominators`. */
  readonly tree: Dominators;
  /** Bytes below each vertex of the tree, its own included. Float64Array, objects first, then root vertices. */
  readonly ownedSize: Float64Array;
  /** The root vertex that owns each object. */
  readonly owner: Int32Array;
}

/**
 * Computes the owner tree; memoised per heap. Costs as `computeDominators` and `computeRetainedSizes` do, after one
 * breadth-first pass; 4 bytes more per edge while it runs, 16 per vertex when it is done.
 * @throws HeapDumpError too-large, from 2^31 vertices or edges on
 */
export const computeOwnerTree = memoise(async (heap: Heap, progress: Progress): Promise<OwnerTree> => {
  checkVertexLimits(heap);
  const owner = await computeOwners(heap, progress);
  const { start, to, count } = await keepEdgesOfOneOwner(heap, owner, progress);
  const graph = makeFlowGraph(
    heap,
    start,
    to,
    count,
    (vertex, edge) => owner[heap.roots.to[edge]!] === ownerVertex(heap, vertex),
  );
  const tree = await dominate(graph, progress);
  return { tree, ownedSize: await sumDominated(heap.objects, start, tree, progress), owner };
});

/** The children of every vertex in the owner tree; memoised per heap. 8 bytes per vertex. */
export const computeOwnerChildren = memoise(async (heap: Heap, progress: Progress): Promise<DominatorTree> => {
  return listChildren((await computeOwnerTree(heap, progress)).tree, progress);
});

/** The CSR of the edges whose ends have one owner. */
async function keepEdgesOfOneOwner(
  heap: Heap,
  owner: Int32Array,
  progress: Progress,
): Promise<{ start: Uint32Array; to: Int32Array; count: number }> {
  const { count } = heap.objects;
  const start = new Uint32Array(count + 1);
  const to = new Int32Array(heap.edges.count);
  let kept = 0;
  for (let from = 0; from < count; from += SLICE) {
    kept = copyEdges(heap, owner, from, Math.min(from + SLICE, count), start, to, kept);
    await breathe(progress);
  }
  return { start, to, count: kept };
}

/** Copies the edges of objects `from` … `end`-1; returns how many there are now. */
function copyEdges(
  { edges }: Heap,
  owner: Int32Array,
  from: number,
  end: number,
  start: Uint32Array,
  to: Int32Array,
  kept: number,
): number {
  const { start: edgeStart, to: edgeTo } = edges;
  let count = kept;
  for (let i = from; i < end; i++) {
    const mine = owner[i]!;
    const last = edgeStart[i + 1]!;
    for (let edge = edgeStart[i]!; edge < last; edge++) {
      const target = edgeTo[edge]!;
      if (owner[target] === mine) to[count++] = target;
    }
    start[i + 1] = count;
  }
  return count;
}

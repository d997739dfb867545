/**
 * The owner tree: the dominator tree of the graph in which an edge between objects of different owners does not count. It
 * answers "what holds the memory" where plain dominators say "several roots": each object hangs below its one owner.
 * Its sums are called owned. They are not what would be freed: that is the retained size, of the plain tree.
 */
import { longColumn, makeRoom } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, borrowing, listAnalyses, memoise } from "../../heap/memo.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { hireHelper } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { mayWorkBeside } from "../beside.ts";
import { type DominatorTree, listChildren } from "../dominators/dominator-tree.ts";
import { type Dominators, dominate } from "../dominators/dominators.ts";
import { flowGraphOf } from "../dominators/flow-graph.ts";
import { type SizeColumn, sumDominated } from "../dominators/retained-size.ts";
import { checkVertexLimits, type HeapGraph, vertexCount } from "../vertices.ts";
import { findOwners, newOwnerColumn, type OwnerColumn, type OwnerSearchColumns, ownerSearchColumns } from "./owners.ts";

const MAX_UINT32 = 0xffff_ffff;

/** The tree of owners, as `computeOwnerTree` gives it: every object has one owner, so owned bytes add up. */
export interface OwnerTree {
  /** The tree: per vertex the one right above it, as of `computeDominators`. */
  readonly tree: Dominators;
  /**
   * Bytes below each vertex of the tree, its own included; objects first, then root vertices. A Uint32Array, if all objects
   * together have less than 4 GiB; else a Float64Array.
   */
  readonly ownedSize: SizeColumn;
  readonly owner: OwnerColumn;
}

/**
 * Computes the owner tree; memoised per heap. Costs as `computeDominators` and `computeRetainedSizes` do, after one
 * breadth-first pass; 10 to 16 bytes per vertex when it is done.
 * @throws HeapDumpError too-large, from 2^31 vertices or edges on
 */
export const computeOwnerTree = memoise(async (heap: Heap, progress: Progress): Promise<OwnerTree> => {
  checkVertexLimits(heap);
  const begun = trees.get(heap);
  trees.delete(heap);
  if (begun !== undefined) progress.phase("dominators");
  const { tree, owner } = await (begun ?? growOwnerTree(ownerSearchColumns(heap), progress));
  makeRoom();
  // Here, not where the tree grew: until somebody asks for it, these need not take room.
  const Column = sumSizes(heap.objects) <= MAX_UINT32 ? Uint32Array : Float64Array;
  const sums = longColumn<SizeColumn>(Column, vertexCount(heap));
  return { tree, ownedSize: await sumDominated(heap.objects, heap.edges.start, tree, sums, progress), owner };
});

/** The bytes that each vertex owns: `ownedSize` of the owner tree, for who needs no more of it. Memoised per heap. */
export const computeOwnedSizes: Analysis<SizeColumn> = memoise(async (heap, progress) => {
  return (await computeOwnerTree(heap, progress)).ownedSize;
});

/** All objects' bytes, garbage's too: nothing owns more. */
function sumSizes({ count, size, hugeSize }: Heap["objects"]): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += size[i]!;
  for (const huge of hugeSize.values()) bytes += huge;
  return bytes;
}

/** Trees that other threads work on. */
const trees = new WeakMap<Heap, Promise<GrownTree>>();

type GrownTree = Pick<OwnerTree, "tree" | "owner">;

/**
 * Begins with the owner tree, if another thread is free for it: what follows is done meanwhile, and `computeOwnerTree` finds it
 * all but done. Takes the room of the tree from now on.
 */
export function beginOwnerTree(heap: Heap, progress: Progress): void {
  checkVertexLimits(heap);
  if (!mayWorkBeside(heap) || listAnalyses(heap).includes(computeOwnerTree)) return;
  const helper = hireHelper(vertexCount(heap) + heap.edges.count);
  if (helper === undefined) return;
  try {
    trees.set(heap, helper.do(GROW_OWNER_TREE, ownerSearchColumns(heap), 1, progress));
  } finally {
    helper.release();
  }
}

/** Waits until no other thread works on the owner tree: for who needs as much room as that takes. */
export async function waitForOwnerTree(heap: Heap): Promise<void> {
  // What failed is told to who asks for the tree.
  await trees.get(heap)?.catch(() => {});
  makeRoom();
}

/** `growOwnerTree` for another thread: the one row is the whole tree. */
export const GROW_OWNER_TREE: Kernel<OwnerSearchColumns, GrownTree> = {
  name: "grow-owner-tree",
  run: (columns) => growOwnerTree(columns, NO_PROGRESS),
};

/** The columns of the search become those of the dominators, of which there are many at one time. */
async function growOwnerTree(columns: OwnerSearchColumns, progress: Progress): Promise<GrownTree> {
  await findOwners(columns, progress);
  const { graph, owner: memory, queue: spare, ofRoot, isOverruled } = columns;
  const flow = flowGraphOf(graph, { ofObject: memory, ofRoot, isOverruled });
  const tree = await dominate({ graph: flow, number: memory, spare }, progress);
  makeRoom();
  const owner = newOwnerColumn(columns);
  listOwners(graph, tree, ofRoot, owner);
  return { tree, owner };
}

/** Reads the owners off the tree into `owner`, since no object hangs below another owner than its own. Linear. */
function listOwners(
  { objects, edges }: HeapGraph,
  { immediateDominator, order }: Dominators,
  ofRoot: Int32Array,
  owner: OwnerColumn,
): void {
  const { count } = objects;
  // The order is a preorder in which what a root vertex leads to itself comes before the root vertices below it.
  let current = 0;
  for (let k = 0; k < order.length; k++) {
    const vertex = order[k]!;
    if (vertex < count) owner[vertex] = current;
    else current = ofRoot[vertex - count]!;
  }
  for (let i = 0; i < count; i++) {
    if (edges.start[i] !== edges.start[i + 1]) continue;
    const above = immediateDominator[i]!;
    owner[i] = above < count ? owner[above]! : ofRoot[above - count]!;
  }
}

/** The children of every vertex in the owner tree; memoised per heap. 8 bytes per vertex. */
export const computeOwnerChildren = memoise(async (heap: Heap, progress: Progress): Promise<DominatorTree> => {
  return listChildren((await computeOwnerTree(heap, progress)).tree, progress);
});

/** Works with the children, and lets go of them, unless they were there before: they are quickly computed again, and large. */
export function withOwnerChildren<W>(
  heap: Heap,
  progress: Progress,
  work: (children: DominatorTree) => Promise<W> | W,
): Promise<W> {
  return borrowing(computeOwnerChildren, heap, async () => work(await computeOwnerChildren(heap, progress)));
}

/**
 * The owner tree: the dominator tree of the graph in which an edge between objects of different owners does not count. It
 * answers "what holds the memory" where plain dominators say "several roots": each object hangs below its one owner.
 * Its sums are called owned. They are not what would be freed: that is the retained size, of the plain tree.
 */
import type { Heap } from "../../heap/heap.ts";
import { borrowing, listAnalyses, memoise } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { hireHelper, isShared } from "../../workers/current.ts";
import { type DominatorTree, listChildren } from "../dominators/dominator-tree.ts";
import { DOMINATE, type DominatorRequest, type Dominators, dominate } from "../dominators/dominators.ts";
import { flowGraphOf } from "../dominators/flow-graph.ts";
import { sumDominated } from "../dominators/retained-size.ts";
import { checkVertexLimits, vertexCount } from "../vertices.ts";
import { findOwners, ownerVertex } from "./owners.ts";

/** The tree of owners, as `computeOwnerTree` gives it: every object has one owner, so owned bytes add up. */
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
 * breadth-first pass; 16 bytes per vertex when it is done.
 * @throws HeapDumpError too-large, from 2^31 vertices or edges on
 */
export const computeOwnerTree = memoise(async (heap: Heap, progress: Progress): Promise<OwnerTree> => {
  checkVertexLimits(heap);
  const ofRoot = ownersOfRoots(heap);
  const begun = trees.get(heap);
  trees.delete(heap);
  if (begun !== undefined) progress.phase("dominators");
  const request = begun?.request ?? (await prepare(heap, ofRoot, progress));
  const tree = await (begun?.tree ?? dominate(request, progress));
  // The dominators are done with it.
  const owner = request.spare;
  listOwners(heap, tree, ofRoot, owner);
  return { tree, ownedSize: await sumDominated(heap.objects, heap.edges.start, tree, progress), owner };
});

/** A tree of owners to be: `spare` is written over until it is there. */
type OwnerRequest = DominatorRequest & { readonly spare: Int32Array };

/** Trees that other threads work on. */
const trees = new WeakMap<Heap, { readonly request: OwnerRequest; readonly tree: Promise<Dominators> }>();

/**
 * Begins with the owner tree, if another thread is free for most of it: what follows is done meanwhile, and `computeOwnerTree`
 * finds it all but done. Takes the room of the tree from now on.
 */
export async function beginOwnerTree(heap: Heap, progress: Progress): Promise<void> {
  checkVertexLimits(heap);
  if (!isShared(heap.edges.to) || listAnalyses(heap).includes(computeOwnerTree)) return;
  const helper = hireHelper(vertexCount(heap) + heap.edges.count);
  if (helper === undefined) return;
  try {
    const request = await prepare(heap, ownersOfRoots(heap), progress);
    trees.set(heap, { request, tree: helper.do(DOMINATE, request, 1, progress) });
  } catch (error) {
    helper.dismiss();
    throw error;
  }
}

function ownersOfRoots(heap: Heap): Int32Array {
  return Int32Array.from(heap.roots.vertices.kind, (_, vertex) => ownerVertex(heap, vertex));
}

/** Searches for owners. The columns of the search become those of the dominators, of which there are many at one time. */
async function prepare(heap: Heap, ofRoot: Int32Array, progress: Progress): Promise<OwnerRequest> {
  const { owner, scratch } = await findOwners(heap, progress);
  return { graph: flowGraphOf(heap, { ofObject: owner, ofRoot }), number: owner, spare: scratch };
}

/** Reads the owners off the tree into `owner`, since no object hangs below another owner than its own. Linear. */
function listOwners(
  { objects, edges }: Heap,
  { immediateDominator, order }: Dominators,
  ofRoot: Int32Array,
  owner: Int32Array,
): void {
  const { count } = objects;
  // The order is a preorder in which what a root vertex leads to itself comes before the root vertices below it.
  let current = 0;
  for (const vertex of order) {
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

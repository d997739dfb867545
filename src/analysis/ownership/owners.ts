/**
 * Owners: every object gets one owner among the roots, the strongest that leads to it (`owner-tiers.ts`), among those of
 * one tier the nearest in pointers. What only closures and the runtime's bookkeeping lead to comes after all that.
 */
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { newColumn } from "../../workers/current.ts";
import { graphOf, type HeapGraph, vertexCount } from "../vertices.ts";
import { findOwnerRoles } from "./owner-roles.ts";
import { LEAF, OwnerSearch } from "./owner-search.ts";
import { computeOwnerTiers, GARBAGE_TIER } from "./owner-tiers.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

const MAX_UINT16 = 0xffff;

/** The root vertex that owns each object. Length objects.count; of 2 bytes each where there are few roots. */
export type OwnerColumn = Int32Array | Uint16Array;

/**
 * The root vertex that owns each object: a variable, a segment, a goroutine, a group of the root tree, or UNREACHABLE.
 * Memoised per heap. Costs as `findOwners`; 2 or 4 bytes per object when it is done.
 */
export const computeOwners = memoise(async (heap: Heap, progress: Progress): Promise<OwnerColumn> => {
  const columns = ownerSearchColumns(heap);
  await findOwners(columns, progress);
  const owners = newOwnerColumn(columns);
  owners.set(columns.owner.subarray(0, owners.length));
  overruled.set(heap, columns.isOverruled);
  return owners;
});

/** Of heaps whose owners were computed here, and not by another thread or before. */
const overruled = new WeakMap<Heap, Uint8Array>();

/** See `OwnerSearchColumns.isOverruled`. Costs as `findOwners`, unless `computeOwners` has done that. */
export const computeOverruled = memoise(async (heap: Heap, progress: Progress): Promise<Uint8Array> => {
  const known = overruled.get(heap);
  if (known !== undefined) return known;
  const columns = ownerSearchColumns(heap);
  await findOwners(columns, progress);
  return columns.isOverruled;
});

/** Makes a column for the owners of all objects. */
export function newOwnerColumn({ graph, ofRoot }: OwnerSearchColumns): OwnerColumn {
  return newColumn<OwnerColumn>(ofRoot.length <= MAX_UINT16 + 1 ? Uint16Array : Int32Array, graph.objects.count);
}

/** What the search for owners needs of a heap, all of it the search's own but the graph, and in columns. */
export interface OwnerSearchColumns {
  readonly graph: HeapGraph;
  /** Per object: LEAF, or `~` its role; in the end its owner. As long as there are vertices; what follows the objects is not used. */
  readonly owner: Int32Array;
  /** Room for every object that has edges, and every root vertex; not used any more after the search. */
  readonly queue: Int32Array;
  /** The root edges, the strongest first: what each leads to, … */
  readonly object: Int32Array;
  /** … whose it is, … */
  readonly ownerOf: Int32Array;
  /** … and its tier. */
  readonly tier: Int32Array;
  /** The owner that each root vertex counts for. */
  readonly ofRoot: Int32Array;
  /** The tier of the runtime's own. */
  readonly runtimeTier: number;
  /** The first tier of words that may be stale. */
  readonly conservativeTier: number;
  /** The root edges in the same order: rows of the heap's. */
  readonly edge: Int32Array;
  /**
   * Per root edge of the heap: 1 if it is a word that may be stale, and what it leads to has a stronger owner. The search tells. A
   * temporary that was left in a frame would else take away from the frame's variable what that leads to.
   */
  readonly isOverruled: Uint8Array;
}

/** Gathers what the search for owners needs. Linear; 4 bytes per object, and 4 more per object with edges. */
export function ownerSearchColumns(heap: Heap): OwnerSearchColumns {
  const { objects, edges, roots } = heap;
  const { count, type } = objects;
  const { start } = edges;
  const roles = findOwnerRoles(heap);
  const owner = newColumn(Int32Array, vertexCount(heap));
  let leaves = 0;
  for (let i = 0; i < count; i++) {
    const isLeaf = start[i] === start[i + 1];
    owner[i] = isLeaf ? LEAF : ~roles[type[i]!]!;
    if (isLeaf) leaves++;
  }
  const { of: tiers, runtime, conservative } = computeOwnerTiers(heap);
  const vertexOf = rootVertexOfEdges(heap);
  const order = sortByTier(tiers, (edge) => roots.vertices.kind[vertexOf[edge]!] === RootVertexKind.SEGMENT);
  const ofRoot = Int32Array.from(roots.vertices.kind, (_, vertex) => ownerVertex(heap, vertex));
  return {
    graph: graphOf(heap),
    owner,
    queue: newColumn(Int32Array, vertexCount(heap) - leaves),
    object: order.map((edge) => roots.to[edge]!),
    ownerOf: order.map((edge) => ofRoot[vertexOf[edge]!]!),
    tier: order.map((edge) => tiers[edge]!),
    ofRoot,
    runtimeTier: runtime,
    conservativeTier: conservative,
    edge: order,
    isOverruled: newColumn(Uint8Array, roots.count),
  };
}

/** Finds the owner of every object: `owner` of the columns. One breadth-first pass. */
export async function findOwners(columns: OwnerSearchColumns, progress: Progress): Promise<void> {
  const { object, ownerOf, tier: tiers, runtimeTier, conservativeTier, edge, isOverruled } = columns;
  progress.phase("owners", columns.queue.length, "objects");
  const search = new OwnerSearch(columns.graph, columns.owner, columns.queue, ownerOf);
  const follow = async (): Promise<void> => {
    while (search.advance(SLICE)) {
      progress.update(search.done);
      await breathe(progress);
    }
  };
  let at = 0;
  const claimTier = async (tier: number): Promise<void> => {
    // Among garbage nobody else comes for a hub.
    search.takesHubs = tier === runtimeTier || tier === GARBAGE_TIER;
    const mayBeStale = tier >= conservativeTier && tier !== GARBAGE_TIER;
    for (; at < tiers.length && tiers[at] === tier; at++) {
      // Claims are still rows of these columns: no other is made before all roots but garbage had theirs.
      const claim = search.owner[object[at]!]!;
      if (mayBeStale && claim >= 0 && tiers[claim]! < conservativeTier) isOverruled[edge[at]!] = 1;
      search.claim(object[at]!, at);
    }
    await follow();
  };
  /** Of every tier that there is: how many users waited when it was done. */
  const waited: { tier: number; count: number }[] = [];
  while (at < tiers.length && tiers[at] !== GARBAGE_TIER) {
    const tier = tiers[at]!;
    await claimTier(tier);
    waited.push({ tier, count: search.waitingCount });
  }
  search.stopWaiting();
  let from = 0;
  for (const { tier, count } of waited) {
    search.takesHubs = tier === runtimeTier;
    search.release(from, count);
    from = count;
    await follow();
  }
  search.takesHubs = true;
  search.claimHubs();
  await follow();
  await claimTier(GARBAGE_TIER);
  search.finish();
}

/** The root vertex that a root edge counts for: a frame's are its goroutine's. O(1). */
export function ownerVertex({ roots: { vertices } }: Heap, vertex: number): number {
  return vertices.kind[vertex] === RootVertexKind.FRAME ? vertices.parent[vertex]! : vertex;
}

/**
 * Root edges in the order of their tiers; in each tier those without a name last, otherwise in the heap's order. Where an executable names
 * variables, words of a segment that have no name are the compiler's temporaries: they own what no variable is as near to.
 */
function sortByTier(tiers: Int32Array, isNameless: (edge: number) => boolean): Int32Array {
  const nameless = Uint8Array.from(tiers, (_, edge) => (isNameless(edge) ? 1 : 0));
  return Int32Array.from(tiers.keys()).sort((a, b) => tiers[a]! - tiers[b]! || nameless[a]! - nameless[b]! || a - b);
}

/** The root vertex of every root edge. */
function rootVertexOfEdges({ roots }: Heap): Int32Array {
  const { edgeStart, count } = roots.vertices;
  const vertex = new Int32Array(roots.count);
  for (let v = 0; v < count; v++) vertex.fill(v, edgeStart[v]!, edgeStart[v + 1]!);
  return vertex;
}

/**
 * The plan of a snapshot: which vertices of the heap become nodes, in which order, and how many nodes and edges that
 * makes, for DevTools sizes its arrays by the header. Order: root vertices, objects by address, further parts of objects
 * of 4 GiB and more, "(end)".
 */
import { ConverterError, type Heap, type Objects, REACHABLE, RootVertexKind } from "../../src/index.ts";
import { EDGE_FIELD_COUNT, MAX_PART_SIZE, NODE_FIELD_COUNT } from "./layout.ts";
import type { Lengths } from "./lengths.ts";
import { countOutgoing, type MapParts } from "./map-parts.ts";

/** "Has no node": in `vertexOrdinal` and `objectOrdinal`. */
export const NO_NODE = -1;

/** An object too large for one node, and where its further nodes are. */
export interface SplitObject {
  readonly object: number;
  readonly size: number;
  /** Node ordinal of its second part; the others follow. */
  readonly firstPart: number;
  /** Further parts, the first not counted. */
  readonly partCount: number;
}

export interface SnapshotPlan {
  readonly heap: Heap;
  /** Root vertices that have a node. */
  readonly vertexCount: number;
  /** Node ordinal of each root vertex, or NO_NODE. */
  readonly vertexOrdinal: Int32Array;
  /** Objects that have a node. */
  readonly objectCount: number;
  /**
   * Node ordinal of each object, or NO_NODE; undefined when all have one: then it is vertexCount + index. Parts of a map have that
   * of its header.
   */
  readonly objectOrdinal: Int32Array | undefined;
  /** Objects that have no node of their own; undefined if there are none. */
  readonly maps: MapParts | undefined;
  /** In address order. */
  readonly splits: readonly SplitObject[];
  /** Lengths of slices, maps and channels; undefined if they are not asked for. Their numbers follow the parts of huge objects. */
  readonly lengths: Lengths | undefined;
  /** Node ordinal of the first number. */
  readonly firstNumber: number;
  /** Ordinal of "(end)", the last node. */
  readonly endOrdinal: number;
  /** Root vertex that refers to "(end)". */
  readonly endParent: number;
  /** Objects with a finalizer that have a node, by the finalizer's vertex: weak edges lead to them from there. */
  readonly weakTargets: ReadonlyMap<number, readonly number[]>;
  readonly nodeCount: number;
  readonly edgeCount: number;
}

/** Node ordinal of an object. O(1). */
export function objectOrdinal(plan: SnapshotPlan, object: number): number {
  return plan.objectOrdinal === undefined ? plan.vertexCount + object : plan.objectOrdinal[object]!;
}

/**
 * Plans the snapshot of a heap. With `unreachable` false, unreachable objects and their group get no node. O(1), or one
 * walk over the objects (4 bytes each) if some are left out, and over the pointers of maps if these are one node each.
 * @throws ConverterError if DevTools cannot number that many nodes or edges.
 */
export function planSnapshot(heap: Heap, unreachable: boolean, maps?: MapParts, lengths?: Lengths): SnapshotPlan {
  const { objects, roots } = heap;
  const kept = unreachable && maps === undefined ? undefined : numberObjects(heap, unreachable, maps);
  const vertexOrdinal = numberVertices(heap, unreachable);
  const vertexCount = vertexOrdinal.reduce((count, ordinal) => (ordinal === NO_NODE ? count : count + 1), 0);
  const ordinals = kept?.ordinal;
  if (ordinals !== undefined) {
    for (let i = 0; i < ordinals.length; i++) if (ordinals[i] !== NO_NODE) ordinals[i]! += vertexCount;
  }
  const objectCount = kept?.count ?? objects.count;

  const splits = splitObjects(objects, ordinals, vertexCount + objectCount);
  const partCount = splits.reduce((count, split) => count + split.partCount, 0);
  const numberCount = lengths?.numbers.length ?? 0;
  const lengthCount = lengths?.object.length ?? 0;
  const weakTargets = findWeakTargets(roots, ordinals);
  let weakCount = 0;
  for (const targets of weakTargets.values()) weakCount += targets.length;

  let rootEdgeCount = roots.count;
  for (let v = 0; v < roots.vertices.count; v++) {
    if (vertexOrdinal[v] === NO_NODE) {
      rootEdgeCount -= roots.vertices.edgeStart[v + 1]! - roots.vertices.edgeStart[v]!;
    }
  }
  const plan: SnapshotPlan = {
    heap,
    vertexCount,
    vertexOrdinal,
    objectCount,
    objectOrdinal: ordinals,
    maps,
    splits,
    lengths,
    firstNumber: vertexCount + objectCount + partCount,
    endOrdinal: vertexCount + objectCount + partCount + numberCount,
    endParent: Math.max(0, roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS)),
    weakTargets,
    nodeCount: vertexCount + objectCount + partCount + numberCount + 1,
    edgeCount:
      vertexCount - 1 + rootEdgeCount + weakCount + (kept?.edgeCount ?? heap.edges.count) + partCount + lengthCount + 1,
  };
  refuseTooLarge(plan);
  return plan;
}

function findWeakTargets(roots: Heap["roots"], ordinals: Int32Array | undefined): Map<number, number[]> {
  const targets = new Map<number, number[]>();
  const first = roots.vertices.kind.indexOf(RootVertexKind.FINALIZER);
  roots.finalizedObjects.forEach((object, i) => {
    if (ordinals !== undefined && ordinals[object] === NO_NODE) return;
    const vertex = first + roots.finalizedBy[i]!;
    const list = targets.get(vertex);
    if (list === undefined) targets.set(vertex, [object]);
    else list.push(object);
  });
  return targets;
}

/** Numbers the objects that have nodes from 0, and counts their edges; undefined when that is all of them. */
function numberObjects(heap: Heap, unreachable: boolean, maps: MapParts | undefined) {
  const { objects, edges } = heap;
  const { count, flags } = objects;
  const { start } = edges;
  const ordinal = new Int32Array(count).fill(NO_NODE);
  let next = 0;
  let edgeCount = 0;
  for (let i = 0; i < count; i++) {
    if (!unreachable && (flags[i]! & REACHABLE) === 0) continue;
    edgeCount += maps === undefined ? start[i + 1]! - start[i]! : countOutgoing(heap, maps, i);
    if (maps === undefined || maps.wholeOf[i] === i) ordinal[i] = next++;
  }
  if (maps !== undefined) for (const part of maps.part) ordinal[part] = ordinal[maps.wholeOf[part]!]!;
  return next === count ? undefined : { ordinal, count: next, edgeCount };
}

function numberVertices({ roots: { vertices } }: Heap, unreachable: boolean): Int32Array {
  const ordinal = new Int32Array(vertices.count);
  let next = 0;
  for (let v = 0; v < vertices.count; v++) {
    const empty = vertices.edgeStart[v] === vertices.edgeStart[v + 1];
    const omitted = vertices.kind[v] === RootVertexKind.UNREACHABLE && (!unreachable || empty);
    ordinal[v] = omitted ? NO_NODE : next++;
  }
  return ordinal;
}

function splitObjects(objects: Objects, ordinals: Int32Array | undefined, firstPart: number): SplitObject[] {
  const splits: SplitObject[] = [];
  let next = firstPart;
  for (const [object, size] of [...objects.hugeSize].sort(([a], [b]) => a - b)) {
    if (size <= MAX_PART_SIZE || ordinals?.[object] === NO_NODE) continue;
    const partCount = Math.ceil(size / MAX_PART_SIZE) - 1;
    splits.push({ object, size, firstPart: next, partCount });
    next += partCount;
  }
  return splits;
}

function refuseTooLarge({ nodeCount, edgeCount }: SnapshotPlan): void {
  const hint = "write the heap as Parquet (--to parquet), or only its dominator tree as pprof (--to pprof)";
  if (nodeCount * NODE_FIELD_COUNT >= 2 ** 32) {
    throw new ConverterError(`${nodeCount} nodes are more than DevTools can number (2^32 / ${NODE_FIELD_COUNT})`, {
      hint,
    });
  }
  if (edgeCount * EDGE_FIELD_COUNT >= 2 ** 32) {
    throw new ConverterError(`${edgeCount} edges are more than DevTools can number (2^32 / ${EDGE_FIELD_COUNT})`, {
      hint,
    });
  }
}

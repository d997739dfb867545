/**
 * Heaps drawn by hand: a graph in, a Heap out, without a dump. Only what analyses read is filled in; contents and
 * addresses are made up.
 */
import type { Heap } from "../../src/heap/heap.ts";
import { NO_OBJECT, REACHABLE } from "../../src/heap/objects.ts";
import { RootKind, RootVertexKind } from "../../src/heap/roots/roots.ts";

export interface Graph {
  /** Shallow size per object. */
  readonly sizes: ArrayLike<number>;
  /** CSR over the objects. */
  readonly start: Uint32Array;
  readonly to: Int32Array;
  /** Root edges: root vertex (see ROOT_TREE) and object, in pairs. */
  readonly roots: ArrayLike<number>;
  /** Type index per object; all 0 if left out. */
  readonly types?: Int32Array;
  readonly typeNames?: readonly string[];
}

/** The root vertices of every fixture: parent of each, breadth first. */
const PARENTS = [-1, 0, 0, 1, 1, 1, 3, 3, 4, 4, 8, 8, 9];
const { ROOT, GC_ROOTS, UNREACHABLE, GLOBALS, GOROUTINES, OTHER, SEGMENT, GOROUTINE, FRAME } = RootVertexKind;
const KINDS = [
  ROOT,
  GC_ROOTS,
  UNREACHABLE,
  GLOBALS,
  GOROUTINES,
  OTHER,
  SEGMENT,
  SEGMENT,
  GOROUTINE,
  GOROUTINE,
  FRAME,
  FRAME,
  FRAME,
];

/** Which segment, goroutine or frame each is. */
const ITEMS = [-1, -1, -1, -1, -1, -1, 0, 1, 0, 1, 0, 1, 2];

/** Root vertices by name, for `Graph.roots`. */
export const ROOT_TREE = {
  other: 5,
  data: 6,
  bss: 7,
  goroutine1: 8,
  goroutine2: 9,
  frame1: 10,
  frame2: 11,
  frame3: 12,
};
export const ROOT_VERTEX_COUNT = PARENTS.length;
const UNREACHABLE_VERTEX = 2;

/** Makes the CSR of a list of edges [from, to]; their order per object is kept. */
export function csr(
  count: number,
  edges: readonly (readonly [number, number])[],
): { start: Uint32Array; to: Int32Array } {
  const start = new Uint32Array(count + 1);
  for (const [from] of edges) start[from + 1]!++;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const to = new Int32Array(edges.length);
  for (const [from, target] of edges) to[next[from]!++] = target;
  return { start, to };
}

/** Builds a heap; objects that no root reaches get an edge from UNREACHABLE, as few as the order of objects allows. */
export function graphHeap(graph: Graph): Heap {
  const count = graph.sizes.length;
  const flags = new Uint8Array(count);
  const pending: number[] = [];
  const reach = (object: number, flag: number): void => {
    if (flags[object] !== 0) return;
    flags[object] = flag;
    pending.push(object);
    for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
      for (let edge = graph.start[from]!; edge < graph.start[from + 1]!; edge++) {
        const target = graph.to[edge]!;
        if (flags[target] !== 0) continue;
        flags[target] = flag;
        pending.push(target);
      }
    }
  };
  const rootEdges: [number, number][] = [];
  for (let i = 0; i < graph.roots.length; i += 2) rootEdges.push([graph.roots[i]!, graph.roots[i + 1]!]);
  for (const [, object] of rootEdges) reach(object, REACHABLE);
  for (let object = 0; object < count; object++) {
    if (flags[object] !== 0) continue;
    rootEdges.push([UNREACHABLE_VERTEX, object]);
    reach(object, 128);
  }
  for (let object = 0; object < count; object++) flags[object]! &= REACHABLE;

  const roots = csr(ROOT_VERTEX_COUNT, rootEdges);
  const firstChild = new Int32Array(ROOT_VERTEX_COUNT + 1);
  for (let v = 0; v <= ROOT_VERTEX_COUNT; v++) {
    const child = PARENTS.findIndex((parent) => parent >= v);
    firstChild[v] = child === -1 ? ROOT_VERTEX_COUNT : child;
  }
  const position = new Float64Array(count);
  const typeNames = graph.typeNames ?? ["type"];
  const fixture = {
    dump: { pointerSize: 8 },
    objects: {
      count,
      address: Float64Array.from({ length: count }, (_, i) => 0xc000000000 + 64 * i),
      size: Uint32Array.from(graph.sizes),
      hugeSize: new Map(),
      position,
      type: graph.types ?? new Int32Array(count),
      typeSource: new Uint8Array(count),
      flags,
    },
    edges: {
      count: graph.to.length,
      start: graph.start,
      to: graph.to,
      offset: new Uint32Array(graph.to.length),
      interiorEdge: new Uint32Array(0),
      interiorOffset: new Float64Array(0),
    },
    types: { count: typeNames.length, names: typeNames, kind: new Uint8Array(typeNames.length) },
    goroutines: {
      count: 2,
      id: Float64Array.of(1, 7),
      system: new Uint8Array(2),
      frameStart: Uint32Array.of(0, 2, 3),
      frames: { count: 3, function: Int32Array.of(0, 1, 2), pc: new Float64Array(3) },
      names: ["main.inner", "main.one", "main.two"],
    },
    roots: {
      vertices: {
        count: ROOT_VERTEX_COUNT,
        kind: Uint8Array.from(KINDS),
        parent: Int32Array.from(PARENTS),
        firstChild,
        item: Int32Array.from(ITEMS),
        edgeStart: roots.start,
      },
      count: rootEdges.length,
      kind: rootEdgeKinds(roots.start),
      to: roots.to,
      offset: new Float64Array(rootEdges.length),
      finalizers: [],
      finalizedBy: new Int32Array(0),
      finalizedObjects: new Int32Array(0),
      finalizedType: new Float64Array(0),
    },
    findObject: () => NO_OBJECT,
    readContents: () => new Uint8Array(0),
    readBytes: () => new Uint8Array(0),
    close() {},
  };
  return fixture as unknown as Heap;
}

/** RootKind of every root edge: what the kind of its vertex suggests. */
function rootEdgeKinds(edgeStart: Uint32Array): Uint8Array {
  const kinds = new Uint8Array(edgeStart[ROOT_VERTEX_COUNT]!);
  const byVertex: Readonly<Record<number, number>> = {
    [UNREACHABLE]: RootKind.UNREACHABLE,
    [SEGMENT]: RootKind.DATA,
    [GOROUTINE]: RootKind.GOROUTINE,
    [FRAME]: RootKind.FRAME,
  };
  for (const [vertex, kind] of KINDS.entries()) {
    kinds.fill(byVertex[kind] ?? RootKind.OTHER, edgeStart[vertex], edgeStart[vertex + 1]);
  }
  return kinds;
}

/**
 * FlowGraph: the graph whose dominators are computed, as plain CSR columns: the heap's own. For the owner tree, objects have
 * owners, and edges between those of different owners are none. Vertices are numbered as in `vertices.ts`: objects, then root
 * vertices.
 */
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { HeapGraph } from "../vertices.ts";

export interface FlowGraph {
  readonly objectCount: number;
  /** Objects and root vertices. */
  readonly vertexCount: number;
  /** Edges of object i are `to[start[i]]` … `to[start[i+1]-1]`. Length objectCount + 1. */
  readonly start: Uint32Array;
  readonly to: Int32Array;
  readonly edgeCount: number;
  readonly roots: RootSuccessors;
  /** The vertex that leads to what no GC root reaches. */
  readonly unreachable: number;
  /** If given, only edges between objects of one owner count, and root edges to objects of the root's own. */
  readonly owners?: Owners | undefined;
}

/** Owners are root vertices, numbered without the objects. */
export interface Owners {
  /** Per object, in a column as long as there are vertices; `dominate` writes over it. */
  readonly ofObject: Int32Array;
  /** The owner that the edges of a root vertex count for: itself, or one above it. */
  readonly ofRoot: Int32Array;
  /** Root edges that do not count, though they lead to the root's own: 1. Per root edge. */
  readonly isOverruled: Uint8Array;
}

/** Where the root vertices lead: one CSR for the tree below the virtual root and the root edges. */
export interface RootSuccessors {
  /** Length roots.vertices.count + 1. */
  readonly start: Int32Array;
  /** Vertices: objects, then root vertices below, so that a search is done with what is a vertex's own before it goes on. */
  readonly to: Int32Array;
}

/** The graph of a heap; of each owner's objects apart, if there are owners. Linear in the root edges; the other columns are the heap's. */
export function flowGraphOf(heap: HeapGraph, owners?: Owners): FlowGraph {
  const objectCount = heap.objects.count;
  const { start, to, count: edgeCount } = heap.edges;
  const unreachable = objectCount + heap.roots.vertices.kind.indexOf(RootVertexKind.UNREACHABLE);
  const roots = buildRootSuccessors(heap, owners);
  const vertexCount = objectCount + heap.roots.vertices.count;
  return { objectCount, vertexCount, start, to, edgeCount, roots, unreachable, owners };
}

/** Joins the root vertices' children and edges. Linear in both; 4 bytes per root vertex and root edge. */
function buildRootSuccessors(heap: HeapGraph, owners: Owners | undefined): RootSuccessors {
  const { vertices, to: rootTo, count: edgeCount } = heap.roots;
  const first = heap.objects.count;
  const start = new Int32Array(vertices.count + 1);
  const to = new Int32Array(edgeCount + vertices.count);
  let end = 0;
  for (let v = 0; v < vertices.count; v++) {
    start[v] = end;
    for (let edge = vertices.edgeStart[v]!; edge < vertices.edgeStart[v + 1]!; edge++) {
      const object = rootTo[edge]!;
      if (owners === undefined) to[end++] = object;
      else if (owners.ofObject[object] === owners.ofRoot[v] && owners.isOverruled[edge] === 0) to[end++] = object;
    }
    for (let child = vertices.firstChild[v]!; child < vertices.firstChild[v + 1]!; child++) to[end++] = first + child;
  }
  start[vertices.count] = end;
  return { start, to: to.subarray(0, end) };
}

/** Objects with outgoing edges, and all root vertices. Linear in the objects. */
export function countInnerVertices({ objectCount, vertexCount, start }: FlowGraph): number {
  let inner = vertexCount - objectCount;
  for (let i = 0; i < objectCount; i++) if (start[i] !== start[i + 1]) inner++;
  return inner;
}

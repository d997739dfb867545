/**
 * FlowGraph: the graph whose dominators are computed, as plain CSR columns. The heap's own graph is one; the owner tree
 * is made of another, which has fewer edges. Vertices are numbered as in `vertices.ts`: objects, then root vertices.
 */
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { vertexCount } from "../vertices.ts";

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
}

/** Where the root vertices lead: one CSR for the tree below the virtual root and the root edges. */
export interface RootSuccessors {
  /** Length roots.vertices.count + 1. */
  readonly start: Int32Array;
  /** Vertices: root vertices below, then objects. */
  readonly to: Int32Array;
}

/** The heap's own graph, every edge of it. Linear in the root edges; the other columns are the heap's. */
export function flowGraphOf(heap: Heap): FlowGraph {
  const { start, to, count } = heap.edges;
  return makeFlowGraph(heap, start, to, count, () => true);
}

/**
 * Makes a graph of a heap's vertices with other edges between objects.
 * @param keepsRootEdge which of the root edges there are, by root vertex and root edge
 */
export function makeFlowGraph(
  heap: Heap,
  start: Uint32Array,
  to: Int32Array,
  edgeCount: number,
  keepsRootEdge: (vertex: number, edge: number) => boolean,
): FlowGraph {
  const objectCount = heap.objects.count;
  const unreachable = objectCount + heap.roots.vertices.kind.indexOf(RootVertexKind.UNREACHABLE);
  const roots = buildRootSuccessors(heap, keepsRootEdge);
  return { objectCount, vertexCount: vertexCount(heap), start, to, edgeCount, roots, unreachable };
}

/** Joins the root vertices' children and edges. Linear in both; 4 bytes per root vertex and root edge. */
function buildRootSuccessors(heap: Heap, keepsRootEdge: (vertex: number, edge: number) => boolean): RootSuccessors {
  const { vertices, to: rootTo, count: edgeCount } = heap.roots;
  const first = heap.objects.count;
  const start = new Int32Array(vertices.count + 1);
  const to = new Int32Array(edgeCount + vertices.count);
  let end = 0;
  for (let v = 0; v < vertices.count; v++) {
    start[v] = end;
    for (let child = vertices.firstChild[v]!; child < vertices.firstChild[v + 1]!; child++) to[end++] = first + child;
    for (let edge = vertices.edgeStart[v]!; edge < vertices.edgeStart[v + 1]!; edge++) {
      if (keepsRootEdge(v, edge)) to[end++] = rootTo[edge]!;
    }
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

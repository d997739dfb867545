/**
 * The vertices that analyses work on: objects 0…n-1, then the root vertices, of which n is the virtual root.
 */
import { HeapDumpError } from "../errors.ts";
import type { Heap } from "../heap/heap.ts";
import type { Edges, Objects } from "../heap/objects.ts";
import type { Roots } from "../heap/roots/roots.ts";

/** Vertices and edges are held in signed 32-bit columns, which Node reads fastest. */
const LIMIT = 2 ** 31 - 1;

/** The graph of a heap, its objects' sizes and nothing else: plain columns, which other threads take as they are. Every heap is one. */
export interface HeapGraph {
  readonly objects: Pick<Objects, "count" | "size" | "hugeSize">;
  readonly edges: Pick<Edges, "count" | "start" | "to">;
  readonly roots: Pick<Roots, "count" | "vertices" | "to">;
}

/** The graph without the rest of the heap. O(1). */
export function graphOf({ objects, edges, roots }: Heap): HeapGraph {
  return {
    objects: { count: objects.count, size: objects.size, hugeSize: objects.hugeSize },
    edges: { count: edges.count, start: edges.start, to: edges.to },
    roots: { count: roots.count, vertices: roots.vertices, to: roots.to },
  };
}

/** Number of vertices: objects and root vertices. O(1). */
export function vertexCount(heap: Heap): number {
  return heap.objects.count + heap.roots.vertices.count;
}

/** The virtual root's vertex. O(1). */
export function virtualRoot(heap: Heap): number {
  return heap.objects.count;
}

/**
 * Checks that vertices and edges can be counted in 32 bits, as the analyses of dominance need.
 * @throws HeapDumpError too-large
 */
export function checkVertexLimits(heap: Heap): void {
  const edges = heap.edges.count + heap.roots.count + heap.roots.vertices.count;
  for (const [what, count] of [
    // The search for dominators numbers owners behind the vertices, twice each.
    ["vertices", vertexCount(heap) + 2 * heap.roots.vertices.count],
    ["edges", edges],
  ] as const) {
    if (count <= LIMIT) continue;
    throw new HeapDumpError(`${count} ${what} are more than the ${LIMIT} that dominators can be computed of`, {
      code: "too-large",
      hint: "what needs no retained sizes still works",
    });
  }
}

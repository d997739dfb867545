/**
 * The vertices that analyses work on: objects 0…n-1, then the root vertices, of which n is the virtual root.
 */
import { HeapDumpError } from "../errors.ts";
import type { Heap } from "../heap/heap.ts";

/** Vertices and edges are held in signed 32-bit columns, which Node reads fastest. */
const LIMIT = 2 ** 31 - 1;

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

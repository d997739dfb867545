/** Where the contents of root vertices are: the slots of segments, variables and frames can be read again. */
import type { RootedHeap } from "./rooted-heap.ts";
import { RootVertexKind } from "./roots.ts";

/**
 * Byte in the dump at which the contents of a root vertex begin; the offsets of its root edges count from there.
 * Undefined for groups and goroutines, which have no contents of their own.
 */
export function rootContentsPosition(heap: RootedHeap, vertex: number): number | undefined {
  const { kind, item } = heap.roots.vertices;
  const index = item[vertex]!;
  switch (kind[vertex]) {
    case RootVertexKind.SEGMENT:
      return heap.segments[index]!.position;
    case RootVertexKind.VARIABLE:
      return heap.variables![index]!.position;
    case RootVertexKind.FRAME:
      return heap.goroutines.frames.position[index]!;
    default:
      return undefined;
  }
}

/** Root paths: for one object, the shortest way from each of the roots that lead to it. */
import { findLeadingRoots } from "../../analysis/ownership/leading-roots.ts";
import { ownerVertex } from "../../analysis/ownership/owners.ts";
import { type Pointer, tracePath } from "../../analysis/paths/pointer-path.ts";
import { computeShortestPaths } from "../../analysis/references/shortest-paths.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";

/**
 * Finds up to `most` ways to an object, each from another root, the shortest of all first; one search over the graph for each.
 * What no GC root leads to has one, from where its part of the garbage is entered.
 */
export async function findRootPaths(
  heap: Heap,
  object: number,
  most: number,
  progress: Progress,
): Promise<readonly (readonly Pointer[])[]> {
  const first = tracePath(heap, await computeShortestPaths(heap, progress), object);
  if (most <= 1) return [first];
  const [roots] = await findLeadingRoots(heap, [object], progress);
  const known = ownerVertex(heap, first[0]!.from - heap.objects.count);
  const others = roots!.filter((root) => root !== known).slice(0, most - 1);
  const paths = others.map((root) => searchFrom(heap, root, object)).filter((path) => path.length > 0);
  return [first, ...paths.sort((a, b) => a.length - b.length)];
}

/** The shortest way from one root, breadth first; empty if it leads there only through the runtime's structures. */
function searchFrom(heap: Heap, root: number, object: number): readonly Pointer[] {
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const parent = new Int32Array(objects.count).fill(NO_OBJECT);
  const edge = new Int32Array(objects.count);
  const queue = new Int32Array(objects.count);
  let queued = 0;
  const reach = (target: number, from: number, by: number): void => {
    if (parent[target] !== NO_OBJECT) return;
    parent[target] = from;
    edge[target] = by;
    queue[queued++] = target;
  };
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (ownerVertex(heap, vertex) !== root) continue;
    for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
      reach(roots.to[row]!, objects.count + vertex, row);
    }
  }
  for (let done = 0; done < queued && parent[object] === NO_OBJECT; done++) {
    const from = queue[done]!;
    for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) reach(edges.to[by]!, from, by);
  }
  return parent[object] === NO_OBJECT ? [] : tracePath(heap, { parent, edge }, object);
}

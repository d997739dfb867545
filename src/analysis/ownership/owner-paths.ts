/**
 * Owner paths: for every object, the shortest way from its owner to it, through nothing that another owner has. It is the way
 * that the owner tree stands for. A shorter one may begin at a root that only uses the object, or at a word of the owner's stack that may
 * be stale: such a word leads only to what nothing leads to for sure.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { isKnown, memoise } from "../../heap/memo.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { ShortestPaths } from "../references/shortest-paths.ts";
import { computeOwners, ownerVertex } from "./owners.ts";

const NOT_REACHED = -1;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/**
 * Computes every object's way from its owner, breadth first; memoised per heap. Costs `computeOwners` and one pass more, linear;
 * 8 bytes per object, and 4 more while it runs.
 */
export const computeOwnerPaths = memoise(
  async (heap: Heap, progress: Progress): Promise<Pick<ShortestPaths, "parent" | "edge">> => {
    const owner = await computeOwners(heap, progress);
    const { objects, edges, roots } = heap;
    const { vertices } = roots;
    progress.phase("paths of owners", objects.count, "objects");
    const parent = new Int32Array(objects.count).fill(NOT_REACHED);
    const edge = new Int32Array(objects.count);
    const queue = new Int32Array(objects.count);
    let queued = 0;
    let done = 0;
    for (const areWords of [false, true]) {
      for (let vertex = 0; vertex < vertices.count; vertex++) {
        const own = ownerVertex(heap, vertex);
        for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
          if (isWord(heap, row) !== areWords) continue;
          const target = roots.to[row]!;
          if (owner[target] !== own || parent[target] !== NOT_REACHED) continue;
          parent[target] = objects.count + vertex;
          edge[target] = row;
          queue[queued++] = target;
        }
      }
      while (done < queued) {
        for (const end = Math.min(done + SLICE, queued); done < end; done++) {
          const from = queue[done]!;
          for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) {
            const target = edges.to[by]!;
            if (owner[target] !== owner[from] || parent[target] !== NOT_REACHED) continue;
            parent[target] = from;
            edge[target] = by;
            queue[queued++] = target;
          }
        }
        progress.update(done);
        await breathe(progress);
      }
    }
    if (queued !== objects.count) throw new Error("bug: objects that their owner does not lead to");
    return { parent, edge };
  },
);

/**
 * The same for one object, and the objects on its way: only what its owner has is searched, and only up to the object. 9 bytes an object,
 * and 4 for each that is come by.
 */
export async function findOwnerPath(
  heap: Heap,
  object: number,
  progress: Progress,
): Promise<Pick<ShortestPaths, "parent" | "edge">> {
  if (isKnown(computeOwnerPaths, heap)) return computeOwnerPaths(heap, progress);
  const owners = await computeOwners(heap, progress);
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const owner = owners[object]!;
  const parent = new Int32Array(objects.count);
  const edge = new Int32Array(objects.count);
  const isReached = new Uint8Array(objects.count);
  const queue = longColumn(Int32Array, objects.count);
  let queued = 0;
  const reach = (target: number, from: number, by: number): void => {
    if (isReached[target] === 1 || owners[target] !== owner) return;
    isReached[target] = 1;
    parent[target] = from;
    edge[target] = by;
    queue[queued++] = target;
  };
  let done = 0;
  for (const areWords of [false, true]) {
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (ownerVertex(heap, vertex) !== owner) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++)
        if (isWord(heap, row) === areWords) reach(roots.to[row]!, objects.count + vertex, row);
    }
    for (; done < queued && isReached[object] === 0; done++) {
      if (done % SLICE === SLICE - 1) await breathe(progress);
      const from = queue[done]!;
      for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) reach(edges.to[by]!, from, by);
    }
    if (isReached[object] === 1) break;
  }
  if (isReached[object] === 0) throw new Error("bug: an object that its owner does not lead to");
  return { parent, edge };
}

/** Whether a root edge is a word of a stack that may be left over from a call that has returned. */
function isWord({ roots }: Heap, row: number): boolean {
  return roots.kind[row] === RootKind.FRAME_CONSERVATIVE;
}

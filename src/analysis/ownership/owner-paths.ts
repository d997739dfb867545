/**
 * Owner paths: for every object, the shortest way from its owner to it, through nothing that another owner has. It is the way
 * that the owner tree stands for. A shorter one may begin at a root that only uses the object.
 */
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
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
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const own = ownerVertex(heap, vertex);
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        const target = roots.to[row]!;
        if (owner[target] !== own || parent[target] !== NOT_REACHED) continue;
        parent[target] = objects.count + vertex;
        edge[target] = row;
        queue[queued++] = target;
      }
    }
    for (let done = 0; done < queued; ) {
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
    if (queued !== objects.count) throw new Error("bug: objects that their owner does not lead to");
    return { parent, edge };
  },
);

/**
 * Shortest paths: for every object, one of the shortest ways in which a GC root leads to it. What no GC root leads to has
 * its path from an entry into the unreachable part, so that every object has one; live objects never have theirs through
 * garbage.
 */
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { checkVertexLimits } from "../vertices.ts";

/** Columns over the objects. */
export interface ShortestPaths {
  /** Vertex before the object on its path: an object, or (from objects.count on) the root vertex that a root edge is of. */
  readonly parent: Int32Array;
  /** The edge from there: a row of `heap.edges` if the parent is an object, else of `heap.roots`. */
  readonly edge: Int32Array;
  /** Row of `heap.roots` at which the path begins. */
  readonly root: Int32Array;
  /** Pointers between objects on the path: 0 where a root edge leads to the object itself. */
  readonly depth: Int32Array;
}

const NOT_REACHED = -1;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/**
 * Computes the shortest path to every object, breadth first; memoised per heap. Of paths of one length, that from the
 * first root edge wins, but those that the collector only takes for pointers (conservative frames) come last. Linear;
 * 16 bytes per object, and 4 more while it runs.
 * @throws HeapDumpError too-large, from 2^31 vertices or edges on
 */
export const computeShortestPaths = memoise(async (heap: Heap, progress: Progress): Promise<ShortestPaths> => {
  checkVertexLimits(heap);
  const search = new BreadthFirstSearch(heap);
  progress.phase("shortest paths", heap.objects.count, "objects");
  for (const turns of ROOT_TURNS) {
    search.enterRoots(turns);
    while (search.advance(SLICE)) {
      progress.update(search.done);
      await breathe(progress);
    }
  }
  if (search.done !== heap.objects.count) throw new Error("bug: objects that no root leads to");
  return search.paths;
});

/** For each search, the kinds of root edges that it begins with, turn by turn; garbage only after all that is live. */
const ROOT_TURNS: readonly (readonly ((kind: number) => boolean)[])[] = [
  [
    (kind) => kind !== RootKind.FRAME_CONSERVATIVE && kind !== RootKind.UNREACHABLE,
    (kind) => kind === RootKind.FRAME_CONSERVATIVE,
  ],
  [(kind) => kind === RootKind.UNREACHABLE],
];

class BreadthFirstSearch {
  readonly paths: ShortestPaths;
  /** Objects whose edges have been followed. */
  done = 0;
  readonly #heap: Heap;
  readonly #queue: Int32Array;
  #queued = 0;

  constructor(heap: Heap) {
    const { count } = heap.objects;
    this.#heap = heap;
    this.#queue = new Int32Array(count);
    this.paths = {
      parent: new Int32Array(count).fill(NOT_REACHED),
      edge: new Int32Array(count),
      root: new Int32Array(count),
      depth: new Int32Array(count),
    };
  }

  /** Queues what root edges lead to, turn by turn. */
  enterRoots(turns: readonly ((kind: number) => boolean)[]): void {
    const { roots, objects } = this.#heap;
    const { vertices, kind, to } = roots;
    const { parent, edge, root } = this.paths;
    for (const isDue of turns) {
      for (let vertex = 0; vertex < vertices.count; vertex++) {
        const end = vertices.edgeStart[vertex + 1]!;
        for (let row = vertices.edgeStart[vertex]!; row < end; row++) {
          const target = to[row]!;
          if (parent[target] !== NOT_REACHED || !isDue(kind[row]!)) continue;
          parent[target] = objects.count + vertex;
          edge[target] = row;
          root[target] = row;
          this.#queue[this.#queued++] = target;
        }
      }
    }
  }

  /** Follows the edges of `budget` objects; false when none is left. */
  advance(budget: number): boolean {
    const { start, to } = this.#heap.edges;
    const { parent, edge, root, depth } = this.paths;
    const queue = this.#queue;
    let queued = this.#queued;
    let done = this.done;
    const last = done + budget;
    while (done < queued && done < last) {
      const object = queue[done++]!;
      const end = start[object + 1]!;
      for (let e = start[object]!; e < end; e++) {
        const target = to[e]!;
        if (parent[target] !== NOT_REACHED) continue;
        parent[target] = object;
        edge[target] = e;
        root[target] = root[object]!;
        depth[target] = depth[object]! + 1;
        queue[queued++] = target;
      }
    }
    this.#queued = queued;
    this.done = done;
    return done < queued;
  }
}

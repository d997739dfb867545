/** HolderPointers: the pointers that lead right from a holder, and from what it is made of, to what is below it. */

import type { Pointer } from "../../analysis/paths/pointer-path.ts";
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { lowerBound } from "../../heap/lower-bound.ts";

export class HolderPointers {
  readonly #heap: Heap;
  /**
   * One more than the pointer's row: among the edges, or edges.count + among the root edges. 0 for none, so that memory is only
   * taken where there is one.
   */
  readonly #pointer: Uint32Array;
  #taken: readonly number[] = [];
  /** The object that the last pointer asked for goes from: neighbours are mostly of one. */
  #from = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#pointer = longColumn(Uint32Array, heap.objects.count);
  }

  /**
   * Takes all pointers of some vertices: objects, or objects.count + root vertex. The first to an object counts; those that were
   * taken before count no more.
   */
  take(vertices: readonly number[]): void {
    this.#visit(this.#taken, (target) => {
      this.#pointer[target] = 0;
    });
    this.#taken = vertices;
    this.#visit(vertices, (target, pointer) => {
      if (this.#pointer[target] === 0) this.#pointer[target] = pointer + 1;
    });
  }

  #visit(vertices: readonly number[], visit: (target: number, pointer: number) => void): void {
    const { objects, edges, roots } = this.#heap;
    for (const vertex of vertices) {
      const isObject = vertex < objects.count;
      const start = isObject ? edges.start : roots.vertices.edgeStart;
      const to = isObject ? edges.to : roots.to;
      const row = isObject ? vertex : vertex - objects.count;
      const before = isObject ? 0 : edges.count;
      for (let edge = start[row]!; edge < start[row + 1]!; edge++) visit(to[edge]!, before + edge);
    }
  }

  /** The pointer to a vertex; undefined if none of those taken last leads there, or if it is no object. A binary search at most. */
  to(vertex: number): Pointer | undefined {
    const pointer = (this.#pointer[vertex] ?? 0) - 1;
    if (pointer < 0) return undefined;
    const { objects, edges, roots } = this.#heap;
    const edge = pointer - edges.count;
    if (edge < 0) {
      const isFromLast = edges.start[this.#from]! <= pointer && pointer < edges.start[this.#from + 1]!;
      if (!isFromLast) this.#from = lowerBound(edges.start, pointer + 1) - 1;
      return { from: this.#from, edge: pointer };
    }
    return { from: objects.count + lowerBound(roots.vertices.edgeStart, edge + 1) - 1, edge };
  }
}

/** HolderPointers: the pointers that lead right from a holder, and from what it is made of, to what is below it. */
import type { Pointer } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";

export class HolderPointers {
  readonly #heap: Heap;
  /** One more than the vertex that has the pointer; 0 for none, so that memory is only taken where there is one. */
  readonly #from: Uint32Array;
  readonly #edge: Uint32Array;
  #taken: readonly number[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#from = new Uint32Array(heap.objects.count);
    this.#edge = new Uint32Array(heap.objects.count);
  }

  /**
   * Takes all pointers of some vertices: objects, or objects.count + root vertex. The first to an object counts; those that were
   * taken before count no more.
   */
  take(vertices: readonly number[]): void {
    this.#visit(this.#taken, (target) => {
      this.#from[target] = 0;
    });
    this.#taken = vertices;
    this.#visit(vertices, (target, from, edge) => {
      if (this.#from[target] !== 0) return;
      this.#from[target] = from + 1;
      this.#edge[target] = edge;
    });
  }

  #visit(vertices: readonly number[], visit: (target: number, from: number, edge: number) => void): void {
    const { objects, edges, roots } = this.#heap;
    for (const vertex of vertices) {
      const isObject = vertex < objects.count;
      const start = isObject ? edges.start : roots.vertices.edgeStart;
      const to = isObject ? edges.to : roots.to;
      const row = isObject ? vertex : vertex - objects.count;
      for (let edge = start[row]!; edge < start[row + 1]!; edge++) visit(to[edge]!, vertex, edge);
    }
  }

  /** The pointer to a vertex; undefined if none of those taken last leads there, or if it is no object. O(1). */
  to(vertex: number): Pointer | undefined {
    const from = this.#from[vertex];
    return from === undefined || from === 0 ? undefined : { from: from - 1, edge: this.#edge[vertex]! };
  }
}

/** The names of edges, as numbers, in the order of the edges: for the column that has them and the table of the names. */
import { breathe, type Heap, PointerNames, type Progress } from "../../src/index.ts";

const SLICE = 1 << 17;

export class EdgeNames {
  readonly #heap: Heap;
  /** Numbered in the order of the edges, whoever asks, because everyone begins with the first edge. */
  readonly #names: PointerNames;
  /** Edges whose names have been asked for, from the first on. */
  #asked = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#names = new PointerNames(heap);
  }

  /** The names so far; all of them after `askAll`. */
  get names(): readonly string[] {
    return this.#names.names;
  }

  /**
   * Numbers the names of `count` edges from `from` on; -1 for what has none.
   * @param objects that the edges go from
   */
  ofEdges(objects: Int32Array, from: number, count: number, out: Int32Array): void {
    this.#names.ofEdges(objects, from, count, out);
    if (from <= this.#asked) this.#asked = Math.max(this.#asked, from + count);
  }

  /** Asks for the names that nobody has asked for yet. One pass over the edges that are left. */
  async askAll(progress: Progress): Promise<void> {
    const { objects, edges } = this.#heap;
    if (!this.#names.areKnown || this.#asked === edges.count) return;
    const names = this.#names;
    progress.phase("naming pointers", objects.count, "objects");
    for (let from = 0; from < objects.count; from += SLICE) {
      const end = Math.min(from + SLICE, objects.count);
      for (let object = from; object < end; object++) {
        const after = edges.start[object + 1]!;
        for (let edge = edges.start[object]!; edge < after; edge++) names.ofEdge(object, edge);
      }
      progress.update(end);
      await breathe(progress);
    }
    this.#asked = edges.count;
  }
}

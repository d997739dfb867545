/** The names of edges, as numbers, in the order of the edges: for the column that has them and the table of the names. */
import { breathe, type Heap, PointerNames, type Progress } from "../../../src/index.ts";
import { CHUNK_ROWS } from "./chunk.ts";
import { EdgeSources } from "./edge-sources.ts";

/** Edges between two breaths. */
const SLICE = 1 << 19;

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
   * Numbers the names of `count` edges from `from` on; -1 for what has none. Scans begin with the first edge, so what lies
   * behind the edges asked for so far is asked for next.
   * @param objects that the edges go from
   */
  ofEdges(objects: Int32Array, from: number, count: number, out: Int32Array): void {
    this.#names.ofEdges(objects, from, count, out);
    if (from <= this.#asked) this.#asked = Math.max(this.#asked, from + count);
  }

  /** Asks for the names that nobody has asked for yet. One pass over the edges that are left. */
  async askAll(progress: Progress): Promise<void> {
    const { count } = this.#heap.edges;
    if (!this.#names.areKnown || this.#asked === count) return;
    progress.phase("naming pointers", count);
    const sources = new EdgeSources(this.#heap);
    const out = new Int32Array(CHUNK_ROWS);
    let nextBreath = 0;
    while (this.#asked < count) {
      const from = this.#asked;
      const length = Math.min(CHUNK_ROWS, count - from);
      this.ofEdges(sources.at(from, length), from, length, out);
      if (from < nextBreath) continue;
      progress.update(from);
      await breathe(progress);
      nextBreath = from + SLICE;
    }
  }
}

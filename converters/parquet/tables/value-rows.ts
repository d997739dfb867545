/**
 * ValueRows: the slices, or the strings, of a heap by row number. There may be more of them than objects, so none is kept: one
 * walk counts them and remembers where every chunk of rows begins; whoever wants a chunk walks on from there.
 */
import { breathe, type Heap, type Holders, type Progress, ValueWalk, type WalkState } from "../../../src/index.ts";
import { CHUNK_ROWS } from "./chunk.ts";

/** Values of one chunk, by row in it; columns as the walk's, and the place of each. */
export class ValueChunk {
  readonly holder = new Int32Array(CHUNK_ROWS);
  readonly offset = new Float64Array(CHUNK_ROWS);
  readonly place = new Int32Array(CHUNK_ROWS);
  /** NO_OBJECT for memory that is not on the heap. */
  readonly target = new Int32Array(CHUNK_ROWS);
  readonly inside = new Float64Array(CHUNK_ROWS);
  readonly length = new Float64Array(CHUNK_ROWS);
  readonly capacity = new Float64Array(CHUNK_ROWS);
  readonly elementSize = new Float64Array(CHUNK_ROWS);
}

/** Where a chunk begins: before a batch, and behind so many of its values. */
interface ChunkStart {
  readonly state: WalkState;
  readonly skip: number;
}

/** Batches between two breaths. */
const BATCHES = 16;

export class ValueRows {
  readonly count: number;
  readonly #places: Holders;
  readonly #kind: number;
  readonly #starts: readonly ChunkStart[];
  readonly #walk: ValueWalk;
  readonly #chunk = new ValueChunk();
  /** First row of the chunk at hand; -1 if there is none. */
  #from = -1;

  private constructor(heap: Heap, places: Holders, kind: number, starts: readonly ChunkStart[], count: number) {
    this.#places = places;
    this.#kind = kind;
    this.#starts = starts;
    this.count = count;
    this.#walk = new ValueWalk(heap, heap.types.layouts!);
  }

  /**
   * Counts the values of several kinds in one walk, and names the places of all of them. 100 bytes for each chunk of rows.
   * @param kinds WordKind of each result
   */
  static async count(heap: Heap, places: Holders, kinds: readonly number[], progress: Progress): Promise<ValueRows[]> {
    const { layouts } = heap.types;
    if (layouts === undefined) return [];
    const counts = kinds.map(() => 0);
    const starts = kinds.map((): ChunkStart[] => []);
    const walk = new ValueWalk(heap, layouts);
    progress.phase("counting values", heap.objects.count, "objects");
    for (let batches = 0; ; batches++) {
      const { state } = walk;
      const batch = walk.next();
      if (batch === undefined) break;
      const seen = kinds.map(() => 0);
      for (let k = 0; k < batch.count; k++) {
        const of = kinds.indexOf(batch.kind[k]!);
        if (of < 0) continue;
        if (counts[of]! % CHUNK_ROWS === 0) starts[of]!.push({ state, skip: seen[of]! });
        counts[of]!++;
        seen[of]!++;
        places.placeOfValue(batch.holder[k]!, batch.word[k]!);
      }
      if (batches % BATCHES !== 0) continue;
      progress.update(walk.done);
      await breathe(progress);
    }
    return kinds.map((kind, of) => new ValueRows(heap, places, kind, starts[of]!, counts[of]!));
  }

  /** The values of the chunk that begins with a row. Valid until the next call; several scans may ask in turns. */
  at(from: number): ValueChunk {
    if (from !== this.#from) this.#fill(from);
    return this.#chunk;
  }

  #fill(from: number): void {
    const chunk = this.#chunk;
    // Chunks are whole: a scan begins with row 0 and takes one after the other.
    const start = this.#starts[from / CHUNK_ROWS];
    if (start === undefined) throw new Error(`bug: no chunk of values begins with row ${from}`);
    const wanted = Math.min(CHUNK_ROWS, this.count - from);
    this.#walk.goTo(start.state);
    let skip = start.skip;
    for (let row = 0; row < wanted; ) {
      const batch = this.#walk.next();
      if (batch === undefined) throw new Error("bug: there are fewer values than were counted");
      for (let k = 0; k < batch.count && row < wanted; k++) {
        if (batch.kind[k] !== this.#kind || skip-- > 0) continue;
        chunk.holder[row] = batch.holder[k]!;
        chunk.offset[row] = batch.offset[k]!;
        chunk.place[row] = this.#places.placeOfValue(batch.holder[k]!, batch.word[k]!);
        chunk.target[row] = batch.target[k]!;
        chunk.inside[row] = batch.inside[k]!;
        chunk.length[row] = batch.length[k]!;
        chunk.capacity[row] = batch.capacity[k]!;
        chunk.elementSize[row] = batch.elementSize[k]!;
        row++;
      }
    }
    this.#from = from;
  }
}

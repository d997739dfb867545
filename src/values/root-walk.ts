/** RootWalk: the values that package variables and live slots of frames have, as far as declared types tell what they are. */
import type { Heap } from "../heap/heap.ts";
import { objectSize, valueAddress, valueOffset } from "../heap/objects.ts";
import { rootContentsPosition } from "../heap/roots/root-contents.ts";
import { RootVertexKind } from "../heap/roots/roots.ts";
import { NO_WORD, WordKind } from "../heap/value-layouts.ts";
import type { SequentialReader } from "./sequential-reader.ts";
import { BATCH_SIZE, type BatchBuilder } from "./value-batch.ts";

export class RootWalk {
  readonly #heap: Heap;
  readonly #reader: SequentialReader;
  #vertex = 0;
  #edge = 0;

  constructor(heap: Heap, reader: SequentialReader) {
    this.#heap = heap;
    this.#reader = reader;
  }

  /** The root edge that comes next. */
  get edge(): number {
    return this.#edge;
  }

  goTo(edge: number): void {
    this.#edge = edge;
    this.#vertex = 0;
  }

  /** Adds the values of the next variables and frames until the batch is full. */
  fill(batch: BatchBuilder): void {
    const { vertices, words, count } = this.#heap.roots;
    if (words === undefined) return;
    for (; this.#edge < count && batch.count < BATCH_SIZE; this.#edge++) {
      if (words.kind[this.#edge] === NO_WORD) continue;
      while (vertices.edgeStart[this.#vertex + 1]! <= this.#edge) this.#vertex++;
      this.#add(batch, this.#vertex, this.#edge);
    }
  }

  #add(batch: BatchBuilder, vertex: number, edge: number): void {
    const { objects, roots, types } = this.#heap;
    const position = rootContentsPosition(this.#heap, vertex);
    if (position === undefined) return;
    const { kind, elementSize, lengthAt, capacityAt } = roots.words!;
    const target = roots.to[edge]!;
    const wordKind = kind[edge]!;
    const offset = roots.offset[edge]!;
    const at = position + offset;
    const hasWord = (delta: number): boolean =>
      delta !== 0 && offset + delta >= 0 && offset + delta + this.#heap.dump.pointerSize <= this.#sizeOf(vertex);
    let length = 0;
    let capacity = 0;
    if (wordKind === WordKind.STRING) {
      if (!hasWord(lengthAt[edge]!)) return;
      length = this.#reader.number(at + lengthAt[edge]!);
      capacity = length;
      if (length === 0) return;
    } else if (wordKind === WordKind.SLICE) {
      if (!hasWord(lengthAt[edge]!) || !hasWord(capacityAt[edge]!)) return;
      length = this.#reader.number(at + lengthAt[edge]!);
      capacity = this.#reader.number(at + capacityAt[edge]!);
      if (capacity === 0 || length > capacity) return;
    } else if (wordKind === WordKind.POINTER) {
      const layout = types.layouts!.of(objects.type[target]!);
      if (layout?.isMany !== true || objectSize(objects, target) - valueOffset(objects, target) < 2 * layout.size)
        return;
      length = 1;
      capacity = 1;
    }
    const inside = this.#reader.address(at) - valueAddress(objects, target);
    // Conservative slots, and words that changed while the runtime wrote the dump.
    if (inside < 0 || inside >= objectSize(objects, target)) return;
    batch.add(objects.count + vertex, offset, edge, wordKind, target, inside, length, capacity, elementSize[edge]!);
  }

  /** Bytes of a variable, segment or frame. */
  #sizeOf(vertex: number): number {
    const { vertices } = this.#heap.roots;
    const item = vertices.item[vertex]!;
    if (vertices.kind[vertex] === RootVertexKind.FRAME) return this.#heap.goroutines.frames.size[item]!;
    return vertices.kind[vertex] === RootVertexKind.VARIABLE
      ? this.#heap.variables![item]!.size
      : this.#heap.segments[item]!.size;
  }
}

/** RootVertexNumbers: what goroutines and frames are called, as numbers: those of one name have the same. */
import type { Heap } from "../heap/heap.ts";
import { rootVertexName } from "../heap/root-names.ts";
import { RootVertexKind } from "../heap/roots.ts";

export class RootVertexNumbers {
  readonly #heap: Heap;
  readonly #numbers = new Map<string, number>();
  /** By function, then by PC: frames may be millions, the places that they are at are few. */
  readonly #places: Map<number, number>[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The number of the name that `rootVertexName` gives a root vertex. */
  of(root: number): number {
    const { kind, item } = this.#heap.roots.vertices;
    if (kind[root] !== RootVertexKind.FRAME) return this.#ofName(root);
    const { frames } = this.#heap.goroutines;
    const frame = item[root]!;
    const fn = frames.function[frame]!;
    this.#places[fn] ??= new Map();
    const places = this.#places[fn];
    let number = places.get(frames.pc[frame]!);
    if (number === undefined) {
      number = this.#ofName(root);
      places.set(frames.pc[frame]!, number);
    }
    return number;
  }

  #ofName(root: number): number {
    const name = rootVertexName(this.#heap, root);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

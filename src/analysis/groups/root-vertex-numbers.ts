/** RootVertexNumbers: what root vertices are called, as numbers: those of one name have the same. */
import { Names } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

export class RootVertexNumbers {
  readonly #names = new Names();
  readonly #heap: Heap;
  readonly #nameOf: (heap: Heap, root: number) => string;
  /** By function: the place that its first frame is at, and its number. Frames may be millions, of few places. */
  readonly #firstPlace: number[] = [];
  readonly #firstNumber: number[] = [];
  /** By function, then by PC: the other places of those that have several. */
  readonly #otherPlaces = new Map<number, Map<number, number>>();

  /** @param nameOf what a root vertex is called; of a frame, it has to depend on nothing but its calls */
  constructor(heap: Heap, nameOf: (heap: Heap, root: number) => string = rootVertexName) {
    this.#heap = heap;
    this.#nameOf = nameOf;
  }

  /** The names, by number. */
  get names(): readonly string[] {
    return this.#names.values;
  }

  /** The number of a root vertex's name. */
  of(root: number): number {
    const { kind, item } = this.#heap.roots.vertices;
    if (kind[root] !== RootVertexKind.FRAME) return this.#ofName(root);
    const { frames, calls } = this.#heap.goroutines;
    const frame = item[root]!;
    // A wrapper is called after what it wraps, which may be at any place.
    if (calls?.isHidden[calls.start[frame + 1]! - 1] === 1) return this.#ofName(root);
    const fn = frames.function[frame]!;
    const pc = frames.pc[frame]!;
    if (this.#firstPlace[fn] === pc) return this.#firstNumber[fn]!;
    const number = this.#otherPlaces.get(fn)?.get(pc) ?? this.#ofName(root);
    if (this.#firstPlace[fn] === undefined) {
      this.#firstPlace[fn] = pc;
      this.#firstNumber[fn] = number;
    } else {
      const others = this.#otherPlaces.get(fn) ?? new Map<number, number>();
      this.#otherPlaces.set(fn, others.set(pc, number));
    }
    return number;
  }

  #ofName(root: number): number {
    return this.#names.number(this.#nameOf(this.#heap, root));
  }
}

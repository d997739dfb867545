/**
 * BoxCounts: how many small values without pointers interfaces lead to, by the word that is the interface. Each has memory
 * of its own, unless it is a pointer to something larger or older; the word in front tells, which is not read here.
 */
import type { Heap } from "../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT } from "../heap/objects.ts";
import { WordKind } from "../heap/value-layouts.ts";
import type { ValueBatch } from "./value-batch.ts";
import type { ValueVisitor } from "./value-walk.ts";

/** Slots of larger values are no boxes. */
const MOST_SIZE = 16;

// A constant of another file is loaded wherever it is used.
const { INTERFACE } = WordKind;

/** Counts the values in interfaces that have memory of their own, by the field that holds them. */
export class BoxCounts implements ValueVisitor {
  readonly #heap: Heap;
  /** By row of the type table, then by word of its layout. */
  readonly #count: (Float64Array | undefined)[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  values({ count, holder, kind, word, target }: ValueBatch): void {
    const { type, size, flags, count: objectCount } = this.#heap.objects;
    for (let k = 0; k < count; k++) {
      if (kind[k] !== INTERFACE) continue;
      const to = target[k]!;
      const from = holder[k]!;
      if (to === NO_OBJECT || from >= objectCount || (flags[to]! & HAS_POINTERS) !== 0 || size[to]! > MOST_SIZE)
        continue;
      this.#ofRow(type[from]!)[word[k]!]!++;
    }
  }

  /** Visits the words with any: row of the type table, word of its layout, and how many. */
  forEach(visit: (row: number, word: number, count: number) => void): void {
    for (const [row, counts] of this.#count.entries()) {
      for (const [word, count] of counts?.entries() ?? []) if (count > 0) visit(row, word, count);
    }
  }

  #ofRow(row: number): Float64Array {
    let counts = this.#count[row];
    if (counts === undefined) {
      counts = new Float64Array(this.#heap.types.layouts!.of(row)!.offset.length);
      this.#count[row] = counts;
    }
    return counts;
  }
}

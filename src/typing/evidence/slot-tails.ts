/** SlotTails: what a slot has behind a value that ends before it does. Where the allocator clears slots, that is zero. */
import { clearsSlots } from "../../heap/facts/go-version.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_HEADER, HAS_POINTERS, objectSize } from "../../heap/objects.ts";
import type { ContentsReader } from "./contents.ts";

export class SlotTails {
  readonly #heap: Heap;
  readonly #contents: ContentsReader;
  readonly #clearsSlots: boolean;

  constructor(heap: Heap, contents: ContentsReader) {
    this.#heap = heap;
    this.#contents = contents;
    this.#clearsSlots = clearsSlots(heap.dump.go);
  }

  /** Whether an object is zero from an offset of its slot on. */
  isZero(object: number, offset: number): boolean {
    return this.#contents.isZero(object, offset, objectSize(this.#heap.objects, object));
  }

  /** Whether what is behind an offset of the slot shows that the object's value does not end there. */
  goesOn(object: number, offset: number): boolean {
    const flags = this.#heap.objects.flags[object]!;
    const isCleared = this.#clearsSlots || (flags & HAS_POINTERS) === 0 || (flags & HAS_HEADER) !== 0;
    return isCleared && !this.isZero(object, offset);
  }
}

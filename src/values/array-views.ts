/**
 * ArrayViews: how much of each array, and of each string's bytes, is in use: what all slices, strings and pointers that
 * lead into it show of it together.
 */
import { longColumn } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, objectSize, valueOffset } from "../heap/objects.ts";
import { TypeKind } from "../heap/types.ts";
import { WordKind } from "../heap/value-layouts.ts";
import { bitsOfTypes, ObjectSet } from "./object-set.ts";
import { OffsetColumn } from "./offset-column.ts";
import type { ValueBatch } from "./value-batch.ts";
import type { ValueVisitor } from "./value-walk.ts";

/** `ViewColumns.seen`: a slice leads into it, … */
export const SEEN_BY_SLICE = 1;
/** … a string, … */
export const SEEN_BY_STRING = 2;
/** … a pointer or an interface with the address of an element. */
export const SEEN_BY_POINTER = 4;

/** `ViewColumns.shown`: it is one stretch from the beginning, … */
export const SHOWN_FROM_FRONT = 1;
/** … or pointers may be outside of it, all the same where they are. */
export const POINTERS_OUTSIDE = 2;

/** Columns by number in `set`; bytes count from the beginning of the object's value. */
export interface ViewColumns {
  /** The objects that arrays and strings' bytes are in, and those without a type, which may be arrays. */
  readonly set: ObjectSet;
  /** Bytes that views show: exact but where some overlap that are neither alike nor side by side, then more. */
  readonly used: OffsetColumn;
  /** Byte behind the last that a view has room for. */
  readonly capacityEnd: OffsetColumn;
  /** SEEN_BY_…; 0 where there is no view. */
  readonly seen: Uint8Array;
  /** Where what views show lies, as bits. */
  readonly shown: Uint8Array;
}

export class ArrayViews implements ValueVisitor {
  readonly #heap: Heap;
  /** As the columns of the result. */
  readonly #set: ObjectSet;
  readonly #used: OffsetColumn;
  readonly #capacityEnd: OffsetColumn;
  readonly #seen: Uint8Array;
  /** The first byte that a view shows, and the one behind the last; both 0 where all views are empty, or there is none. */
  readonly #from: OffsetColumn;
  readonly #end: OffsetColumn;

  /** @param heap typed */
  constructor(heap: Heap) {
    const { types, objects } = heap;
    this.#heap = heap;
    const mayBeArray = types.kind.map((kind, row) => {
      const layout = types.layouts?.of(row);
      // What only views into its middle lead to often has no type of its own.
      return kind === TypeKind.STRING || kind === TypeKind.SHAPE || layout?.isMany === true ? 1 : 0;
    });
    this.#set = new ObjectSet(bitsOfTypes(objects.type, mayBeArray));
    const { count } = this.#set;
    this.#from = new OffsetColumn(count);
    this.#end = new OffsetColumn(count);
    this.#used = new OffsetColumn(count);
    this.#capacityEnd = new OffsetColumn(count);
    this.#seen = longColumn(Uint8Array, count);
  }

  values({ count, kind, target, inside, length, capacity, elementSize }: ValueBatch): void {
    const { objects, types } = this.#heap;
    for (let k = 0; k < count; k++) {
      const object = target[k]!;
      if (object === NO_OBJECT) continue;
      const wordKind = kind[k]!;
      if (wordKind > WordKind.INTERFACE) continue;
      const i = this.#set.indexOf(object);
      if (i < 0) continue;
      let size = elementSize[k]!;
      let shown = length[k]!;
      if (wordKind === WordKind.INTERFACE) {
        shown = 1;
        size = types.layouts!.of(objects.type[object]!)?.size ?? 0;
      }
      const from = inside[k]!;
      const room = objectSize(objects, object) - valueOffset(objects, object);
      // What is not known to be less may be all of it.
      const end = size === 0 ? room : from + shown * size;
      const capacityEnd = size === 0 ? room : from + Math.max(shown, capacity[k]!) * size;
      // Headers that tell of more than there is are no headers.
      if (from < 0 || capacityEnd > room) continue;
      this.#seen[i]! |=
        wordKind === WordKind.SLICE ? SEEN_BY_SLICE : wordKind === WordKind.STRING ? SEEN_BY_STRING : SEEN_BY_POINTER;
      if (capacityEnd > this.#capacityEnd.get(i)) this.#capacityEnd.set(i, capacityEnd);
      if (end > from) this.#addView(i, from, end);
    }
  }

  #addView(i: number, from: number, end: number): void {
    const knownFrom = this.#from.get(i);
    const knownEnd = this.#end.get(i);
    if (knownEnd === 0) {
      this.#from.set(i, from);
      this.#end.set(i, end);
      this.#used.set(i, end - from);
      return;
    }
    if (from === knownFrom && end === knownEnd) return;
    if (from < knownFrom) this.#from.set(i, from);
    if (end > knownEnd) this.#end.set(i, end);
    const span = this.#end.get(i) - this.#from.get(i);
    this.#used.set(i, Math.min(span, this.#used.get(i) + end - from));
  }

  /** What is known once all values were shown. Linear in the arrays; lets go of half of the memory. */
  finish(): ViewColumns {
    const shown = longColumn(Uint8Array, this.#set.count);
    for (let i = 0, object = this.#set.next(-1); object >= 0; i++, object = this.#set.next(object)) {
      const [from, end] = [this.#from.get(i), this.#end.get(i)];
      const isWhole = this.#used.get(i) === end - from;
      if (isWhole && from === 0 && end > 0) shown[i] = SHOWN_FROM_FRONT;
      if (this.#seen[i] !== 0 && hasPointersOutside(this.#heap, object, from, end, isWhole))
        shown[i]! |= POINTERS_OUTSIDE;
    }
    return { set: this.#set, used: this.#used, capacityEnd: this.#capacityEnd, seen: this.#seen, shown };
  }
}

/** Whether an array has pointers outside of a stretch, or has perhaps, because views leave some of the stretch out. */
function hasPointersOutside(
  { objects, edges }: Heap,
  object: number,
  from: number,
  end: number,
  isWhole: boolean,
): boolean {
  if ((objects.flags[object]! & HAS_POINTERS) === 0) return false;
  const first = edges.start[object]!;
  const after = edges.start[object + 1]!;
  if (first === after) return false;
  const base = valueOffset(objects, object);
  return !isWhole || edges.offset[first]! - base < from || edges.offset[after - 1]! - base >= end;
}

/**
 * Spans: the runs of pages that the allocator cuts into slots of one size, as far as objects are in them. A dump does not
 * list spans; where one begins follows from its objects, whose distances are multiples of their size. Which type's objects
 * have most of a span is who keeps it.
 */
import { spanSizeOf } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, objectSize, REACHABLE, TypeSource } from "../../heap/objects.ts";

/** The runtime's page, on every architecture. */
const PAGE_SIZE = 8192;

/** Spans that are kept by objects of one type, by row of the type table. */
export interface SpanColumns {
  readonly spans: Float64Array;
  /** Bytes of the spans. */
  readonly bytes: Float64Array;
  /** Bytes of all objects in them, garbage included. */
  readonly objectBytes: Float64Array;
  /** Objects of the type itself in them. */
  readonly objects: Float64Array;
  /** Of these, those whose type is guessed. */
  readonly guessed: Float64Array;
  /** One of these that is live, from far within them all, as the first may be anybody's; NO_OBJECT if none is. */
  readonly example: Int32Array;
}

/**
 * Sums spans up by the type that has most bytes in them. O(objects).
 * @param most spans that are fuller are left out; 1 for all
 */
export function sumSpans(heap: Heap, most: number): SpanColumns {
  const rows = heap.types.count;
  const sums: SpanColumns = {
    spans: new Float64Array(rows),
    bytes: new Float64Array(rows),
    objectBytes: new Float64Array(rows),
    objects: new Float64Array(rows),
    guessed: new Float64Array(rows),
    example: new Int32Array(rows).fill(NO_OBJECT),
  };
  const { count, address, size, type, typeSource, flags } = heap.objects;
  /** Objects of each row in the span at hand, and the rows that have any. */
  const inSpan = new Int32Array(rows);
  const rowsInSpan: number[] = [];
  /** Of the objects of each of these rows, those whose type is guessed. */
  const guessedInSpan = new Int32Array(rows);
  /** Of each of these rows, a live object in the span; NO_OBJECT if it has none there. */
  const liveInSpan = new Int32Array(rows).fill(NO_OBJECT);
  let end = Number.NEGATIVE_INFINITY;
  let spanSlot = 0;
  let spanBytes = 0;
  const finish = (): void => {
    let objects = 0;
    let keeper = -1;
    for (const row of rowsInSpan) {
      objects += inSpan[row]!;
      if (keeper < 0 || inSpan[row]! > inSpan[keeper]!) keeper = row;
    }
    const used = objects * spanSlot;
    if (keeper >= 0 && used <= most * spanBytes) {
      sums.spans[keeper]!++;
      sums.bytes[keeper]! += spanBytes;
      sums.objectBytes[keeper]! += used;
      sums.objects[keeper]! += inSpan[keeper]!;
      sums.guessed[keeper]! += guessedInSpan[keeper]!;
      const nth = sums.spans[keeper]!;
      // The last of the 1st, 2nd, 4th, 8th, … span is in their second half.
      if (liveInSpan[keeper] !== NO_OBJECT && (sums.example[keeper] === NO_OBJECT || Number.isInteger(Math.log2(nth))))
        sums.example[keeper] = liveInSpan[keeper]!;
    }
    for (const row of rowsInSpan) {
      inSpan[row] = 0;
      guessedInSpan[row] = 0;
      liveInSpan[row] = NO_OBJECT;
    }
    rowsInSpan.length = 0;
  };
  for (let i = 0; i < count; i++) {
    if (address[i]! >= end || size[i] !== size[i - 1]) {
      finish();
      spanSlot = objectSize(heap.objects, i);
      spanBytes = spanSizeOf(spanSlot);
      end = spanStart(address[i]!, spanSlot, spanBytes, end) + spanBytes;
    }
    const row = type[i]!;
    if (inSpan[row]!++ === 0) rowsInSpan.push(row);
    if (typeSource[i] === TypeSource.INFERRED) guessedInSpan[row]!++;
    if ((flags[i]! & REACHABLE) !== 0) liveInSpan[row] = i;
  }
  finish();
  return sums;
}

/** Where the span begins whose first object is at an address: on the last page that fits, behind the span before. */
function spanStart(address: number, slot: number, bytes: number, least: number): number {
  const page = Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
  for (let start = page; start > address - bytes && start >= least; start -= PAGE_SIZE) {
    if ((address - start) % slot === 0) return start;
  }
  return page;
}

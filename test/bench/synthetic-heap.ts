/**
 * The plan of a made-up heap: which slots of which spans hold objects. Objects are allocated one after the other, as a
 * program does: each takes the next free slot of its size class's span, or of a new span. What is allocated together
 * therefore lies apart, but in the same order everywhere, which is the locality that real heaps have.
 */
import { seededRandom } from "../support/seeded-random.ts";

export const PAGE_SIZE = 8192;
export const HEAP_START = 0xc000000000;

/** Size class in bytes, and how many of 1000 objects have it: 102 bytes per object on average. */
const SIZE_CLASSES: readonly (readonly [number, number])[] = [
  [16, 170],
  [32, 210],
  [48, 160],
  [64, 140],
  [96, 110],
  [112, 50],
  [128, 55],
  [192, 35],
  [256, 30],
  [416, 18],
  [512, 10],
  [1024, 7],
  [2048, 3],
  [4096, 1],
  [8192, 1],
];

/** One in so many objects is in a span without pointers. */
const WITHOUT_POINTERS = 5;
/** One in so many slots is free. */
const FREE_SLOTS = 8;
/** One in so many spans was taken from freed pages and stands later in the dump than its address tells. */
const MOVED_SPANS = 16;

/** Columns over the objects in the order of their allocation. */
export interface SyntheticHeap {
  readonly count: number;
  readonly address: Float64Array;
  readonly size: Uint32Array;
  /** 1 for objects of spans with pointers. */
  readonly scan: Uint8Array;
  /** The objects in the dump's order: span by span, ascending addresses within each. */
  readonly order: Uint32Array;
  /** End of the heap, exclusive. */
  readonly end: number;
}

/** Plans a heap of about `size` bytes; the same for the same seed. */
export function planHeap(size: number, seed: number): SyntheticHeap {
  const random = seededRandom(seed);
  const capacity = Math.ceil(size / 64) + PAGE_SIZE;
  const address = new Float64Array(capacity);
  const sizes = new Uint32Array(capacity);
  const scan = new Uint8Array(capacity);
  const span = new Uint32Array(capacity);
  // Per size class, without and with pointers: the span's number, the next slot, the end of the span.
  const current = SIZE_CLASSES.flatMap(() => [new Float64Array(3), new Float64Array(3)]);
  let end = HEAP_START;
  let spans = 0;
  let count = 0;
  for (let bytes = 0; bytes < size && count < capacity; count++) {
    const sizeClass = pickSizeClass(random(1000));
    const slot = SIZE_CLASSES[sizeClass]![0];
    const hasPointers = random(WITHOUT_POINTERS) === 0 ? 0 : 1;
    const free = current[2 * sizeClass + hasPointers]!;
    if (random(FREE_SLOTS) === 0) free[1]! += slot;
    if (free[1]! + slot > free[2]!) {
      free[0] = spans++;
      free[1] = end;
      end += Math.ceil(slot / PAGE_SIZE) * PAGE_SIZE;
      free[2] = end;
    }
    span[count] = free[0]!;
    address[count] = free[1]!;
    sizes[count] = slot;
    scan[count] = hasPointers;
    free[1]! += slot;
    bytes += slot;
  }
  return {
    count,
    address: address.subarray(0, count),
    size: sizes.subarray(0, count),
    scan: scan.subarray(0, count),
    order: orderBySpan(span.subarray(0, count), orderSpans(spans, random)),
    end,
  };
}

/** Index into SIZE_CLASSES. */
function pickSizeClass(point: number): number {
  let rest = point;
  for (const [index, [, weight]] of SIZE_CLASSES.entries()) {
    if (rest < weight) return index;
    rest -= weight;
  }
  throw new Error("bug: weights of size classes do not add up to 1000");
}

/** By address, except for the moved ones, which come last. */
function orderSpans(count: number, random: (below: number) => number): number[] {
  const stay: number[] = [];
  const moved: number[] = [];
  for (let span = 0; span < count; span++) (random(MOVED_SPANS) === 0 ? moved : stay).push(span);
  return stay.concat(moved);
}

function orderBySpan(span: Uint32Array, spanOrder: readonly number[]): Uint32Array {
  const next = new Uint32Array(spanOrder.length);
  for (const s of span) next[s]!++;
  let begin = 0;
  for (const s of spanOrder) {
    const length = next[s]!;
    next[s] = begin;
    begin += length;
  }
  const order = new Uint32Array(span.length);
  span.forEach((s, object) => {
    order[next[s]!++] = object;
  });
  return order;
}

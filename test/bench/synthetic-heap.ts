/**
 * The plan of a made-up heap: which slots of which spans hold objects. Shaped like a Go 1.21 heap: spans of one size
 * class each, page by page, a fifth of them without pointers, some slots free, here and there a large object.
 */
import { seededRandom } from "../support/seeded-random.ts";

export const PAGE_SIZE = 8192;
export const HEAP_START = 0xc000000000;

/** Size class in bytes and how many of 1000 spans have it; 104 bytes per object on average. */
const SIZE_CLASSES: readonly (readonly [number, number])[] = [
  [16, 20],
  [32, 55],
  [48, 75],
  [64, 100],
  [96, 100],
  [112, 70],
  [128, 100],
  [192, 90],
  [256, 90],
  [416, 80],
  [512, 70],
  [1024, 70],
  [2048, 40],
  [4096, 20],
  [8192, 12],
  [32768, 8],
];

/** One in so many slots is free. */
const FREE_SLOTS = 8;
/** One in so many spans was taken from older, freed pages: it stands later in the dump than its address tells. */
const MOVED_SPANS = 16;

export interface SyntheticHeap {
  /** Number of objects. */
  readonly count: number;
  /** Address per object, ascending. */
  readonly address: Float64Array;
  readonly size: Uint32Array;
  /** 1 for objects of spans with pointers. */
  readonly scan: Uint8Array;
  /** Spans in the dump's order: the objects spanStart[s] … spanStart[s+1]-1 are one span's, `spanOrder` tells which next. */
  readonly spanStart: Uint32Array;
  readonly spanOrder: Uint32Array;
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
  const spanStart: number[] = [0];
  let at = HEAP_START;
  let count = 0;
  let bytes = 0;
  while (bytes < size && count + PAGE_SIZE / 8 < capacity) {
    const slot = pickSizeClass(random(1000));
    const length = Math.ceil(slot / PAGE_SIZE) * PAGE_SIZE;
    const hasPointers = random(5) === 0 ? 0 : 1;
    for (let offset = 0; offset + slot <= length; offset += slot) {
      if (random(FREE_SLOTS) === 0) continue;
      address[count] = at + offset;
      sizes[count] = slot;
      scan[count] = hasPointers;
      count++;
      bytes += slot;
    }
    at += length;
    spanStart.push(count);
  }
  return {
    count,
    address: address.subarray(0, count),
    size: sizes.subarray(0, count),
    scan: scan.subarray(0, count),
    spanStart: Uint32Array.from(spanStart),
    spanOrder: orderSpans(spanStart.length - 1, random),
    end: at,
  };
}

function pickSizeClass(point: number): number {
  let rest = point;
  for (const [size, weight] of SIZE_CLASSES) {
    if (rest < weight) return size;
    rest -= weight;
  }
  throw new Error("bug: weights of size classes do not add up to 1000");
}

/** By address, except for the moved ones, which come last. */
function orderSpans(count: number, random: (below: number) => number): Uint32Array {
  const stay: number[] = [];
  const moved: number[] = [];
  for (let span = 0; span < count; span++) (random(MOVED_SPANS) === 0 ? moved : stay).push(span);
  return Uint32Array.from([...stay, ...moved]);
}

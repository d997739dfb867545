/**
 * Address order. The runtime writes objects span by span, and a span's objects ascend, so a dump is a sequence of pages
 * that are sorted inside: sorting the pages sorts the objects. Where a file does not keep to that, single objects are
 * sorted. On the way the phantom objects are left out.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { newColumn, toShared } from "../../workers/current.ts";

/** The runtime's page, on every architecture. */
export const PAGE_SIZE = 8192;

/** Stretches of objects, numbered in the dump's order, that are in address order when taken in the order `order`. */
export interface ObjectRuns {
  readonly count: number;
  /** First object of each run. */
  readonly start: Uint32Array;
  /** Objects in each run; what follows them up to the next run is left out. */
  readonly length: Uint32Array;
  /** The runs by address. */
  readonly order: Uint32Array;
  /** Objects in all runs. */
  readonly objectCount: number;
  readonly phantomObjects: number;
  readonly phantomBytes: number;
  /** Pages whose phantoms are not all there, as they always are when the reserve is known rightly. */
  readonly doubtfulPages: number;
  /** Objects left out because they overlap an earlier one. */
  readonly overlappingObjects: number;
  /** Pointer slots, and pointers that are not nil, of all that was left out. */
  readonly droppedSlots: number;
  readonly droppedPointers: number;
}

/** What the allocator reserves at the end of a small object's page, and the runtime writes as objects all the same. */
export interface TailReserve {
  /** Slots above this size have none. */
  readonly maxSize: number;
  /** Bytes of pointer bitmap in spans of objects with pointers; 0 before Go 1.22. */
  readonly bitmapSize: number;
  /** Bytes of inline marks in spans of 16 bytes and more; 0 without Green Tea GC. */
  readonly marksSize: number;
}

// An exported constant is loaded wherever it is used; this one becomes part of the machine code.
const PAGE = PAGE_SIZE;

/** Sorts the decoded objects by address and leaves out phantoms and overlaps. Linear, but for sorting the pages. */
export function orderObjects(columns: ObjectColumns, reserve: TailReserve | undefined): ObjectRuns {
  const { address, count } = columns;
  const sizes = columns.shapes.sizes();
  // A function for each loop: the compiler takes them one by one, when it knows all that is in them.
  const start = toShared(findRuns(columns, sizes));
  const length = runLengths(start, count);
  const order = toShared(sortRuns(address, start));
  if (!isSorted(columns, sizes, start, length, order)) return orderSingly(columns, sizes);
  const phantoms = reserve === undefined ? NO_PHANTOMS : cutPhantoms(columns, sizes, start, length, reserve);
  return {
    count: start.length,
    start,
    length,
    order,
    objectCount: count - phantoms.phantomObjects,
    ...phantoms,
    overlappingObjects: 0,
  };
}

/** First object of each run: objects of one page that ascend. */
function findRuns({ address, shape, count }: ObjectColumns, sizes: Uint32Array): Uint32Array {
  let starts = new Uint32Array(1024);
  let runs = 0;
  let pageEnd = Number.NEGATIVE_INFINITY;
  let previousEnd = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const at = address[i]!;
    if (at >= pageEnd || at < previousEnd) {
      if (runs === starts.length) {
        const larger = new Uint32Array(runs * 2);
        larger.set(starts);
        starts = larger;
      }
      starts[runs++] = i;
      pageEnd = (Math.floor(at / PAGE) + 1) * PAGE;
    }
    // No slot is empty; in a damaged file, one that is must not share its address with another.
    previousEnd = at + (sizes[shape[i]!]! || 1);
  }
  return starts.slice(0, runs);
}

function runLengths(start: Uint32Array, count: number): Uint32Array {
  const length = newColumn(Uint32Array, start.length);
  for (let run = 0; run < length.length; run++) {
    length[run] = (run + 1 < length.length ? start[run + 1]! : count) - start[run]!;
  }
  return length;
}

/** Whether the runs, taken in this order, are in address order and do not overlap. */
function isSorted(
  columns: ObjectColumns,
  sizes: Uint32Array,
  start: Uint32Array,
  length: Uint32Array,
  order: Uint32Array,
): boolean {
  const { address } = columns;
  let end = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < order.length; k++) {
    const first = start[order[k]!]!;
    const last = first + length[order[k]!]! - 1;
    if (address[first]! < end) return false;
    end = address[last]! + slotSize(columns, sizes, last);
  }
  return true;
}

type Phantoms = Pick<
  ObjectRuns,
  "phantomObjects" | "phantomBytes" | "doubtfulPages" | "droppedSlots" | "droppedPointers"
>;

const NO_PHANTOMS: Phantoms = {
  phantomObjects: 0,
  phantomBytes: 0,
  doubtfulPages: 0,
  droppedSlots: 0,
  droppedPointers: 0,
};

/** Shortens the runs by the phantoms at their ends. */
function cutPhantoms(
  columns: ObjectColumns,
  sizes: Uint32Array,
  start: Uint32Array,
  length: Uint32Array,
  reserve: TailReserve,
): Phantoms {
  const { address, shape } = columns;
  const dropped = new Dropped(columns);
  let phantomObjects = 0;
  let phantomBytes = 0;
  let doubtfulPages = 0;
  for (let run = 0; run < start.length; run++) {
    const first = start[run]!;
    const slot = sizes[shape[first]!]!;
    if (slot > reserve.maxSize) continue;
    const live = liveSlots(columns, slot, first, length[run]!, reserve);
    const end = Math.floor(address[first]! / PAGE) * PAGE + live * slot;
    const after = first + length[run]!;
    let kept = after;
    while (kept > first && address[kept - 1]! >= end) kept--;
    if (after - kept !== Math.floor(PAGE / slot) - live) doubtfulPages++;
    for (let i = kept; i < after; i++) dropped.add(i);
    phantomObjects += after - kept;
    phantomBytes += (after - kept) * slot;
    length[run] = kept - first;
  }
  return {
    phantomObjects,
    phantomBytes,
    doubtfulPages,
    droppedSlots: dropped.slots,
    droppedPointers: dropped.pointers,
  };
}

/** Counts what goes with the objects that are left out. */
class Dropped {
  slots = 0;
  pointers = 0;
  readonly #columns: ObjectColumns;

  constructor(columns: ObjectColumns) {
    this.#columns = columns;
  }

  add(object: number): void {
    const { edgeStart, shape, shapes } = this.#columns;
    this.slots += shapes.pointerCount(shape[object]!);
    this.pointers += edgeStart[object + 1]! - edgeStart[object]!;
  }
}

function slotSize({ hugeSize, shape }: ObjectColumns, sizes: Uint32Array, object: number): number {
  return hugeSize.get(object) ?? (sizes[shape[object]!]! || 1);
}

/** Numbers of the runs, ordered by their first object's address. Linear unless the file is odd. */
function sortRuns(address: Float64Array, starts: Uint32Array): Uint32Array {
  const runs = starts.length;
  if (runs === 0) return new Uint32Array(0);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const at = address[starts[run]!]!;
    if (at < lowest) lowest = at;
    if (at > highest) highest = at;
  }
  const firstPage = Math.floor(lowest / PAGE);
  const pages = Math.floor(highest / PAGE) - firstPage + 1;
  if (pages <= 8 * runs + 4096) {
    const order = placeRuns(address, starts, firstPage, pages);
    if (order !== undefined) return order;
  }
  const granules = (highest - lowest) / 8 + 1;
  if (granules * runs < Number.MAX_SAFE_INTEGER) {
    // Address and number in one key: sorting numbers without a comparison function is an order of magnitude faster.
    const keys = new Float64Array(runs);
    for (let run = 0; run < runs; run++) {
      keys[run] = Math.floor((address[starts[run]!]! - lowest) / 8) * runs + run;
    }
    keys.sort();
    return Uint32Array.from(keys, (key) => key % runs);
  }
  return Uint32Array.from(starts, (_, run) => run).sort((a, b) => address[starts[a]!]! - address[starts[b]!]!);
}

/** A table from page to run, read in order; undefined if two runs begin on one page. */
function placeRuns(
  address: Float64Array,
  starts: Uint32Array,
  firstPage: number,
  pages: number,
): Uint32Array | undefined {
  const runOfPage = new Int32Array(pages).fill(-1);
  for (let run = 0; run < starts.length; run++) {
    const page = Math.floor(address[starts[run]!]! / PAGE) - firstPage;
    if (runOfPage[page] !== -1) return undefined;
    runOfPage[page] = run;
  }
  const order = new Uint32Array(starts.length);
  let count = 0;
  for (let page = 0; page < pages; page++) if (runOfPage[page] !== -1) order[count++] = runOfPage[page]!;
  return order;
}

/** The way for files that are not written span by span: every object is a run. */
function orderSingly(columns: ObjectColumns, sizes: Uint32Array): ObjectRuns {
  const { address, count } = columns;
  const numbers = newColumn(Uint32Array, count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  const dropped = new Dropped(columns);
  // Of several at one address the first in the dump wins.
  numbers.sort((a, b) => address[a]! - address[b]! || a - b);
  const start = toShared(Uint32Array.from(numbers, (_, i) => i));
  const length = newColumn(Uint32Array, count).fill(1);
  let kept = count;
  let end = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const object = numbers[k]!;
    if (address[object]! < end) {
      dropped.add(object);
      length[object] = 0;
      kept--;
      continue;
    }
    end = address[object]! + slotSize(columns, sizes, object);
  }
  return {
    count,
    start,
    length,
    order: numbers,
    objectCount: kept,
    phantomObjects: 0,
    phantomBytes: 0,
    doubtfulPages: 0,
    overlappingObjects: count - kept,
    droppedSlots: dropped.slots,
    droppedPointers: dropped.pointers,
  };
}

/**
 * The number of slots of a page that can be objects (nelems). Since Go 1.22 the writer walks all slots of the page but only those below
 * nelems can be real; the rest, always all present, lies over the allocator's own data.
 */
function liveSlots(columns: ObjectColumns, slot: number, first: number, length: number, reserve: TailReserve): number {
  const { address, shape, shapes } = columns;
  const marks = slot >= 16 ? reserve.marksSize : 0;
  const scanSlots = Math.floor((PAGE - reserve.bitmapSize - marks) / slot);
  const scanEnd = Math.floor(address[first]! / PAGE) * PAGE + scanSlots * slot;
  // Where nothing is below the tail, the span has no pointers: of those that have, the sweeper frees what has no object left, and
  // whoever gets a new one takes its first slot at once.
  let scan = false;
  for (let i = first; i < first + length && address[i]! < scanEnd && !scan; i++) {
    scan = shapes.pointerCount(shape[i]!) > 0;
  }
  return scan ? scanSlots : Math.floor((PAGE - marks) / slot);
}

/**
 * AddressIndex: address → object, interior addresses included, in constant time. A page holds slots of one size, so a
 * page table and one division find the slot; stack.md measured it 13 times faster than binary search. Pages that are not
 * so regular (no runtime makes them, a damaged file can) are searched.
 *
 * The table covers windows of the address space. How large a gap between objects a window may bridge depends on how much
 * table that costs, so that a file cannot make the table much larger than its objects justify.
 */
import { NO_OBJECT } from "./heap.ts";
import { PAGE_SIZE } from "./page-order.ts";

/** Gaps in pages that windows may bridge; the first whose table stays small is taken. */
const GAP_LIMITS = [1 << 16, 1 << 11, 1 << 6, 1] as const;

export interface IndexedObjects {
  readonly count: number;
  /** Ascending; slots do not overlap. */
  readonly address: Float64Array;
  readonly size: Uint32Array;
  readonly hugeSize: ReadonlyMap<number, number>;
}

export class AddressIndex {
  /** Per window: first address, address behind the last page, number of its first page in the table. */
  readonly windowStart: Float64Array;
  readonly windowEnd: Float64Array;
  readonly windowPage: Float64Array;

  /** Per page: address of the first slot that reaches into it, */
  readonly pageBase: Float64Array;
  /** distance of slots, or 0 where the page must be searched, */
  readonly pageSlotSize: Float64Array;
  /** number of slots from there, */
  readonly pageSlotCount: Int32Array;
  /** object in the first slot; on a page to be searched, the last object that begins before the page's end, */
  readonly pageFirst: Int32Array;
  /** and where the page's part of `slots` begins, or -1 if no slot is free. */
  readonly pageSlots: Int32Array;
  /** Objects of partly free pages by slot; NO_OBJECT where it is free. */
  readonly slots: Int32Array;

  readonly #objects: IndexedObjects;

  constructor(objects: IndexedObjects) {
    this.#objects = objects;
    const windows = planWindows(objects);
    this.windowStart = windows.start;
    this.windowEnd = windows.end;
    this.windowPage = windows.page;
    const { pageCount } = windows;
    this.pageBase = new Float64Array(pageCount);
    this.pageSlotSize = new Float64Array(pageCount);
    this.pageSlotCount = new Int32Array(pageCount);
    this.pageFirst = new Int32Array(pageCount);
    this.pageSlots = new Int32Array(pageCount).fill(-1);
    this.slots = this.#fillPages();
  }

  /** The object whose slot holds `address`, or NO_OBJECT. */
  find(address: number): number {
    const { windowStart } = this;
    let low = 0;
    let high = windowStart.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (windowStart[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    const window = low - 1;
    if (window < 0) return NO_OBJECT;
    if (address < this.windowEnd[window]!) return this.#findOnPage(address, window);
    // Behind the window's last page: a large object can reach further.
    const lastPage = this.windowPage[window]! + (this.windowEnd[window]! - this.windowStart[window]!) / PAGE_SIZE - 1;
    return this.#ifHolds(this.#lastObjectOf(lastPage), address);
  }

  #findOnPage(address: number, window: number): number {
    const page = this.windowPage[window]! + Math.floor((address - this.windowStart[window]!) / PAGE_SIZE);
    const slotSize = this.pageSlotSize[page]!;
    if (slotSize === 0) return this.#search(this.pageFirst[page]!, address);
    const distance = address - this.pageBase[page]!;
    if (distance < 0) return NO_OBJECT;
    const slot = Math.floor(distance / slotSize);
    if (slot >= this.pageSlotCount[page]!) return NO_OBJECT;
    const slots = this.pageSlots[page]!;
    return slots < 0 ? this.pageFirst[page]! + slot : this.slots[slots + slot]!;
  }

  /** Looks backwards from an object that does not begin behind the page. */
  #search(from: number, address: number): number {
    const { address: starts } = this.#objects;
    let object = from;
    while (object >= 0 && starts[object]! > address) object--;
    return object < 0 ? NO_OBJECT : this.#ifHolds(object, address);
  }

  #lastObjectOf(page: number): number {
    const slots = this.pageSlots[page]!;
    if (this.pageSlotSize[page] === 0) return this.pageFirst[page]!;
    const last = this.pageSlotCount[page]! - 1;
    return slots < 0 ? this.pageFirst[page]! + last : this.slots[slots + last]!;
  }

  #ifHolds(object: number, address: number): number {
    const start = this.#objects.address[object]!;
    return address >= start && address < start + this.#sizeOf(object) ? object : NO_OBJECT;
  }

  #sizeOf(object: number): number {
    return this.#objects.hugeSize.get(object) ?? this.#objects.size[object]!;
  }

  #fillPages(): Int32Array {
    const { count, address } = this.#objects;
    const { windowStart, windowEnd, windowPage, pageBase, pageSlotSize, pageSlotCount, pageFirst, pageSlots } = this;
    let slots = new Int32Array(1024);
    let slotEnd = 0;
    let object = 0;
    for (let window = 0; window < windowStart.length; window++) {
      const pages = (windowEnd[window]! - windowStart[window]!) / PAGE_SIZE;
      for (let p = 0; p < pages; p++) {
        const page = windowPage[window]! + p;
        const pageStart = windowStart[window]! + p * PAGE_SIZE;
        const pageEnd = pageStart + PAGE_SIZE;
        let first = object;
        while (object < count && address[object]! < pageEnd) object++;
        const last = object - 1;
        // The object before can reach into this page.
        if (first > 0 && address[first - 1]! + this.#sizeOf(first - 1) > pageStart) first--;
        pageFirst[page] = last;
        if (last < first) continue;
        const slotSize = this.#sizeOf(first);
        const base = address[first]!;
        if (!this.#isRegular(first, last, slotSize)) continue;
        const slotCount = Math.round((address[last]! - base) / slotSize) + 1;
        pageBase[page] = base;
        pageSlotSize[page] = slotSize;
        pageSlotCount[page] = slotCount;
        pageFirst[page] = first;
        if (slotCount === last - first + 1) continue;
        if (slotEnd + slotCount > slots.length) {
          const larger = new Int32Array(Math.max(slots.length * 2, slotEnd + slotCount));
          larger.set(slots);
          slots = larger;
        }
        slots.fill(NO_OBJECT, slotEnd, slotEnd + slotCount);
        for (let i = first; i <= last; i++) slots[slotEnd + (address[i]! - base) / slotSize] = i;
        pageSlots[page] = slotEnd;
        slotEnd += slotCount;
      }
    }
    return slots;
  }

  /** Whether objects first…last are of one size, multiples of it apart, and few enough for their slots. */
  #isRegular(first: number, last: number, slotSize: number): boolean {
    if (slotSize < 8) return false;
    const { address, size } = this.#objects;
    const base = address[first]!;
    for (let i = first + 1; i <= last; i++) {
      if (size[i] !== slotSize || (address[i]! - base) % slotSize !== 0) return false;
    }
    return true;
  }
}

interface Windows {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly page: Float64Array;
  readonly pageCount: number;
}

function planWindows({ count, address }: IndexedObjects): Windows {
  const totals = GAP_LIMITS.map(() => 0);
  let distinct = 0;
  let previous = Number.NaN;
  for (let i = 0; i < count; i++) {
    const page = Math.floor(address[i]! / PAGE_SIZE);
    if (page === previous) continue;
    distinct++;
    const gap = page - previous;
    for (let k = 0; k < GAP_LIMITS.length; k++) totals[k]! += gap <= GAP_LIMITS[k]! ? gap : 1;
    previous = page;
  }
  const chosen = totals.findIndex((total) => total <= 4 * distinct + 4096);
  const limit = GAP_LIMITS[chosen < 0 ? GAP_LIMITS.length - 1 : chosen]!;

  const start: number[] = [];
  const end: number[] = [];
  const pages: number[] = [];
  let pageCount = 0;
  previous = Number.NaN;
  for (let i = 0; i < count; i++) {
    const page = Math.floor(address[i]! / PAGE_SIZE);
    if (page === previous) continue;
    if (page - previous <= limit) {
      pageCount += page - previous;
    } else {
      if (start.length > 0) end.push((previous + 1) * PAGE_SIZE);
      start.push(page * PAGE_SIZE);
      pages.push(pageCount);
      pageCount++;
    }
    previous = page;
  }
  if (start.length > 0) end.push((previous + 1) * PAGE_SIZE);
  return { start: Float64Array.from(start), end: Float64Array.from(end), page: Float64Array.from(pages), pageCount };
}

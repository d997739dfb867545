/**
 * AddressIndex: address → object, interior addresses included, in constant time. A page holds slots of one size, so a
 * page's entry and one division find the slot, and the slot's rank among the used ones is the object. Pages that are not
 * so regular (no runtime makes them, a damaged file can) are searched.
 *
 * What a look-up touches is kept small, because it waits for memory and for little else: 16 bytes a page and a bit a slot
 * with 8 bytes for every 32 slots.
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

// Constants of other files, and exported ones, are loaded wherever they are used; these become part of the machine code.
const NONE = NO_OBJECT;
const PAGE = PAGE_SIZE;

/** The most addresses that `locate` takes at a time; what is known of them stays in the processor's cache. */
export const LOCATE_BATCH = 2048;

/** Elements of `pages` for each page. */
const PAGE_STRIDE = 4;
/** First slot that reaches into the page: bytes from the page's start, 0 or less where it begins before. */
const PAGE_BASE = 0;
/** Distance of slots in bytes, or 0 where the page must be searched. */
const PAGE_SLOT_SIZE = 1;
/** Slots from the first to the last used one. */
const PAGE_SLOT_COUNT = 2;
/** Where the page's part of `ranks` begins; on a page to be searched, the last object that begins before its end. */
const PAGE_RANKS = 3;

export class AddressIndex {
  readonly #objects: IndexedObjects;
  /** Per window: first address, address behind the last page, number of its first page. */
  readonly #windowStart: Float64Array;
  readonly #windowEnd: Float64Array;
  readonly #windowPage: Float64Array;
  readonly #largestWindow: number;
  /** PAGE_STRIDE elements a page; at the end an empty one for all addresses out of the largest window. */
  readonly #pages: Int32Array;
  /** Two elements for every 32 slots of a page: which are used, and the object in the first used one. */
  readonly #ranks: Int32Array;
  /** Of the addresses that `locate` looks up: where in `pages` their page is, and their distance from its beginning. */
  readonly #pageOf = new Int32Array(LOCATE_BATCH);
  readonly #inPage = new Int32Array(LOCATE_BATCH);

  constructor(objects: IndexedObjects) {
    this.#objects = objects;
    const used = usedPages(objects);
    const windows = planWindows(used.page);
    this.#windowStart = windows.start;
    this.#windowEnd = windows.end;
    this.#windowPage = windows.page;
    this.#largestWindow = largest(windows);
    this.#pages = new Int32Array((windows.pageCount + 1) * PAGE_STRIDE);
    this.#ranks = this.#fillPages(used);
  }

  /** Memory that the tables take. */
  get byteLength(): number {
    return this.#pages.byteLength + this.#ranks.byteLength;
  }

  /** The object whose slot holds `address`, or NO_OBJECT. */
  find(address: number): number {
    const windowStart = this.#windowStart;
    const pages = this.#pages;
    let low = 0;
    let high = windowStart.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (windowStart[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    const window = low - 1;
    if (window < 0) return NO_OBJECT;
    const last = this.#windowPage[window]! + (this.#windowEnd[window]! - windowStart[window]!) / PAGE_SIZE - 1;
    // Behind the window's last page: a large object can reach further.
    if (address >= this.#windowEnd[window]!) return this.#search(this.#lastObjectOf(last), address);
    const pageInWindow = Math.floor((address - windowStart[window]!) / PAGE_SIZE);
    const page = (this.#windowPage[window]! + pageInWindow) * PAGE_STRIDE;
    const slotSize = pages[page + PAGE_SLOT_SIZE]!;
    if (slotSize === 0) return this.#search(pages[page + PAGE_RANKS]!, address);
    const distance = address - windowStart[window]! - pageInWindow * PAGE_SIZE - pages[page + PAGE_BASE]!;
    const slot = Math.floor(distance / slotSize);
    if (slot < 0 || slot >= pages[page + PAGE_SLOT_COUNT]!) return NO_OBJECT;
    return objectInSlot(this.#ranks, pages[page + PAGE_RANKS]!, slot);
  }

  /**
   * Looks up many addresses at once, at most LOCATE_BATCH. That is quicker than one by one, because while one waits for
   * memory the next are under way, as long as nothing but loads and arithmetic is between them.
   * @param found object of each, or NO_OBJECT, at the same index as the address; can be the addresses' own memory
   * @param rest from index 0: the offset inside the object; where there is none, the address
   */
  locate(addresses: Float64Array, from: number, end: number, found: Int32Array, rest: Float64Array): void {
    this.#findPages(addresses, from, end);
    const pages = this.#pages;
    const ranks = this.#ranks;
    const pageOf = this.#pageOf;
    const inPage = this.#inPage;
    const count = end - from;
    // Addresses whose page is no help, from the front of `pageOf`.
    let others = 0;
    for (let i = 0; i < count; i++) {
      const page = pageOf[i]!;
      const slotSize = pages[page + PAGE_SLOT_SIZE]!;
      let object = NONE;
      let inside = addresses[from + i]!;
      if (slotSize === 0) {
        pageOf[others++] = i;
      } else {
        const distance = inPage[i]! - pages[page + PAGE_BASE]!;
        const slot = (distance / slotSize) | 0;
        if (distance >= 0 && slot < pages[page + PAGE_SLOT_COUNT]!) {
          object = objectInSlot(ranks, pages[page + PAGE_RANKS]!, slot);
          if (object >= 0) inside = distance - slot * slotSize;
        }
      }
      found[from + i] = object;
      rest[i] = inside;
    }
    for (let k = 0; k < others; k++) {
      const i = pageOf[k]!;
      const object = this.find(rest[i]!);
      if (object < 0) continue;
      found[from + i] = object;
      rest[i]! -= this.#objects.address[object]!;
    }
  }

  /** Finds the page and the distance from its beginning of each address; of those out of the largest window, the empty one. */
  #findPages(addresses: Float64Array, from: number, end: number): void {
    // Nearly all objects are in one window; the others go through `find`.
    const window = this.#largestWindow;
    const windowStart = this.#windowStart[window] ?? Number.POSITIVE_INFINITY;
    const windowEnd = this.#windowEnd[window] ?? Number.NEGATIVE_INFINITY;
    const windowPage = (this.#windowPage[window] ?? 0) | 0;
    const emptyPage = this.#pages.length - PAGE_STRIDE;
    const pageOf = this.#pageOf;
    const inPage = this.#inPage;
    const count = end - from;
    for (let i = 0; i < count; i++) {
      const address = addresses[from + i]!;
      let page = emptyPage;
      if (address >= windowStart && address < windowEnd) {
        const relative = address - windowStart;
        // Truncation to 32 bits all along: quick, and right, because pages are fewer.
        const pageInWindow = (relative / PAGE) | 0;
        page = (windowPage + pageInWindow) * PAGE_STRIDE;
        inPage[i] = relative - pageInWindow * PAGE;
      }
      pageOf[i] = page;
    }
  }

  /** Looks backwards from an object. */
  #search(from: number, address: number): number {
    const { address: starts, size, hugeSize } = this.#objects;
    let object = from;
    while (object >= 0 && starts[object]! > address) object--;
    if (object < 0) return NO_OBJECT;
    return address < starts[object]! + (hugeSize.get(object) ?? size[object]!) ? object : NO_OBJECT;
  }

  #lastObjectOf(page: number): number {
    const at = page * PAGE_STRIDE;
    const ranks = this.#pages[at + PAGE_RANKS]!;
    if (this.#pages[at + PAGE_SLOT_SIZE] === 0) return ranks;
    return objectInSlot(this.#ranks, ranks, this.#pages[at + PAGE_SLOT_COUNT]! - 1);
  }

  #fillPages(used: UsedPages): Int32Array {
    const { count, address, size } = this.#objects;
    const windowStart = this.#windowStart;
    const windowEnd = this.#windowEnd;
    const windowPage = this.#windowPage;
    const pages = this.#pages;
    let ranks = new Int32Array(1 << 14);
    let rankEnd = 0;
    let row = 0;
    for (let window = 0; window < windowStart.length; window++) {
      const firstPage = windowStart[window]! / PAGE_SIZE;
      const pageCount = (windowEnd[window]! - windowStart[window]!) / PAGE_SIZE;
      for (let p = 0; p < pageCount; p++) {
        const at = (windowPage[window]! + p) * PAGE_STRIDE;
        const isUsed = row < used.page.length && used.page[row] === firstPage + p;
        let first = row < used.page.length ? used.firstObject[row]! : count;
        if (isUsed) row++;
        const last = (row < used.page.length ? used.firstObject[row]! : count) - 1;
        pages[at + PAGE_RANKS] = last;
        // The object before can reach into this page.
        const pageStart = windowStart[window]! + p * PAGE_SIZE;
        if (
          first > 0 &&
          address[first - 1]! + (this.#objects.hugeSize.get(first - 1) ?? size[first - 1]!) > pageStart
        ) {
          first--;
        }
        if (last < first) continue;
        const slotSize = size[first]!;
        const base = address[first]!;
        if (base - pageStart < MIN_PAGE_BASE || !isRegular(this.#objects, first, last)) continue;
        const slotCount = (address[last]! - base) / slotSize + 1;
        const words = (slotCount + 31) >>> 5;
        if (rankEnd + 2 * words > ranks.length) {
          const larger = new Int32Array(Math.max(ranks.length * 2, rankEnd + 2 * words));
          larger.set(ranks);
          ranks = larger;
        }
        let object = first;
        for (let word = 0; word < words; word++) {
          const wordEnd = base + (word + 1) * 32 * slotSize;
          const wordStart = wordEnd - 32 * slotSize;
          let bits = 0;
          ranks[rankEnd + 2 * word + 1] = object;
          for (; object <= last && address[object]! < wordEnd; object++) {
            bits |= 1 << ((address[object]! - wordStart) / slotSize);
          }
          ranks[rankEnd + 2 * word] = bits;
        }
        pages[at + PAGE_BASE] = base - pageStart;
        pages[at + PAGE_SLOT_SIZE] = slotSize;
        pages[at + PAGE_SLOT_COUNT] = slotCount;
        pages[at + PAGE_RANKS] = rankEnd;
        rankEnd += 2 * words;
      }
    }
    return ranks;
  }
}

/** A slot can begin so far before a page and still be found by the page's entry; larger objects are searched. */
const MIN_PAGE_BASE = -(2 ** 31);
const MAX_SLOT_SIZE = 2 ** 31 - 1;

/**
 * The object in a slot, or NO_OBJECT if the slot is free.
 * @param page the page's PAGE_RANKS
 */
function objectInSlot(ranks: Int32Array, page: number, slot: number): number {
  const at = page + ((slot >>> 5) << 1);
  const bits = ranks[at]!;
  const bit = 1 << (slot & 31);
  if ((bits & bit) === 0) return NONE;
  // Population count of the used slots below, after Hacker's Delight, figure 5-2.
  let below = bits & (bit - 1);
  below -= (below >>> 1) & 0x5555_5555;
  below = (below & 0x3333_3333) + ((below >>> 2) & 0x3333_3333);
  below = (below + (below >>> 4)) & 0x0f0f_0f0f;
  return ranks[at + 1]! + (Math.imul(below, 0x0101_0101) >>> 24);
}

/** Whether objects first…last are of one size and multiples of it apart. */
function isRegular({ address, size }: IndexedObjects, first: number, last: number): boolean {
  const slotSize = size[first]!;
  let previous = address[first]!;
  if (slotSize < 8 || slotSize > MAX_SLOT_SIZE) return false;
  for (let i = first + 1; i <= last; i++) {
    const distance = address[i]! - previous;
    previous = address[i]!;
    // Mostly neighbours, which saves the division.
    if (size[i] !== slotSize || (distance !== slotSize && distance % slotSize !== 0)) return false;
  }
  return true;
}

/** Pages in which objects begin, ascending, and the first such object of each. */
interface UsedPages {
  readonly page: Float64Array;
  readonly firstObject: Int32Array;
}

function usedPages({ count, address }: IndexedObjects): UsedPages {
  let page = new Float64Array(1024);
  let firstObject = new Int32Array(1024);
  let pages = 0;
  let pageEnd = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const at = address[i]!;
    if (at < pageEnd) continue;
    if (pages === page.length) {
      const morePages = new Float64Array(pages * 2);
      morePages.set(page);
      page = morePages;
      const moreObjects = new Int32Array(pages * 2);
      moreObjects.set(firstObject);
      firstObject = moreObjects;
    }
    page[pages] = Math.floor(at / PAGE_SIZE);
    firstObject[pages] = i;
    pageEnd = (page[pages]! + 1) * PAGE_SIZE;
    pages++;
  }
  return { page: page.subarray(0, pages), firstObject: firstObject.subarray(0, pages) };
}

interface Windows {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly page: Float64Array;
  readonly pageCount: number;
}

/** Number of the window with the most pages. */
function largest({ start, end }: Windows): number {
  let found = 0;
  for (let i = 1; i < start.length; i++) if (end[i]! - start[i]! > end[found]! - start[found]!) found = i;
  return found;
}

function planWindows(used: Float64Array): Windows {
  const totals = GAP_LIMITS.map((limit) => {
    let total = 0;
    for (let i = 0; i < used.length; i++) {
      const gap = i === 0 ? 1 : used[i]! - used[i - 1]!;
      total += gap <= limit ? gap : 1;
    }
    return total;
  });
  const chosen = totals.findIndex((total) => total <= 4 * used.length + 4096);
  const limit = GAP_LIMITS[chosen < 0 ? GAP_LIMITS.length - 1 : chosen]!;

  const start: number[] = [];
  const end: number[] = [];
  const page: number[] = [];
  let pageCount = 0;
  for (let i = 0; i < used.length; i++) {
    const gap = i === 0 ? Number.POSITIVE_INFINITY : used[i]! - used[i - 1]!;
    if (gap <= limit) {
      pageCount += gap;
      continue;
    }
    if (i > 0) end.push((used[i - 1]! + 1) * PAGE_SIZE);
    start.push(used[i]! * PAGE_SIZE);
    page.push(pageCount);
    pageCount++;
  }
  if (used.length > 0) end.push((used[used.length - 1]! + 1) * PAGE_SIZE);
  return { start: Float64Array.from(start), end: Float64Array.from(end), page: Float64Array.from(page), pageCount };
}

/**
 * PageSlots: which slots a page holds and which object is in each. Slots of one size make a grid over the page; a bit a
 * slot tells which are used, and the number of the object in the first used one of 32 tells the others'.
 */
import { newColumn } from "../../workers/current.ts";
import type { UsedPages, Windows } from "./address-windows.ts";
import { PAGE_SIZE } from "./page-order.ts";

export interface IndexedObjects {
  readonly count: number;
  /** Ascending; slots do not overlap. */
  readonly address: Float64Array;
  readonly size: Uint32Array;
  readonly hugeSize: ReadonlyMap<number, number>;
}

/** Elements of `pages` for each page. */
export const PAGE_STRIDE = 2;
/**
 * Where the grid begins, bytes from the page's start, at most 0: no address is in front of the first slot. On a page
 * without a grid, the last object that begins before its end.
 */
export const PAGE_BASE = 0;
/** The slots' kind in the lowest bits, 0 on a page without a grid; above them the page's first pair in `ranks`. */
export const PAGE_SLOTS = 1;
export const KIND_BITS = 8;

/** A page that is part of one object has a slot that goes on beyond it. */
const WHOLE_PAGE = 1;
const WHOLE_PAGE_SIZE = 2 ** 31 - 1;

/** The runtime has some 70 slot sizes. In a file with more, pages of the sizes met last are searched, … */
const MAX_KINDS = 1 << KIND_BITS;
/** … and so are pages behind the first 2^29 slots. */
const MAX_PAIRS = 2 ** (32 - KIND_BITS);

// An exported constant is loaded wherever it is used; this one becomes part of the machine code.
const PAGE = PAGE_SIZE;

export class PageSlots {
  /** PAGE_STRIDE elements a page. */
  readonly pages: Int32Array;
  /** Two elements for every 32 slots of a page: which are used, and the object in the first used one. */
  ranks = newColumn(Int32Array, 1 << 14);
  /** Per kind: distance of the slots in bytes, … */
  readonly size = new Int32Array(MAX_KINDS);
  /** … and its inverse: `(distance + 0.5) * inverse` has the slot's number before the point, without a division. */
  readonly inverse = new Float64Array(MAX_KINDS);

  readonly #objects: IndexedObjects;
  /** Number of each size that has one. */
  readonly #kinds = new Map<number, number>();
  #pairs = 0;

  /** Linear in objects and pages. */
  constructor(objects: IndexedObjects, used: UsedPages, windows: Windows) {
    this.#objects = objects;
    this.pages = newColumn(Int32Array, windows.pageCount * PAGE_STRIDE);
    this.size[WHOLE_PAGE] = WHOLE_PAGE_SIZE;
    this.inverse[WHOLE_PAGE] = 1 / WHOLE_PAGE_SIZE;
    this.#kinds.set(WHOLE_PAGE_SIZE, WHOLE_PAGE);
    this.#fill(used, windows);
  }

  #fill(used: UsedPages, windows: Windows): void {
    const { count, address } = this.#objects;
    let row = 0;
    for (let window = 0; window < windows.start.length; window++) {
      const firstPage = windows.start[window]! / PAGE;
      const pageCount = (windows.end[window]! - windows.start[window]!) / PAGE;
      for (let p = 0; p < pageCount; p++) {
        const isUsed = row < used.page.length && used.page[row] === firstPage + p;
        let first = row < used.page.length ? used.firstObject[row]! : count;
        if (isUsed) row++;
        const last = (row < used.page.length ? used.firstObject[row]! : count) - 1;
        const start = windows.start[window]! + p * PAGE;
        // The object before can reach into this page.
        if (first > 0 && address[first - 1]! + this.#sizeOf(first - 1) > start) first--;
        const at = (windows.page[window]! + p) * PAGE_STRIDE;
        if (last < first || !this.#layGrid(at, start, first, last)) this.pages[at + PAGE_BASE] = last;
      }
    }
  }

  /** Lays the grid of objects first…last over their page; false if they keep to none. */
  #layGrid(at: number, start: number, first: number, last: number): boolean {
    const { address } = this.#objects;
    const before = address[first]! - start;
    const size = this.#sizeOf(first);
    const isWhole = first === last && before <= 0 && before + size >= PAGE;
    const slotSize = isWhole ? WHOLE_PAGE_SIZE : size;
    const kind = this.#kindOf(slotSize);
    const base = before <= 0 ? before : before - Math.ceil(before / slotSize) * slotSize;
    if (kind === 0) return false;
    const pairs = ((((PAGE - 1 - base) / slotSize) | 0) >>> 5) + 1;
    if (this.#pairs + pairs > MAX_PAIRS) return false;
    this.#reserve(pairs);
    if (isWhole) {
      this.ranks[this.#pairs * 2] = 1;
      this.ranks[this.#pairs * 2 + 1] = first;
    } else if (!this.#rank(start + base, slotSize, this.inverse[kind]!, pairs, first, last)) {
      return false;
    }
    // Fits: no window bridges so much of an object that its beginning were 2 GiB in front of the page.
    this.pages[at + PAGE_BASE] = base;
    this.pages[at + PAGE_SLOTS] = (this.#pairs << KIND_BITS) | kind;
    this.#pairs += pairs;
    return true;
  }

  /** Fills a page's part of `ranks`; false if an object is of another size or not in a slot. */
  #rank(base: number, slotSize: number, inverse: number, pairs: number, first: number, last: number): boolean {
    const { address, size } = this.#objects;
    const { ranks } = this;
    let at = this.#pairs * 2;
    const end = at + pairs * 2;
    let slotEnd = 32;
    let bits = 0;
    ranks[at + 1] = first;
    for (let object = first; object <= last; object++) {
      const distance = address[object]! - base;
      const slot = ((distance + 0.5) * inverse) | 0;
      if (size[object] !== slotSize || slot * slotSize !== distance) return false;
      while (slot >= slotEnd) {
        ranks[at] = bits;
        ranks[at + 3] = object;
        bits = 0;
        at += 2;
        slotEnd += 32;
      }
      bits |= 1 << slot;
    }
    ranks[at] = bits;
    for (at += 2; at < end; at += 2) ranks[at] = 0;
    return true;
  }

  #reserve(pairs: number): void {
    const needed = (this.#pairs + pairs) * 2;
    if (needed <= this.ranks.length) return;
    const larger = newColumn(Int32Array, Math.max(this.ranks.length * 2, needed));
    larger.set(this.ranks);
    this.ranks = larger;
  }

  /** Number of a slot size; 0 for one that no grid has, or when there are too many. */
  #kindOf(slotSize: number): number {
    const known = this.#kinds.get(slotSize);
    if (known !== undefined) return known;
    const kind = this.#kinds.size + 1;
    if (slotSize < 8 || slotSize > WHOLE_PAGE_SIZE || kind === MAX_KINDS) return 0;
    this.#kinds.set(slotSize, kind);
    this.size[kind] = slotSize;
    this.inverse[kind] = 1 / slotSize;
    return kind;
  }

  #sizeOf(object: number): number {
    return this.#objects.hugeSize.get(object) ?? this.#objects.size[object]!;
  }
}

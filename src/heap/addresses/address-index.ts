/**
 * AddressIndex: address → object, interior addresses included, in constant time. A page holds slots of one size, so a
 * page's entry and one multiplication find the slot, and the slot's rank among the used ones is the object. Pages that are
 * not so regular (no runtime makes them, a damaged file can) are searched.
 *
 * What a look-up touches is kept small, because it waits for memory: 8 bytes a page, and a bit a slot with 8 bytes for
 * every 32 slots.
 */
import { joinHalves } from "../../format/records/address.ts";
import { NO_OBJECT } from "../objects.ts";
import { largestWindow, listUsedPages, planWindows, type Windows } from "./address-windows.ts";
import { PAGE_SIZE } from "./page-order.ts";
import { type IndexedObjects, KIND_BITS, PAGE_BASE, PAGE_SLOTS, PAGE_STRIDE, PageSlots } from "./page-slots.ts";

// Constants of other files, and exported ones, are loaded wherever they are used; these become part of the machine code.
const NONE = NO_OBJECT;
const PAGE = PAGE_SIZE;
const PAGE_BITS = 13;
const TWO_32 = 2 ** 32;
const STRIDE = PAGE_STRIDE;
const BASE = PAGE_BASE;
const SLOTS = PAGE_SLOTS;
const SHIFT = KIND_BITS;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** While `locate` works: the page does not tell. */
const UNKNOWN = NO_OBJECT - 1;

/** The most addresses that `locate` takes at a time: few enough that it has been through before it is compiled. */
export const LOCATE_BATCH = 512;

/** In place of an offset inside an object: it takes more than 31 bits. */
export const FAR_INSIDE = -1;
const MAX_INSIDE = 2 ** 31 - 1;

/** Addresses of a batch of which `locate` has more to tell than fits in their place. Few are. */
export class OddAddresses {
  count = 0;
  /** Number of the address; ascending. */
  readonly number = new Uint32Array(LOCATE_BATCH);
  /** Where there is no object, the address; else the offset inside the object, which is FAR_INSIDE in its place. */
  readonly rest = new Float64Array(LOCATE_BATCH);
}

/** All that an address index is made of, as plain data, for whatever thread looks addresses up. */
export interface AddressTables {
  readonly objects: IndexedObjects;
  readonly windows: Windows;
  readonly slots: Pick<PageSlots, "pages" | "ranks" | "size" | "inverse">;
}

/** Makes the index of objects. Linear in objects and pages. */
export function indexAddresses({ count, address, size, hugeSize }: IndexedObjects): AddressIndex {
  const objects = { count, address, size, hugeSize };
  const used = listUsedPages(address, count);
  const windows = planWindows(used, count);
  const { pages, ranks, size: slotSize, inverse } = new PageSlots(objects, used, windows);
  return new AddressIndex({ objects, windows, slots: { pages, ranks, size: slotSize, inverse } });
}

export class AddressIndex {
  readonly tables: AddressTables;
  readonly #objects: IndexedObjects;
  readonly #windows: Windows;
  readonly #slots: AddressTables["slots"];
  /** Of the largest window: the number of its first page, below and above bit 32, … */
  readonly #firstPage: number;
  readonly #farBits: number;
  /** … its pages, up to the end of those with the same upper part, … */
  readonly #pageCount: number;
  /** … and where the first is among those of all windows. */
  readonly #firstRow: number;

  /** O(1). */
  constructor(tables: AddressTables) {
    this.tables = tables;
    this.#objects = tables.objects;
    this.#windows = tables.windows;
    this.#slots = tables.slots;
    const { start, end, page } = this.#windows;
    const window = largestWindow(this.#windows);
    const first = Math.floor((start[window] ?? 0) / PAGE);
    const count = Math.floor((end[window] ?? 0) / PAGE) - first;
    this.#firstPage = first | 0;
    this.#farBits = Math.floor(first / TWO_32);
    this.#pageCount = Math.min(count, TWO_32 - (first >>> 0)) | 0;
    this.#firstRow = (page[window] ?? 0) | 0;
  }

  /** Memory that the tables take. */
  get byteLength(): number {
    return this.#slots.pages.byteLength + this.#slots.ranks.byteLength;
  }

  /** The object whose slot holds `address`, or NO_OBJECT. */
  find(address: number): number {
    const { start, end, page, lastObject } = this.#windows;
    const window = countUpTo(start, start.length, address) - 1;
    if (window < 0) return NONE;
    // Behind the window's last page: a large object can reach further.
    if (address >= end[window]!) return this.#search(lastObject[window]!, address);
    const distance = address - start[window]!;
    const pageInWindow = Math.floor(distance / PAGE);
    const { pages, ranks, inverse } = this.#slots;
    const row = (page[window]! + pageInWindow) * STRIDE;
    const slots = pages[row + SLOTS]!;
    const kind = slots & KIND_MASK;
    if (kind === 0) return this.#search(pages[row + BASE]!, address);
    const slot = ((distance - pageInWindow * PAGE - pages[row + BASE]! + 0.5) * inverse[kind]!) | 0;
    return objectInSlot(ranks, slots, slot);
  }

  /**
   * Looks up many addresses at once, at most LOCATE_BATCH. That is quicker than one by one, because while one waits for
   * memory the next are under way, as long as nothing but loads and arithmetic is between them.
   * @param addresses two elements each, the lower and the upper half; from…end-1 are looked up. The object, or NO_OBJECT,
   *   takes the place of the lower half, the offset inside the object that of the upper one
   * @param odd told of those of which that does not tell all
   */
  locate(addresses: Int32Array, from: number, end: number, odd: OddAddresses): void {
    // Nearly all objects are in one window; the others go through `find`.
    const firstPage = this.#firstPage;
    const farBits = this.#farBits;
    const pageCount = this.#pageCount;
    const firstRow = this.#firstRow;
    const { pages, ranks, size, inverse } = this.#slots;
    const { number, rest } = odd;
    let count = 0;
    for (let i = from; i < end; i++) {
      const low = addresses[2 * i]!;
      const high = addresses[2 * i + 1]!;
      const page = (((high << (32 - PAGE_BITS)) | (low >>> PAGE_BITS)) - firstPage) | 0;
      let object = UNKNOWN;
      let inside = 0;
      if (page >>> 0 < pageCount && high >> PAGE_BITS === farBits) {
        const row = (page + firstRow) * STRIDE;
        const slots = pages[row + SLOTS]!;
        const kind = slots & KIND_MASK;
        if (kind !== 0) {
          const distance = (low & (PAGE - 1)) - pages[row + BASE]!;
          const slot = ((distance + 0.5) * inverse[kind]!) | 0;
          object = objectInSlot(ranks, slots, slot);
          inside = distance - slot * size[kind]!;
        }
      }
      addresses[2 * i] = object;
      addresses[2 * i + 1] = inside;
      if (object < 0) {
        number[count] = i;
        rest[count++] = joinHalves(low, high);
      }
    }
    odd.count = count;
    this.#findUnknown(addresses, odd);
  }

  /** Looks up one by one what the pages did not tell. */
  #findUnknown(addresses: Int32Array, odd: OddAddresses): void {
    const { number, rest } = odd;
    let count = 0;
    for (let k = 0; k < odd.count; k++) {
      const i = number[k]!;
      const address = rest[k]!;
      const object = addresses[2 * i] === UNKNOWN ? this.find(address) : NONE;
      const inside = object < 0 ? 0 : address - this.#objects.address[object]!;
      addresses[2 * i] = object;
      addresses[2 * i + 1] = inside <= MAX_INSIDE ? inside : FAR_INSIDE;
      if (object >= 0 && inside <= MAX_INSIDE) continue;
      number[count] = i;
      rest[count++] = object < 0 ? address : inside;
    }
    odd.count = count;
  }

  /** Looks for an address among the objects up to `last`. */
  #search(last: number, address: number): number {
    const { address: starts, size, hugeSize } = this.#objects;
    // Mostly in that one.
    if (last < 0 || starts[last]! > address) return bisectAddress(this.#objects, Math.max(0, last), address);
    return address < starts[last]! + (hugeSize.get(last) ?? size[last]!) ? last : NONE;
  }
}

/** The object among the first `count` whose slot holds `address`, or NO_OBJECT. O(log n). */
export function bisectAddress(
  { address: starts, size, hugeSize }: IndexedObjects,
  count: number,
  address: number,
): number {
  const object = countUpTo(starts, count, address) - 1;
  if (object < 0) return NONE;
  return address < starts[object]! + (hugeSize.get(object) ?? size[object]!) ? object : NONE;
}

/** How many of the first `count` numbers, which ascend, are not above `value`. */
function countUpTo(numbers: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The object in a slot, or NO_OBJECT if the slot is free.
 * @param slots the page's PAGE_SLOTS
 */
function objectInSlot(ranks: Int32Array, slots: number, slot: number): number {
  const at = ((slots >>> SHIFT) + (slot >>> 5)) * 2;
  const bits = ranks[at]!;
  const bit = 1 << slot;
  if ((bits & bit) === 0) return NONE;
  // Population count of the used slots below, after Hacker's Delight, figure 5-2.
  let below = bits & (bit - 1);
  below -= (below >>> 1) & 0x5555_5555;
  below = (below & 0x3333_3333) + ((below >>> 2) & 0x3333_3333);
  below = (below + (below >>> 4)) & 0x0f0f_0f0f;
  return ranks[at + 1]! + (Math.imul(below, 0x0101_0101) >>> 24);
}

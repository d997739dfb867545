/**
 * The windows of the address space that the address index covers: stretches of pages without large gaps. How large a gap
 * a window may bridge depends on how much table that costs, so that a file cannot make the table much larger than its
 * objects justify.
 */
import { PAGE_SIZE } from "./page-order.ts";

/** Gaps in pages that windows may bridge; the first whose table stays small is taken. */
const GAP_LIMITS = [1 << 16, 1 << 11, 1 << 6, 1] as const;

/** Pages in which objects begin, ascending, and the first such object of each. */
export interface UsedPages {
  readonly page: Float64Array;
  readonly firstObject: Int32Array;
}

/** Lists the pages in which objects begin. */
export function listUsedPages(address: Float64Array, count: number): UsedPages {
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

/** As columns, ascending. */
export interface Windows {
  /** First address. */
  readonly start: Float64Array;
  /** Address behind the last page. */
  readonly end: Float64Array;
  /** Number of the first page among those of all windows. */
  readonly page: Float64Array;
  /** Last object that begins in the window. */
  readonly lastObject: Int32Array;
  /** Pages of all windows. */
  readonly pageCount: number;
}

/** Number of the window with the most pages. */
export function largestWindow({ start, end }: Windows): number {
  let found = 0;
  for (let i = 1; i < start.length; i++) if (end[i]! - start[i]! > end[found]! - start[found]!) found = i;
  return found;
}

/** Chooses the windows for the used pages of `objectCount` objects. */
export function planWindows({ page: used, firstObject }: UsedPages, objectCount: number): Windows {
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
  const lastObject: number[] = [];
  let pageCount = 0;
  for (let i = 0; i < used.length; i++) {
    const gap = i === 0 ? Number.POSITIVE_INFINITY : used[i]! - used[i - 1]!;
    if (gap <= limit) {
      pageCount += gap;
      continue;
    }
    if (i > 0) {
      end.push((used[i - 1]! + 1) * PAGE_SIZE);
      lastObject.push(firstObject[i]! - 1);
    }
    start.push(used[i]! * PAGE_SIZE);
    page.push(pageCount);
    pageCount++;
  }
  if (used.length > 0) {
    end.push((used[used.length - 1]! + 1) * PAGE_SIZE);
    lastObject.push(objectCount - 1);
  }
  return {
    start: Float64Array.from(start),
    end: Float64Array.from(end),
    page: Float64Array.from(page),
    lastObject: Int32Array.from(lastObject),
    pageCount,
  };
}

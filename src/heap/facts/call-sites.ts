/**
 * Call sites of the allocation profile: which of a bucket's are shown, and which are the same. Two kinds are left out, as
 * runtime/pprof does: the runtime's own on the innermost side (mallocgc, newobject, growslice, …; kept if there is nothing
 * else) and runtime.goexit on the outermost.
 */
import type { MemoryProfile } from "./memory-profile.ts";

const RUNTIME_FUNCTION = /^(runtime\.|internal\/runtime\/)/;

/** A file of package runtime or below internal/runtime, with and without -trimpath; not runtime/debug and the like. */
const RUNTIME_FILE = /(^|\/src\/)(runtime\/|internal\/runtime\/.*)[^/]*\.(go|s)$/;

const GOROUTINE_EXIT = "runtime.goexit";

/** Distinct call sites; columns of length `count`. */
export interface CallSites {
  readonly count: number;
  /** Index into the profile's `names`. */
  readonly function: Int32Array;
  /** Index into the profile's `names`. */
  readonly file: Int32Array;
  /** From 1; 0 when unknown. */
  readonly line: Int32Array;
  /** Call site of each row of the profile's `siteFunction`. */
  readonly siteOfRow: Int32Array;
}

/** Rows of `siteFunction` that a profile shows: those of bucket b are start[b] … end[b]-1, innermost first. */
export interface ShownCallSites {
  /** Length buckets.count. */
  readonly start: Uint32Array;
  /** Length buckets.count. */
  readonly end: Uint32Array;
}

/** Gives equal call sites one index, in the order in which they first occur. O(call sites of all buckets). */
export function collectCallSites({ buckets, names }: MemoryProfile): CallSites {
  const rowCount = buckets.siteStart[buckets.count]!;
  const siteOfRow = new Int32Array(rowCount);
  const places = new Map<number, number>();
  const sites = new Map<number, number>();
  const firstRow: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const placeKey = buckets.siteFunction[row]! * names.length + buckets.siteFile[row]!;
    let place = places.get(placeKey);
    if (place === undefined) {
      place = places.size;
      places.set(placeKey, place);
    }
    const siteKey = place * 2 ** 31 + buckets.siteLine[row]!;
    let site = sites.get(siteKey);
    if (site === undefined) {
      site = sites.size;
      sites.set(siteKey, site);
      firstRow.push(row);
    }
    siteOfRow[row] = site;
  }
  return {
    count: firstRow.length,
    function: Int32Array.from(firstRow, (row) => buckets.siteFunction[row]!),
    file: Int32Array.from(firstRow, (row) => buckets.siteFile[row]!),
    line: Int32Array.from(firstRow, (row) => buckets.siteLine[row]!),
    siteOfRow,
  };
}

/** Whether a function is the runtime's own, which profiles leave out on the innermost side. */
export function isRuntimeFunction(name: string): boolean {
  return RUNTIME_FUNCTION.test(name);
}

/** Finds the call sites of each bucket that profiles show. O(call sites of all buckets). */
export function findShownCallSites(profile: MemoryProfile): ShownCallSites {
  const { buckets, names, namesInlined } = profile;
  const isExit = names.map((name) => name === GOROUTINE_EXIT);
  const isRuntimeName = names.map(isRuntimeFunction);
  // A function's own name tells all; that of the function it was inlined into does not, but then the file does. Such a
  // call comes right before another one in the same function, and code of the runtime's that other packages have as
  // theirs (internal/bytealg.MakeNoZero) does not.
  const isRuntimeFile = names.map((name) => namesInlined !== true && RUNTIME_FILE.test(name));
  const start = new Uint32Array(buckets.count);
  const end = new Uint32Array(buckets.count);
  const isRuntime = (row: number, last: number): boolean => {
    const name = buckets.siteFunction[row]!;
    if (isRuntimeName[name]) return true;
    return isRuntimeFile[buckets.siteFile[row]!]! && row + 1 < last && buckets.siteFunction[row + 1] === name;
  };
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    const first = buckets.siteStart[bucket]!;
    let last = buckets.siteStart[bucket + 1]!;
    let row = first + (buckets.hiddenSites?.[bucket] ?? 0);
    if (buckets.hiddenSites === undefined) while (row < last && isRuntime(row, last)) row++;
    if (row === last) row = first;
    while (row < last && isExit[buckets.siteFunction[last - 1]!]) last--;
    start[bucket] = row;
    end[bucket] = last;
  }
  return { start, end };
}

/**
 * The ledger of the process's memory: where the bytes are that the runtime obtained from the system, as its own statistics
 * say, with the objects of the dump. Memory that the runtime does not know of, such as C's, is in no row.
 */
import type { Histogram } from "../../analysis/histogram.ts";
import type { Heap } from "../../heap/heap.ts";

/** Bytes; the rows from `live` to `unexplained` add up to `sys`. */
export interface Ledger {
  /** Obtained from the system. */
  readonly sys: number;
  /** Objects that GC roots lead to, and those that none does. */
  readonly live: number;
  readonly garbage: number;
  /** Free slots in spans that are in use, and what size classes and the allocator leave between slots. */
  readonly freeSlots: number;
  /** Spans without objects that were not given back to the system, … */
  readonly idle: number;
  /** … and those that were: address space, but no memory. */
  readonly returned: number;
  /** Stacks of goroutines, and the system's own for threads. */
  readonly stacks: number;
  /** The runtime's own: spans, caches, the collector's, the profile's, others. */
  readonly runtime: number;
  /** What is in none of the rows above; below 0 if the rows are more than `sys`, as in a damaged dump. */
  readonly unexplained: number;
  /** Data and bss, which the system loads with the program: not part of `sys`. */
  readonly globals: number;
  /** The largest package variables that lead to objects, if they are known, largest first. */
  readonly largestGlobals: readonly { readonly name: string; readonly bytes: number }[];
}

/** Package variables that are named. */
const MOST_GLOBALS = 10;

/** Draws up the ledger; undefined if the dump ended before the runtime's statistics. O(variables). */
export function drawUpLedger(heap: Heap, { bytes, reachableBytes }: Histogram): Ledger | undefined {
  const { memStats: stats, segments, variables = [] } = heap;
  if (stats === undefined) return undefined;
  const live = sum(reachableBytes);
  const garbage = sum(bytes) - live;
  const freeSlots = Math.max(0, stats.HeapInuse - live - garbage);
  const returned = stats.HeapReleased;
  const idle = Math.max(0, stats.HeapIdle - returned);
  const stacks = stats.StackSys;
  const runtime = stats.MSpanSys + stats.MCacheSys + stats.BuckHashSys + stats.GCSys + stats.OtherSys;
  return {
    sys: stats.Sys,
    live,
    garbage,
    freeSlots,
    idle,
    returned,
    stacks,
    runtime,
    unexplained: stats.Sys - live - garbage - freeSlots - idle - returned - stacks - runtime,
    globals: segments.reduce((total, { size }) => total + size, 0),
    largestGlobals: [...variables]
      .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))
      .slice(0, MOST_GLOBALS)
      .map(({ name, size }) => ({ name, bytes: size })),
  };
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}

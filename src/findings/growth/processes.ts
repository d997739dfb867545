/**
 * Processes: whether two dumps are of one process, told by the dumps alone. The runtime remembers how long its last 256 garbage
 * collections stopped the program, to the nanosecond; those of the earlier dump recur in the later one. Where they no longer can,
 * because there were too many collections between, a goroutine that has waited all the while does: its wait began at one nanosecond.
 */
import type { MemStats } from "../../heap/facts/mem-stats.ts";

/** What of a dump tells of its process. */
export interface ProcessTraces {
  /** Undefined if the dump ended before it. */
  readonly memStats: MemStats | undefined;
  /** By the id of a goroutine: since when it waits, in the runtime's nanoseconds; those that do not wait are left out. */
  readonly waits: ReadonlyMap<number, number>;
}

export interface ProcessRelation {
  /** Null if the dumps do not tell. */
  readonly isOneProcess: boolean | null;
  /** Whether the dump that was given first was written last; null if the dumps do not tell. */
  readonly isReversed: boolean | null;
  /** How it is known, for people: "the pauses of 12 collections recur". */
  readonly how: string;
}

const RING = 256;
const MOST_COLLECTIONS = 2 ** 32 - 1;

/** Tells how two dumps are related, in the order in which they were given. O(256) and the goroutines. */
export function relateProcesses(first: ProcessTraces, second: ProcessTraces): ProcessRelation {
  const isReversed = isLater(first.memStats, second.memStats);
  const [earlier, later] = isReversed === true ? [second, first] : [first, second];
  const pauses = comparePauses(earlier.memStats, later.memStats);
  if (pauses !== undefined && pauses.compared > 0) {
    const isOneProcess = pauses.recurred === pauses.compared;
    const many = `${pauses.compared} garbage collection${pauses.compared === 1 ? "" : "s"}`;
    const how = isOneProcess ? `the pauses of ${many} recur` : "the pauses of its garbage collections do not recur";
    return { isOneProcess, isReversed, how };
  }
  const waiting = countEqual(earlier.waits, later.waits);
  if (waiting > 0) {
    const how = `${waiting} goroutine${waiting === 1 ? " has" : "s have"} waited since the same nanosecond`;
    return { isOneProcess: true, isReversed, how };
  }
  return { isOneProcess: null, isReversed, how: WHY_NOT_KNOWN };
}

const WHY_NOT_KNOWN =
  "no pause of a garbage collection and no waiting goroutine of the earlier dump can be looked for in the later one";

/** By the number of collections; where that is the same, by what was allocated; between processes by the clock. */
function isLater(first: MemStats | undefined, second: MemStats | undefined): boolean | null {
  if (first === undefined || second === undefined) return null;
  if (first.LastGC !== 0 && second.LastGC !== 0 && first.LastGC !== second.LastGC) return first.LastGC > second.LastGC;
  if (first.NumGC !== second.NumGC) return first.NumGC > second.NumGC;
  return first.Mallocs > second.Mallocs;
}

/**
 * Collections are numbered from 1; the one of number n is at (n + 255) % 256 of the ring. Pauses of 0 ns, as coarse clocks measure,
 * say nothing.
 */
function comparePauses(
  earlier: MemStats | undefined,
  later: MemStats | undefined,
): { compared: number; recurred: number } | undefined {
  if (earlier === undefined || later === undefined) return undefined;
  // The runtime counts in 32 bits; a file may say anything.
  if (earlier.NumGC > MOST_COLLECTIONS || later.NumGC > MOST_COLLECTIONS) return undefined;
  let compared = 0;
  let recurred = 0;
  const first = Math.max(1, earlier.NumGC - RING + 1, later.NumGC - RING + 1);
  const last = Math.min(earlier.NumGC, later.NumGC);
  for (let number = first; number <= last; number++) {
    const at = (number + RING - 1) % RING;
    const pause = earlier.PauseNs[at]!;
    if (pause === 0 && later.PauseNs[at] === 0) continue;
    compared++;
    if (later.PauseNs[at] === pause) recurred++;
  }
  return { compared, recurred };
}

function countEqual(earlier: ReadonlyMap<number, number>, later: ReadonlyMap<number, number>): number {
  let equal = 0;
  for (const [id, since] of earlier) if (later.get(id) === since) equal++;
  return equal;
}

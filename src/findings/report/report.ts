/**
 * Report: the answer to "what holds the memory", as plain data that JSON can hold. Everything that shows it renders this value, so
 * that all of them say the same. Texts come from the dump as they are: whoever shows them escapes and cuts them. Sizes are in bytes.
 */

import { beginOwnerTree, computeOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import { makeRoom } from "../../column-memory.ts";
import { type CleanupHoldings, findCleanups } from "../../heap/cleanups.ts";
import type { MemStats } from "../../heap/facts/mem-stats.ts";
import type { Heap } from "../../heap/heap.ts";
import { borrowing, memoise } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import { type DumpFacts, dumpFacts } from "../dump-facts.ts";
import type { Finding } from "../finding.ts";
import { findGroupWaits } from "../goroutines/group-waits.ts";
import { computeGoroutineGroups, type GoroutineGroup } from "../goroutines/groups.ts";
import { DEFAULT_RULE } from "../holders/accumulation.ts";
import type { Holder, Holders } from "../holders/holder.ts";
import { computeLargestHolders, findLargestHolders } from "../holders/largest-holders.ts";
import { computeFindings } from "../inspect.ts";
import { type Answer, findAnswers } from "./answers.ts";
import type { OwnerNodes } from "./owner-nodes.ts";
import { type GarbageRow, listGarbage, listTopTypes, type TypeRow } from "./top-types.ts";
import { listLargestOwners, type OwnerRow, sumTotals, type Totals } from "./totals.ts";

/** Goes up by one when a key changes its name, type or meaning; new keys do not change it. */
export const REPORT_SCHEMA_VERSION = 1;

/** The answer to "what holds the memory", as `computeReport` gives it: what `gohd report --all --json` prints. */
export interface Report {
  readonly schemaVersion: number;
  readonly dump: DumpFacts;
  readonly totals: Totals;
  /** Live bytes by what tells of them; they add up. */
  readonly accounted: {
    /** What the holders keep. */
    readonly holders: number;
    /** What goroutines own beside. */
    readonly goroutines: number;
    /** All else: owners that keep less than a holder has to. */
    readonly rest: number;
  };
  /** What cleanups hold, or may hold, of what no GC root leads to; null if there are none that hold much. */
  readonly cleanups: CleanupHoldings | null;
  /** What the garbage hangs on. */
  readonly garbage: readonly GarbageRow[];
  /** The process's memory by the runtime's own count; null if the dump ended before it. */
  readonly memory: ProcessMemory | null;
  /** The share of the live bytes that holders own at least, 0 … 1; what waste has to be worth to be an answer by itself. */
  readonly leastShare: number;
  /** What owns at least that, the largest first; empty where nothing stands out. */
  readonly holders: readonly Holder[];
  /** What is wrong with single fields, variables, types and goroutines, what is worth most first. */
  readonly findings: readonly Finding[];
  /** What stands out of all this, in the order in which to tell it. */
  readonly answers: readonly Answer[];
  /** The owners with most bytes, whatever their share. */
  readonly largestOwners: readonly OwnerRow[];
  readonly goroutines: {
    readonly count: number;
    /** Of these the runtime's own. */
    readonly system: number;
    readonly leaked: number;
    readonly groups: readonly GoroutineGroup[];
  };
  readonly types: readonly TypeRow[];
  /** The owner tree, folded; only in what `--to json` writes. */
  readonly ownerTree?: OwnerNodes;
}

/** runtime.MemStats, as far as it says where the process's memory is. */
export interface ProcessMemory {
  /** Obtained from the system. */
  readonly sys: number;
  readonly heapInuse: number;
  readonly heapIdle: number;
  readonly heapReleased: number;
  readonly stackInuse: number;
  /** The runtime's own: spans, caches, the collector's, the profile's and others. */
  readonly runtime: number;
}

/** Rows that a report has at most. */
const MOST_TYPES = 30;
const MOST_GROUPS = 50;
const MOST_OWNERS = 10;
const MOST_GARBAGE = 5;

/** Where there are so many objects, another thread grows the owner tree meanwhile: that saves seconds, and takes room beside all else. */
const LEAST_BESIDE = 1 << 24;

/** Makes the report of a heap; memoised per heap. Costs the owner tree and its children, containers and retainers. */
export const computeReport = memoise((heap: Heap, progress: Progress): Promise<Report> => {
  return makeReport(heap, () => computeLargestHolders(heap, progress), DEFAULT_RULE.leastShare, progress);
});

/**
 * The same with another least share of the live bytes from which on a holder or finding is an answer; not memoised.
 * @param leastShare 0 … 1
 */
export async function computeReportFrom(heap: Heap, leastShare: number, progress: Progress): Promise<Report> {
  if (leastShare === DEFAULT_RULE.leastShare) return computeReport(heap, progress);
  const findHolders = (): Promise<Holders> => findLargestHolders(heap, { ...DEFAULT_RULE, leastShare }, progress);
  return makeReport(heap, findHolders, leastShare, progress);
}

function makeReport(
  heap: Heap,
  findHolders: () => Promise<Holders>,
  leastShare: number,
  progress: Progress,
): Promise<Report> {
  // Nearly all that follows walks down the owner tree.
  return borrowing(computeOwnerChildren, heap, () => gatherReport(heap, findHolders, leastShare, progress));
}

async function gatherReport(
  heap: Heap,
  findHolders: () => Promise<Holders>,
  leastShare: number,
  progress: Progress,
): Promise<Report> {
  const isTyped = heap.types.layouts !== undefined;
  makeRoom();
  // Without types little is done beside it.
  if (!isTyped || heap.objects.count >= LEAST_BESIDE) beginOwnerTree(heap, progress);
  // Before the owner tree is asked for: it takes much room, and another thread may be at it.
  const findings = await computeFindings(heap, progress);
  const container = isTyped ? await computeContainers(heap, progress) : undefined;
  const { holders, liveBytes } = await findHolders();
  const totals = await sumTotals(heap, progress);
  // Right after the holders: all of these need the owner tree from above, which takes much room.
  const types = await listTopTypes(heap, MOST_TYPES, progress);
  const garbage = await listGarbage(heap, MOST_GARBAGE, progress);
  const goroutines = await computeGoroutineGroups(heap, progress);
  const { groups, groupOf } = goroutines;
  const shownCount = Math.min(groups.length, MOST_GROUPS);
  const waits = await findGroupWaits(heap, groupOf, shownCount, container, progress);
  const memory = heap.memStats === undefined ? null : sumProcess(heap.memStats, totals);
  const processBytes = memory === null ? leastProcess(totals, groups) : memory.sys - memory.heapReleased;
  const known = { holders, goroutines, groupCount: MOST_GROUPS, findings, container };
  const sources = { ...known, liveBytes, processBytes, leastShare };
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    dump: dumpFacts(heap),
    totals,
    accounted: account(totals, holders),
    cleanups: findCleanups(heap) ?? null,
    garbage,
    memory,
    leastShare,
    holders,
    findings,
    answers: await findAnswers(heap, sources, progress),
    largestOwners: await listLargestOwners(heap, MOST_OWNERS, progress),
    goroutines: {
      count: heap.goroutines.count,
      system: heap.goroutines.system.reduce((sum, each) => sum + each, 0),
      leaked: groups.reduce((sum, { leaked }) => sum + leaked, 0),
      groups: groups.slice(0, shownCount).map((group, row) => ({ ...group, waitsFor: waits[row]! })),
    },
    types,
  };
}

function account({ live, owned }: Totals, holders: readonly Holder[]): Report["accounted"] {
  const sum = (chosen: readonly Holder[]): number => chosen.reduce((bytes, holder) => bytes + holder.bytes, 0);
  const ofHolders = sum(holders);
  const goroutines = owned.goroutines - sum(holders.filter(({ owner }) => owner.kind === "goroutine"));
  return { holders: ofHolders, goroutines, rest: live.bytes - ofHolders - goroutines };
}

/** What the process takes at least, if the dump ended before the runtime's own count. */
function leastProcess({ live, garbage }: Totals, groups: readonly GoroutineGroup[]): number {
  return groups.reduce((sum, { stackBytes }) => sum + stackBytes, live.bytes + garbage.bytes);
}

/**
 * Null if the statistics are less than what is there, or a part of them more than all, as in a damaged dump: then no share of them
 * would mean anything.
 */
function sumProcess(stats: MemStats, { live, garbage }: Totals): ProcessMemory | null {
  const { MSpanSys, MCacheSys, GCSys, BuckHashSys, OtherSys, HeapInuse, HeapIdle, HeapReleased, StackInuse } = stats;
  const runtime = MSpanSys + MCacheSys + GCSys + BuckHashSys + OtherSys;
  const resident = stats.Sys - HeapReleased;
  if (HeapReleased > HeapIdle) return null;
  if (resident < Math.max(live.bytes + garbage.bytes, HeapInuse, HeapIdle - HeapReleased, StackInuse, runtime))
    return null;
  return {
    sys: stats.Sys,
    heapInuse: stats.HeapInuse,
    heapIdle: stats.HeapIdle,
    heapReleased: stats.HeapReleased,
    stackInuse: stats.StackInuse,
    runtime,
  };
}

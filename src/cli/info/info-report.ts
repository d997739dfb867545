/**
 * What `gohd info` tells, as a plain value: `--json` prints it as it is, `info-text.ts` renders it. Its keys are an
 * interface: scripts read them, so they are added to, not renamed. Sizes are in bytes; nothing is rounded.
 */
import { computeHistogram, type Histogram } from "../../analysis/histogram.ts";
import { drawUpLedger, type Ledger } from "../../findings/process/ledger.ts";
import type { MemStats } from "../../heap/facts/mem-stats.ts";
import type { Heap } from "../../heap/heap.ts";
import { ROOT_KIND_NAMES, RootKind } from "../../heap/roots/roots.ts";
import { listedTypeName, TypeKind } from "../../heap/types.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import type { ExecutableReport } from "../input/executable-input.ts";
import type { WarningGroup } from "../terminal/warning-log.ts";
import { knowledgeOf, listBlindSpots } from "./blind-spots.ts";
import { type FinalizerReport, listFinalizers, type MoreFinalizers } from "./info-finalizers.ts";
import { countGoroutines, type GoroutineReport } from "./info-goroutines.ts";
import type { HolderLine } from "./info-holders.ts";
import { countNamedRoots, type NamedRoots } from "./named-roots.ts";
import { countInferred, countTypeSources, type TypeSourceCount } from "./type-sources.ts";

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export interface InfoReport {
  readonly dump: {
    readonly name: string;
    /** Of the uncompressed dump. */
    readonly size: number;
    /** Has its end-of-file record: nothing is missing. */
    readonly complete: boolean;
    readonly trailingBytes: number;
    /** N of the header "go1.N heap dump". */
    readonly header: number;
    readonly goVersion: string;
    /** How the version is known. */
    readonly goVersionFrom: string;
    readonly experiments: readonly string[];
    readonly compiler: string;
    readonly arch: string;
    readonly pointerSize: number;
    readonly byteOrder: "little" | "big";
    readonly cpuCount: number;
    /** Hexadecimal, as the rest of the addresses. */
    readonly heapStart: string;
    readonly heapEnd: string;
  };
  /** The executable that told the types; null without `--exe`. */
  readonly executable: ExecutableReport | null;
  readonly objects: {
    /** All of the heap: live and unreachable ones. */
    readonly total: Amount;
    readonly live: Amount;
    readonly unreachable: Amount;
    /** Records that are no objects; left out of the total. */
    readonly phantom: Amount;
    readonly overlapping: number;
    readonly withFinalizer: number;
  };
  readonly pointers: {
    /** Words that may hold a pointer: nil ones, missing ones, and those that lead somewhere. */
    readonly slots: number;
    readonly nil: number;
    readonly toObjects: number;
    readonly toGlobals: number;
    readonly toStacks: number;
    readonly elsewhere: number;
    /** Of those to objects: into the middle of one. */
    readonly interior: number;
    /** In contents that the runtime did not write. */
    readonly missing: number;
  };
  readonly roots: {
    readonly count: number;
    readonly byKind: readonly { readonly kind: string; readonly count: number }[];
    /** How many of them a variable names; null without an executable. */
    readonly named: NamedRoots | null;
  };
  readonly goroutines: GoroutineReport;
  /** Functions that are to be called with objects that nothing refers to any more. */
  readonly finalizers: readonly FinalizerReport[];
  /** What that list leaves out, if there is more of it than anybody reads. */
  readonly moreFinalizers: MoreFinalizers;
  readonly memStats: MemStatsReport | null;
  /** What owns a tenth of the live bytes or more, without keys of maps; null without `--exe`, which tells names. */
  readonly holders: readonly HolderLine[] | null;
  /** Where the memory of the process is; null if the dump ended before the runtime's statistics. */
  readonly ledger: Ledger | null;
  readonly types: {
    /** Types and shapes that some object has. */
    readonly count: number;
    /** How the types of objects are known: "none" (size and pointer layout only), "exact", "propagated", "inferred". */
    readonly bySource: readonly TypeSourceCount[];
    readonly top: readonly TopType[];
  };
  readonly profile: { readonly buckets: number; readonly liveSamples: number };
  /** What a dump of this version does not hold, in words. */
  readonly cannotShow: readonly string[];
  readonly warnings: readonly WarningGroup[];
}

export interface TopType extends Amount {
  readonly name: string;
  /** The name, with what tells it apart in a list: of a slice's array from the slice's own words, for one. */
  readonly listedName: string;
  /**
   * "named" (a Go type), "string" (the bytes of strings), "internal" (the runtime's part of a map), "address" (a Go type
   * without its name), "shape" (no type: size and pointer layout).
   */
  readonly kind: string;
  /** Of its objects, those whose type is guessed from shape and contents. */
  readonly inferred: number;
  readonly live: Amount;
}

export interface MemStatsReport {
  readonly heapAlloc: number;
  readonly heapObjects: number;
  readonly heapInuse: number;
  readonly heapIdle: number;
  readonly heapReleased: number;
  readonly stackInuse: number;
  readonly sys: number;
  readonly nextGC: number;
  readonly numGC: number;
  /** ISO 8601; null if there was none. */
  readonly lastGC: string | null;
  readonly lastPauseNanos: number;
  readonly pauseTotalNanos: number;
  readonly totalAlloc: number;
  readonly mallocs: number;
  readonly frees: number;
}

const TOP_TYPES = 20;

export interface ReportContext {
  readonly warnings?: readonly WarningGroup[];
  /** The executable that the heap was typed from. */
  readonly executable?: ExecutableReport | undefined;
  readonly progress?: Progress;
}

/** Computes the report: three passes over the objects, a constant amount of memory beyond the histogram. */
export async function buildReport(heap: Heap, context: ReportContext = {}): Promise<InfoReport> {
  const { warnings = [], executable, progress = NO_PROGRESS } = context;
  const histogram = await computeHistogram(heap, progress);
  const { statistics } = heap;
  const finalizers = listFinalizers(heap);
  return {
    dump: describeDump(heap),
    executable: executable ?? null,
    objects: {
      ...countObjects(heap, histogram),
      phantom: { count: statistics.phantomObjects, bytes: statistics.phantomBytes },
      overlapping: statistics.overlappingObjects,
      withFinalizer: heap.roots.finalizedObjects.length,
    },
    pointers: {
      slots: statistics.pointerSlots,
      nil: statistics.nilPointers,
      toObjects: statistics.pointersToObjects,
      toGlobals: statistics.pointersToGlobals,
      toStacks: statistics.pointersToStacks,
      elsewhere: statistics.pointersElsewhere,
      interior: statistics.interiorPointers,
      missing: statistics.missingPointers,
    },
    roots: { ...countRoots(heap), named: executable === undefined ? null : countNamedRoots(heap) },
    goroutines: countGoroutines(heap.goroutines),
    finalizers: finalizers.listed,
    moreFinalizers: finalizers.more,
    memStats: heap.memStats === undefined ? null : describeMemStats(heap.memStats),
    // Loaded here because a heap without types needs none of it, which is as much as all the rest.
    holders: executable === undefined ? null : await (await import("./info-holders.ts")).listHolders(heap, progress),
    ledger: drawUpLedger(heap, histogram) ?? null,
    types: {
      count: histogram.objects.reduce((count, objects) => (objects > 0 ? count + 1 : count), 0),
      bySource: countTypeSources(heap),
      top: listTopTypes(heap, histogram),
    },
    profile: { buckets: heap.memoryProfile.buckets.count, liveSamples: heap.memoryProfile.samples.count },
    cannotShow: listBlindSpots(heap.dump, knowledgeOf(executable?.names.source)),
    warnings,
  };
}

/** Sums the histogram up: all objects, those that a GC root leads to, and the others. */
function countObjects(
  heap: Heap,
  histogram: Histogram,
): { readonly total: Amount; readonly live: Amount; readonly unreachable: Amount } {
  const total = { count: heap.objects.count, bytes: sum(histogram.bytes) };
  const live = { count: sum(histogram.reachableObjects), bytes: sum(histogram.reachableBytes) };
  return { total, live, unreachable: { count: total.count - live.count, bytes: total.bytes - live.bytes } };
}

function sum(column: Float64Array): number {
  let total = 0;
  for (let i = 0; i < column.length; i++) total += column[i]!;
  return total;
}

function describeDump({ dump, formatAddress }: Heap): InfoReport["dump"] {
  return {
    name: dump.name,
    size: dump.size,
    complete: dump.complete,
    trailingBytes: dump.trailingBytes,
    header: dump.header,
    goVersion: dump.go.text,
    goVersionFrom: dump.go.how,
    experiments: dump.go.experiments,
    compiler: dump.go.compiler,
    arch: dump.arch,
    pointerSize: dump.pointerSize,
    byteOrder: dump.bigEndian ? "big" : "little",
    cpuCount: dump.cpuCount,
    heapStart: formatAddress(dump.heapStart),
    heapEnd: formatAddress(dump.heapEnd),
  };
}

function countRoots({ roots, statistics }: Heap): Omit<InfoReport["roots"], "named"> {
  const byKind = ROOT_KIND_NAMES.map((kind, i) => ({ kind, count: statistics.rootsByKind[i] ?? 0 })).filter(
    ({ count }, i) => count > 0 && i !== RootKind.UNREACHABLE,
  );
  byKind.sort((a, b) => b.count - a.count);
  return { count: roots.count - (statistics.rootsByKind[RootKind.UNREACHABLE] ?? 0), byKind };
}

function describeMemStats(stats: MemStats): MemStatsReport {
  return {
    heapAlloc: stats.HeapAlloc,
    heapObjects: stats.HeapObjects,
    heapInuse: stats.HeapInuse,
    heapIdle: stats.HeapIdle,
    heapReleased: stats.HeapReleased,
    stackInuse: stats.StackInuse,
    sys: stats.Sys,
    nextGC: stats.NextGC,
    numGC: stats.NumGC,
    lastGC: toTime(stats.LastGC),
    lastPauseNanos: stats.NumGC === 0 ? 0 : (stats.PauseNs[(stats.NumGC + 255) % 256] ?? 0),
    pauseTotalNanos: stats.PauseTotalNs,
    totalAlloc: stats.TotalAlloc,
    mallocs: stats.Mallocs,
    frees: stats.Frees,
  };
}

/** Nanoseconds since 1970 as ISO 8601; null for 0 (never), and for what no clock says (a damaged dump). */
function toTime(nanos: number): string | null {
  const time = new Date(nanos / 1e6);
  return nanos === 0 || Number.isNaN(time.getTime()) ? null : time.toISOString();
}

const TYPE_KIND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TypeKind).map(([name, kind]) => [kind, name.toLowerCase()]),
);

function listTopTypes(heap: Heap, histogram: Histogram): readonly TopType[] {
  const { types } = heap;
  const inferred = countInferred(heap);
  return Array.from(histogram.byBytes.subarray(0, TOP_TYPES), (type) => ({
    name: types.names[type]!,
    listedName: listedTypeName(types, type),
    kind: TYPE_KIND_NAMES.get(types.kind[type]!) ?? "unknown",
    count: histogram.objects[type]!,
    bytes: histogram.bytes[type]!,
    inferred: inferred[type]!,
    live: { count: histogram.reachableObjects[type]!, bytes: histogram.reachableBytes[type]! },
  })).filter(({ count }) => count > 0);
}

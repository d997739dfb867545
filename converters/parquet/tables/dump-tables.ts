/** The tables with what is known of the dump as a whole: `dump`, `memstats`, `gc_pauses`. */
import { baseName, type Heap, type MemStats, objectSize, REACHABLE, RootKind, TypeSource } from "../../../src/index.ts";
import { addressColumn } from "./column.ts";
import { SCHEMA_VERSION, type Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

const text = (name: string, valueAt: (heap: Heap) => string) =>
  textColumn(
    name,
    ({ heap }) =>
      () =>
        valueAt(heap) || undefined,
  );
const count = (name: string, valueAt: (heap: Heap, totals: Totals) => number) =>
  numberColumn(name, "BIGINT", (source) => () => valueAt(source.heap, source.once(sumUp)));
const truth = (name: string, valueAt: (heap: Heap) => boolean) =>
  booleanColumn(
    name,
    ({ heap }) =>
      () =>
        valueAt(heap),
  );
const address = (name: string, valueAt: (heap: Heap) => number) =>
  addressColumn(name, ({ heap }) => (_from, _count, out) => {
    out[0] = valueAt(heap);
  });

export const dumpTable: Table = {
  name: "dump",
  rowCount: () => 1,
  columns: [
    count("schema_version", () => SCHEMA_VERSION),
    text("file", ({ dump }) => baseName(dump.name)),
    count("file_size", ({ dump }) => dump.size),
    truth("complete", ({ dump }) => dump.complete),
    count("header", ({ dump }) => dump.header),
    text("go_version", ({ dump }) => dump.go.text),
    text("go_version_from", ({ dump }) => dump.go.how),
    text("compiler", ({ dump }) => dump.go.compiler),
    text("experiments", ({ dump }) => dump.go.experiments.join(",")),
    text("arch", ({ dump }) => dump.arch),
    count("pointer_size", ({ dump }) => dump.pointerSize),
    truth("big_endian", ({ dump }) => dump.bigEndian),
    count("cpu_count", ({ dump }) => dump.cpuCount),
    address("heap_start", ({ dump }) => dump.heapStart),
    address("heap_end", ({ dump }) => dump.heapEnd),
    count("objects", ({ objects }) => objects.count),
    count("bytes", (_, totals) => totals.bytes),
    count("live_objects", (_, totals) => totals.liveObjects),
    count("live_bytes", (_, totals) => totals.liveBytes),
    count("edges", ({ edges }) => edges.count),
    count("roots", (_, totals) => totals.roots),
    truth("typed", ({ types }) => types.fields !== undefined),
    text("executable", ({ program }) => program ?? ""),
    count("typed_objects", (_, totals) => totals.typedObjects),
    count("typed_bytes", (_, totals) => totals.typedBytes),
    text("warnings", ({ dump }) => dump.warnings.map(({ code, message }) => `${code}: ${message}`).join("\n")),
  ],
};

interface Totals {
  readonly bytes: number;
  readonly liveObjects: number;
  readonly liveBytes: number;
  readonly typedObjects: number;
  readonly typedBytes: number;
  readonly roots: number;
}

function sumUp({ heap: { objects, roots } }: TableSource): Totals {
  const { flags, typeSource } = objects;
  const totals = { bytes: 0, liveObjects: 0, liveBytes: 0, typedObjects: 0, typedBytes: 0, roots: 0 };
  for (let row = 0; row < roots.count; row++) if (roots.kind[row] !== RootKind.UNREACHABLE) totals.roots++;
  for (let i = 0; i < objects.count; i++) {
    const size = objectSize(objects, i);
    totals.bytes += size;
    if ((flags[i]! & REACHABLE) !== 0) {
      totals.liveObjects++;
      totals.liveBytes += size;
    }
    if (typeSource[i] !== TypeSource.NONE) {
      totals.typedObjects++;
      totals.typedBytes += size;
    }
  }
  return totals;
}

/** Go's names, and the columns'. */
const MEMSTATS: readonly (readonly [keyof MemStats & Exclude<keyof MemStats, "PauseNs">, string])[] = [
  ["Alloc", "alloc"],
  ["TotalAlloc", "total_alloc"],
  ["Sys", "sys"],
  ["Lookups", "lookups"],
  ["Mallocs", "mallocs"],
  ["Frees", "frees"],
  ["HeapAlloc", "heap_alloc"],
  ["HeapSys", "heap_sys"],
  ["HeapIdle", "heap_idle"],
  ["HeapInuse", "heap_inuse"],
  ["HeapReleased", "heap_released"],
  ["HeapObjects", "heap_objects"],
  ["StackInuse", "stack_inuse"],
  ["StackSys", "stack_sys"],
  ["MSpanInuse", "mspan_inuse"],
  ["MSpanSys", "mspan_sys"],
  ["MCacheInuse", "mcache_inuse"],
  ["MCacheSys", "mcache_sys"],
  ["BuckHashSys", "buck_hash_sys"],
  ["GCSys", "gc_sys"],
  ["OtherSys", "other_sys"],
  ["NextGC", "next_gc"],
  ["LastGC", "last_gc"],
  ["PauseTotalNs", "pause_total_ns"],
  ["NumGC", "num_gc"],
];

export const memstatsTable: Table = {
  name: "memstats",
  rowCount: ({ heap }) => (heap.memStats === undefined ? 0 : 1),
  columns: MEMSTATS.map(([key, name]) =>
    numberColumn(
      name,
      "BIGINT",
      ({ heap }) =>
        () =>
          wholeNumber(heap.memStats![key]),
    ),
  ),
};

/** Pauses that the runtime remembers. */
const PAUSES = 256;

export const gcPausesTable: Table = {
  name: "gc_pauses",
  rowCount: ({ heap }) => Math.min(PAUSES, heap.memStats?.NumGC ?? 0),
  columns: [
    numberColumn(
      "gc",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          gcOf(heap.memStats!, row),
    ),
    numberColumn("pause_ns", "BIGINT", ({ heap: { memStats } }) => (row) => {
      return wholeNumber(memStats!.PauseNs[(gcOf(memStats!, row) + PAUSES - 1) % PAUSES]!);
    }),
  ],
};

/** Number of the collection, from 1, that row `row` is about: the oldest that is remembered comes first. */
function gcOf({ NumGC }: MemStats, row: number): number {
  return Math.max(0, NumGC - PAUSES) + 1 + row;
}

/** Damaged dumps can have anything here. */
function wholeNumber(value: number): number | undefined {
  return value >= 0 && value < 2 ** 64 ? Math.floor(value) : undefined;
}

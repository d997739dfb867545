/** Snapshots of typed heaps: what nodes and edges are called when the executable is known. */
import { beforeAll, describe, expect, test } from "vitest";
import { EdgeNames, LABEL_TYPE_BITS } from "../../../converters/heapsnapshot/edge-names.ts";
import heapsnapshot from "../../../converters/heapsnapshot/index.ts";
import { StringNames } from "../../../converters/heapsnapshot/string-names.ts";
import { StringTable } from "../../../converters/heapsnapshot/strings.ts";
import { type FieldNames, type Heap, TypeKind, TypeSource } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { readSnapshot, type Snapshot, type SnapshotNode } from "../../support/readers/snapshot-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof heapsnapshot.options>>[2];

/** With what maps are made of, unless something else is asked for. */
async function convert(heap: Heap, options: Options = {}): Promise<Snapshot> {
  return readSnapshot((await convertToBytes(heapsnapshot, heap, { internals: true, ...options })).bytes);
}

function named(snapshot: Snapshot, name: string): SnapshotNode[] {
  return snapshot.nodes.filter((node) => node.name === name);
}

/** A node's edges as "type name", in order. */
function edgesOf(node: SnapshotNode): string[] {
  return node.edges.map((edge) => `${edge.type} ${edge.name}`);
}

/** Follows edges by name. */
function follow(node: SnapshotNode, ...names: (string | number)[]): SnapshotNode {
  return names.reduce((at, name) => {
    const edge = at.edges.find((candidate) => candidate.name === name);
    if (edge === undefined) throw new Error(`${at.name} has no ${name}, but ${edgesOf(at).join(", ")}`);
    return edge.to;
  }, node);
}

describe("sessions, Go 1.27", () => {
  let heap: Heap;
  let snapshot: Snapshot;
  let store: SnapshotNode;
  beforeAll(async () => {
    heap = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    snapshot = await convert(heap);
    store = named(snapshot, "main.SessionStore")[0]!;
  });

  test("lists the leak by its type", () => {
    expect(named(snapshot, "main.Session").length).toBe(150);
    expect(named(snapshot, "main.User").length).toBe(150);
  });

  test("names fields", () => {
    const session = named(snapshot, "main.Session")[0]!;
    expect(edgesOf(session)).toEqual(
      expect.arrayContaining(["property Token", "property User", "property Attributes", "property History"]),
    );
    expect(follow(session, "User").name).toBe("main.User");
    expect(follow(session, "User", "Email").name).toMatch(/^visitor\d{4}@example\.org$/);
  });

  test("names elements by index, fields of elements by both", () => {
    const views = named(snapshot, "[]main.PageView").flatMap((node) => edgesOf(node));
    expect(views.length).toBeGreaterThan(100);
    expect(new Set(views)).toContain("property [1].Path");
    const heatmap = named(snapshot, "main.ClickHeatmap")[0]!;
    expect(edgesOf(heatmap).some((edge) => /^property Cells\[\d+\]$/.test(edge))).toBe(true);
    expect(new Set(edgesOf(follow(store, "onShutdown")).map((edge) => edge.split(" ")[0]))).toEqual(
      new Set(["element"]),
    );
  });

  test("shows the texts of strings, with the length that their headers tell", () => {
    const tokens = named(snapshot, "main.Session").map((session) => follow(session, "Token"));
    expect(new Set(tokens.map(({ type }) => type))).toEqual(new Set(["string"]));
    for (const { name } of tokens) expect(name).toMatch(/^token-\d{8}$/);
    expect(new Set(tokens.map(({ name }) => name)).size).toBe(150);
  });

  test("calls the entries of maps by their keys, constants of the program too", () => {
    const groups = named(snapshot, "[]map.group[string]*main.Session");
    const values = groups.flatMap((node) => node.edges.filter(({ to }) => to.name === "main.Session"));
    // Every tenth visitor is a member, and logs out.
    expect(values.length).toBe(135);
    for (const { type, name, to } of values) {
      expect(type).toBe("property");
      expect(name).toBe(`["${follow(to, "Token").name}"]`);
    }
    const keys = groups.flatMap((node) => node.edges.filter(({ to }) => to.type === "string"));
    for (const { name, to } of keys) expect(name).toBe(`key:"${to.name}"`);
    const attributes = follow(named(snapshot, "main.Session")[0]!, "Attributes", "dirPtr");
    expect(edgesOf(attributes)).toEqual(
      expect.arrayContaining(['property ["visits"]', 'property ["owner"]', 'property ["basket"]']),
    );
  });

  test("calls the runtime's own parts of maps after the map", () => {
    const directory = follow(store, "byToken", "dirPtr");
    expect(directory).toMatchObject({ type: "object", name: "map[string]*main.Session (directory)" });
    const table = follow(directory, 0);
    expect(table).toMatchObject({ type: "object", name: "map[string]*main.Session (table)" });
    expect(follow(table, "groups.data").name).toBe("[]map.group[string]*main.Session");
  });

  test("leaves contents out on request", async () => {
    const without = await convert(heap, { contents: false });
    const strings = without.nodes.filter(({ type }) => type === "string");
    expect(strings.length).toBe(snapshot.nodes.filter(({ type }) => type === "string").length);
    expect(new Set(strings.map(({ name }) => name))).toEqual(new Set(["(text left out)"]));
    expect(without.strings.filter((text) => /token-|visitor|example\.org|visits/.test(text))).toEqual([]);
    const groups = named(without, "[]map.group[string]*main.Session").flatMap((node) => node.edges);
    expect(groups.map(({ name }) => name)).toContain("[0].slots[0].elem");
    expect(follow(named(without, "main.Session")[0]!, "Token")).toMatchObject({ type: "string" });
  });

  test("cuts texts, and tells cut ones apart", async () => {
    const cut = await convert(heap, { "string-length": 5 });
    const names = named(cut, "main.Session").map((session) => follow(session, "Token").name);
    for (const name of names) expect(name).toMatch(/^token… \(14 B, [0-9a-f]{8}\)$/);
    expect(new Set(names).size).toBe(150);
  });

  test("has the nodes, sizes and edges of the untyped snapshot", async () => {
    const { fields: _, ...types } = heap.types;
    const untyped = await convert({ ...heap, types: { ...types, kind: types.kind.map(() => TypeKind.SHAPE) } });
    expect(snapshot.nodes.map(({ id, selfSize }) => [id, selfSize])).toEqual(
      untyped.nodes.map(({ id, selfSize }) => [id, selfSize]),
    );
    const shape = ({ nodes }: Snapshot) =>
      nodes.map(({ edges }) => edges.map(({ to, type }) => `${to.ordinal} ${type === "weak"}`).join());
    expect(shape(snapshot)).toEqual(shape(untyped));
  });
});

test("calls what roots hold by variables: workers, Go 1.24", async () => {
  const snapshot = await convert(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"));
  const service = snapshot.nodes.find(({ name }) => name === "main.service *main.Service")!;
  expect(service).toMatchObject({ type: "native", selfSize: 0 });
  expect(edgesOf(service)).toEqual(["internal value"]);
  const globals = snapshot.nodes.find(({ name }) => name === "(globals)")!;
  expect(globals.edges.find(({ to }) => to === service)).toMatchObject({ type: "internal", name: "var" });
  expect(follow(service, "value").name).toBe("main.Service");
  const download = snapshot.nodes.find(({ name }) => name.startsWith("main.(*Service).download main.go:"))!;
  expect(edgesOf(download)).toContain("property buffer");
  expect(follow(download, "buffer").name).toBe("main.DownloadBuffer");
  // The wrapper of the go statement is called after what it calls.
  const starts = snapshot.nodes.filter(({ name }) => name.startsWith("main.(*Service).refreshCatalogue main.go:"));
  expect(starts.flatMap(edgesOf)).toContain("property service (main.(*Service).refreshCatalogue)");
  // Words without a name keep their offset.
  expect(snapshot.nodes.flatMap(edgesOf).some((edge) => /^hidden \d+$/.test(edge))).toBe(true);
});

test("marks inferred types: dominators, Go 1.19, without debug information", async () => {
  const heap = await typedSample("dominators.1.19.amd64", "dominators.1.19.amd64", true);
  const snapshot = await convert(heap);
  const { objects, types } = heap;
  const first = snapshot.nodes.findIndex(({ selfSize }) => selfSize > 0);
  let inferred = 0;
  for (let object = 0; object < objects.count; object++) {
    const node = snapshot.nodes[first + object]!;
    if (node.type === "string") continue;
    const isInferred = objects.typeSource[object] === TypeSource.INFERRED;
    expect(node.name).toBe((isInferred ? "~" : "") + types.names[objects.type[object]!]);
    if (isInferred) inferred++;
  }
  expect(inferred).toBeGreaterThan(10);
  expect(named(snapshot, "~main.Vertex").length + named(snapshot, "main.Vertex").length).toBeGreaterThan(10);
});

test("names the fields of what is behind a malloc header, and of what is in the queue: Go 1.22, Go 1.24", async () => {
  for (const [name, type, fields] of [
    ["queue.1.22.amd64", "main.Job", ["Payload", "Outcome"]],
    ["workers.1.24.amd64", "func main.(*Service).removeTemporaryFile-fm", ["R"]],
    ["workers.1.24.amd64", "runtime.p", ["deferpool", "timers.heap"]],
  ] as const) {
    const snapshot = await convert(await typedSample(name, name));
    const edges = named(snapshot, type).flatMap(edgesOf);
    expect(edges, type).toEqual(expect.arrayContaining(fields.map((field) => `property ${field}`)));
    expect(edges.filter((edge) => edge.startsWith("hidden"))).toEqual([]);
  }
});

test.each([
  [
    "sessions-before.1.27.amd64",
    "sessions.1.27.amd64",
    "map[string]*main.Session",
    '["token-00000005"]',
    "main.Session",
  ],
  ["queue.1.22.amd64", "queue.1.22.amd64", "map[string][]uint8", undefined, "[]uint8"],
])("a map is one node that has its entries: %s", async (dump, executable, name, key, entry) => {
  const heap = await typedSample(dump, executable);
  const [merged, whole] = [await convert(heap, { internals: false }), await convert(heap)];
  const sizeOf = ({ nodes }: Snapshot): number => nodes.reduce((sum, { selfSize }) => sum + selfSize, 0);
  expect(sizeOf(merged)).toBe(sizeOf(whole));
  expect(merged.nodes.length).toBeLessThan(whole.nodes.length);
  const map = merged.nodes.find((node) => node.name === name)!;
  expect(map.selfSize).toBeGreaterThan(whole.nodes.find((node) => node.name === name)!.selfSize);
  const entries = map.edges.filter(({ to }) => to.name === entry);
  expect(entries.length).toBeGreaterThan(10);
  for (const { name: text } of entries) expect(text).toMatch(/^\["/);
  if (key !== undefined) expect(entries.map(({ name: text }) => text)).toContain(key);
  // Nothing is left of its parts.
  const parts = merged.nodes.filter((node) => /^(map\.(group|bucket)|\[\]map\.(group|bucket))\[/.test(node.name));
  expect(parts.length).toBeLessThan(5);
});

test("tells lengths and capacities as numbers, if they are asked for: queue, Go 1.22", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const [plain, shown] = [
    await convert(heap, { internals: false }),
    await convert(heap, { internals: false, lengths: true }),
  ];
  const sizeOf = ({ nodes }: Snapshot): number => nodes.reduce((sum, { selfSize }) => sum + selfSize, 0);
  expect(sizeOf(shown)).toBe(sizeOf(plain));
  expect(plain.nodes.some(({ type }) => type === "number")).toBe(false);
  const numbersOf = (name: string): Record<string, string>[] =>
    shown.nodes
      .filter((node) => node.name === name)
      .map(({ edges }) =>
        Object.fromEntries(edges.filter(({ to }) => to.type === "number").map(({ name: by, to }) => [by, to.name])),
      );
  expect(numbersOf("[]*main.Job")).toContainEqual({ length: "53", capacity: "600" });
  expect(numbersOf("map[string][]uint8")).toContainEqual({ entries: "16", slots: expect.any(String) });
  expect(new Set(shown.nodes.map(({ id }) => id)).size).toBe(shown.nodes.length);
});

test("calls the entries of buckets by their keys: queue, Go 1.22", async () => {
  const snapshot = await convert(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"));
  const buckets = snapshot.nodes.filter(({ name }) => /^~?(\[\])?map\.bucket\[string\]/.test(name));
  const keys = buckets.flatMap(({ edges }) => edges.filter(({ to }) => to.name.startsWith("document ")));
  expect(keys.length).toBeGreaterThan(10);
  for (const { name, to } of keys) expect(name).toBe(`key:"${to.name}"`);
});

describe("a drawn heap", () => {
  //   array[0…99] of {a, b} ─► leaf        words[0…99] ─► leaf      one ─► leaf      plain ─► leaf
  const drawn = drawHeap((s) => {
    const leaf = s.object({ type: "main.Leaf" });
    const array = s.object({ type: "[]main.Pair", size: 1600 });
    const words = s.object({ type: "[]*main.Leaf", size: 800 });
    const one = s.object({ type: "*main.Leaf", size: 8 });
    const plain = s.object({ type: "obj/32{pp}", size: 32 });
    const headed = s.object({ type: "main.Pair", size: 640, header: true });
    const garbage = s.object({ type: "main.Pair", size: 16 });
    for (let i = 0; i < 100; i++) {
      s.pointer(array, leaf, 16 * i);
      s.pointer(array, leaf, 16 * i + 8);
      s.pointer(words, leaf, 8 * i);
    }
    s.pointer(one, leaf);
    s.pointer(plain, leaf, 8);
    s.pointer(headed, leaf, 16);
    s.pointer(garbage, leaf, 8);
    for (const object of [array, words, one, plain, headed]) s.global(object);
  });
  const { names } = drawn.types;
  const fields: FieldNames = {
    stride: (type) => ({ "[]main.Pair": 16, "[]*main.Leaf": 8 })[names[type]!] ?? 0,
    name(type, offset) {
      if (names[type]!.endsWith("main.Pair")) return ["a", "b"][offset / 8];
      return names[type]!.startsWith("obj/") ? undefined : "";
    },
  };
  const heap: Heap = { ...drawn, types: { ...drawn.types, fields } };

  test("names the pointers of the first elements, numbers those of the others", async () => {
    const snapshot = await convert(heap);
    const pairs = edgesOf(named(snapshot, "[]main.Pair")[0]!);
    expect(pairs.slice(0, 4)).toEqual(["property [0].a", "property [0].b", "property [1].a", "property [1].b"]);
    expect(pairs.slice(126, 130)).toEqual(["property [63].a", "property [63].b", "element 64", "element 64"]);
    const words = edgesOf(named(snapshot, "[]*main.Leaf")[0]!);
    expect(words).toEqual(Array.from({ length: 100 }, (_, i) => `element ${i}`));
  });

  test("leaves pointers of unknown types to their offsets; counts no malloc header; names single words and garbage's", async () => {
    const snapshot = await convert(heap);
    expect(edgesOf(named(snapshot, "obj/32{pp}")[0]!)).toEqual(["hidden 8"]);
    expect(edgesOf(named(snapshot, "*main.Leaf")[0]!)).toEqual(["internal value"]);
    expect(named(snapshot, "main.Pair").map(edgesOf)).toEqual([["property b"], ["weak garbage b"]]);
  });

  test("takes names from contents as they are given, and fields where there are none", async () => {
    const entries = { has: (type: number) => names[type] === "[]main.Pair", name: nameOdd };
    function nameOdd(_: number, offset: number): string | undefined {
      return offset % 32 === 0 ? `["k\ud800${offset / 32}"]` : undefined;
    }
    const snapshot = await convert({ ...heap, types: { ...drawn.types, fields: { ...fields, entries } } });
    const pairs = edgesOf(named(snapshot, "[]main.Pair")[0]!);
    expect(pairs.slice(0, 5)).toEqual([
      'property ["k\ufffd0"]',
      "property [0].b",
      "property [1].a",
      "property [1].b",
      'property ["k\ufffd1"]',
    ]);
    expect(pairs.slice(130, 133)).toEqual(["element 65", "element 65", 'property ["k\ufffd33"]']);
  });
});

describe("too much to name", () => {
  test("leaves out texts that no longer fit the string table", () => {
    const strings = new StringTable();
    const texts = ["x".repeat(60), "ü".repeat(10), "left out", ""];
    const names = new StringNames(
      {
        read: (object) => ({ text: texts[object]!, length: Buffer.byteLength(texts[object]!), isCut: false }),
        lengthOf: (object) => texts[object]!.length,
        hash: () => 0,
      },
      256,
      strings,
      100,
    );
    expect(names.index(0)).toBe(names.index(0));
    expect([names.index(0), names.index(1), names.index(2), names.index(3)]).toEqual([0, 1, 2, 3]);
    expect(names.omittedCount).toBe(2);
    expect(strings.intern("(text left out, 8 to 15 bytes)")).toBe(2);
    expect(strings.intern("(text left out, 1 byte)")).toBe(3);
  });

  test("calls further map entries by their slots", () => {
    const heap = drawHeap((s) => s.global(s.object({ type: "map.group", size: 64 })));
    const fields: FieldNames = {
      stride: () => 0,
      name: (_, offset) => `slots[${offset / 8}]`,
      entries: { has: () => true, name: (_, offset) => `["${offset}"]` },
    };
    const strings = new StringTable();
    const names = new EdgeNames(heap, fields, strings, true, 2);
    const labels = [0, 8, 16, 24].map((offset) => names.find(0, offset));
    const expected = ['["0"]', '["8"]', "slots[2]", "slots[3]"].map((name) => strings.intern(name));
    expect(labels.map((label) => label >>> LABEL_TYPE_BITS)).toEqual(expected);
    expect(names.omittedCount).toBe(2);
  });
});

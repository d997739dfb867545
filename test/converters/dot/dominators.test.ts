/** `--to dot --graph dominators`: what is drawn is what the analyses say, and what is not drawn is said. */
import { describe, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import { computeRetainedSizes, type Heap, TypeKind, TypeSource } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { edgeTexts, nodeNamed, type ReadGraph, readDot } from "../../support/readers/dot-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof dot.options>>[2];

async function draw(heap: Heap, options: Options = {}): Promise<ReadGraph> {
  return readDot((await convertToBytes(dot, heap, { graph: "dominators", ...options })).bytes);
}

const EVERYTHING = { "min-retained": "0", "max-nodes": 1000 };

/** Per node, the retained sizes of the nodes that arrows lead to from it, and of what is said not to be drawn. */
function sumBelow({ nodes, edges }: ReadGraph): number[] {
  const sums = nodes.map(({ moreRetained }) => moreRetained);
  for (const { from, to } of edges) sums[from]! += nodes[to]!.retained!;
  return sums;
}

describe("a drawn heap", () => {
  //  data ─► cache ─► entry 1…3 ─► blob;  goroutine ─► buffer;  garbage
  const heap = drawHeap((s) => {
    const cache = s.object({ type: "main.Cache", size: 64 });
    s.global(cache);
    for (let i = 0; i < 3; i++) {
      const entry = s.object({ type: "main.Entry", size: 32 });
      s.pointer(cache, entry, 8 * i);
      s.pointer(entry, s.object({ type: "[]uint8", size: 1000 * (i + 1) }));
    }
    const buffer = s.object({ type: "bytes.Buffer", size: 200 });
    s.goroutine({ waitReason: "select", frames: [{ name: "main.work", slots: [[buffer, 8]] }, { name: "main.main" }] });
    s.object({ type: "main.Lost", size: 104 });
  });

  test("puts like objects together, each group with its figures", async () => {
    const graph = await draw(heap, EVERYTHING);
    expect(graph).toMatchObject({ objects: 9, bytes: 64 + 96 + 6000 + 200 + 104 });
    expect(nodeNamed(graph, "the heap")).toMatchObject({ objects: 9, retained: graph.bytes });
    expect(nodeNamed(graph, "main.Cache")).toMatchObject({ objects: 1, shallow: 64, retained: 6160 });
    expect(nodeNamed(graph, "main.Entry")).toMatchObject({ objects: 3, shallow: 96, retained: 6096 });
    expect(nodeNamed(graph, "main.Entry").label).toEqual(["main.Entry ×3", "5.95 KiB (94.3 %)", "96 B their own"]);
    expect(nodeNamed(graph, "[]uint8")).toMatchObject({ objects: 3, shallow: 6000, retained: 6000 });
    expect(edgeTexts(graph)).toEqual([
      "(globals) --> data segment at 0x500000",
      "(goroutine stacks) --> goroutine main.main [select]",
      "(unreachable) --> main.Lost",
      "data segment at 0x500000 -data+0x0-> main.Cache",
      "goroutine main.main [select] --> main.work",
      "main.Cache --> main.Entry",
      "main.Entry --> []uint8",
      "main.work -sp+0x8-> bytes.Buffer",
      "the heap --> (globals)",
      "the heap --> (goroutine stacks)",
      "the heap --> (unreachable)",
    ]);
  });

  test("tells roots, objects and garbage apart", async () => {
    const graph = await draw(heap, EVERYTHING);
    const looks = ["(globals)", "(goroutine stacks)", "(unreachable)", "main.Cache", "main.Lost"].map((name) => {
      const { shape, fill } = nodeNamed(graph, name);
      return `${shape} ${fill}`;
    });
    expect(new Set(looks).size).toBe(5);
    expect(nodeNamed(graph, "main.Lost").tooltip).toContain("unreachable: no GC root leads to it");
    expect(nodeNamed(graph, "main.Cache").tooltip.join()).not.toContain("unreachable");
    const channels = (name: string) => nodeNamed(graph, name).fill.match(/[0-9a-f]{2}/g)!;
    expect(new Set(channels("main.Lost")).size, "grey").toBe(1);
    expect(new Set(channels("main.Cache")).size, "coloured").toBeGreaterThan(1);
  });

  test("dashes what is inferred", async () => {
    const typeSource = heap.objects.typeSource.slice();
    typeSource[heap.types.names.indexOf("main.Cache")] = TypeSource.INFERRED;
    const graph = await draw({ ...heap, objects: { ...heap.objects, typeSource } }, EVERYTHING);
    expect(nodeNamed(graph, "main.Cache").style).toMatch(/rounded,dashed$/);
    expect(nodeNamed(graph, "main.Cache").label[0]).toBe("~main.Cache");
    expect(nodeNamed(graph, "main.Entry").style).toMatch(/rounded$/);
  });

  test("leaves out what retains less, and adds it up where that is enough", async () => {
    const graph = await draw(heap, { "min-retained": "150" });
    expect(graph.nodes.map(({ tooltip }) => tooltip[0])).not.toContain("main.Lost");
    expect(nodeNamed(graph, "bytes.Buffer").retained).toBe(200);
    const rest = await draw(heap, { "min-retained": "304", "max-nodes": 30 });
    // The goroutines' 200 and the garbage's 104 bytes.
    expect(nodeNamed(rest, "the heap")).toMatchObject({ more: 2, moreRetained: 304 });
    expect(nodeNamed(rest, "the heap").label.at(-1)).toBe("and 2 more: 304 B (4.7 %)");
    expect(nodeNamed(rest, "the heap").tooltip.at(-1)).toBe("not drawn below it: and 2 more: 304 B (4.7 %)");
    expect(rest.title.join()).toContain("nothing that retains less than 304 B");
  });

  test("stops at --depth", async () => {
    const graph = await draw(heap, { ...EVERYTHING, depth: 2 });
    expect(nodeNamed(graph, "data segment at 0x500000")).toMatchObject({ more: 1, moreRetained: 6160 });
    expect(graph.nodes.map(({ tooltip }) => tooltip[0])).not.toContain("main.Cache");
  });

  test("keeps to the focus, what is above it and what is below", async () => {
    const graph = await draw(heap, { ...EVERYTHING, focus: "Entr" });
    expect(edgeTexts(graph).filter((text) => !/ and \d+ more/.test(text))).toEqual([
      "(globals) --> data segment at 0x500000",
      "data segment at 0x500000 -data+0x0-> main.Cache",
      "main.Cache --> main.Entry",
      "main.Entry --> []uint8",
      "the heap --> (globals)",
    ]);
    expect(nodeNamed(graph, "main.Entry").fill).toBe("#fff2a8");
    expect(graph.title.join()).toContain("Focus: main.Entry.");
  });

  test("takes no address as focus", async () => {
    await expect(draw(heap, { focus: "0xc000010000" })).rejects.toThrow("cannot be an address");
  });
});

test("says on the box which roots hold what no single one does, and in the tooltip all of them", async () => {
  const heap = drawHeap((s) => {
    const app = s.object({ type: "main.App", size: 64 });
    s.pointer(app, s.object({ type: "main.Cache", size: 1024 }));
    for (const name of ["main.main", "main.janitor", "main.serve", "main.report", "main.watch"]) {
      s.goroutine({ waitReason: "sleep", frames: [{ name, slots: [[app, 8]] }] });
    }
  });
  const graph = await draw(heap, EVERYTHING);
  const app = nodeNamed(graph, "main.App");
  expect(app.label.slice(1, 3)).toEqual(["held by main.janitor, main.main, main.report,", "2 more"]);
  expect(app.tooltip).toContain("held by main.main");
  expect(app.tooltip).toContain("held by main.watch");
  expect(nodeNamed(graph, "main.Cache").tooltip.join()).not.toContain("held by");
});

test("tells the real limit where --max-nodes leaves no room", async () => {
  const heap = drawHeap((s) => {
    for (let i = 0; i < 10; i++) s.global(s.object({ type: `main.T${i}`, size: 1000 - i }), 8 * i);
  });
  const title = async (options: Options): Promise<string> => (await draw(heap, options)).title.join("\n");
  // The heap, globals, data, T0 … T3.
  const cut = await title({ "min-retained": "500", "max-nodes": 7 });
  expect(cut).toMatch(/Drawn: 7 of \d+ groups; --max-nodes 7 leaves out some that retain up to 996 B\./);
  expect(await title({ "min-retained": "500" })).toContain("nothing that retains less than 500 B.");
});

test("shows lists as chains", async () => {
  const heap = drawHeap((s) => {
    let previous = s.object({ type: "main.Node", size: 16 });
    s.global(previous);
    for (let i = 1; i < 50; i++) {
      const node = s.object({ type: "main.Node", size: 16 });
      s.pointer(previous, node);
      previous = node;
    }
  });
  const graph = await draw(heap, EVERYTHING);
  expect(nodeNamed(graph, "main.Node")).toMatchObject({ objects: 50, retained: 800 });
  expect(nodeNamed(graph, "main.Node").label).toContain("in chains of up to 50");
});

test("has siblings by size, and one column for what has nothing beside it", async () => {
  const heap = drawHeap((s) => {
    for (const [i, size] of [64, 4096, 512, 1024].entries()) {
      const owner = s.object({ type: `main.Owner${size}`, size: 16 });
      s.pointer(owner, s.object({ type: "[]uint8", size }));
      s.global(owner, 8 * i);
    }
  });
  const graph = await draw(heap, EVERYTHING);
  expect(graph.nodes.map(({ tooltip, isBelow }) => `${isBelow ? "↓ " : ""}${tooltip[0]}`)).toEqual([
    "the heap",
    "↓ (globals)",
    "↓ data segment at 0x500000",
    ...[4096, 1024, 512, 64].flatMap((size) => [`main.Owner${size}`, "↓ []uint8"]),
  ]);
  // Arrows come from the lowest of a column, and lead to the highest.
  const between = graph.edges.filter(({ isInColumn }) => !isInColumn);
  expect(between.map(({ from, to }) => `${from} ${to}`)).toEqual(["2 3", "2 5", "2 7", "2 9"]);
  expect(between.map(({ label }) => label)).toEqual(["data+0x8", "data+0x18", "data+0x10", "data+0x0"]);
});

test("is no wider than six columns, but for --depth and more nodes", async () => {
  const heap = drawHeap((s) => {
    let above = s.object({ type: "main.Level0", size: 64 });
    s.global(above);
    for (let level = 1; level < 20; level++) {
      const next = s.object({ type: `main.Level${level}`, size: 64 });
      s.pointer(above, next, 0);
      s.pointer(above, s.object({ type: `main.Leaf${level}`, size: 64 }), 8);
      above = next;
    }
  });
  const deepest = async (options: Options): Promise<number> => {
    const { nodes } = await draw(heap, { "min-retained": "0", ...options });
    return Math.max(...nodes.map(({ tooltip }) => Number(/^main\.Level(\d+)$/.exec(tooltip[0]!)?.[1] ?? 0)));
  };
  expect(await deepest({})).toBe(5);
  expect(await deepest({ depth: 99 })).toBe(19);
  expect(await deepest({ "max-nodes": 1000 })).toBe(19);
  const { title, nodes } = await draw(heap, { "min-retained": "0" });
  expect(title.join()).toMatch(/--max-nodes 50 leaves out some that retain up to/);
  expect(nodes.find(({ tooltip }) => tooltip[0] === "main.Level5")!.more).toBeGreaterThan(0);
});

test("puts any number of boxes into a column", async () => {
  const heap = drawHeap((s) => {
    let above = s.object({ type: "main.L0", size: 64 });
    s.global(above);
    for (let level = 1; level < 200; level++) {
      const next = s.object({ type: `main.L${level}`, size: 64 });
      s.pointer(above, next);
      above = next;
    }
  });
  const { nodes } = await draw(heap, EVERYTHING);
  expect(nodes.filter(({ isBelow }) => !isBelow)).toHaveLength(1);
  expect(nodes.slice(3).map(({ tooltip }) => tooltip[0])).toEqual(Array.from({ length: 200 }, (_, i) => `main.L${i}`));
});

describe.each([1, 2, 3, 4, 5])("a random heap (seed %i)", (seed) => {
  const heap = drawHeap((s) => drawRandomly(s, seed, 150));

  test("adds up, node by node", async () => {
    const graph = await draw(heap, EVERYTHING);
    const below = sumBelow(graph);
    for (const node of graph.nodes) expect(node.retained, node.tooltip[0]).toBe(node.shallow + below[node.index]!);
    const retained = await computeRetainedSizes(heap);
    expect(nodeNamed(graph, "the heap").retained).toBe(retained[heap.objects.count]);
    expect(graph.nodes.reduce((sum, node) => sum + (node.index === 0 ? 0 : node.objects), 0)).toBe(graph.objects);
  });

  test("has no more nodes than asked for, and is a tree", async () => {
    for (const most of [3, 4, 7, 20, 60]) {
      const graph = await draw(heap, { "min-retained": "0", "max-nodes": most });
      expect(graph.nodes.length).toBeLessThanOrEqual(most);
      expect(graph.nodes.length).toBeGreaterThan(most / 2);
      expect(graph.edges.map(({ to }) => to).sort((a, b) => a - b)).toEqual(graph.nodes.slice(1).map((n) => n.index));
      const below = sumBelow(graph);
      for (const node of graph.nodes) expect(node.retained, node.tooltip[0]).toBe(node.shallow + below[node.index]!);
    }
  });

  test("is the same every time", async () => {
    const again = drawHeap((s) => drawRandomly(s, seed, 150));
    expect((await convertToBytes(dot, again)).bytes).toEqual((await convertToBytes(dot, heap)).bytes);
  });
});

test("shows what leaks: sessions, Go 1.27", { timeout: 60_000 }, async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const graph = await draw(heap);
  expect(graph.nodes.length).toBeGreaterThan(25);
  expect(graph.nodes.length).toBeLessThanOrEqual(50);
  const sessions = graph.nodes.find(({ tooltip }) => tooltip[0] === "main.Session")!;
  expect(sessions.objects).toBeGreaterThan(400);
  // More than half of the heap.
  expect(sessions.retained! / graph.bytes).toBeGreaterThan(0.5);
  expect(edgeTexts(graph)).toContain("main.Session -Attributes-> map[string]interface {}");
  // The runtime's own parts of the map are passed over.
  expect(graph.nodes.map(({ tooltip }) => tooltip[0]).filter((name) => /directory|table/.test(name!))).toEqual([]);
});

describe("what is passed over", () => {
  //  main.Store ─► (directory) ─► two tables ─► the entries
  const drawMap = (shares: boolean): Heap => {
    const drawn = drawHeap((s) => {
      const store = s.object({ type: "main.Store", size: 48 });
      const directory = s.object({ type: "map (directory)", size: 16 });
      s.global(store);
      s.pointer(store, directory, 16);
      const tables = [0, 8].map((offset) => {
        const table = s.object({ type: "map (table)", size: 32 });
        s.pointer(directory, table, offset);
        return table;
      });
      const pods = s.object({ type: "main.Pod", size: 4096 });
      for (const table of shares ? tables : tables.slice(0, 1)) s.pointer(table, pods, 24);
    });
    const kind = Uint8Array.from(drawn.types.names, (name) =>
      name.endsWith(")") ? TypeKind.INTERNAL : TypeKind.NAMED,
    );
    const field = { "main.Store": "dirPtr", "map (directory)": "[]", "map (table)": "data" } as const;
    const name = (type: number) => field[drawn.types.names[type] as keyof typeof field];
    return { ...drawn, types: { ...drawn.types, kind, fields: { stride: () => 0, name } } };
  };

  test("is a path of fields on the arrow", async () => {
    expect(edgeTexts(await draw(drawMap(false), EVERYTHING))).toContain("main.Store -dirPtr.[].data-> main.Pod");
  });

  test("has no name where several ways lead through it: the first field alone does not point there", async () => {
    expect(edgeTexts(await draw(drawMap(true), EVERYTHING))).toContain("main.Store --> main.Pod");
  });
});

test("is readable without an executable", async () => {
  const graph = await draw(await sampleHeap("sessions-after.1.27.amd64"));
  expect(graph.nodes.length).toBeGreaterThan(10);
  expect(graph.nodes.length).toBeLessThanOrEqual(50);
  expect(graph.edges.length).toBe(graph.nodes.length - 1);
});

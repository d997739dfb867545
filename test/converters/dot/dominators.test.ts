/** `--to dot --graph dominators`: what is drawn is what the analyses say, and what is not drawn is said. */
import { describe, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import { computeRetainedSizes, type Heap, TypeSource } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { edgeTexts, nodeNamed, type ReadGraph, readDot } from "../../support/readers/dot-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof dot.options>>[2];

async function draw(heap: Heap, options: Options = {}): Promise<ReadGraph> {
  return readDot((await convertToBytes(dot, heap, options)).bytes);
}

const EVERYTHING = { "min-retained": "0", "max-nodes": 1000 };

/** Per node, the retained sizes of the nodes that arrows lead to from it. */
function sumBelow({ nodes, edges }: ReadGraph): number[] {
  const sums = nodes.map(() => 0);
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
    expect(nodeNamed(graph, "main.Cache")).toMatchObject({ style: "filled,rounded,dashed" });
    expect(nodeNamed(graph, "main.Cache").label[0]).toBe("~main.Cache");
    expect(nodeNamed(graph, "main.Entry").style).toBe("filled,rounded");
  });

  test("leaves out what retains less, and adds it up where that is enough", async () => {
    const graph = await draw(heap, { "min-retained": "150" });
    expect(graph.nodes.map(({ tooltip }) => tooltip[0])).not.toContain("main.Lost");
    expect(nodeNamed(graph, "bytes.Buffer").retained).toBe(200);
    const rest = await draw(heap, { "min-retained": "304", "max-nodes": 30 });
    // The goroutines' 200 and the garbage's 104 bytes.
    expect(nodeNamed(rest, "and 2 more")).toMatchObject({ shape: "plaintext", retained: 304 });
    expect(edgeTexts(rest)).toContain("the heap --> and 2 more");
    expect(rest.title.join()).toContain("nothing that retains less than 304 B");
  });

  test("stops at --depth", async () => {
    const graph = await draw(heap, { ...EVERYTHING, depth: 2 });
    expect(edgeTexts(graph)).toContain("data segment at 0x500000 --> and 1 more");
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
  // The heap, globals, data, T0 … T2 and what is left of the ten.
  const cut = await title({ "min-retained": "500", "max-nodes": 7 });
  expect(cut).toContain("Drawn: 6 of 19 groups; --max-nodes 7 leaves out some that retain up to 997 B.");
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
      for (const node of graph.nodes) {
        const isWhole = graph.edges.some(({ from }) => from === node.index);
        if (isWhole) expect(node.retained, node.tooltip[0]).toBe(node.shallow + below[node.index]!);
      }
    }
  });

  test("is the same every time", async () => {
    const again = drawHeap((s) => drawRandomly(s, seed, 150));
    expect((await convertToBytes(dot, again)).bytes).toEqual((await convertToBytes(dot, heap)).bytes);
  });
});

test("shows what leaks: sessions, Go 1.27", async () => {
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

test("is readable without an executable", async () => {
  const graph = await draw(await sampleHeap("sessions-after.1.27.amd64"));
  expect(graph.nodes.length).toBeGreaterThan(10);
  expect(graph.nodes.length).toBeLessThanOrEqual(50);
  expect(graph.edges.length).toBe(graph.nodes.length - 1);
});

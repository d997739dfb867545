/** `--to dot --graph types`: every figure is one of the analyses'. */
import { describe, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import {
  computeHistogram,
  computeTypeReferences,
  computeTypeRetainedSizes,
  type Heap,
  TypeKind,
} from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { edgeTexts, nodeNamed, type ReadGraph, readDot } from "../../support/readers/dot-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof dot.options>>[2];

async function draw(heap: Heap, options: Options = {}): Promise<ReadGraph> {
  return readDot((await convertToBytes(dot, heap, { graph: "types", ...options })).bytes);
}

const EVERYTHING = { "min-retained": "0", "max-nodes": 1000 };

describe("a drawn heap", () => {
  //  data ─► map ─► (directory) ─► (table) ─► group ═► value 0…3 ─► string,  value 0 ─► value 1
  const drawn = drawHeap((s) => {
    const map = s.object({ type: "map[int]*main.V", size: 48 });
    const directory = s.object({ type: "map[int]*main.V (directory)", size: 16 });
    const table = s.object({ type: "map[int]*main.V (table)", size: 32 });
    const group = s.object({ type: "map.group[int]*main.V", size: 128 });
    const text = s.object({ type: "string", size: 16 });
    s.global(map);
    s.pointer(map, directory);
    s.pointer(directory, table);
    s.pointer(table, group, 8);
    const values = [0, 1, 2, 3].map(() => s.object({ type: "main.V", size: 24 }));
    for (const [i, value] of values.entries()) {
      s.pointer(group, value, 16 * i);
      s.pointer(group, value, 16 * i + 8);
      s.pointer(value, text, 8);
    }
    s.pointer(values[0]!, values[1]!, 16);
  });
  const kind = Uint8Array.from(drawn.types.names, (name) => (name.endsWith(")") ? TypeKind.INTERNAL : TypeKind.NAMED));
  const heap = { ...drawn, types: { ...drawn.types, kind } };

  test("has a node for each type, and an arrow for each pair", async () => {
    const graph = await draw(heap, EVERYTHING);
    expect(edgeTexts(graph)).toEqual([
      "data segment at 0x500000 -  ×1\n  48 B-> map[int]*main.V",
      "main.V -  ×4\n  16 B-> string",
      "main.V --> main.V",
      // Through directory and table.
      "map.group[int]*main.V -  ×8\n  96 B-> main.V",
      "map[int]*main.V -  ×1\n  128 B-> map.group[int]*main.V",
    ]);
    expect(nodeNamed(graph, "main.V")).toMatchObject({ objects: 4, shallow: 96, retained: 96 });
    expect(nodeNamed(graph, "map[int]*main.V")).toMatchObject({ retained: graph.bytes });
  });

  test("draws what holds a type although it retains less", async () => {
    //  data ─► small ─► shared,  bss ─► shared: small retains only itself.
    const shared = drawHeap((s) => {
      const small = s.object({ type: "main.Small", size: 16 });
      const large = s.object({ type: "main.Large", size: 4096 });
      s.pointer(small, large);
      s.global(small);
      s.goroutine({ frames: [{ name: "main.f", slots: [[large, 0]] }] });
    });
    const graph = await draw(shared, { "min-retained": "50%" });
    expect(graph.nodes.map(({ tooltip }) => tooltip[0])).toContain("main.Large");
    expect(graph.nodes.length).toBeGreaterThan(1);
    expect((await draw(shared, { "min-retained": "50%", "max-nodes": 3 })).nodes.length).toBeLessThanOrEqual(3);
  });

  test("says that --focus means nothing here", async () => {
    const { warnings } = await convertToBytes(dot, heap, { graph: "types", focus: "main.V", direction: "owned" });
    expect(warnings).toEqual(["option-without-effect", "option-without-effect"]);
  });
});

describe.each([1, 2, 3])("a random heap (seed %i)", (seed) => {
  const heap = drawHeap((s) => drawRandomly(s, seed, 300));

  test("shows the analyses' figures", async () => {
    const graph = await draw(heap, EVERYTHING);
    const histogram = await computeHistogram(heap);
    const retained = await computeTypeRetainedSizes(heap);
    for (const [type, name] of heap.types.names.entries()) {
      expect(nodeNamed(graph, name)).toMatchObject({
        objects: histogram.objects[type],
        shallow: histogram.bytes[type],
        retained: retained[type],
      });
    }
    const references = await computeTypeReferences(heap);
    const known = new Set(
      Array.from({ length: references.count }, (_, row) => {
        const [from, to] = [references.from[row]!, references.to[row]!].map((type) => heap.types.names[type]);
        return `${from} ${to} ${references.references[row]} pointers to objects of ${references.bytes[row]} bytes`;
      }),
    );
    let arrows = 0;
    for (const { from, to, tooltip } of graph.edges) {
      const [source, target] = [from, to].map((index) => graph.nodes[index]!);
      if (source!.shape !== "box") continue;
      const text = tooltip.replaceAll(",", "").replace(/pointer /, "pointers ");
      expect(known).toContain(`${source!.tooltip[0]} ${target!.tooltip[0]} ${text}`);
      arrows++;
    }
    expect(arrows).toBeGreaterThan(20);
  });

  test("draws at most three arrows from types to a type and the strongest of each node, and no more nodes than asked for", async () => {
    for (const most of [3, 10, 25]) {
      const { nodes, edges } = await draw(heap, { "min-retained": "0", "max-nodes": most });
      expect(nodes.length).toBeLessThanOrEqual(most);
      expect(nodes.length).toBeGreaterThan(most / 2);
      for (const { index } of nodes) {
        const isType = (other: number): boolean => other !== index && nodes[other]!.shape === "box";
        // The strongest arrow from a node is there in any case.
        const strongest = (from: number): number =>
          Math.max(...edges.filter((edge) => edge.from === from && edge.to !== from).map(({ width }) => width));
        const arrows = edges.filter(({ from, to, width }) => to === index && isType(from) && width < strongest(from));
        expect(arrows.length).toBeLessThanOrEqual(3);
        if (most === 25 && !isType(index) && nodes[index]!.shape === "cds") {
          expect(
            edges.some(({ from }) => from === index),
            nodes[index]!.tooltip[0],
          ).toBe(true);
        }
      }
    }
  });
});

test("leaves no node without an arrow: what holds little by itself, goroutines, roots of small things", async () => {
  //  main.work ─► Holder ─► Bytes 0…9,  Table ─► Bytes 10,  data ─► Table, small 0…4
  const heap = drawHeap((s) => {
    const holders = ["A", "B", "C", "D", "E"].map((type) => s.object({ type, size: 512 }));
    for (const [i, holder] of holders.entries()) {
      s.pointer(holder, s.object({ type: "[]uint8", size: i === 0 ? 64 : 10_000 * i }));
      s.goroutine({ waitReason: "select", g: 0, frames: [{ name: `main.work${i}`, slots: [[holder, 8]] }] });
    }
    for (let i = 0; i < 5; i++) s.global(s.object({ type: `Small${i}`, size: 100 + i }), 8 * i);
  });
  const graph = await draw(heap, { "min-retained": "500" });
  const texts = edgeTexts(graph).map((text) => text.replaceAll(/-\s.*-> /gs, "-> "));
  // Only three arrows lead to bytes for their weight; A's and B's are their strongest.
  for (const type of "ABCDE") expect(texts).toContain(`${type} -> []uint8`);
  // The types of what data holds are all too small; the largest is drawn for it.
  expect(texts).toContain("data segment at 0x500000 -> Small4");
  for (const { index, tooltip } of graph.nodes) {
    expect(
      graph.edges.some(({ from, to }) => from === index || to === index),
      tooltip[0],
    ).toBe(true);
  }
});

test("shows a program's types: sessions, Go 1.27", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const graph = await draw(heap);
  expect(graph.nodes.length).toBeGreaterThan(10);
  expect(graph.nodes.length).toBeLessThanOrEqual(50);
  const texts = edgeTexts(graph).map((text) => text.replaceAll(/-\s.*-> /gs, "-> "));
  expect(texts).toContain("main.store -> main.SessionStore");
  expect(texts).toContain("main.SessionStore -> map[string]*main.Session");
  expect(texts).toContain("map[string]*main.Session -> []map.group[string]*main.Session");
  expect(nodeNamed(graph, "main.Session").objects).toBe(500);
});

/** `--to dot --graph references`: compared with a search in JavaScript's own objects, and looked at on samples. */
import { describe, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import { computeRetainedSizes, type FieldNames, type Heap, rootVertexName } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { edgeTexts, nodeNamed, type ReadGraph, readDot } from "../../support/readers/dot-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof dot.options>>[2];

async function draw(heap: Heap, options: Options): Promise<ReadGraph> {
  return readDot((await convertToBytes(dot, heap, { graph: "references", ...options })).bytes);
}

const names = ({ nodes }: ReadGraph): string[] => nodes.map(({ tooltip }) => tooltip[0]!).sort();

describe("a drawn heap", () => {
  //  data ─► store ─► list ─► session 0…9 ─► user ─► name,  worker ─► session 3,  garbage ─► user,  user ─► store
  const heap = drawHeap((s) => {
    const store = s.object({ type: "main.Store", size: 32 });
    const list = s.object({ type: "[]*main.Session", size: 80 });
    const user = s.object({ type: "main.User", size: 48 });
    const name = s.object({ type: "string", size: 16 });
    s.global(store, 8);
    s.pointer(store, list, 16);
    for (let i = 0; i < 10; i++) {
      const session = s.object({ type: "main.Session", size: 64 });
      s.pointer(list, session, 8 * i);
      s.pointer(session, user, 8);
      if (i === 3) s.goroutine({ waitReason: "select", frames: [{ name: "main.serve", slots: [[session, 24]] }] });
    }
    s.pointer(user, name);
    s.pointer(user, store, 8);
    s.pointer(s.object({ type: "main.Lost", size: 16 }), user);
  });

  test("is garbage only where no object of a node is reachable", async () => {
    const mixed = drawHeap((s) => {
      const target = s.object({ type: "main.Target", size: 16 });
      for (let i = 0; i < 6; i++) {
        const holder = s.object({ type: "main.Holder", size: 16 });
        s.pointer(holder, target);
        // The first, which is the node's example, is not reachable.
        if (i > 0) s.global(holder, 8 * i);
      }
    });
    const holder = nodeNamed(await draw(mixed, { focus: "main.Target" }), "main.Holder");
    expect(holder.objects).toBe(6);
    expect(holder.tooltip.join("\n")).not.toContain("unreachable");
  });

  test("shows what refers to a type, up to the roots", async () => {
    const graph = await draw(heap, { focus: "main.User" });
    expect(edgeTexts(graph)).toEqual(
      [
        "[]*main.Session --> main.Session",
        "data segment at 0x500000 --> main.Store",
        "main.Lost --> main.User",
        "main.Session --> main.User",
        "main.Store --> []*main.Session",
        "main.User --> main.Store",
        "main.serve --> main.Session",
        "(unreachable) --> main.Lost",
      ].sort(),
    );
    expect(nodeNamed(graph, "main.Session")).toMatchObject({ objects: 10, shallow: 640, retained: 640 });
    expect(nodeNamed(graph, "main.Store")).toMatchObject({
      objects: 1,
      shallow: 32,
      retained: 32 + 80 + 9 * 64,
    });
    const serve = nodeNamed(graph, "main.serve");
    expect(serve.tooltip).toContain("goroutine main.serve [select]");
    expect(serve.shape).toBe("cds");
    expect(nodeNamed(graph, "main.User").fill).toBe("#fff2a8");
    expect(nodeNamed(graph, "main.Lost").tooltip).toContain("unreachable: no GC root leads to it");
  });

  test("draws what leads the other way faintly", async () => {
    const graph = await draw(heap, { focus: "main.User" });
    const back = graph.edges.filter(({ style }) => style === "dashed");
    expect(back.map(({ from, to }) => [graph.nodes[from]!.tooltip[0], graph.nodes[to]!.tooltip[0]])).toEqual([
      ["main.User", "main.Store"],
    ]);
  });

  test("counts pointers, and what comes after the last step", async () => {
    const graph = await draw(heap, { focus: "main.User", depth: 1 });
    expect(names(graph)).toEqual(["main.Lost", "main.Session", "main.User"]);
    const edge = graph.edges.find(({ from }) => graph.nodes[from]!.tooltip[0] === "main.Session")!;
    expect(edge.tooltip).toBe("10 pointers");
    // The list and the goroutine's frame.
    expect(nodeNamed(graph, "main.Session").label).toContain("held by 2 more");
  });

  test("shows what a type refers to, and the roots that refer to it", async () => {
    const graph = await draw(heap, { focus: "main.Session", direction: "owned" });
    expect(edgeTexts(graph)).toEqual([
      "[]*main.Session --> main.Session",
      "main.Session --> main.User",
      "main.Store --> []*main.Session",
      "main.User --> main.Store",
      "main.User --> string",
      "main.serve --> main.Session",
    ]);
  });

  test("starts from an object, and tells its address", async () => {
    const found = (address: number): number => heap.objects.address.indexOf(address);
    const address = heap.objects.address[4 + 3]!;
    const graph = await draw({ ...heap, findObject: found }, { focus: `0x${address.toString(16)}`, depth: 1 });
    expect(names(graph)).toEqual(["[]*main.Session", "main.Session", "main.serve"]);
    expect(nodeNamed(graph, "main.Session").label).toContain(`0x${address.toString(16)}`);
    expect(graph.title.join()).toContain(`Focus: main.Session at 0x${address.toString(16)}.`);
    await expect(draw({ ...heap, findObject: () => -1 }, { focus: "0x10" })).rejects.toThrow("no object at 0x10");
  });

  test("starts from the type with most bytes if nothing is asked for", async () => {
    const graph = await draw(heap, {});
    expect(nodeNamed(graph, "main.Session").fill).toBe("#fff2a8");
    expect(graph.title.join()).toContain("main.Session, the type with most bytes (640 B); choose another with --focus");
  });

  test("calls pointers by their fields, keys and elements only where they are few", async () => {
    const fields: FieldNames = {
      stride: (type) => (heap.types.names[type] === "[]*main.Session" ? 8 : 0),
      name: (_, offset) => (offset === 0 ? "" : `f[${offset}].g`),
    };
    const typed = { ...heap, types: { ...heap.types, fields } };
    const texts = edgeTexts(await draw(typed, { focus: "main.User" }));
    expect(texts).toContain("[]*main.Session -[]-> main.Session");
    expect(texts).toContain("main.Session -f[].g-> main.User");
    expect(texts).toContain("main.Store -f[16].g-> []*main.Session");
  });
});

/** Distances by breadth-first search; vertices are objects, then root vertices. */
function search(heap: Heap, focus: readonly number[], owners: boolean, steps = 3): Map<number, number> {
  const { objects, edges, roots } = heap;
  const pairs: [from: number, to: number][] = [];
  for (let i = 0; i < objects.count; i++) {
    for (let e = edges.start[i]!; e < edges.start[i + 1]!; e++) pairs.push([i, edges.to[e]!]);
  }
  const { count, edgeStart } = roots.vertices;
  for (let v = 0; v < count; v++) {
    for (let e = edgeStart[v]!; e < edgeStart[v + 1]!; e++) pairs.push([objects.count + v, roots.to[e]!]);
  }
  const distances = new Map(focus.map((object) => [object, 0]));
  for (let distance = 1; distance <= steps; distance++) {
    const last = [...distances].flatMap(([vertex, at]) => (at === distance - 1 ? [vertex] : []));
    if (last.length === 0) break;
    for (const [from, to] of pairs) {
      const [known, next] = owners ? [to, from] : [from, to];
      if (last.includes(known) && !distances.has(next)) distances.set(next, distance);
    }
  }
  return distances;
}

describe.each([1, 2, 3, 4, 5, 6])("a random heap (seed %i)", (seed) => {
  const heap = drawHeap((s) => drawRandomly(s, seed, 120));
  const { objects, roots, types } = heap;
  const focus = "main.T7";
  const focused = [...objects.type.keys()].filter((i) => types.names[objects.type[i]!] === focus);

  test.each(["owners", "owned"] as const)("finds the %s that a search finds", async (direction) => {
    const distances = search(heap, focused, direction === "owners");
    const graph = await draw(heap, { focus, direction, depth: 3, "max-nodes": 1000 });
    const shown = graph.nodes.filter(({ shape }) => shape !== "cds");
    const expected = [...distances.keys()].filter((vertex) => vertex < objects.count);
    expect(shown.reduce((sum, node) => sum + node.objects, 0)).toBe(expected.length);
    expect(shown.reduce((sum, node) => sum + node.shallow, 0)).toBe(
      expected.reduce((sum, object) => sum + objects.size[object]!, 0),
    );
    const retained = await computeRetainedSizes(heap);
    for (const node of shown.filter((one) => one.objects === 1)) {
      const address = /0x[0-9a-f]+/.exec(node.label.join())![0];
      expect(node.retained).toBe(retained[objects.address.indexOf(Number(address))]);
    }
    if (direction === "owned") return;
    const holders = [...distances.keys()].filter((vertex) => vertex >= objects.count);
    const rootNames = new Set(holders.map((vertex) => rootVertexName(heap, vertex - objects.count)));
    const shownRoots = graph.nodes.filter(({ shape }) => shape === "cds").map(({ tooltip }) => tooltip[0]!);
    expect(new Set(shownRoots)).toEqual(rootNames);
  });

  test("draws the pointers between what is drawn, or says how many arrows are not", async () => {
    const graph = await draw(heap, { focus, depth: 1000, "max-nodes": 1000 });
    const found = search(heap, focused, true, 1000);
    expect(found.size).toBeGreaterThan(20);
    let expected = 0;
    for (const vertex of found.keys()) {
      const [{ start }, to, row] =
        vertex < objects.count
          ? [heap.edges, heap.edges.to, vertex]
          : [{ start: roots.vertices.edgeStart }, roots.to, vertex - objects.count];
      expected += to.subarray(start[row], start[row + 1]).filter((target) => found.has(target)).length;
    }
    const drawn = graph.edges.reduce((sum, { tooltip }) => sum + Number(/^\d+/.exec(tooltip)![0]), 0);
    const leftOut = Number(/; (\d+) arrows? that stand/.exec(graph.title.join())?.[1] ?? 0);
    expect(drawn).toBeLessThanOrEqual(expected - leftOut);
    if (leftOut === 0) expect(drawn).toBe(expected);
    // Nothing hangs loose for all that.
    const joined = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
    expect(joined.size).toBe(graph.nodes.length);
    expect(graph.nodes.flatMap(({ label }) => label).filter((line) => / more$/.test(line))).toEqual([]);
  });

  test("has no more nodes than asked for", async () => {
    for (const most of [3, 4, 5, 8, 13, 40]) {
      for (const direction of ["owners", "owned"] as const) {
        for (const target of [focus, "main.T"]) {
          const graph = await draw(heap, { focus: target, direction, "max-nodes": most });
          expect(graph.nodes.length).toBeLessThanOrEqual(most);
          expect(graph.nodes.length).toBeGreaterThan(0);
        }
      }
    }
  });
});

test("draws few of the arrows where everything refers to everything", async () => {
  const heap = drawHeap((s) => {
    const hub = s.object({ type: "main.Hub", size: 16 });
    const rings = [1, 2, 3].map((ring) =>
      Array.from({ length: 12 }, (_, i) => s.object({ type: `main.R${ring}n${i}`, size: 256 })),
    );
    for (const inner of rings[0]!) s.pointer(inner, hub, 0);
    for (const [outer, inner] of [[rings[1]!, rings[0]!] as const, [rings[2]!, rings[1]!] as const]) {
      for (const from of outer) for (const [i, to] of inner.entries()) s.pointer(from, to, 8 * i);
    }
    for (const [i, outer] of rings[2]!.entries()) {
      for (const [k, inner] of rings[0]!.entries()) s.pointer(inner, outer, 8 * (k + 2));
      s.global(outer, 8 * i);
    }
  });
  const graph = await draw(heap, { focus: "main.Hub", "max-nodes": 60 });
  expect(graph.nodes.length).toBeGreaterThan(36);
  // 12 + 3 × 144 pointers, and those of data.
  expect(graph.edges.length).toBeLessThan(3 * graph.nodes.length);
  expect(graph.title.join()).toMatch(/; 3\d\d arrows that stand for fewer pointers are not\./);
  expect(graph.edges.filter(({ to }) => graph.nodes[to]!.tooltip[0] === "main.Hub")).toHaveLength(12);
});

test("tells who holds a session: sessions, Go 1.27", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const graph = await draw(heap, { focus: "main.Session" });
  const texts = edgeTexts(graph);
  expect(texts).toContain("[]map.group[string]*main.Session -[].slots[].elem-> main.Session");
  // The store also refers to sessions by a shorter way, so this pointer is drawn without its name.
  const byToken = graph.edges.find(({ tooltip }) => tooltip === "1 pointer\nbyToken")!;
  expect([byToken.from, byToken.to].map((index) => graph.nodes[index]!.tooltip[0])).toEqual([
    "main.SessionStore",
    "map[string]*main.Session",
  ]);
  expect(texts.filter((text) => text.startsWith("main.store -"))).toHaveLength(1);
  expect(graph.nodes.length).toBeLessThanOrEqual(50);
});

test("calls map entries by their keys, but not without contents", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const { objects, types } = heap;
  const group = [...objects.type.keys()].find(
    (i) => types.names[objects.type[i]!] === "map.group[string]interface {}",
  )!;
  const focus = heap.formatAddress(objects.address[group]!);
  const keys = async (contents: boolean): Promise<string[]> =>
    (await draw(heap, { focus, direction: "owned", depth: 1, contents })).edges.map(({ tooltip }) => tooltip);
  expect((await keys(true)).join()).toContain('["');
  expect((await keys(false)).join()).not.toContain('["');
});

test("starts from what a variable points to, either way, and reduces the dominators to it: sessions, Go 1.27", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  for (const direction of ["owners", "owned"] as const) {
    const graph = await draw(heap, { focus: "main.store", direction });
    expect(graph.title.join()).toContain("Focus: what main.store points to.");
    expect(nodeNamed(graph, "main.SessionStore").fill).toBe("#fff2a8");
    expect(names(graph)).toContain("main.store");
  }
  const tree = await draw(heap, { graph: "dominators", focus: "main.store" });
  expect(nodeNamed(tree, "main.SessionStore").fill).toBe("#fff2a8");
  expect(names(tree)).toContain("main.Session");
});

import { beforeAll, describe, expect, it } from "vitest";
import { buildPathTree, type PathNode } from "../../../src/analysis/paths/path-tree.ts";
import { alikeName, tracePath, writePath } from "../../../src/analysis/paths/pointer-path.ts";
import { computeShortestPaths, type ShortestPaths } from "../../../src/analysis/references/shortest-paths.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { TypeKind } from "../../../src/heap/types.ts";
import { Structure } from "../../../src/heap/value-layouts.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers } from "../../../src/values/values.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

let heap: Heap;
let paths: ShortestPaths;

beforeAll(async () => {
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  paths = await computeShortestPaths(heap);
});

describe("a path as an expression", () => {
  it("names fields, elements and keys as Go does, and leaves out what a map is made of", () => {
    const session = objectsOf("main.Session").find((object) => paths.depth[object]! > 1)!;
    const pointers = tracePath(heap, paths, session);
    const container = mapParts();
    expect(writePath(heap, pointers, { container, withElements: true })).toEqual({
      expression: expect.stringMatching(/^main\.store\.byToken\["token-\d{8}"\]$/),
      where: "",
    });
    expect(writePath(heap, pointers, { container, withElements: false }).expression).toBe("main.store.byToken[…]");
    expect(writePath(heap, pointers, { withElements: true }).expression).toContain("byToken.dirPtr");
  });

  it("leaves out keys of maps alone, where these must not be told", () => {
    const container = mapParts();
    let keyCount = 0;
    let indexCount = 0;
    for (const object of paths.root.keys()) {
      const pointers = tracePath(heap, paths, object);
      const { expression } = writePath(heap, pointers, { container, withElements: true });
      const without = writePath(heap, pointers, { container, withElements: true, withKeys: false }).expression;
      expect(without).toBe(expression.replaceAll(/\["[^"]*"\]/g, "[…]").replace(/\.?key:"[^"]*"/, "[key]"));
      if (without !== expression) keyCount++;
      else if (/\[\d+\]/.test(expression)) indexCount++;
    }
    expect(keyCount).toBeGreaterThan(100);
    expect(indexCount).toBeGreaterThan(100);
  });

  it.each(["1.19", "1.24"])(
    "does not tell in which slot of a map an entry of Go %s is whose key has no text",
    async (go) => {
      const contexts = await typedSample(`contexts.${go}.amd64`, `contexts.${go}.amd64`);
      const found = await computeShortestPaths(contexts);
      const container = await computeContainers(contexts, NO_PROGRESS);
      const texts = [...found.root.keys()]
        .filter((object) => contexts.types.names[contexts.objects.type[object]!] === "context.cancelCtx")
        .map((object) => writePath(contexts, tracePath(contexts, found, object), { container, withElements: true }));
      const keys = texts.filter(({ expression }) => /children\[key\]$/.test(expression));
      expect(keys.length).toBeGreaterThan(100);
      for (const { expression } of texts) expect(expression).not.toMatch(/(slots|keys)\[/);
    },
  );

  it("tells the function of what is on a stack", () => {
    const onStack = [...paths.root.keys()].find((object) => {
      const text = writePath(heap, tracePath(heap, paths, object), { withElements: true });
      return text.where !== "" && !text.expression.startsWith("sp+") && paths.depth[object] === 0;
    })!;
    const { where } = writePath(heap, tracePath(heap, paths, onStack), { withElements: true });
    expect(where).toMatch(/\.go:\d+$|goroutine/);
  });

  it("begins with a type where no variable is known, if that is asked for", () => {
    const texts = [...paths.root.keys()].flatMap((object) => {
      const pointers = tracePath(heap, paths, object);
      const { expression } = writePath(heap, pointers, { withElements: true });
      if (!expression.startsWith("sp+")) return [];
      return [
        { object, pointers, named: writePath(heap, pointers, { withElements: true, namesTypes: true }).expression },
      ];
    });
    expect(texts.length).toBeGreaterThan(0);
    for (const { object, pointers, named } of texts) {
      expect(named).not.toContain("sp+");
      // What a word of a stack leads to itself is called by its type alone.
      if (pointers.length === 1) expect(named).toBe(heap.types.names[heap.objects.type[object]!]!);
    }
  });

  it("begins with the first thing that has a type, where what leads there has none", () => {
    const service = graphHeap({
      sizes: [16, 640],
      ...csr(2, [[0, 1]]),
      roots: [ROOT_TREE.frame1, 0],
      types: Int32Array.of(0, 1),
      typeNames: ["obj/16{(p)×2}", "main.Service"],
    });
    const pointers = [
      { from: 2 + ROOT_TREE.frame1, edge: 0 },
      { from: 0, edge: 0 },
    ];
    service.types.kind.set([TypeKind.SHAPE, TypeKind.NAMED]);
    expect(writePath(service, pointers, { withElements: true, namesTypes: true }).expression).toBe("main.Service");
  });

  it("tells a chain without end from its ends, in linear time", async () => {
    const count = 400_000;
    const edges = csr(
      count,
      Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const),
    );
    const chain = graphHeap({ sizes: new Uint32Array(count).fill(16), ...edges, roots: [ROOT_TREE.data, 0] });
    const named = { ...chain, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const pointers = tracePath(named, await computeShortestPaths(chain), count - 1);
    expect(pointers).toHaveLength(count);
    const { expression } = writePath(named, pointers, { withElements: true });
    expect(expression.length).toBeLessThan(5000);
    expect(expression).toMatch(/^data\+0x0\.…\.….*\.…$/);
  });

  it("tells many steps of one name in a row by their number", async () => {
    const count = 2_000;
    const next = Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const);
    const chain = graphHeap({
      sizes: new Uint32Array(count).fill(16),
      ...csr(count, next),
      roots: [ROOT_TREE.data, 0],
    });
    const paths = await computeShortestPaths(chain);
    const express = (object: number, name: (from: number) => string): string => {
      const named = {
        ...chain,
        objects: { ...chain.objects, type: Uint32Array.from({ length: count }, (_, i) => i) },
        types: { ...chain.types, names: Array(count).fill("main.node"), fields: { stride: () => 0, name } },
        segments: [{ kind: "data", address: 0 }],
        formatAddress: String,
      } as unknown as Heap;
      return writePath(named, tracePath(named, paths, object), { withElements: true }).expression;
    };
    expect(express(8, () => "next")).toBe(`data+0x0${".next".repeat(8)}`);
    expect(express(9, () => "next")).toBe("data+0x0.(9 × next)");
    expect(express(1_999, (from) => (from < 1_990 ? "next" : "value"))).toBe("data+0x0.(1,990 × next).(9 × value)");
    expect(express(20, (from) => (from === 5 || from === 15 ? "" : from === 16 ? "last" : "next"))).toBe(
      "data+0x0.(14 × next).last.next.next.next",
    );
  });

  it("calls the entries of maps of both designs alike", () => {
    expect(alikeName("[]map.group[string]*main.Session", "[].slots[2].elem.Name")).toBe("[…].Name");
    expect(alikeName("map.group[string]int", "slots[7].key")).toBe("[key]");
    expect(alikeName("map.bucket[string]net/http.muxEntry", "elems[0].h")).toBe("[…].h");
    expect(alikeName("main.T", "slots[7].key")).toBe("slots[…].key");
  });
});

describe("paths merged", () => {
  it("are one line for what is alike, with the number and bytes of what was asked for", () => {
    const sessions = objectsOf("main.Session");
    const tree = buildPathTree(heap, paths, sessions, mapParts());
    const bytes = sessions.reduce((sum, object) => sum + objectSize(heap.objects, object), 0);
    expect(tree.reduce((sum, node) => sum + node.count, 0)).toBe(sessions.length);
    expect(tree.reduce((sum, node) => sum + node.bytes, 0)).toBe(bytes);
    const [store] = tree;
    expect(lines(store!)[0]).toBe("main.store (main.SessionStore)");
    expect(lines(store!).slice(1, 3)).toEqual(["byToken (map[string]*main.Session)", "[…] (main.Session)"]);
  });

  it("are one line for pointers that are called alike, as those of a map's buckets and of their overflow", async () => {
    const mapped = await typedSample("interned-after.1.19.amd64", "interned.1.19.amd64");
    const containers = await computeContainers(mapped, NO_PROGRESS);
    const all = mapped.objects.type.keys();
    const pending = [buildPathTree(mapped, await computeShortestPaths(mapped), all, containers)];
    for (let nodes = pending.pop(); nodes !== undefined; nodes = pending.pop()) {
      const called = nodes.map(({ name, where, type }) => `${name}, ${where}, ${type}`);
      expect(called).toEqual([...new Set(called)]);
      pending.push(...nodes.map(({ children }) => children));
    }
  });

  it("hold every object asked for at one step, whatever the graph", () => {
    for (const target of [0, 1]) {
      const one = buildPathTree(heap, paths, [target], undefined);
      expect(one).toHaveLength(1);
      expect(sumOwn(one[0]!)).toBe(1);
    }
  });

  it("are one step for a list of a million nodes", async () => {
    const count = 1_000_000;
    const edges = csr(
      count,
      Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const),
    );
    const list = graphHeap({ sizes: new Uint32Array(count).fill(16), ...edges, roots: [ROOT_TREE.data, 0] });
    const listPaths = await computeShortestPaths(list);
    // The fixture has no segments to name.
    const named = { ...list, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const [root] = buildPathTree(named, listPaths, new Array(count).keys(), undefined);
    expect([root!.count, root!.own, root!.children[0]!.own, root!.children[0]!.children.length]).toEqual([
      count,
      1,
      count - 1,
      0,
    ]);
  });

  it("are a few steps for a chain in which things of several types take turns", async () => {
    const count = 6_000;
    const next = Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const);
    const chain = graphHeap({
      sizes: new Uint32Array(count).fill(16),
      ...csr(count, next),
      roots: [ROOT_TREE.data, 0],
    });
    const chainPaths = await computeShortestPaths(chain);
    const tell = (types: number, structure: number = Structure.NONE): string[] => {
      const named = {
        ...chain,
        objects: { ...chain.objects, type: Uint32Array.from({ length: count }, (_, i) => i % types) },
        types: {
          ...chain.types,
          count: types,
          names: Array.from({ length: types }, (_, row) => `main.T${row}`),
          fields: { stride: () => 0, name: (row: number) => `to${row}` },
          layouts: { structure: new Uint8Array(types).fill(structure) },
        },
        segments: [{ kind: "data", address: 0 }],
        formatAddress: String,
      } as unknown as Heap;
      const targets = [...named.objects.type.keys()].filter((i) => i % types === 1);
      const lines: string[] = [];
      const pending = [...buildPathTree(named, chainPaths, targets, undefined)];
      for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
        lines.push(`${node.name}${node.isLinked === true ? ", linked" : ""} ${node.count} ${node.own}`);
        pending.push(...node.children.toReversed());
      }
      return lines;
    };
    expect(tell(2)).toEqual([
      "data+… 3000 0",
      "to0 3000 1",
      "to1 2999 0",
      "to1, linked 2998 0",
      "to0 2998 2998",
      "to0 1 1",
    ]);
    expect(tell(4).length).toBeLessThan(12);
    // Of a longer turn, or of what maps are made of, each step is told.
    expect(tell(5).length).toBeGreaterThan(1_000);
    expect(tell(2, Structure.MAP_GROUPS).length).toBeGreaterThan(1_000);
  });
});

function objectsOf(type: string): number[] {
  const row = heap.types.names.indexOf(type);
  return [...heap.objects.type.keys()].filter((object) => heap.objects.type[object] === row);
}

/** Every part of a map, by the name of its type, as part of its header. */
function mapParts(): Int32Array {
  const { objects, edges, types } = heap;
  const container = Int32Array.from({ length: objects.count }, (_, i) => i);
  const isPart = (object: number): boolean =>
    /\((directory|table)\)$|map\.group\[/.test(types.names[objects.type[object]!]!);
  for (let round = 0; round < 3; round++) {
    for (let from = 0; from < objects.count; from++) {
      const isMap = /^map\[/.test(types.names[objects.type[from]!]!);
      if (!isMap && container[from] === from) continue;
      for (let edge = edges.start[from]!; edge < edges.start[from + 1]!; edge++) {
        const target = edges.to[edge]!;
        if (isPart(target)) container[target] = container[from]!;
      }
    }
  }
  return container;
}

/** A node and the first child of each below it. */
function lines(node: PathNode): string[] {
  const below = node.children[0];
  return [`${node.name} (${heap.types.names[node.type]})`, ...(below === undefined ? [] : lines(below))];
}

function sumOwn(node: PathNode): number {
  return node.children.reduce((sum, child) => sum + sumOwn(child), node.own);
}

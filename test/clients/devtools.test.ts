/** What Chrome DevTools itself makes of our files, compared with what we know of the heap. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import heapprofile from "../../converters/heapsnapshot/heapprofile.ts";
import heaptimeline from "../../converters/heapsnapshot/heaptimeline.ts";
import heapsnapshot from "../../converters/heapsnapshot/index.ts";
import { computeRetainedSizes, HAS_POINTERS, type Heap, NO_PROGRESS, REACHABLE, TypeKind } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { drawHeap } from "../support/heap-fixture.ts";
import { drawRandomly } from "../support/random-heap.ts";
import { typedSample } from "../support/typed-samples.ts";
import { CHROMIUM, DevTools } from "./devtools.ts";

if (CHROMIUM === undefined) console.warn("DevTools tests skipped: no Chromium found; install it or set CHROMIUM");

describe.skipIf(CHROMIUM === undefined)("Chrome DevTools", { timeout: 120_000 }, () => {
  let devTools: DevTools;
  beforeAll(async () => {
    devTools = await DevTools.open();
  }, 60_000);
  afterAll(() => devTools?.close());

  async function load(
    name: string,
    heap: Heap,
    options: { unreachable?: boolean; internals?: boolean; lengths?: boolean } = {},
  ) {
    await devTools.load(`${name}.heapsnapshot`, (await convertToBytes(heapsnapshot, heap, options)).bytes);
    return devTools.readSnapshot(`${name}.heapsnapshot`);
  }

  test.each([1, 2, 3])(
    "shows every node with its sizes; retained sizes are our dominators' (seed %i)",
    async (seed) => {
      const heap = drawHeap((s) => drawRandomly(s, seed, 400));
      const { objects, roots, types } = heap;
      const shown = await load(`random-${seed}`, heap);
      const expected = await computeRetainedSizes(heap, NO_PROGRESS);
      expect(expected[objects.count]).toBe(shown.totalSize);
      expect(shown.nodes.length).toBe(shown.nodeCount - 1);
      expect(shown.nodeCount).toBe(roots.vertices.count + objects.count + 1);
      for (const node of shown.nodes) {
        const object = node.ordinal - roots.vertices.count;
        if (object < 0) {
          expect(node.retainedSize, node.name).toBe(expected[objects.count + node.ordinal]);
        } else if (object < objects.count) {
          expect(node.name).toBe(types.names[objects.type[object]!]);
          expect([node.selfSize, node.retainedSize], node.name).toEqual([objects.size[object], expected[object]]);
        } else {
          expect(node).toMatchObject({ name: "(end)", retainedSize: 0 });
        }
      }
      const garbage = objects.size.reduce((sum, size, i) => (objects.flags[i]! & REACHABLE ? sum : sum + size), 0);
      expect(garbage).toBeGreaterThan(0);
      expect(shown.nodes.find((n) => n.name === "(unreachable)")).toMatchObject({ retainedSize: garbage });
      expect(shown.classes.reduce((sum, c) => sum + c.self, 0)).toBe(shown.totalSize);
      expect(shown.classes.reduce((sum, c) => sum + c.count, 0)).toBe(objects.count);
    },
  );

  test("shows a typed heap by Go's types, with the retained sizes of the untyped one", async () => {
    const heap = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    const { objects, roots } = heap;
    const shown = await load("typed", heap, { internals: true });
    const expected = await computeRetainedSizes(heap, NO_PROGRESS);
    const firstObject = shown.nodeCount - 1 - objects.count;
    expect(shown.totalSize).toBe(expected[objects.count]);
    for (const node of shown.nodes) {
      const object = node.ordinal - firstObject;
      if (object >= 0 && object < objects.count) expect(node.retainedSize, node.name).toBe(expected[object]);
    }
    const classes = new Map(shown.classes.map((row) => [row.name, row]));
    expect(classes.get("main.Session")).toMatchObject({ count: 150, self: 150 * 112 });
    expect(classes.get("(string)")!.count).toBeGreaterThan(900);
    expect(shown.classes.reduce((sum, row) => sum + row.count, 0)).toBe(objects.count);
    expect(shown.classes.reduce((sum, row) => sum + row.self, 0)).toBe(shown.totalSize);
    expect(roots.vertices.count).toBeGreaterThanOrEqual(firstObject);
    // The pie: texts, other memory without pointers, memory with pointers.
    const sums = { strings: 0, bare: 0, pointers: 0 };
    for (let i = 0; i < objects.count; i++) {
      const isString = heap.types.kind[objects.type[i]!] === TypeKind.STRING;
      sums[isString ? "strings" : objects.flags[i]! & HAS_POINTERS ? "pointers" : "bare"] += objects.size[i]!;
    }
    expect(Math.min(...Object.values(sums))).toBeGreaterThan(0.02 * shown.totalSize);
    const { total, native, v8heap } = shown.statistics;
    expect({ total, native, v8heap }).toEqual({
      total: sums.strings + sums.bare + sums.pointers,
      native: { total: sums.bare, typedArrays: 0 },
      v8heap: { total: sums.strings + sums.pointers, code: 0, jsArrays: 0, strings: sums.strings, system: 0 },
    });
  });

  test("shows a map as one thing, with the retained size of its header, and its entries by their keys", async () => {
    const heap = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    const shown = await load("maps", heap);
    const expected = await computeRetainedSizes(heap, NO_PROGRESS);
    const header = heap.objects.type.indexOf(heap.types.names.indexOf("map[string]*main.Session"));
    expect(shown.totalSize).toBe(expected[heap.objects.count]);
    const [map, ...others] = shown.nodes.filter(({ name }) => name.startsWith("map[string]*main.Session"));
    expect(others).toEqual([]);
    expect(map!.retainedSize).toBe(expected[header]);

    const withLengths = await load("lengths", heap, { lengths: true });
    expect(withLengths.totalSize).toBe(shown.totalSize);
    expect(withLengths.nodes.find(({ name }) => name.startsWith("map[string]*main.Session"))!.retainedSize).toBe(
      expected[header],
    );
    expect(withLengths.nodeCount).toBeGreaterThan(shown.nodeCount);
  });

  test("gives every node a distance, with and without garbage", async () => {
    const heap = drawHeap((s) => drawRandomly(s, 4, 400));
    for (const unreachable of [true, false]) {
      const shown = await load(`distance-${unreachable}`, heap, { unreachable });
      expect(Math.max(...shown.nodes.map((n) => n.distance))).toBeLessThan(1000);
      expect(shown.nodes.some((n) => n.name === "(unreachable)")).toBe(unreachable);
    }
  });

  test("compares two dumps of one process by address", async () => {
    const at = (from: number, to: number) =>
      drawHeap((s) => {
        for (let i = from; i < to; i++)
          s.global(s.object({ type: "main.Node", address: 0xc0_0000_0000 + 64 * i, size: 64 }));
        s.global(s.object({ type: "main.Kept", address: 0xc0_1000_0000 }));
      });
    await load("before", at(0, 100));
    await load("after", at(20, 150));
    expect(await devTools.compare("after.heapsnapshot", "before.heapsnapshot")).toEqual([
      { name: "main.Node", addedCount: 50, removedCount: 20, addedSize: 50 * 64, removedSize: 20 * 64 },
    ]);
  });

  test("lists the types in its Summary view", async () => {
    const heap = drawHeap((s) => {
      for (let i = 0; i < 3; i++) s.global(s.object({ type: "map[string]*main.Größe", size: 4096 }));
    });
    await load("summary", heap);
    expect((await devTools.readRows("summary.heapsnapshot"))[0]).toMatch(/^map\[string\]\*main\.Größe ?×3 4 12\.3 kB/);
  });

  const profiled = drawHeap((s) => {
    const nodes = Array.from({ length: 4 }, () => s.object({ type: "main.Node", size: 2048 }));
    for (const node of nodes) s.global(node);
    const outer = [
      ["main.main", "main.go", 10],
      ["runtime.goexit", "asm.s", 1],
    ] as const;
    s.bucket({
      size: 2048,
      allocations: 9,
      frees: 6,
      sites: [["main.build", "build.go", 22], ...outer],
      live: nodes.slice(0, 3),
    });
  });

  test("shows the allocation stacks of a timeline", async () => {
    await devTools.load("stacks.heaptimeline", (await convertToBytes(heaptimeline, profiled)).bytes);
    const shown = await devTools.readSnapshot("stacks.heaptimeline");
    const nodes = shown.nodes.filter((n) => n.name === "main.Node");
    const stacks = await Promise.all(nodes.map((n) => devTools.readAllocationStack("stacks.heaptimeline", n.ordinal)));
    const stack = [
      { functionName: "main.build", scriptName: "build.go", line: 22 },
      { functionName: "main.main", scriptName: "main.go", line: 10 },
      { functionName: "(root)", scriptName: "", line: 0 },
    ];
    expect(stacks.filter((s) => s !== null && s.length > 0)).toEqual([stack, stack, stack]);
    expect(stacks).toHaveLength(4);
  });

  test("shows an allocation profile", async () => {
    const { bytes } = await convertToBytes(heapprofile, profiled, { "mem-profile-rate": 1 });
    await devTools.load("sites.heapprofile", bytes);
    expect(await devTools.readProfile("sites.heapprofile")).toEqual({
      functionName: "(root)",
      self: 0,
      total: 6144,
      children: [
        {
          functionName: "main.main",
          self: 0,
          total: 6144,
          children: [{ functionName: "main.build", self: 6144, total: 6144, children: [] }],
        },
      ],
    });
    expect((await devTools.readRows("sites.heapprofile"))[0]).toMatch(
      /^6\.1 kB ?100\.00 % 6\.1 kB ?100\.00 % main\.build build\.go:22$/,
    );
  });

  test("reports a file that it cannot load", async () => {
    const { bytes } = await convertToBytes(heapsnapshot, profiled);
    await expect(devTools.load("broken.heapsnapshot", bytes.subarray(0, bytes.length - 40))).rejects.toThrow(
      "DevTools",
    );
  });
});

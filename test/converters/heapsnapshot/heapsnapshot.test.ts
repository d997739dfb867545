import { describe, expect, test } from "vitest";
import heapsnapshot from "../../../converters/heapsnapshot/index.ts";
import {
  ConverterError,
  computeRetainedSizes,
  GoroutineStatus,
  type Heap,
  NO_PROGRESS,
  RootKind,
} from "../../../src/index.ts";
import { createMemorySink } from "../../../src/io/sinks/memory-sink.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { readSnapshot, type Snapshot, type SnapshotNode } from "../../support/readers/snapshot-reader.ts";

async function convert(heap: Heap, options: { unreachable?: boolean } = {}) {
  const { bytes, warnings } = await convertToBytes(heapsnapshot, heap, options);
  return { snapshot: readSnapshot(bytes), warnings, text: Buffer.from(bytes).toString("latin1") };
}

const DEFAULTS = { unreachable: true, contents: true, internals: false, lengths: false, "string-length": 256 };

/** A node's edges as "type name -> target", in order. */
function edgesOf(node: SnapshotNode): string[] {
  return node.edges.map((e) => `${e.type} ${e.name} -> ${e.to.name}`);
}

function find(snapshot: Snapshot, name: string): SnapshotNode {
  const found = snapshot.nodes.filter((n) => n.name === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

/** Sum of the sizes that cannot be reached any more without `without`, by strong edges. */
function retainedSize(snapshot: Snapshot, without: SnapshotNode): number {
  const reached = new Set<SnapshotNode>(without.ordinal === 0 ? [] : [snapshot.nodes[0]!]);
  for (const node of reached) {
    for (const e of node.edges) if (e.type !== "weak" && e.to !== without) reached.add(e.to);
  }
  return snapshot.nodes.reduce((sum, n) => (reached.has(n) ? sum : sum + n.selfSize), 0);
}

//   data+8 ─► a ─► b ─► c       main.worker's frame ─► b      finalizer(d): fn, d ─► e      queued ─► q
//                                                             garbage: x ⇄ y, y ─► c
const heapOfAllRoots = drawHeap((s) => {
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((n, i) => s.object({ type: `main.${n}`, size: 16 * (i + 1) }));
  const fn = s.object({ type: "func()", size: 8 });
  const q = s.object({ type: "main.q", size: 32 });
  const g = s.object({ type: "runtime.g", size: 448, header: true });
  const x = s.object({ type: "main.x", size: 64 });
  const y = s.object({ type: "main.y", size: 64 });
  s.pointer(a!, b!, 8);
  s.pointer(b!, c!, 0);
  s.pointer(d!, e!, 16);
  s.pointer(g, c!, 8);
  s.pointer(x, y, 0);
  s.pointer(y, x, 0);
  s.pointer(y, c!, 24);
  s.global(a!, 8);
  s.goroutine({
    id: 7,
    waitReason: "chan receive",
    g,
    frames: [{ name: "runtime.gopark" }, { name: "main.worker", slots: [[b!, 40]] }, { name: "runtime.goexit" }],
  });
  s.goroutine({
    id: 2,
    status: GoroutineStatus.RUNNABLE,
    frames: [{ name: "runtime.bgsweep" }, { name: "runtime.goexit" }],
  });
  s.goroutine({ id: 2 ** 33, status: GoroutineStatus.SYSCALL });
  s.finalizer(d!, fn);
  s.otherRoot(q);
});

describe("a heap with every kind of root", () => {
  const heap = heapOfAllRoots;

  test("hangs every root under its group", async () => {
    const { snapshot, warnings } = await convert(heap);
    expect(warnings).toEqual([]);
    const [root, gcRoots] = snapshot.nodes;
    expect(edgesOf(root!)).toEqual(["internal live -> (GC roots)", "internal garbage -> (unreachable)"]);
    expect(edgesOf(gcRoots!)).toEqual([
      "internal package variables -> (globals)",
      "internal goroutines -> (goroutine stacks)",
      "internal kept for finalizers -> (finalizers)",
      "internal kept by the runtime -> (other roots)",
      "internal end of file -> (end)",
    ]);
    const segments = heap.segments.map(({ kind, address }) => `${kind} segment at ${heap.formatAddress(address)}`);
    expect(segments[0]).toMatch(/^data segment at 0x[0-9a-f]+$/);
    expect(edgesOf(find(snapshot, "(globals)"))).toEqual([
      `internal segment -> ${segments[0]}`,
      `internal segment -> ${segments[1]}`,
    ]);
    expect(edgesOf(find(snapshot, segments[0]!))).toEqual(["hidden 8 -> main.a"]);
    expect(edgesOf(find(snapshot, "(goroutine stacks)"))).toEqual([
      "element 7 -> goroutine main.worker [chan receive]",
      "element 2 -> goroutine runtime.bgsweep [runnable]",
      "property 8589934592 -> goroutine [syscall]",
    ]);
    expect(edgesOf(find(snapshot, "goroutine main.worker [chan receive]"))).toEqual([
      "element 0 -> runtime.gopark",
      "element 1 -> main.worker",
      "element 2 -> runtime.goexit",
      "internal goroutine -> runtime.g",
    ]);
    expect(edgesOf(find(snapshot, "main.worker"))).toEqual(["hidden 40 -> main.b"]);
    expect(edgesOf(find(snapshot, "(finalizers)"))).toEqual(["internal kind -> finalizer: 0x401000"]);
    expect(edgesOf(find(snapshot, "finalizer: 0x401000"))).toEqual([
      "internal finalizer function -> func()",
      "internal finalizer referent -> main.e",
      "weak object with a finalizer -> main.d",
    ]);
    expect(edgesOf(find(snapshot, "(other roots)"))).toEqual(["internal queued finalizer -> main.q"]);
  });

  test("writes objects with type, size, pointers; offsets count from the value", async () => {
    const { snapshot } = await convert(heap);
    expect(find(snapshot, "main.b")).toMatchObject({ type: "object", selfSize: 32, trace: 0 });
    expect(edgesOf(find(snapshot, "main.a"))).toEqual(["hidden 8 -> main.b"]);
    expect(edgesOf(find(snapshot, "runtime.g"))).toEqual(["hidden 0 -> main.c"]);
    const roots = snapshot.nodes.slice(0, heap.roots.vertices.count);
    expect(roots.every((n) => n.selfSize === 0 && /^(synthetic|native)$/.test(n.type))).toBe(true);
    expect(snapshot.nodes.at(-1)).toMatchObject({ type: "synthetic", name: "(end)" });
  });

  test("tells objects with pointers from those without by the node's type, which DevTools' pie goes by", async () => {
    const { snapshot } = await convert(heap);
    const typesOf = (names: string[]) => names.map((name) => find(snapshot, name).type);
    expect(typesOf(["main.a", "main.b", "main.d", "runtime.g", "main.x", "main.y"])).toEqual(Array(6).fill("object"));
    expect(typesOf(["main.c", "main.e", "main.q", "func()"])).toEqual(Array(4).fill("native"));
  });

  test("makes ids from addresses, odd for objects and groups, even for what other roots stand for", async () => {
    const { snapshot } = await convert(heap);
    expect(snapshot.header.gohd).toMatchObject({
      version: 1,
      goVersion: "go1.24.4",
      idScheme: "address",
      idBase: "0xc000000000",
      unreachableObjects: 3,
      unreachableWritten: true,
    });
    expect(find(snapshot, "main.a").id).toBe(2 ** 24 + 1 + 2 * (0x10000 / 8));
    expect(find(snapshot, "main.b").id).toBe(2 ** 24 + 1 + 2 * (0x10010 / 8));
    for (const { type, id, selfSize } of snapshot.nodes)
      expect(id % 2).toBe(type === "native" && selfSize === 0 ? 0 : 1);
  });

  test("enters garbage once per part and counts it", async () => {
    const { snapshot } = await convert(heap);
    // d itself is garbage: only its finalizer's closure and what it refers to are kept alive.
    expect(edgesOf(find(snapshot, "(unreachable)"))).toEqual(["element 0 -> main.d", "element 1 -> main.x"]);
  });

  test("lets garbage refer weakly to what is live", async () => {
    const { snapshot } = await convert(heap);
    expect(edgesOf(find(snapshot, "main.y"))).toEqual(["hidden 0 -> main.x", "weak garbage +24 -> main.c"]);
    expect(edgesOf(find(snapshot, "main.d"))).toEqual(["weak garbage +16 -> main.e"]);
    expect(retainedSize(snapshot, find(snapshot, "(unreachable)"))).toBe(64 + 64 + 64);
  });

  test("names the weak edges of a large array alike", async () => {
    const large = drawHeap((s) => {
      const live = s.object({ type: "main.T" });
      s.global(live);
      const array = s.object({ type: "[]*main.T", size: 2 ** 20 });
      for (const offset of [8, 2 ** 15 - 8, 2 ** 15, 2 ** 20 - 8]) s.pointer(array, live, offset);
    });
    const { snapshot } = await convert(large);
    expect(find(snapshot, "[]*main.T").edges.map((e) => e.name)).toEqual([
      "garbage +8",
      "garbage +32760",
      "garbage",
      "garbage",
    ]);
  });

  test("leaves garbage out without `unreachable`, and numbers the rest anew", async () => {
    const whole = (await convert(heap)).snapshot;
    const { snapshot } = await convert(heap, { unreachable: false });
    expect(snapshot.nodes.map((n) => n.name)).toEqual(
      whole.nodes.map((n) => n.name).filter((n) => !["(unreachable)", "main.d", "main.x", "main.y"].includes(n)),
    );
    expect(edgesOf(snapshot.nodes[0]!)).toEqual(["internal live -> (GC roots)"]);
    expect(edgesOf(find(snapshot, "(finalizers)"))).toEqual(["internal kind -> finalizer: 0x401000"]);
    expect(edgesOf(find(snapshot, "finalizer: 0x401000"))).toEqual([
      "internal finalizer function -> func()",
      "internal finalizer referent -> main.e",
    ]);
    expect(edgesOf(find(snapshot, "runtime.g"))).toEqual(["hidden 0 -> main.c"]);
    expect(find(snapshot, "main.c").id).toBe(find(whole, "main.c").id);
    expect(snapshot.header.gohd).toMatchObject({ unreachableObjects: 3, unreachableWritten: false });
  });
});

describe("retained sizes", () => {
  async function expectDominatorSizes(heap: Heap): Promise<void> {
    const { snapshot } = await convert(heap);
    const expected = await computeRetainedSizes(heap, NO_PROGRESS);
    const { count } = heap.roots.vertices;
    const unwritten = snapshot.nodes.length - heap.objects.count - count - 1;
    expect(unwritten, "every vertex has a node").toBe(0);
    for (const node of snapshot.nodes.slice(0, -1)) {
      const vertex = node.ordinal < count ? heap.objects.count + node.ordinal : node.ordinal - count;
      expect(retainedSize(snapshot, node), node.name).toBe(expected[vertex]);
    }
  }

  test("are what our dominators say, with every kind of root", () => expectDominatorSizes(heapOfAllRoots));

  test.each([1, 2, 3, 4, 5])("are what our dominators say, in a random heap (seed %i)", (seed) =>
    expectDominatorSizes(drawHeap((s) => drawRandomly(s, seed, 120))),
  );
});

describe("names", () => {
  test("lets no client take a type for something of its own", async () => {
    const types = [
      "<-chan int",
      "(array)",
      "Function",
      "Window",
      "Object",
      "",
      "a\ud800b",
      "map[string]ünï",
      "main.T",
      "💩",
    ];
    const heap = drawHeap((s) => {
      for (const type of types) s.global(s.object({ type }), 0, "bss");
    });
    const { snapshot } = await convert(heap);
    expect(snapshot.nodes.filter((n) => n.selfSize > 0).map((n) => n.name)).toEqual([
      "go:<-chan int",
      "go:(array)",
      "go:Function",
      "go:Window",
      "go:Object",
      "(unnamed)",
      "a\ufffdb",
      "map[string]ünï",
      "main.T",
      "💩",
    ]);
  });

  test("writes equal names of different types once", async () => {
    const heap = drawHeap((s) => {
      for (const type of ["main.T", "main.T2"]) s.global(s.object({ type }));
    });
    const twice = { ...heap, types: { ...heap.types, names: ["main.T", "main.T"] } };
    const { snapshot } = await convert(twice);
    expect(snapshot.strings.filter((s) => s === "main.T")).toHaveLength(1);
    expect(snapshot.nodes.filter((n) => n.name === "main.T")).toHaveLength(2);
  });
});

describe("sizes", () => {
  test("splits objects of 4 GiB and more", async () => {
    const heap = drawHeap((s) => {
      const before = s.object({ type: "main.before" });
      const huge = s.object({ type: "[]uint8", size: 9 * 2 ** 30 });
      const after = s.object({ type: "main.after" });
      for (const o of [before, huge]) s.global(o);
      s.pointer(huge, after, 64);
    });
    const { snapshot, warnings } = await convert(heap);
    expect(warnings).toEqual([]);
    const parts = snapshot.nodes.filter((n) => n.name === "[]uint8");
    expect(parts.map((p) => p.selfSize)).toEqual([2 ** 32 - 8, 2 ** 32 - 8, 2 ** 30 + 16]);
    expect(edgesOf(parts[0]!)).toEqual([
      "hidden 64 -> main.after",
      "internal continued -> []uint8",
      "internal continued -> []uint8",
    ]);
    expect(parts[0]!.edges.slice(1).map((e) => e.to)).toEqual(parts.slice(1));
    expect(retainedSize(snapshot, parts[0]!)).toBe(9 * 2 ** 30 + 16);
  });

  test("an unsure Go version is written in ASCII", async () => {
    const heap = drawHeap(() => {});
    const go = { ...heap.dump.go, text: "go1.11\u20131.16" };
    const { snapshot, text } = await convert({ ...heap, dump: { ...heap.dump, go } });
    expect(text).toContain("go1.11\\u20131.16");
    expect(snapshot.header.gohd).toMatchObject({ goVersion: go.text });
  });

  test("an empty heap is a snapshot too", async () => {
    const { snapshot } = await convert(drawHeap(() => {}));
    expect(snapshot.nodes.map((n) => n.name)).toContain("(end)");
    expect(snapshot.nodes.every((n) => n.selfSize === 0)).toBe(true);
  });

  test("numbers objects densely where their addresses span too much, and says so", async () => {
    const far = drawHeap((s) => {
      s.global(s.object({ type: "main.near" }));
      s.global(s.object({ type: "main.far", address: 0xc000000000 + 2 ** 34 }));
    });
    const { snapshot, warnings } = await convert(far);
    expect(warnings).toEqual(["no-comparison"]);
    expect(find(snapshot, "main.near").id).toBe(2 ** 24 + 1);
    expect(find(snapshot, "main.far").id).toBe(2 ** 24 + 3);
    expect(snapshot.header.gohd).toMatchObject({ idScheme: "dense" });
  });

  test("keeps the base of ids when a heap grows", async () => {
    const at = (address: number) =>
      drawHeap((s) => {
        s.global(s.object({ address }));
        s.global(s.object({ type: "main.same", address: 0xc1_4000_0000 }));
      });
    const [first, second] = [await convert(at(0xc0_0001_0000)), await convert(at(0xc1_0000_0000))];
    expect(find(first.snapshot, "main.same").id).toBe(find(second.snapshot, "main.same").id);
  });

  test("refuses what DevTools cannot number", async () => {
    const heap = drawHeap((s) => s.global(s.object()));
    const many = { ...heap, edges: { ...heap.edges, count: 1_500_000_000 } };
    const result = heapsnapshot.convert(many, createMemorySink(), DEFAULTS, NO_PROGRESS);
    await expect(result).rejects.toThrow(ConverterError);
    await expect(result).rejects.toThrow(/edges are more than DevTools can number/);
  });
});

describe("many objects", () => {
  test("reads back what was drawn, over several buffers", { timeout: 60_000 }, async () => {
    const count = 40_000;
    const heap = drawHeap((s) => {
      for (let i = 0; i < count; i++) s.object({ type: `main.T${i % 100}`, size: 8 * (1 + (i % 9)) });
      for (let i = 1; i < count; i++) s.pointer(i >> 1, i, 8 * (i & 1));
      s.global(0);
      for (let i = 0; i < 2000; i++) s.goroutine({ id: i, frames: [{ name: "main.f", slots: [[i, 8]] }] });
    });
    const { snapshot, text } = await convert(heap);
    expect(text.length).toBeGreaterThan(2 ** 20);
    const first = heap.roots.vertices.count - 1;
    const objects = snapshot.nodes.slice(first, first + count);
    expect(objects.map((n) => n.selfSize)).toEqual([...heap.objects.size]);
    objects.forEach((n, i) => {
      const { start, to, offset } = heap.edges;
      const expected = [];
      for (let e = start[i]!; e < start[i + 1]!; e++) expected.push([offset[e], first + to[e]!]);
      expect(n.edges.map((e) => [e.name, e.to.ordinal])).toEqual(expected);
    });
  });

  test("stops when it is told to", async () => {
    const heap = drawHeap((s) => s.otherRoot(s.object(), RootKind.OTHER));
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const progress = { ...NO_PROGRESS, signal: controller.signal };
    await expect(heapsnapshot.convert(heap, createMemorySink(), DEFAULTS, progress)).rejects.toThrow("enough");
  });
});

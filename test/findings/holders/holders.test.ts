import { describe, expect, it, vi } from "vitest";
import { SEARCH_ENTRIES } from "../../../src/analysis/ownership/entry-search.ts";
import { SPREAD_MASKS } from "../../../src/analysis/ownership/mask-search.ts";
import { computeOwnerChildren, computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { HolderNames } from "../../../src/findings/holders/holder-names.ts";
import { computeLargestHolders, nameHolders } from "../../../src/findings/holders/largest-holders.ts";
import { SharedParts } from "../../../src/findings/holders/shared-parts.ts";
import { ThingTree } from "../../../src/findings/holders/thing-tree.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize, REACHABLE } from "../../../src/heap/objects.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { hireHelper } from "../../../src/workers/current.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { sharedHeap, withOneThread } from "../../workers/one-thread.ts";

/** Somebody who is hired ends when its order is answered, or given up. */
async function expectOneIsFree(): Promise<void> {
  await vi.waitFor(() => {
    const helper = hireHelper(0);
    helper?.release();
    expect(helper).toBeDefined();
  });
}

describe("holders", () => {
  it("are named by the thing where the memory accumulates, whoever else uses it", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const { holders, liveBytes } = await findHolders(heap);
    expect(liveBytes).toBe(sumLive(heap));
    const [store] = holders;
    expect(store).toMatchObject({
      path: "main.store",
      where: "",
      type: "main.SessionStore",
      owner: { kind: "variable", name: "main.store" },
    });
    expect(store!.share).toBeCloseTo(store!.bytes / liveBytes, 10);
    expect(store!.parts[0]).toMatchObject({ by: "byToken", type: "map[string]*main.Session", count: 1 });
    // The timers of those that are connected can log out, for which they have the store.
    expect(store!.alsoUsedBy).toMatchObject([
      { kind: "timers", name: "pending timer of func main.(*SessionStore).logIn.func2", count: 8, isCertain: true },
      { kind: "goroutine", name: "goroutine main.(*SessionStore).expireSessions [select]", count: 1 },
    ]);
    expect(store!.release!.byOwner).toBe(0);
    expect(store!.release!.byAll).toBeGreaterThanOrEqual(store!.bytes);
    const parts = store!.parts.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(parts + store!.otherParts.bytes + store!.ownBytes).toBe(store!.bytes);
  });

  it("are the same where another thread asks who uses them", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const alone = await findHolders(heap);
    const kernels = await withOneThread(async () => {
      expect(await findHolders(sharedHeap(heap), { leastBeside: 0 })).toEqual(alone);
    });
    expect(kernels).toEqual(["search-entries", "spread-masks"]);
  });

  it("show what is done here, and not what another thread does meanwhile", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const phases: string[] = [];
    const progress = { ...NO_PROGRESS, phase: (name: string) => phases.push(name) };
    const ofSearches = ["roots that lead there", "what these roots keep"];
    // Where no other thread can, one comes after the other: both work in one column.
    for (const options of [{}, { leastBeside: 0 }]) {
      phases.length = 0;
      await findHolders(heap, options, progress);
      expect(phases.filter((name) => [...ofSearches, "looking into holders"].includes(name))).toEqual([
        ...ofSearches,
        "looking into holders",
      ]);
    }
    phases.length = 0;
    await withOneThread(async () => {
      await findHolders(sharedHeap(heap), { leastBeside: 0 }, progress);
    });
    expect(phases).toContain("looking into holders");
    expect(phases.filter((name) => ofSearches.includes(name))).toEqual([]);
  });

  it.each([
    ["roots that lead there", () => vi.spyOn(SEARCH_ENTRIES, "run")],
    ["what these roots keep", () => vi.spyOn(SPREAD_MASKS, "run")],
  ] as const)("are not found if the other thread fails at this: %s; it is let go of", async (_, spy) => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const search = spy();
    search.mockRejectedValue(new Error("out of memory"));
    try {
      await withOneThread(async () => {
        await expect(findHolders(sharedHeap(heap), { leastBeside: 0 })).rejects.toThrow("out of memory");
        await expectOneIsFree();
      });
      expect(search).toHaveBeenCalled();
    } finally {
      search.mockRestore();
    }
  });

  it("are given up at once on abort, and the other thread is let go of", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    await withOneThread(async () => {
      const controller = new AbortController();
      const phase = (name: string): void => {
        if (name === "looking into holders") controller.abort(new Error("enough"));
      };
      const progress = { ...NO_PROGRESS, signal: controller.signal, phase };
      await expect(findHolders(sharedHeap(heap), { leastBeside: 0 }, progress)).rejects.toThrow("enough");
      await expectOneIsFree();
    });
  });

  it("have the same names and sizes where nothing else is asked for", async () => {
    for (const [dump, executable] of [
      ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
      ["queue.1.22.amd64", "queue.1.22.amd64"],
    ] as const) {
      const heap = await typedSample(dump, executable);
      const { holders } = await findHolders(heap);
      const names = holders.map(({ pathWithoutKeys, type, bytes, share }) => ({ pathWithoutKeys, type, bytes, share }));
      expect(await nameHolders(heap)).toEqual(names);
    }
  });

  it("are called alike with and without contents, but for keys of maps", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { holders } = await computeLargestHolders(heap, NO_PROGRESS);
    const all = holders.flatMap((holder) => [holder, ...holder.largest]);
    for (const { path, pathWithoutKeys } of all) expect(pathWithoutKeys).toBe(path.replaceAll(/\["[^"]*"\]/g, "[…]"));
    expect(all.some(({ pathWithoutKeys }) => /\[\d+\]/.test(pathWithoutKeys))).toBe(true);
  });

  it("are several where the memory hangs on several things, the largest first", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { holders } = await findHolders(heap);
    expect(holders.map(({ path }) => path.replace(/\.buckets$/, ""))).toEqual([
      "main.pipeline.thumbnails.previews",
      "main.pipeline.queue.pending",
      "main.pipeline.logs.firstLines",
    ]);
    expect(holders[0]!.largest[0]!.path).toMatch(/previews.*\["document \d\d"\]$/);
  });

  it("are also what the way down passes, if it is worth as much", async () => {
    //  data ─► 0 ─► 1 ─► 4, 5;  0 ─► 2;  0 ─► 3, which is too little
    const heap = graphHeap({
      sizes: [16, 16, 240, 64, 600, 600],
      ...csr(6, [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 4],
        [1, 5],
      ]),
      roots: [ROOT_TREE.data, 0],
    });
    const named = { ...heap, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const { holders } = await findHolders(named);
    expect(holders.map(({ object, bytes }) => [object, bytes])).toEqual([
      [1, 1216],
      [2, 240],
    ]);
  });

  it("name the pointers through which several things in them lead to the same ones", async () => {
    //  data ─► 0 ─► 1, 2, each of them ─► 3 … 12
    const both = Array.from({ length: 10 }, (_, i) => [[1, 3 + i] as const, [2, 3 + i] as const]).flat();
    const heap = graphHeap({
      sizes: [16, 80, 80, ...new Array(10).fill(100)],
      ...csr(13, [[0, 1], [0, 2], ...both]),
      roots: [ROOT_TREE.data, 0],
    });
    const children = await computeOwnerChildren(heap, NO_PROGRESS);
    const tree = new ThingTree(heap, await computeOwnerTree(heap, NO_PROGRESS), children, undefined);
    const shared = tree.childrenOf(0).filter((object) => object > 2);
    expect(shared).toHaveLength(10);
    const [a, b] = [
      { name: "a", things: Int32Array.of(1) },
      { name: "b", things: Int32Array.of(2) },
    ];
    expect(new SharedParts(heap, tree).namesOf(shared, [a, b])).toEqual(["a", "b"]);
    expect(new SharedParts(heap, tree).namesOf(Int32Array.of(1), [b])).toEqual([]);
    // Of what leads there all is told, or nothing.
    expect(new SharedParts(heap, tree).namesOf(shared, [a, b, { name: undefined, things: Int32Array.of(2) }])).toEqual(
      [],
    );
  });

  it("name what leads to a part of them, the shards of a map together, each of them counted once", async () => {
    //  data ─► 0 ─► 1, 2, 3, 4;  1 ─► 5 … 14;  2 ─► 5 … 9, 3 ─► 10 … 14;  4 ─► 5, ten times
    const all = Array.from({ length: 10 }, (_, i) => [[1, 5 + i] as const, [i < 5 ? 2 : 3, 5 + i] as const]).flat();
    const heap = graphHeap({
      sizes: [32, 80, 80, 80, 80, ...new Array(10).fill(100)],
      ...csr(15, [
        ...[1, 2, 3, 4].map((to) => [0, to] as const),
        ...all,
        ...Array.from({ length: 10 }, () => [4, 5] as const),
      ]),
      roots: [ROOT_TREE.data, 0],
    });
    const children = await computeOwnerChildren(heap, NO_PROGRESS);
    const tree = new ThingTree(heap, await computeOwnerTree(heap, NO_PROGRESS), children, undefined);
    const shared = tree.childrenOf(0).filter((object) => object > 4);
    expect(shared).toHaveLength(10);
    const doors = [
      { name: "current", things: Int32Array.of(4) },
      { name: "all", things: Int32Array.of(1) },
      { name: "shards[…]", things: Int32Array.of(2, 3) },
    ];
    expect(new SharedParts(heap, tree).namesOf(shared, doors)).toEqual(["all", "shards[…]", "current"]);
  });

  it("are not told where one of those that lead there has no name", async () => {
    //  data ─► 0 ─► 1, 2, each of them ─► 3 … 12
    const draw = (names: Readonly<Record<number, string>>): Heap => {
      const heap = drawHeap((s) => {
        const [cache, ...doors] = ["Cache", "Door0", "Door1"].map((name) =>
          s.object({ type: `main.${name}`, size: 80 }),
        );
        const things = Array.from({ length: 10 }, () => s.object({ type: "main.Thing", size: 100 }));
        for (const [i, door] of doors.entries()) s.pointer(cache!, door, 8 * i);
        for (const door of doors) for (const [i, thing] of things.entries()) s.pointer(door, thing, 8 * i);
        s.global(cache!);
      });
      const fields = { stride: () => 0, name: (_: number, offset: number) => names[offset] };
      return { ...heap, types: { ...heap.types, fields: fields as unknown as NonNullable<Heap["types"]["fields"]> } };
    };
    const sharedBy = async (heap: Heap) => (await findHolders(heap)).holders[0]!.parts[0]!.sharedBy;
    expect(await sharedBy(draw({ 0: "items", 8: "order" }))).toEqual(["items", "order"]);
    expect(await sharedBy(draw({ 8: "order" }))).toEqual([]);
  });

  it("have entries of a map together, whether they are in its buckets or in their overflow", async () => {
    const heap = await typedSample("interned-after.1.19.amd64", "interned.1.19.amd64");
    const [labels] = (await computeLargestHolders(heap, NO_PROGRESS)).holders;
    expect(labels!.parts.map(({ by, type, count }) => [by, type, count])).toEqual([
      ["[…]", "sync.entry", 1499],
      ["[key]", "string", 1499],
    ]);
  });

  it.each([
    ["by the types of a stripped executable", "lru.1.24.amd64"],
    ["by variables", "lru.1.27.amd64"],
  ])("name the fields that share the elements of a list, %s", async (_, sample) => {
    const [cache] = (await computeLargestHolders(await typedSample(sample, sample), NO_PROGRESS)).holders;
    expect(cache).toMatchObject({ type: "main.LRU", nodes: null });
    expect(cache!.parts[0]).toMatchObject({
      type: "container/list.Element",
      count: 4000,
      sharedBy: ["order", "items"],
    });
  });

  it("tell what there is most of further below", async () => {
    //  data ─► 0 ─► 1, 2, each of them ─► 5 more
    const entries = Array.from({ length: 10 }, (_, i) => [1 + (i % 2), 3 + i] as const);
    const heap = graphHeap({
      sizes: [16, 80, 80, ...new Array(10).fill(100)],
      ...csr(13, [[0, 1], [0, 2], ...entries]),
      roots: [ROOT_TREE.data, 0],
    });
    const named = { ...heap, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const [holder] = (await findHolders(named)).holders;
    expect(holder!.bulk).toMatchObject({ count: 10, bytes: 1000, below: { count: 2 } });
  });

  it("tell what fills the single things that several kinds of hang below, and where", async () => {
    //  data ─► 0 ─► 1 ─► 3 ─► ten more;  0 ─► 2 ─► a large one
    const entries = Array.from({ length: 10 }, (_, i) => [3, 5 + i] as const);
    const heap = graphHeap({
      sizes: [16, 80, 80, 80, 900, ...new Array(10).fill(100)],
      ...csr(15, [[0, 1], [0, 2], [1, 3], [2, 4], ...entries]),
      types: Int32Array.of(0, 1, 2, 3, 4, ...new Array(10).fill(5)),
      typeNames: ["main.app", "main.a", "main.b", "main.list", "main.large", "main.entry"],
      roots: [ROOT_TREE.data, 0],
    });
    const named = { ...heap, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const [holder] = (await findHolders(named)).holders;
    expect(holder!.object).toBe(0);
    expect(holder!.parts.map(({ inner }) => inner && [inner.object, inner.count, inner.bytes])).toEqual([
      [3, 10, 1000],
      null,
    ]);
  });

  it("end where no child has most of its parent's bytes, and count a container as one thing", async () => {
    //  data ─► 0 ─► 1 (a map) ─► 2, 3 (its parts) ─► 4 … 13 (ten entries)
    const entries = Array.from({ length: 10 }, (_, i) => [2 + (i % 2), 4 + i] as const);
    const heap = graphHeap({
      sizes: [16, 48, 64, 64, ...new Array(10).fill(100)],
      ...csr(14, [[0, 1], [1, 2], [1, 3], ...entries]),
      roots: [ROOT_TREE.data, 0],
    });
    const named = { ...heap, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
    const container = Int32Array.from({ length: 14 }, (_, i) => (i === 2 || i === 3 ? 1 : i));
    const { holders } = await findHolders(named, { container });
    expect(holders).toHaveLength(1);
    expect(holders[0]).toMatchObject({ object: 1, bytes: 1176, ownBytes: 176 });
    expect(holders[0]!.parts).toMatchObject([{ count: 10, bytes: 1000 }]);
  });
});

function sumLive({ objects }: Heap): number {
  let sum = 0;
  for (let i = 0; i < objects.count; i++) if ((objects.flags[i]! & REACHABLE) !== 0) sum += objectSize(objects, i);
  return sum;
}

it("a variable that is the holder itself has the type that debug information tells, other roots have none", async () => {
  const heap = await typedSample("lru.1.27.amd64", "lru.1.27.amd64");
  const names = new HolderNames(heap, await computeOwnerTree(heap), undefined);
  const { kind, item, count } = heap.roots.vertices;
  const told = new Map<string, string>();
  for (let vertex = 0; vertex < count; vertex++) {
    const type = names.typeOf(heap.objects.count + vertex);
    if (kind[vertex] === RootVertexKind.VARIABLE) told.set(heap.variables![item[vertex]!]!.name, type);
    else expect(type).toBe("");
  }
  expect(told.get("main.server")).toBe("*main.Server");
  expect(told.get("os.Args")).toBe("[]string");
});

import { describe, expect, it, vi } from "vitest";
import { ComponentSearch } from "../../../src/analysis/ownership/component-search.ts";
import { listHeapTimers } from "../../../src/analysis/ownership/heap-timers.ts";
import {
  findLeadingRoots,
  findRootsByCertainty,
  measureRoots,
  searchRoots,
} from "../../../src/analysis/ownership/leading-roots.ts";
import { ownerVertex } from "../../../src/analysis/ownership/owners.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";
import { sharedHeap, withOneThread } from "../../workers/one-thread.ts";

const { data, bss, frame1, frame2, frame3, goroutine1, goroutine2, other } = ROOT_TREE;
const OWNERS = [data, bss, goroutine1, goroutine2, other];

describe("the roots that lead to an object", () => {
  it("are all of them, a goroutine's frames counted as the goroutine", async () => {
    //  data ─► 0 ─► 1 ─► 2      frame1, frame2 ─► 1      bss ─► 3
    const heap = graphHeap({
      sizes: [1, 1, 1, 1],
      ...csr(4, [
        [0, 1],
        [1, 2],
      ]),
      roots: [data, 0, frame1, 1, frame2, 1, bss, 3],
    });
    expect(await findLeadingRoots(heap, [2, 3, 0])).toEqual([[data, goroutine1], [bss], [data]]);
  });

  it("do not go through the runtime's descriptors", async () => {
    //  frame1 ─► 0 (runtime.g) ─► 1 ◄─ frame3
    const heap = graphHeap({
      sizes: [1, 1],
      ...csr(2, [[0, 1]]),
      roots: [frame1, 0, frame3, 1],
      types: Int32Array.of(1, 0),
      typeNames: ["main.T", "runtime.g"],
    });
    expect(await findLeadingRoots(heap, [1])).toEqual([[goroutine2]]);
  });

  it("do go through a timer that one of them has, whether it is pending or not", async () => {
    //  frame1 ─► 0 (a timer) ─► 1 ─► 2
    for (const timer of ["runtime.timer", "runtime.timeTimer", "time.Timer"]) {
      const heap = graphHeap({
        sizes: [1, 1, 1],
        ...csr(3, [
          [0, 1],
          [1, 2],
        ]),
        roots: [frame1, 0, bss, 0],
        types: Int32Array.of(1, 0, 0),
        typeNames: ["main.T", timer],
      });
      const [roots] = await findRootsByCertainty(heap, [2]);
      expect(roots, timer).toEqual({ all: [bss, goroutine1], certain: [bss, goroutine1], timers: [] });
    }
  });

  it("are those from which a search reaches it, and keep what only they reach, on random graphs", async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const targets = Array.from({ length: Math.min(31, heap.objects.count) }, (_, i) => i);
      const found = await findLeadingRoots(heap, targets);
      const reached = new Map(OWNERS.map((vertex) => [vertex, reach(heap, (v) => v === vertex)]));
      for (const target of targets) {
        const expected = OWNERS.filter((vertex) => reached.get(vertex)!.has(target));
        expect(found[target], `seed ${seed}, object ${target}`).toEqual(expected.sort((a, b) => a - b));
      }
      const chosen = [data, goroutine1];
      const bytes = (set: Set<number>): number => [...set].reduce((sum, i) => sum + objectSize(heap.objects, i), 0);
      const live = bytes(reach(heap, () => true));
      expect(await measureRoots(heap, chosen, [chosen, [data]]), `seed ${seed}`).toEqual({
        leadsTo: chosen.map((vertex) => bytes(reached.get(vertex)!)),
        alone: chosen.map((vertex) => live - bytes(reach(heap, (v) => v !== vertex))),
        together: [chosen, [data]].map((set) => live - bytes(reach(heap, (v) => !set.includes(v)))),
      });
    }
  });
});

describe("what roots keep is the same with the components that another search found,", () => {
  const sets = [OWNERS, [data], [goroutine1, bss]];
  const search = (heap: Heap, targets: readonly number[]) =>
    searchRoots(heap, targets, NO_PROGRESS, new Int32Array(heap.objects.count), true);

  it("whatever it looked for, on random graphs", async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const graph = randomGraph(seed);
      const heap = graphHeap({ ...graph, typeNames: ["a", seed % 3 === 0 ? "b" : "runtime.g", "c", "never"] });
      const { count } = heap.objects;
      const { components } = await search(heap, [seed % count, (7 * seed) % count]);
      const found = await measureRoots(heap, OWNERS, sets, NO_PROGRESS, undefined, components);
      expect(found, `seed ${seed}`).toEqual(await measureRoots(heap, OWNERS, sets));
    }
  });

  it("also if another thread does both searches", async () => {
    const kernels = await withOneThread(async () => {
      for (let seed = 1; seed <= 20; seed++) {
        const typeNames = ["a", seed % 3 === 0 ? "b" : "runtime.g", "c", "never"];
        const heap = sharedHeap(graphHeap({ ...randomGraph(seed), typeNames }));
        const { count } = heap.objects;
        const targets = Array.from({ length: Math.min(31, count) }, (_, i) => i);
        const { of, components } = await searchRoots(heap, targets, NO_PROGRESS, undefined, true);
        expect(of, `seed ${seed}`).toEqual(await findRootsByCertainty(heap, targets));
        const found = await measureRoots(heap, OWNERS, sets, NO_PROGRESS, undefined, components);
        expect(found, `seed ${seed}`).toEqual(await measureRoots(heap, OWNERS, sets));
      }
    });
    expect(kernels).toEqual(new Array(20).fill(["search-entries", "spread-masks"]).flat());
  });

  it("also of what nothing but a descriptor of the runtime's leads to", async () => {
    //  frame1 ─► 0 (runtime.g) ─► 1 ─► 2 ─► 3      frame3 ─► 4
    const heap = graphHeap({
      sizes: [1, 2, 4, 8, 16],
      ...csr(5, [
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
      roots: [frame1, 0, frame3, 4],
      types: Int32Array.of(1, 0, 0, 0, 0),
      typeNames: ["main.T", "runtime.g"],
    });
    const { components } = await search(heap, [4]);
    const { leadsTo } = await measureRoots(heap, [goroutine1], [], NO_PROGRESS, undefined, components);
    expect(leadsTo).toEqual([1 + 2 + 4 + 8]);
  });

  it("also if a search takes a breath on its way, here or in another thread", async () => {
    //  frame1 ─► 0 ─► 1 ─► … ─► last      frame3 ─► last
    const count = 300_000;
    const last = count - 1;
    const start = Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i, last));
    const to = Int32Array.from({ length: last }, (_, i) => i + 1);
    const heap = graphHeap({ sizes: new Uint8Array(count).fill(1), start, to, roots: [frame1, 0, frame3, last] });
    const expected = { leadsTo: [count, 1], alone: [last, 0], together: [count] };
    const chosen = [goroutine1, goroutine2];
    expect(await measureRoots(heap, chosen, [chosen])).toEqual(expected);
    const compare = async (some: Heap, scratch: Int32Array | undefined): Promise<void> => {
      const { of, components } = await searchRoots(some, [last], NO_PROGRESS, scratch, true);
      expect(of).toEqual([{ all: chosen, certain: chosen, timers: [] }]);
      expect(await measureRoots(some, chosen, [chosen], NO_PROGRESS, undefined, components)).toEqual(expected);
    };
    await compare(heap, new Int32Array(count));
    expect(await withOneThread(() => compare(sharedHeap(heap), undefined))).toHaveLength(2);
  });

  it("and is begun at once, however many roots lead to the descriptor", async () => {
    const many = Array.from({ length: 300 }, (_, i) => i + 1);
    const heap = graphHeap({
      sizes: [1, ...many],
      ...csr(
        301,
        many.map((object) => [0, object] as const),
      ),
      roots: many.flatMap(() => [frame1, 0]),
      types: new Int32Array(301).fill(1, 0, 1),
      typeNames: ["main.T", "runtime.g"],
    });
    const enter = vi.spyOn(ComponentSearch.prototype, "enter");
    await search(heap, [4]);
    expect(enter).toHaveBeenCalledTimes(2 * many.length);
    enter.mockRestore();
  });
});

it.each([6, 7, 14, 15, 30])("%i roots at once are told apart", async (count) => {
  const heap = drawHeap((s) => {
    const shared = s.object({ type: "main.Shared", size: 64 });
    for (let i = 0; i < count; i++) {
      const own = s.object({ type: "main.Own", size: 16 * (i + 1) });
      s.pointer(own, shared);
      s.goroutine({ frames: [{ name: `main.f${i}`, slots: [[own, 8]] }] });
    }
  });
  const { kind } = heap.roots.vertices;
  const chosen = [...kind.keys()].filter((vertex) => kind[vertex] === RootVertexKind.GOROUTINE);
  expect(chosen.length).toBe(count);
  const bytes = (set: Set<number>): number => [...set].reduce((sum, i) => sum + objectSize(heap.objects, i), 0);
  const live = bytes(reach(heap, () => true));
  const sets = [chosen, chosen.slice(1), chosen.slice(-1)];
  expect(await measureRoots(heap, chosen, sets)).toEqual({
    leadsTo: chosen.map((vertex) => bytes(reach(heap, (v) => v === vertex))),
    alone: chosen.map((vertex) => live - bytes(reach(heap, (v) => v !== vertex))),
    together: sets.map((set) => live - bytes(reach(heap, (v) => !set.includes(v)))),
  });
});

describe("pending timers", () => {
  /**
   * 20 sessions in a store of 640 bytes, which a variable and a goroutine have, and timers on closures: 0 and 1 on the store, 2 on the first
   * session alone; 3 sends to a channel at which the goroutine waits.
   */
  function drawTimers(): { heap: Heap; store: number; session: number } {
    let store = 0;
    let session = 0;
    const heap = drawHeap((s) => {
      store = s.object({ type: "main.Store", size: 640 });
      const sessions = Array.from({ length: 20 }, () => s.object({ type: "main.Session", size: 1024 }));
      session = sessions[0]!;
      for (const [i, one] of sessions.entries()) s.pointer(store, one, 8 * i);
      const processor = s.object({ type: "runtime.p", size: 4096 });
      const array = s.object({ type: "[]runtime.timerWhen", size: 64 });
      s.pointer(processor, array);
      const drawTimer = (argument: number): void => {
        const row = s.pointers.filter(({ from }) => from === array).length;
        const timer = s.object({ type: "runtime.timeTimer", size: 112 });
        s.pointer(array, timer, 16 * row);
        s.pointer(timer, processor, 8);
        s.pointer(timer, argument, 16);
      };
      for (const target of [store, store, session]) {
        const closure = s.object({ type: `func main.${target === store ? "sweep" : "expire"}`, size: 16 });
        s.pointer(closure, target, 8);
        drawTimer(closure);
      }
      const channel = s.object({ type: "chan time.Time", size: 128 });
      const [waiter, g] = ["runtime.sudog", "runtime.g"].map((type) => s.object({ type, size: 96 }));
      drawTimer(channel);
      s.pointer(channel, waiter!);
      s.pointer(waiter!, store, 8);
      s.pointer(waiter!, g!);
      s.pointer(g!, store);
      s.global(store);
      s.global(processor, 8);
      s.goroutine({ frames: [{ name: "main.tick", slots: [[store, 8]] }] });
    });
    return { heap, store, session };
  }

  it("lead to what their functions work on, but not through who waits at their channels", async () => {
    const { heap, store, session } = drawTimers();
    const found = await findRootsByCertainty(heap, [store, session]);
    expect(found.map(({ timers }) => timers)).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });

  it("keep what roots let go of, unless they let go as well; what they send to does not keep who waits", async () => {
    const { heap } = drawTimers();
    const { kind } = heap.roots.vertices;
    const [variable, goroutine] = [kind.indexOf(RootVertexKind.SEGMENT), kind.indexOf(RootVertexKind.GOROUTINE)];
    const count = kind.length;
    const measure = (callTimer: number[]) => {
      const called = [...new Set(callTimer)];
      const roots = [variable, goroutine];
      return measureRoots(
        heap,
        [...roots, ...called],
        [roots, [...roots, called[0]!], [...roots, ...called]],
        undefined,
        callTimer,
      );
    };
    const all = 640 + 20 * 1024;
    const [timer, closure] = [112, 16];
    // All timers of the store are called alike, or one of them otherwise.
    expect((await measure([count, count, count + 1, count + 1])).together).toEqual([
      0,
      all - 1024 + 2 * (timer + closure),
      all + 3 * (timer + closure) + timer + 128,
    ]);
    expect((await measure([count, count + 1, count + 1, count + 1])).together.slice(0, 2)).toEqual([
      0,
      timer + closure,
    ]);
    expect((await measure([count, count, count + 1, count + 1])).leadsTo.slice(1)).toEqual([
      all,
      all + 2 * (timer + closure),
      1024 + 2 * timer + closure + 128,
    ]);
    expect((await measureRoots(heap, [variable, goroutine], [[variable, goroutine]])).together).toEqual([0]);
  });

  it("are in arrays of structs or pointers, one or many, that something leads to", () => {
    for (const [type, count] of [
      ["[]runtime.timerWhen", 1],
      ["runtime.timerWhen", 1],
      ["[]*runtime.timer", 1],
      ["*runtime.timer", 1],
      ["runtime.timer", 0],
      ["[]runtime.timer", 0],
    ] as const) {
      const heap = drawHeap((s) => {
        const [live, dead] = [s.object({ type }), s.object({ type })];
        for (const array of [live, dead]) s.pointer(array, s.object({ type: "runtime.timeTimer" }));
        s.global(live);
      });
      const timers = listHeapTimers(heap);
      expect(timers.count, type).toBe(count);
      if (count > 0) expect([timers.array, timers.edge, timers.timer].map(([first]) => first)).toEqual([0, 0, 2]);
    }
  });
});

/** The objects that the roots that `isChosen` names lead to. */
function reach(heap: Heap, isChosen: (vertex: number) => boolean): Set<number> {
  const { vertices, to } = heap.roots;
  const pending: number[] = [];
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] === RootVertexKind.UNREACHABLE || !isChosen(ownerVertex(heap, v))) continue;
    pending.push(...to.subarray(vertices.edgeStart[v]!, vertices.edgeStart[v + 1]!));
  }
  const seen = new Set<number>();
  for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
    if (seen.has(i)) continue;
    seen.add(i);
    pending.push(...heap.edges.to.subarray(heap.edges.start[i]!, heap.edges.start[i + 1]!));
  }
  return seen;
}

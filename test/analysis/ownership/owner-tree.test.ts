import { describe, expect, it } from "vitest";
import { measureOwned } from "../../../src/analysis/ownership/owned-bytes.ts";
import {
  beginOwnerTree,
  computeOwnerTree,
  type OwnerTree,
  waitForOwnerTree,
} from "../../../src/analysis/ownership/owner-tree.ts";
import {
  computeOwners,
  newOwnerColumn,
  ownerSearchColumns,
  ownerVertex,
} from "../../../src/analysis/ownership/owners.ts";
import { OwnerPaths } from "../../../src/findings/holders/owner-path.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize, REACHABLE } from "../../../src/heap/objects.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { newColumn, usePool } from "../../../src/workers/current.ts";
import { Pool } from "../../../src/workers/pool.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";
import { sharedHeap, withOneThread } from "../../workers/one-thread.ts";

const { data, bss, frame1, frame2, goroutine1, goroutine2, frame3, other } = ROOT_TREE;

describe("owners", () => {
  it("are variables before goroutines, old goroutines before young ones, whatever the distance", async () => {
    //  data ─► 0 ─► 1 ─► 2      frame1 (goroutine1) ─► 2, 3 ─► 4      frame3 (goroutine2) ─► 4, 5
    const heap = graphHeap({
      sizes: [1, 1, 1, 1, 1, 1],
      ...csr(6, [
        [0, 1],
        [1, 2],
        [3, 4],
      ]),
      roots: [data, 0, frame1, 2, frame1, 3, frame3, 4, frame3, 5],
    });
    expect([...(await computeOwners(heap))]).toEqual([data, data, data, goroutine1, goroutine1, goroutine2]);
  });

  it("are the nearest among variables", async () => {
    //  data ─► 0 ─► 1 ─► 2 ◄─ 3 ◄─ bss
    const heap = graphHeap({
      sizes: [1, 1, 1, 1],
      ...csr(4, [
        [0, 1],
        [1, 2],
        [3, 2],
      ]),
      roots: [data, 0, bss, 3],
    });
    expect([...(await computeOwners(heap))]).toEqual([data, data, bss, bss]);
  });

  it("are closures last: what only they lead to goes to whoever else has it", async () => {
    //  data ─► 0 (closure) ─► 1 ─► 2       frame1 ─► 1       data ─► 3 ─► 4 (closure) ─► 5
    const heap = graphHeap({
      sizes: [1, 1, 1, 1, 1, 1],
      ...csr(6, [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
      ]),
      roots: [data, 0, frame1, 1, data, 3],
      types: Int32Array.of(1, 0, 0, 0, 1, 0),
      typeNames: ["main.T", "func main.f.func1"],
    });
    expect([...(await computeOwners(heap))]).toEqual([data, goroutine1, goroutine1, data, data, data]);
  });

  it("is the garbage, for descriptors of goroutines and threads that only garbage leads to", async () => {
    //  garbage: 0 ─► 1 (runtime.m) ─► 2 ─► 1
    const heap = graphHeap({
      sizes: [1, 1, 1],
      ...csr(3, [
        [0, 1],
        [1, 2],
        [2, 1],
      ]),
      roots: [],
      types: Int32Array.of(0, 1, 0),
      typeNames: ["main.T", "runtime.m"],
    });
    const kinds = [...(await computeOwners(heap))].map((owner) => heap.roots.vertices.kind[owner]);
    expect(kinds).toEqual(kinds.map(() => RootVertexKind.UNREACHABLE));
    expect((await computeOwnerTree(heap)).ownedSize[0]).toBe(3);
  });

  it("do not run out of room where much waits for the second pass", async () => {
    // Closures in a row below variables, each with a chain behind it that nothing else leads to.
    const edges: [number, number][] = [];
    const roots: number[] = [];
    for (let i = 0; i < 50; i++) {
      roots.push(i % 2 === 0 ? data : frame2, 4 * i);
      edges.push([4 * i, 4 * i + 1], [4 * i + 1, 4 * i + 2], [4 * i + 2, 4 * i + 3]);
    }
    const heap = graphHeap({
      sizes: new Array(200).fill(1),
      ...csr(200, edges),
      roots,
      types: Int32Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
      typeNames: ["main.T", "func main.f.func1"],
    });
    const owners = await computeOwners(heap);
    for (let i = 0; i < 200; i++) expect(owners[i]).toBe(Math.floor(i / 4) % 2 === 0 ? data : goroutine1);
  });
});

describe("the owner tree", () => {
  it("gives what two roots share to its owner, where plain dominators say several roots", async () => {
    //  data ─► 0 ─► 1 ─► 2 ◄─ frame1      2 ─► 0 leads back
    const heap = graphHeap({
      sizes: [1, 2, 4],
      ...csr(3, [
        [0, 1],
        [1, 2],
        [2, 0],
      ]),
      roots: [data, 0, frame1, 2],
    });
    const { ownedSize, tree } = await computeOwnerTree(heap);
    expect([...ownedSize.subarray(0, 3)]).toEqual([7, 6, 4]);
    expect(ownedSize[3 + data]).toBe(7);
    expect(ownedSize[3 + goroutine1]).toBe(0);
    expect([...tree.immediateDominator.subarray(0, 3)]).toEqual([3 + data, 0, 1]);
  });

  it("leaves out words that may be stale where the same goroutine leads there for sure", async () => {
    //  frame 0 ─► 0 ─► 1 ─► 2      frame 1, a word ─► 1, 3
    const heap = drawHeap((s) => {
      const [gateway, cache, user, temporary] = [s.object(), s.object(), s.object(), s.object()];
      s.pointer(gateway!, cache!);
      s.pointer(cache!, user!);
      const words = [
        [cache!, 8],
        [temporary!, 16],
      ] as const;
      const word = { name: "main.main", slots: words, areWords: true };
      s.goroutine({ frames: [{ name: "main.main", slots: [[gateway!, 0]] }, word] });
    });
    const { ownedSize, tree } = await computeOwnerTree(heap);
    expect([...ownedSize.subarray(0, 4)]).toEqual([48, 32, 16, 16]);
    expect([...tree.immediateDominator.subarray(1, 3)]).toEqual([0, 1]);
    // The same, without the tree.
    expect(await measureOwned(heap, [0], await computeOwners(heap), NO_PROGRESS)).toBe(48);
    expect(new OwnerPaths(heap, await computeOwners(heap)).to(1).map(({ from }) => from)[1]).toBe(0);
  });

  it("is exact below and above 4 GiB, in as few bytes as do", async () => {
    const half = 2 ** 31;
    for (const [sizes, Column] of [
      [[half, half - 1], Uint32Array],
      [[half, half], Float64Array],
    ] as const) {
      const { ownedSize } = await computeOwnerTree(graphHeap({ sizes, ...csr(2, [[0, 1]]), roots: [data, 0] }));
      expect(ownedSize).toBeInstanceOf(Column);
      expect(ownedSize[0]).toBe(sizes[0] + sizes[1]);
    }
  });

  it("tells owners in two bytes as long as there are no more of them", () => {
    const columns = ownerSearchColumns(graphHeap({ sizes: [1], ...csr(1, []), roots: [data, 0] }));
    expect(newOwnerColumn({ ...columns, ofRoot: new Int32Array(2 ** 16) })).toBeInstanceOf(Uint16Array);
    expect(newOwnerColumn({ ...columns, ofRoot: new Int32Array(2 ** 16 + 1) })).toBeInstanceOf(Int32Array);
  });

  it("adds up: every object has an owner, every owner's sum is that of its objects, on random graphs", async () => {
    for (let seed = 1; seed <= 120; seed++) {
      const graph = randomGraph(seed);
      const heap = graphHeap({ ...graph, typeNames: ["a", "func b.func1", "c", "never"] });
      const { owner, ownedSize } = await computeOwnerTree(heap);
      expect(sumsByOwner(heap, owner), `seed ${seed}`).toEqual(sumsOfTree(heap, ownedSize));
      for (let i = 0; i < heap.objects.count; i++) {
        const isGarbage = heap.roots.vertices.kind[owner[i]!] === RootVertexKind.UNREACHABLE;
        expect(isGarbage, `seed ${seed}, object ${i}`).toBe((heap.objects.flags[i]! & REACHABLE) === 0);
      }
    }
  });

  it("takes the strongest root that reaches an object, on random graphs without closures", async () => {
    const strength = [data, bss, goroutine1, goroutine2, other];
    for (let seed = 1; seed <= 60; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { owner } = await computeOwnerTree(heap);
      const reached = strength.map((vertex) => reachableFrom(heap, vertex));
      for (let i = 0; i < heap.objects.count; i++) {
        const at = strength.findIndex((_, k) => reached[k]!.has(i));
        if (at < 0) continue;
        // Of variables (here segments) the nearest; which that is, the test above says.
        const expected = at < 2 ? [data, bss] : [strength[at]!];
        expect(expected, `seed ${seed}, object ${i}`).toContain(owner[i]);
      }
    }
  });
});

function sumsByOwner(heap: Heap, owner: OwnerTree["owner"]): Map<number, number> {
  const sums = new Map<number, number>();
  for (let i = 0; i < heap.objects.count; i++) {
    sums.set(owner[i]!, (sums.get(owner[i]!) ?? 0) + objectSize(heap.objects, i));
  }
  return sums;
}

/** The sum of each root vertex that owns something, without those of the root vertices below it. */
function sumsOfTree(heap: Heap, ownedSize: OwnerTree["ownedSize"]): Map<number, number> {
  const { vertices } = heap.roots;
  const sums = new Map<number, number>();
  for (let v = 0; v < vertices.count; v++) {
    let sum = ownedSize[heap.objects.count + v]!;
    if (vertices.kind[v] === RootVertexKind.FRAME) continue;
    for (let child = vertices.firstChild[v]!; child < vertices.firstChild[v + 1]!; child++) {
      if (vertices.kind[child] !== RootVertexKind.FRAME) sum -= ownedSize[heap.objects.count + child]!;
    }
    if (sum !== 0) sums.set(v, sum);
  }
  return sums;
}

function reachableFrom(heap: Heap, vertex: number): Set<number> {
  const { vertices, to } = heap.roots;
  const pending: number[] = [];
  for (let v = 0; v < vertices.count; v++) {
    if (ownerVertex(heap, v) !== vertex) continue;
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

describe("beginning with the tree", () => {
  it("makes no difference", async () => {
    const kernels = await withOneThread(async () => {
      for (let seed = 1; seed <= 20; seed++) {
        const heap = graphHeap({ ...randomGraph(seed), typeNames: ["a", "func b.func1", "c", "never"] });
        const shared = sharedHeap(heap);
        beginOwnerTree(shared, NO_PROGRESS);
        if (seed % 2 === 0) await waitForOwnerTree(shared);
        expect(await computeOwnerTree(shared), `seed ${seed}`).toEqual(await computeOwnerTree(heap));
      }
    });
    expect(kernels).toEqual(new Array(20).fill("grow-owner-tree"));
  });

  it("keeps nobody hired if it fails before there is something to do", async () => {
    let ended = 0;
    usePool(new Pool(() => ({ post() {}, end: () => void ended++ }), 1, { leastSteps: 0, partSteps: 1 }));
    try {
      const heap = graphHeap({ sizes: [1, 1], ...csr(2, [[0, 1]]), roots: [data, 0] });
      const edges = { ...heap.edges, to: newColumn(Int32Array, heap.edges.count) };
      const noTypes = { ...heap.types, names: undefined as never };
      expect(() => beginOwnerTree({ ...heap, edges, types: noTypes }, NO_PROGRESS)).toThrow(TypeError);
      await new Promise(setImmediate);
      expect(ended).toBe(1);
    } finally {
      usePool(undefined);
    }
  });
});

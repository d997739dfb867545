import { describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { computeRetainedSizes } from "../../../src/analysis/dominators/retained-size.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { HUGE_SIZE, NO_OBJECT, objectSize, REACHABLE } from "../../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { csr, type Graph, graphHeap, ROOT_TREE, ROOT_VERTEX_COUNT } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

const { data, bss, frame1, frame2, goroutine1, other } = ROOT_TREE;

describe("computeDominators", () => {
  it("finds those of Lengauer and Tarjan's example", async () => {
    const names = [..."RABCDEFGHIJKL"];
    const edges = "RA RB RC AD BA BD BE CF CG DL EH FI GI GJ HE HK IK JI KI KR LH".split(" ");
    const heap = graphHeap({
      sizes: names.map(() => 1),
      ...csr(
        names.length,
        edges.map(([from, to]) => [names.indexOf(from!), names.indexOf(to!)] as const),
      ),
      roots: [data, 0],
    });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    const found = names.slice(1).map((name, i) => name + names[immediateDominator[i + 1]!]);
    // Figure 2 of the paper.
    expect(found.join(" ")).toBe("AR BR CR DR ER FC GC HR IR JG KR LD");
    expect(immediateDominator[0]).toBe(heap.objects.count + data);
  });

  it("gives root vertices the vertex above them, and the virtual root none", async () => {
    const heap = graphHeap({ sizes: [], start: new Uint32Array(1), to: new Int32Array(0), roots: [] });
    const { immediateDominator, order } = await computeDominators(heap, NO_PROGRESS);
    expect([...immediateDominator]).toEqual([...heap.roots.vertices.parent]);
    expect(immediateDominator[0]).toBe(NO_OBJECT);
    expect(order).toHaveLength(ROOT_VERTEX_COUNT);
  });

  it("says so if nothing leads to an object", async () => {
    const heap = graphHeap({ sizes: [1, 1], start: new Uint32Array(3), to: new Int32Array(0), roots: [data, 0] });
    const lost = { ...heap, roots: { ...heap.roots, to: heap.roots.to.map(() => 0) } };
    await expect(computeDominators(lost, NO_PROGRESS)).rejects.toThrow("the virtual root does not reach");
  });

  it("hangs what two root vertices hold below the nearest one above both", async () => {
    //  data ─► 0    frame1 ─► 1 ─► 3      goroutine1 ─ frame1, frame2
    //  bss ──► 0    frame2 ─► 2 ─► 3, 4
    //  other ─► 4
    const heap = graphHeap({
      sizes: [1, 1, 1, 1, 1],
      ...csr(5, [
        [1, 3],
        [2, 3],
        [2, 4],
      ]),
      roots: [data, 0, bss, 0, frame1, 1, frame2, 2, other, 4],
    });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    const kinds = [0, 1, 2, 3, 4].map((object) => immediateDominator[object]! - heap.objects.count);
    expect(kinds).toEqual([3, frame1, frame2, goroutine1, 1]);
  });

  it("lets garbage retain nothing that is live", async () => {
    //  data ─► 0 ─► 1 ─► 2        garbage: 3 ─► 1, 3 ─► 2 (a leaf), 3 ─► 4, 4 ⇄ 5, 5 ─► 0
    const heap = graphHeap({
      sizes: [1, 2, 4, 8, 16, 32],
      ...csr(6, [
        [0, 1],
        [1, 2],
        [3, 1],
        [3, 2],
        [3, 4],
        [4, 5],
        [5, 4],
        [5, 0],
      ]),
      roots: [data, 0],
    });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    const unreachable = 6 + 2;
    expect([...immediateDominator.subarray(0, 6)]).toEqual([6 + data, 0, 1, unreachable, 3, 4]);
    const retained = await computeRetainedSizes(heap, NO_PROGRESS);
    expect([...retained.subarray(0, 6)]).toEqual([7, 6, 4, 56, 48, 32]);
    expect([retained[6 + 1], retained[unreachable]]).toEqual([7, 56]);
  });

  it("agrees with deleting every vertex in turn, on random graphs", async () => {
    for (let seed = 1; seed <= 400; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
      const retained = await computeRetainedSizes(heap, NO_PROGRESS);
      expect([...retained], `seed ${seed}`).toEqual(retainedByDeletion(heap));
      expect([...immediateDominator], `seed ${seed}`).toEqual(dominatorsByDeletion(heap));
    }
  });

  it("keeps its invariants on larger random graphs", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const heap = graphHeap(randomGraph(seed, 20_000));
      await expectInvariants(heap, seed);
    }
  });

  it("refuses more edges than 32 bits count", async () => {
    const heap = graphHeap(chain(3));
    const tooLarge: Heap = { ...heap, edges: { ...heap.edges, count: 2 ** 31 } };
    await expect(computeDominators(tooLarge)).rejects.toMatchObject({ code: "too-large" });
  });

  it("counts objects of 4 GiB and more in full", async () => {
    const small = graphHeap(chain(3));
    small.objects.size[1] = HUGE_SIZE;
    const heap: Heap = { ...small, objects: { ...small.objects, hugeSize: new Map([[1, 5e9]]) } };
    expect([...(await computeRetainedSizes(heap)).subarray(0, 3)]).toEqual([5e9 + 2, 5e9 + 1, 1]);
  });

  it("returns the same result again, and starts anew after an abort", async () => {
    const heap = graphHeap(chain(300_000));
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    await expect(computeDominators(heap, { ...NO_PROGRESS, signal: controller.signal })).rejects.toThrow("stop");
    const first = await computeDominators(heap, NO_PROGRESS);
    expect(await computeDominators(heap, NO_PROGRESS)).toBe(first);
  });
});

describe("shapes that break recursive or quadratic algorithms", () => {
  const count = 5_000_000;

  it("a chain of 5 million", async () => {
    const heap = graphHeap(chain(count));
    const retained = await computeRetainedSizes(heap, NO_PROGRESS);
    expect(retained[0]).toBe(count);
    expect(retained[count - 1]).toBe(1);
    expect(retained[1234]).toBe(count - 1234);
  }, 60_000);

  it("a star of 5 million", async () => {
    const start = new Uint32Array(count + 1).fill(count - 1);
    start[0] = 0;
    const to = Int32Array.from({ length: count - 1 }, (_, i) => i + 1);
    const heap = graphHeap({ sizes: new Uint8Array(count).fill(1), start, to, roots: [data, 0] });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    expect(immediateDominator.subarray(1, count).every((above) => above === 0)).toBe(true);
  }, 60_000);

  it("a doubly linked list held at both ends", async () => {
    const heap = graphHeap(list(500_000, true, [data, 0, bss, 499_999]));
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    // Only the root vertex above data and bss is on every path.
    const globals = heap.objects.count + 3;
    expect(immediateDominator.subarray(0, 500_000).every((above) => above === globals)).toBe(true);
  });

  // Each element i of a list refers to a value, values are also held from elsewhere: half of them with edges, half leaves.
  it("a list whose values are held by a table, too", async () => {
    const length = 400_000;
    const edges: [number, number][] = [];
    const table = 2 * length;
    for (let i = 0; i < length; i++) {
      if (i + 1 < length) edges.push([i, i + 1]);
      edges.push([i, length + i], [table, length + i]);
      if (i % 2 === 0) edges.push([length + i, 2 * length + 1]);
    }
    const heap = graphHeap({
      sizes: new Uint8Array(2 * length + 2).fill(1),
      ...csr(2 * length + 2, edges),
      roots: [data, 0, data, table],
    });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    const values = immediateDominator.subarray(length, 2 * length);
    expect(values.every((above) => above === heap.objects.count + data)).toBe(true);
    expect(immediateDominator[length - 1]).toBe(length - 2);
  }, 30_000);

  it("a list all of whose elements refer to the same two values", async () => {
    const length = 400_000;
    const edges: [number, number][] = [];
    for (let i = 0; i < length; i++) {
      edges.push([i, length], [i, length + 1]);
      if (i + 1 < length) edges.push([i, i + 1]);
    }
    edges.push([length, length + 2]);
    const heap = graphHeap({ sizes: new Uint8Array(length + 3).fill(1), ...csr(length + 3, edges), roots: [data, 0] });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    expect([...immediateDominator.subarray(length, length + 3)]).toEqual([0, 0, length]);
  }, 30_000);

  it("a ladder", async () => {
    // Rung i is the objects 2i and 2i+1; each refers to both of the next rung, so only object 0 dominates.
    const rungs = 300_000;
    const edges: [number, number][] = [[0, 1]];
    for (let i = 0; i + 1 < rungs; i++) {
      for (const from of [2 * i, 2 * i + 1]) edges.push([from, 2 * i + 2], [from, 2 * i + 3]);
    }
    const heap = graphHeap({ sizes: new Uint8Array(2 * rungs).fill(1), ...csr(2 * rungs, edges), roots: [data, 0] });
    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    expect(immediateDominator.subarray(1, 2 * rungs).every((above) => above === 0)).toBe(true);
  }, 30_000);
});

function chain(count: number): Graph {
  const start = Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i, count - 1));
  const to = Int32Array.from({ length: count - 1 }, (_, i) => i + 1);
  return { sizes: new Uint8Array(count).fill(1), start, to, roots: [data, 0] };
}

function list(count: number, doubly: boolean, roots: number[]): Graph {
  const edges: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    if (i + 1 < count) edges.push([i, i + 1]);
    if (doubly && i > 0) edges.push([i, i - 1]);
  }
  return { sizes: new Uint8Array(count).fill(1), ...csr(count, edges), roots };
}

function isLive({ objects }: Heap, object: number): boolean {
  return (objects.flags[object]! & REACHABLE) !== 0;
}

/** Which vertices the virtual root reaches when `deleted` is not there, and garbage keeps nothing live. */
function reachedWithout(heap: Heap, deleted: number): Uint8Array {
  const { objects, edges, roots } = heap;
  const reached = new Uint8Array(objects.count + roots.vertices.count);
  const pending: number[] = [];
  const reach = (vertex: number): void => {
    if (vertex === deleted || reached[vertex] !== 0) return;
    reached[vertex] = 1;
    pending.push(vertex);
  };
  reach(objects.count);
  for (let v = pending.pop(); v !== undefined; v = pending.pop()) {
    if (v < objects.count) {
      for (let e = edges.start[v]!; e < edges.start[v + 1]!; e++) {
        const target = edges.to[e]!;
        if (isLive(heap, v) || !isLive(heap, target)) reach(target);
      }
      continue;
    }
    const root = v - objects.count;
    for (let w = 0; w < roots.vertices.count; w++) if (roots.vertices.parent[w] === root) reach(objects.count + w);
    for (let e = roots.vertices.edgeStart[root]!; e < roots.vertices.edgeStart[root + 1]!; e++) reach(roots.to[e]!);
  }
  return reached;
}

function dominatedByDeletion(heap: Heap): Uint8Array[] {
  const all = reachedWithout(heap, -1);
  return Array.from(all, (_, v) => reachedWithout(heap, v).map((reached) => 1 - reached));
}

function retainedByDeletion(heap: Heap): number[] {
  return dominatedByDeletion(heap).map((lost) =>
    lost.reduce((sum, isLost, v) => (isLost && v < heap.objects.count ? sum + objectSize(heap.objects, v) : sum), 0),
  );
}

/** The immediate dominator is the dominator that all other dominators dominate: the one that dominates the fewest. */
function dominatorsByDeletion(heap: Heap): number[] {
  const dominated = dominatedByDeletion(heap);
  const weight = dominated.map((lost) => lost.reduce((sum, isLost) => sum + isLost, 0));
  return dominated.map((_, v) => {
    let best = NO_OBJECT;
    dominated.forEach((lost, d) => {
      if (d !== v && lost[v] && (best === NO_OBJECT || weight[d]! < weight[best]!)) best = d;
    });
    return best;
  });
}

async function expectInvariants(heap: Heap, seed: number): Promise<void> {
  const { immediateDominator, order } = await computeDominators(heap, NO_PROGRESS);
  const retained = await computeRetainedSizes(heap, NO_PROGRESS);
  const { count } = heap.objects;
  const own = Float64Array.from(retained, (_, v) => (v < count ? objectSize(heap.objects, v) : 0));
  const sum = own.slice();
  immediateDominator.forEach((above, v) => {
    if (above !== NO_OBJECT) sum[above]! += retained[v]!;
  });
  expect(sum, `seed ${seed}`).toEqual(retained);
  expect(retained[count]).toBe(own.reduce((total, size) => total + size, 0));
  const garbage = own.reduce((total, size, v) => (v < count && !isLive(heap, v) ? total + size : total), 0);
  expect(retained[count + 2], "what UNREACHABLE retains").toBe(garbage);
  const rank = new Map(Array.from(order, (v, i) => [v, i]));
  expect(rank.get(count)).toBe(0);
  for (const v of order) {
    if (v !== count) expect(rank.get(immediateDominator[v]!)).toBeLessThan(rank.get(v)!);
  }
}

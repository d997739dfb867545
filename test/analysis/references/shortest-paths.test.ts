import { describe, expect, it } from "vitest";
import { computeDominatorIntervals } from "../../../src/analysis/dominators/dominator-intervals.ts";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { computeShortestPaths } from "../../../src/analysis/references/shortest-paths.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { REACHABLE } from "../../../src/heap/objects.ts";
import { RootKind } from "../../../src/heap/roots/roots.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

const { data, bss, frame1 } = ROOT_TREE;

describe("computeShortestPaths", () => {
  it("takes the shorter of two ways, and of two as short the first", async () => {
    //  data ─► 0 ─► 1 ─► 2 ─► 3     bss ─► 4 ─► 3     frame1 ─► 4
    const heap = graphHeap({
      sizes: [1, 1, 1, 1, 1],
      ...csr(5, [
        [0, 1],
        [1, 2],
        [2, 3],
        [4, 3],
      ]),
      roots: [data, 0, bss, 4, frame1, 4],
    });
    const { depth, parent, edge, root } = await computeShortestPaths(heap);
    expect([...depth]).toEqual([0, 1, 2, 1, 0]);
    expect([...parent]).toEqual([5 + data, 0, 1, 4, 5 + bss]);
    expect(edge[3]).toBe(3);
    expect(root[3]).toBe(edge[4]);
    expect(heap.roots.to[root[3]!]).toBe(4);
  });

  it("takes what the collector only takes for a pointer last", async () => {
    const heap = graphHeap({ sizes: [1], ...csr(1, []), roots: [data, 0, bss, 0] });
    const kind = Uint8Array.from(heap.roots.kind);
    kind[0] = RootKind.FRAME_CONSERVATIVE;
    const { parent, edge } = await computeShortestPaths({ ...heap, roots: { ...heap.roots, kind } });
    expect([parent[0], edge[0]]).toEqual([1 + bss, 1]);
  });

  it("agrees with relaxing edges until nothing changes, on random graphs", async () => {
    for (let seed = 0; seed < 300; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { depth, parent, edge, root } = await computeShortestPaths(heap);
      const live = relax(heap, (kind) => kind !== RootKind.UNREACHABLE);
      const { count, flags } = heap.objects;
      for (let i = 0; i < count; i++) {
        const isLive = (flags[i]! & REACHABLE) !== 0;
        expect(Number.isFinite(live[i]), `seed ${seed}, object ${i}`).toBe(isLive);
        if (isLive) expect(depth[i], `seed ${seed}, object ${i}`).toBe(live[i]);
        if (parent[i]! < count) {
          expect(heap.edges.to[edge[i]!]).toBe(i);
          expect(edge[i]).toBeGreaterThanOrEqual(heap.edges.start[parent[i]!]!);
          expect(edge[i]).toBeLessThan(heap.edges.start[parent[i]! + 1]!);
          expect(depth[i]).toBe(depth[parent[i]!]! + 1);
          expect(root[i]).toBe(root[parent[i]!]);
          if (isLive) expect(flags[parent[i]!]! & REACHABLE, "live through garbage").not.toBe(0);
        } else {
          const { edgeStart } = heap.roots.vertices;
          expect(heap.roots.to[edge[i]!]).toBe(i);
          expect(edge[i]).toBeGreaterThanOrEqual(edgeStart[parent[i]! - count]!);
          expect(edge[i]).toBeLessThan(edgeStart[parent[i]! - count + 1]!);
          expect([depth[i], root[i]]).toEqual([0, edge[i]]);
        }
      }
    }
  });
});

/** Bellman and Ford's way: slow, and nothing like a queue. */
function relax({ objects, edges, roots }: Heap, isWanted: (kind: number) => boolean): number[] {
  const depth = new Array<number>(objects.count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < roots.count; row++) if (isWanted(roots.kind[row]!)) depth[roots.to[row]!] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let from = 0; from < objects.count; from++) {
      for (let e = edges.start[from]!; e < edges.start[from + 1]!; e++) {
        const to = edges.to[e]!;
        if (depth[from]! + 1 >= depth[to]!) continue;
        depth[to] = depth[from]! + 1;
        changed = true;
      }
    }
  }
  return depth;
}

describe("computeDominatorIntervals", () => {
  it("gives every vertex an interval that holds just what it dominates, on random graphs", async () => {
    for (let seed = 0; seed < 120; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { immediateDominator } = await computeDominators(heap);
      const { first, size } = await computeDominatorIntervals(heap);
      const numbers = [...first].sort((a, b) => a - b);
      expect(numbers, `seed ${seed}`).toEqual(numbers.map((_, i) => i));
      for (let v = 0; v < first.length; v++) {
        const above = new Set<number>();
        for (let d = v; d >= 0; d = immediateDominator[d]!) above.add(d);
        for (let d = 0; d < first.length; d++) {
          const isInside = first[v]! >= first[d]! && first[v]! < first[d]! + size[d]!;
          if (isInside !== above.has(d)) throw new Error(`seed ${seed}: does ${d} dominate ${v}?`);
        }
      }
    }
  });
});

import { describe, expect, it } from "vitest";
import { computeRetainers } from "../../../src/analysis/references/retainers.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

describe("computeRetainers", () => {
  it("lists who refers to an object, as often as they do, root vertices last", async () => {
    //  data ─► 0 ═► 1 ─► 0,  bss ─► 1,  2 (garbage) ─► 1
    const heap = graphHeap({
      sizes: [8, 8, 8],
      ...csr(3, [
        [0, 1],
        [0, 1],
        [1, 0],
        [2, 1],
      ]),
      roots: [ROOT_TREE.data, 0, ROOT_TREE.bss, 1],
    });
    const { start, from } = await computeRetainers(heap);
    const of = (object: number) => [...from.subarray(start[object]!, start[object + 1]!)];
    expect(of(0)).toEqual([1, 3 + ROOT_TREE.data]);
    expect(of(1)).toEqual([0, 0, 2, 3 + ROOT_TREE.bss]);
    expect(of(2)).toEqual([3 + 2]);
  });

  it("is the edges reversed", async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { objects, edges, roots } = heap;
      const expected: [to: number, from: number][] = [];
      for (let i = 0; i < objects.count; i++) {
        for (let e = edges.start[i]!; e < edges.start[i + 1]!; e++) expected.push([edges.to[e]!, i]);
      }
      const { count, edgeStart } = roots.vertices;
      for (let v = 0; v < count; v++) {
        for (let e = edgeStart[v]!; e < edgeStart[v + 1]!; e++) expected.push([roots.to[e]!, objects.count + v]);
      }
      expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      const { start, from } = await computeRetainers(heap);
      const found: [number, number][] = [];
      for (let i = 0; i < objects.count; i++) {
        for (let e = start[i]!; e < start[i + 1]!; e++) found.push([i, from[e]!]);
      }
      expect(found, `seed ${seed}`).toEqual(expected);
      expect(from).toHaveLength(edges.count + roots.count);
    }
  });
});

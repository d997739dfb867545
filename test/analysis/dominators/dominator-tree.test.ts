import { describe, expect, it } from "vitest";
import { computeDominatorDepths, computeDominatorTree } from "../../../src/analysis/dominators/dominator-tree.ts";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { computeRetainedSizes } from "../../../src/analysis/dominators/retained-size.ts";
import { computeTypeRetainedSizes } from "../../../src/analysis/dominators/type-retained-size.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);

describe("computeDominatorTree", () => {
  it("lists below each vertex those it dominates immediately, ascending", async () => {
    for (const seed of SEEDS) {
      const heap = graphHeap(randomGraph(seed));
      const { immediateDominator } = await computeDominators(heap);
      const { start, child } = await computeDominatorTree(heap);
      expect(start).toHaveLength(immediateDominator.length + 1);
      immediateDominator.forEach((_, v) => {
        const expected = [...immediateDominator.keys()].filter((w) => immediateDominator[w] === v);
        expect([...child.subarray(start[v]!, start[v + 1]!)], `seed ${seed}`).toEqual(expected);
      });
    }
  });
});

describe("computeDominatorDepths", () => {
  it("counts the dominators above each vertex", async () => {
    for (const seed of SEEDS) {
      const heap = graphHeap(randomGraph(seed));
      const { immediateDominator } = await computeDominators(heap);
      const expected = Array.from(immediateDominator, (_, v) => [...dominatorsAbove(v, immediateDominator)].length);
      expect([...(await computeDominatorDepths(heap))], `seed ${seed}`).toEqual(expected);
    }
  });
});

describe("computeTypeRetainedSizes", () => {
  it("does not count an object twice that one of its type dominates", async () => {
    //  data ─► list 0 ─► list 1 ─► list 2,  list 1 ─► value 3,  bss ─► value 4
    const heap = graphHeap({
      sizes: [8, 16, 32, 64, 128],
      ...csr(5, [
        [0, 1],
        [1, 2],
        [1, 3],
      ]),
      roots: [ROOT_TREE.data, 0, ROOT_TREE.bss, 4],
      types: Int32Array.of(0, 0, 0, 1, 1),
      typeNames: ["list", "value"],
    });
    expect([...(await computeTypeRetainedSizes(heap))]).toEqual([8 + 16 + 32 + 64, 64 + 128]);
  });

  it("agrees with looking for the type among each object's dominators", async () => {
    for (const seed of SEEDS) {
      const heap = graphHeap(randomGraph(seed, 60));
      expect([...(await computeTypeRetainedSizes(heap))], `seed ${seed}`).toEqual(await outermostRetained(heap));
    }
  });
});

function* dominatorsAbove(vertex: number, immediateDominator: Int32Array): Generator<number> {
  for (let v = immediateDominator[vertex]!; v >= 0; v = immediateDominator[v]!) yield v;
}

async function outermostRetained(heap: Heap): Promise<number[]> {
  const { immediateDominator } = await computeDominators(heap);
  const retained = await computeRetainedSizes(heap);
  const { count, type } = heap.objects;
  const sizes = new Array<number>(heap.types.count).fill(0);
  for (let v = 0; v < count; v++) {
    const within = [...dominatorsAbove(v, immediateDominator)].some((d) => d < count && type[d] === type[v]);
    if (!within) sizes[type[v]!]! += retained[v]!;
  }
  return sizes;
}

import { expect, it } from "vitest";
import { computeHistogram } from "../../src/analysis/histogram.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { HUGE_SIZE } from "../../src/heap/objects.ts";
import { csr, graphHeap, ROOT_TREE } from "../support/graph-fixture.ts";

it("counts objects and bytes by type, and apart those that are reachable", async () => {
  const heap = graphHeap({
    sizes: [16, 16, 48, 1024],
    ...csr(4, [[0, 2]]),
    roots: [ROOT_TREE.data, 0],
    types: Int32Array.of(1, 1, 2, 2),
    typeNames: ["none", "a", "b"],
  });
  const histogram = await computeHistogram(heap);
  expect([...histogram.objects]).toEqual([0, 2, 2]);
  expect([...histogram.bytes]).toEqual([0, 32, 1072]);
  expect([...histogram.reachableObjects]).toEqual([0, 1, 1]);
  expect([...histogram.reachableBytes]).toEqual([0, 16, 48]);
  expect([...histogram.byBytes]).toEqual([2, 1, 0]);
  expect(await computeHistogram(heap)).toBe(histogram);
});

it("orders equal types by index", async () => {
  const heap = graphHeap({
    sizes: [8, 8, 8],
    ...csr(3, []),
    roots: [],
    types: Int32Array.of(2, 1, 0),
    typeNames: ["a", "b", "c"],
  });
  expect([...(await computeHistogram(heap)).byBytes]).toEqual([0, 1, 2]);
});

it("counts objects of 4 GiB and more in full", async () => {
  const small = graphHeap({ sizes: [8, HUGE_SIZE], ...csr(2, []), roots: [] });
  const heap: Heap = { ...small, objects: { ...small.objects, hugeSize: new Map([[1, 5e9]]) } };
  expect([...(await computeHistogram(heap)).bytes]).toEqual([5e9 + 8]);
});

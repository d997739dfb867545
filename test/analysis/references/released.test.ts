import { expect, test } from "vitest";
import { findReleased } from "../../../src/analysis/references/released.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { graphHeap } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";
import { sharedHeap, withOneThread } from "../../workers/one-thread.ts";

test("what is released is the same if another thread searches", async () => {
  let released = 0;
  const kernels = await withOneThread(async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const edges = Array.from({ length: heap.edges.count }, (_, edge) => edge).filter((edge) => edge % 3 === 0);
      const rootEdges = Array.from({ length: heap.roots.count }, (_, edge) => edge).filter((edge) => edge % 2 === 0);
      const search = (of: typeof heap) =>
        findReleased(of, { edges, rootEdges }, (pointer) => pointer % 4, 4, NO_PROGRESS);
      const alone = await search(heap);
      expect(await search(sharedHeap(heap)), `seed ${seed}`).toEqual(alone);
      released += alone.objects.reduce((sum, count) => sum + count, 0);
    }
  });
  expect(released).toBeGreaterThan(0);
  expect(kernels).toEqual(new Array(20).fill("mark-rest"));
});

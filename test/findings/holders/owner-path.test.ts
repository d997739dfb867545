import { expect, test, vi } from "vitest";
import { computeOwners } from "../../../src/analysis/ownership/owners.ts";
import { OwnerPaths } from "../../../src/findings/holders/owner-path.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootKind } from "../../../src/heap/roots/roots.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";

/**
 * Two frames of one goroutine lead to one object.
 * @param edges of each pointer its frame, whether it may be stale, and the variable that it is in
 */
function twoFrames(edges: readonly (readonly [frame: number, isStale: boolean, name: string])[]): Heap {
  const heap = graphHeap({ sizes: [8], ...csr(1, []), roots: edges.flatMap(([frame]) => [frame, 0]) });
  const kind = Uint8Array.from(edges, ([, isStale]) => (isStale ? RootKind.FRAME_CONSERVATIVE : RootKind.FRAME));
  return { ...heap, roots: { ...heap.roots, kind, edgeName: (edge: number) => edges[edge]![2] } } as Heap;
}

async function pathTo(heap: Heap): Promise<readonly { readonly from: number; readonly edge: number }[]> {
  return new OwnerPaths(heap, await computeOwners(heap)).to(0);
}

test("a way begins at a variable rather than at a word without a name, wherever that is", async () => {
  const { frame1, frame2 } = ROOT_TREE;
  const oneFrame = twoFrames([
    [frame1, true, ""],
    [frame1, false, ""],
    [frame1, false, "batch"],
  ]);
  expect(await pathTo(oneFrame)).toEqual([{ from: 1 + frame1, edge: 2 }]);
  const inOther = twoFrames([
    [frame1, false, ""],
    [frame2, false, "batch"],
  ]);
  expect(await pathTo(inOther)).toEqual([{ from: 1 + frame2, edge: 1 }]);
});

test("a way begins at a word without a name rather than at one that may be stale", async () => {
  const { frame1 } = ROOT_TREE;
  const heap = twoFrames([
    [frame1, true, "old"],
    [frame1, false, ""],
  ]);
  expect(await pathTo(heap)).toEqual([{ from: 1 + frame1, edge: 1 }]);
});

test("the words that lead to where many ways begin are looked through once", async () => {
  const { frame1 } = ROOT_TREE;
  const heap = twoFrames(Array.from({ length: 100 }, () => [frame1, false, ""] as const));
  const paths = new OwnerPaths(heap, await computeOwners(heap));
  const first = paths.to(0);
  const looks = vi.spyOn(heap.roots.to, "indexOf");
  expect(paths.to(0)).toEqual(first);
  expect(looks).not.toHaveBeenCalled();
});

import { expect, it } from "vitest";
import { HolderPointers } from "../../../src/findings/holders/holder-pointers.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";

const heap = graphHeap({
  sizes: [8, 8, 8],
  ...csr(3, [
    [0, 1],
    [1, 2],
  ]),
  roots: [ROOT_TREE.frame1, 0],
});

it("knows the first pointer of the vertices taken last, of no others, and none to what is no object", () => {
  const pointers = new HolderPointers(heap);
  pointers.take([3 + ROOT_TREE.goroutine1, 3 + ROOT_TREE.frame1, 0]);
  expect(pointers.to(0)).toEqual({ from: 3 + ROOT_TREE.frame1, edge: 0 });
  expect(pointers.to(1)).toEqual({ from: 0, edge: 0 });
  expect(pointers.to(2)).toBeUndefined();
  // A goroutine's frames are below it, too.
  expect(pointers.to(3 + ROOT_TREE.frame1)).toBeUndefined();
  pointers.take([1]);
  expect([0, 1, 2].map((object) => pointers.to(object)?.from)).toEqual([undefined, undefined, 1]);
});

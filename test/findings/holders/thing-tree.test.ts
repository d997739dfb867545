import { expect, test } from "vitest";
import { computeOwnerChildren, computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { ThingTree } from "../../../src/findings/holders/thing-tree.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawThing } from "../../support/thing-fixture.ts";

/** A thing 0 with a part 1, which has 2; and 3 beside the part. */
async function draw() {
  const { heap } = await drawThing({
    types: [{ name: "main.map" }, { name: "main.value" }],
    objects: [
      [0, 48],
      [0, 96],
      [1, 64],
      [1, 32],
    ],
    edges: [
      [0, 1],
      [0, 3],
      [1, 2],
    ],
  });
  const owners = await computeOwnerTree(heap, NO_PROGRESS);
  const container = Int32Array.of(0, 0, 2, 3);
  return { heap, tree: new ThingTree(heap, owners, await computeOwnerChildren(heap, NO_PROGRESS), container) };
}

test("what hangs below a thing and its parts is in the order of the objects", async () => {
  const { tree } = await draw();
  const { parts, children } = tree.partsAndChildrenOf(0);
  expect([...parts]).toEqual([0, 1]);
  expect([...children]).toEqual([2, 3]);
});

test("the largest are objects: what a root has is told of that", async () => {
  const { heap, tree } = await draw();
  const root = heap.objects.count;
  expect(tree.sizeOf(root)).toBeGreaterThan(tree.sizeOf(2));
  expect(tree.largestOf(Int32Array.of(2, 3, root), 2)).toEqual([2, 3]);
});

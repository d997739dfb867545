import { expect, it } from "vitest";
import { findNodes } from "../../../src/findings/holders/nodes.ts";
import { type DrawnType, drawThing } from "../../support/thing-fixture.ts";

/** A list 0 of `own` bytes ─► node 1 ─► 2 ─► 3 ─► 4, each with a value of 68 bytes (5 … 8) beside it. */
async function nodesOf(node: DrawnType, own = 48) {
  const drawn = await drawThing({
    types: [{ name: "main.list" }, node, { name: "main.value" }],
    objects: [[0, own], ...[1, 2, 3, 4].map(() => [1, 32] as const), ...[1, 2, 3, 4].map(() => [2, 68] as const)],
    edges: [[0, 1], [1, 2], [2, 3], [3, 4], ...[1, 2, 3, 4].map((at) => [at, at + 4] as const)],
  });
  return { ...drawn, nodes: findNodes(drawn.heap, drawn.tree, Int32Array.of(0, 1, 2, 3, 4)) };
}

it("are those parts of a thing that there are most of", async () => {
  expect((await nodesOf({ name: "main.node" })).nodes).toEqual({ type: "main.node", count: 4, guessed: 0 });
});

it("have most of the thing's bytes with what hangs on them, of which nothing counts twice", async () => {
  //  They have 400 bytes. Summed up node by node, what hangs on the first would be counted four times.
  expect((await nodesOf({ name: "main.node" }, 399)).nodes).toMatchObject({ count: 4, guessed: 0 });
  expect((await nodesOf({ name: "main.node" }, 401)).nodes).toBeNull();
});

it.each<[string, DrawnType]>([
  ["what maps are made of", { name: "map[string]int", is: "map" }],
  ["what a sync.Map is made of", { name: "internal/sync.entry[interface {},interface {}]" }],
  ["arrays of values", { name: "[]main.value", is: "many" }],
  ["shapes, which are alike by chance", { name: "obj/32{p}", is: "shape" }],
])("are not %s", async (_, type) => {
  expect((await nodesOf(type)).nodes).toBeNull();
});

it("are several", async () => {
  const { heap, tree } = await nodesOf({ name: "main.node" });
  expect(findNodes(heap, tree, Int32Array.of(4))).toBeNull();
  expect(findNodes(heap, tree, Int32Array.of(0, 4))).toBeNull();
});

it("are not known without types", async () => {
  const { heap, tree } = await nodesOf({ name: "main.node" });
  const untyped = { ...heap, types: { ...heap.types, layouts: undefined } };
  expect(findNodes(untyped as unknown as typeof heap, tree, Int32Array.of(0, 1, 2, 3, 4))).toBeNull();
});

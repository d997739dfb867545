/** Where memory accumulates, in heaps drawn by hand. */
import { expect, it } from "vitest";
import { findAccumulations } from "../../../src/findings/holders/accumulation.ts";
import { drawThing } from "../../support/thing-fixture.ts";

const NODE = { name: "main.node" };
const BUFFER = { name: "[]uint8", is: "many" } as const;

it("a chain is a thing from its first link on, of which each has most of the one above", async () => {
  const links = 400;
  const { heap, tree } = await drawThing({
    types: [NODE, BUFFER],
    objects: Array.from({ length: 2 * links }, (_, i) => (i < links ? ([0, 48] as const) : ([1, 32] as const))),
    edges: Array.from({ length: links }, (_, i) => [
      ...(i + 1 < links ? [[i, i + 1] as const] : []),
      [i, links + i] as const,
    ]).flat(),
  });
  const found = findAccumulations(heap, tree, links * 80);
  expect(found).toEqual([expect.objectContaining({ point: 0, bytes: links * 80, nodeTypes: new Set([0]) })]);
});

it("a chain of shapes is no tree, but its first link is what to name", async () => {
  const links = 400;
  const { heap, tree } = await drawThing({
    types: [
      { name: "obj/48{p.}", is: "shape" },
      { name: "obj/64{p.}", is: "shape" },
    ],
    objects: Array.from({ length: links }, (_, i) => (i === 0 ? [1, 64] : [i % 2, 48]) as [number, number]),
    edges: Array.from({ length: links - 1 }, (_, i) => [i, i + 1] as const),
  });
  const [found, ...others] = findAccumulations(heap, tree, 48 * links);
  expect(others).toEqual([]);
  expect(found!.point).toBeLessThan(3);
  expect(found!.nodeTypes).toBeUndefined();
});

it("what has enough to count is found where what is in it has too little", async () => {
  const { heap, tree } = await drawThing({
    types: [NODE, { name: "main.page" }, BUFFER],
    objects: [
      [0, 30],
      [1, 30],
      [2, 95],
    ],
    edges: [
      [0, 1],
      [1, 2],
    ],
  });
  // 155, 125 and 95 bytes: the last is less than a tenth, and most of the one above.
  expect(findAccumulations(heap, tree, 1000).map(({ point, bytes }) => [point, bytes])).toEqual([[1, 125]]);
});

it("counts what hangs on a chain of shapes with the chain, and not once more", async () => {
  const links = 400;
  const { heap, tree } = await drawThing({
    types: [
      { name: "obj/48{p.}", is: "shape" },
      { name: "noscan/5120", is: "shape" },
    ],
    objects: [...Array.from({ length: links }, () => [0, 48] as const), [1, 5120]],
    edges: [...Array.from({ length: links - 1 }, (_, i) => [i, i + 1] as const), [10, links]],
  });
  const bytes = 48 * links + 5120;
  expect(findAccumulations(heap, tree, bytes).map(({ point, bytes }) => [point, bytes])).toEqual([[0, bytes]]);
});

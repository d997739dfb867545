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
  expect(found).toEqual([expect.objectContaining({ point: 0, bytes: links * 80, isShared: false })]);
  expect([...found[0]!.parts]).toEqual(Array.from({ length: links }, (_, i) => i));
  expect([...found[0]!.below]).toEqual(Array.from({ length: links }, (_, i) => links + i));
});

it("a tree whose first slice is where the memory parts is made of all its nodes", async () => {
  //  slice 0 ─► nodes 1, 2, 3, each of them ─► slice (4, 5, 6) ─► three more nodes (7 … 15), each of them ─► a buffer (16 … 24)
  const { heap, tree } = await drawThing({
    types: [NODE, { name: "[]*main.node", is: "many" }, BUFFER],
    objects: Array.from({ length: 25 }, (_, i) => [i === 0 || (i >= 4 && i <= 6) ? 1 : i < 16 ? 0 : 2, 32] as const),
    edges: [
      ...[1, 2, 3].map((node) => [0, node] as const),
      ...[1, 2, 3].map((node) => [node, node + 3] as const),
      ...Array.from({ length: 9 }, (_, i) => [4 + Math.floor(i / 3), 7 + i] as const),
      ...Array.from({ length: 9 }, (_, i) => [7 + i, 16 + i] as const),
    ],
  });
  const [found, ...others] = findAccumulations(heap, tree, 25 * 32);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ point: 0, bytes: 25 * 32 });
  expect([...found!.parts].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect([...found!.below]).toEqual(Array.from({ length: 9 }, (_, i) => 16 + i));
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
  expect([...found!.parts]).toEqual([found!.point]);
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

it("what things of several words of a segment share is found, and what one word leads to by itself is not", async () => {
  const drawn = {
    types: [{ name: "[]*main.node", is: "many" }, NODE],
    objects: [[0, 64], [0, 64], ...Array.from({ length: 12 }, () => [1, 80] as const)],
    led: [0, 1],
  } as const;
  const shared = Array.from({ length: 10 }, (_, i) => [0, 1].map((array) => [array, 2 + i] as const)).flat();
  const own = [12, 13].map((node) => [0, node] as const);
  const { heap, tree } = await drawThing({ ...drawn, edges: [...shared, ...own] });
  const [found, ...others] = findAccumulations(heap, tree, 1088, { leastShare: 0.3, mostlyShare: 0.7 });
  expect(others).toEqual([]);
  expect(found).toMatchObject({ bytes: 800, isShared: true });
  expect([...found!.below]).toEqual(Array.from({ length: 10 }, (_, i) => 2 + i));
  expect(found!.point).toBeGreaterThanOrEqual(heap.objects.count);
  // A little of this and that is nothing to name.
  const mixed = [
    { ...drawn.types[0], is: "many" },
    ...Array.from({ length: 12 }, (_, i) => ({ name: `main.T${i}` })),
  ] as const;
  const objects = [[0, 64], [0, 64], ...Array.from({ length: 12 }, (_, i) => [1 + i, 80] as const)] as const;
  const motley = await drawThing({ ...drawn, types: mixed, objects, edges: [...shared, ...own] });
  expect(findAccumulations(motley.heap, motley.tree, 1088, { leastShare: 0.3, mostlyShare: 0.7 })).toEqual([]);
  const split = await drawThing({ ...drawn, edges: [...shared.filter((_, i) => i % 2 === 0), ...own] });
  expect(findAccumulations(split.heap, split.tree, 1088)[0]).toMatchObject({ isShared: false });
});

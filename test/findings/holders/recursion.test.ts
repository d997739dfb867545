import { expect, it } from "vitest";
import { findRecursion } from "../../../src/findings/holders/recursion.ts";
import type { ThingTree } from "../../../src/findings/holders/thing-tree.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { type DrawnThing, type DrawnType, drawThing } from "../../support/thing-fixture.ts";

const TYPES: readonly DrawnType[] = [
  { name: "main.node" },
  { name: "[]*main.node", is: "many" },
  { name: "main.leaf" },
  { name: "main.other" },
];
const [NODE, SLICE, LEAF, OTHER] = [0, 1, 2, 3];

/** node 0 ─► slice 1 ─► nodes 2, 3, 4, each of them ─► slice (5, 6, 7) ─► three more nodes (8 … 16) */
const TRIE: DrawnThing = {
  types: TYPES,
  objects: Array.from({ length: 17 }, (_, i) => [i === 1 || (i >= 5 && i <= 7) ? SLICE! : NODE!, 32] as const),
  edges: [
    [0, 1],
    ...[2, 3, 4].map((node) => [1, node] as const),
    ...[2, 3, 4].map((node) => [node, node + 3] as const),
    ...Array.from({ length: 9 }, (_, i) => [5 + Math.floor(i / 3), 8 + i] as const),
  ],
};

/** At the end of a way, with what is right below that. */
function find(heap: Heap, tree: ThingTree, way: readonly number[]) {
  return findRecursion(heap, tree, way, tree.childrenOf(way.at(-1)!));
}

it("a tree through slices is one from the first node on, with what is between its nodes", async () => {
  const { heap, tree } = await drawThing(TRIE);
  expect(find(heap, tree, [0, 1])).toEqual({ top: 0, types: new Set([NODE, SLICE]) });
});

it("the tree begins at the first node of the way, whatever leads there", async () => {
  const { objects, edges } = TRIE;
  const { heap, tree } = await drawThing({
    types: TYPES,
    objects: [[LEAF!, 16], ...objects],
    edges: [[0, 1], ...edges.map(([from, to]) => [from + 1, to + 1] as const)],
  });
  expect(find(heap, tree, [0, 1, 2])).toEqual({ top: 1, types: new Set([NODE, SLICE]) });
});

it("the tree begins at a slice of nodes if the node that has it is not on the way", async () => {
  const draw = (objects: DrawnThing["objects"], edges: DrawnThing["edges"]) =>
    drawThing({ types: TYPES, objects, edges });
  //  slice 0 ─► nodes 1, 2, 3, each of them ─► slice (4, 5, 6) ─► three more nodes (7 … 15)
  const trie = await draw(
    TRIE.objects.slice(1),
    TRIE.edges.slice(1).map(([from, to]) => [from - 1, to - 1] as const),
  );
  expect(find(trie.heap, trie.tree, [0])).toEqual({ top: 0, types: new Set([NODE, SLICE]) });
  // Of what has no type it is chance that all is alike, be it the nodes or what is between them.
  for (const shape of [NODE!, SLICE!]) {
    const { heap, tree } = await drawThing({
      types: TYPES.map((type, row) => (row === shape ? { name: type.name, is: "shape" } : type)),
      objects: TRIE.objects.slice(1),
      edges: TRIE.edges.slice(1).map(([from, to]) => [from - 1, to - 1] as const),
    });
    expect(find(heap, tree, [0])).toBeUndefined();
  }
  // It has half as many nodes again as hang right below the slice, and one more.
  for (const deeper of [2, 3]) {
    //  slice 0 ─► nodes 1, 2, 3;  1 ─► slice 4 ─► two or three more nodes
    const few = Array.from({ length: deeper }, (_, i) => 5 + i);
    const { heap, tree } = await draw(
      [
        [SLICE!, 32],
        ...[1, 2, 3].map(() => [NODE!, 32] as const),
        [SLICE!, 32],
        ...few.map(() => [NODE!, 32] as const),
      ],
      [...[1, 2, 3].map((node) => [0, node] as const), [1, 4], ...few.map((node) => [4, node] as const)],
    );
    expect(find(heap, tree, [0])?.top).toBe(deeper === 3 ? 0 : undefined);
  }
  // A slice of lists has no further slices in it, …
  const lists = await draw(
    [[SLICE!, 32], ...Array.from({ length: 12 }, () => [NODE!, 32] as const)],
    Array.from({ length: 12 }, (_, i) => [i < 3 ? 0 : i - 2, i + 1] as const),
  );
  expect(find(lists.heap, lists.tree, [0])).toBeUndefined();
  // … and one of many nodes is not the beginning of the few below these.
  const many = Array.from({ length: 20 }, (_, i) => i + 1);
  const flat = await draw(
    [[SLICE!, 160], ...many.map(() => [NODE!, 32] as const), [SLICE!, 32], [NODE!, 32]],
    [...many.map((node) => [0, node] as const), [1, 21], [21, 22]],
  );
  expect(find(flat.heap, flat.tree, [0])).toBeUndefined();
});

it("a point that is a node itself is in the tree of the nodes above it, even if leaves have most of its bytes", async () => {
  //  node 0 ─► slice 1 ─► nodes 2, 3;  2 ─► ten leaves
  const leaves = Array.from({ length: 10 }, (_, i) => 4 + i);
  const draw = (last: number) =>
    drawThing({
      types: TYPES,
      objects: [[NODE!, 32], [SLICE!, 32], [NODE!, 32], [last, 32], ...leaves.map(() => [LEAF!, 64] as const)],
      edges: [[0, 1], [1, 2], [1, 3], ...leaves.map((leaf) => [2, leaf] as const)],
    });
  const drawn = await draw(NODE!);
  expect(find(drawn.heap, drawn.tree, [0, 1, 2])).toEqual({ top: 0, types: new Set([NODE, SLICE]) });
  const withTwoNodes = await draw(LEAF!);
  expect(find(withTwoNodes.heap, withTwoNodes.tree, [0, 1, 2])).toBeUndefined();
});

it("one with many of its own type right below it is no tree", async () => {
  const many = Array.from({ length: 20 }, (_, i) => 2 + i);
  const { heap, tree } = await drawThing({
    types: TYPES,
    objects: [[NODE!, 32], [SLICE!, 160], ...many.map(() => [NODE!, 32] as const)],
    edges: [[0, 1], ...many.map((node) => [1, node] as const)],
  });
  expect(find(heap, tree, [0, 1])).toBeUndefined();
});

it.each([
  ["one of which is worth more", [[LEAF!, 1000] as const]],
  // The nodes have 480 bytes.
  ["which are worth more together", [[LEAF!, 400] as const, [OTHER!, 400] as const]],
])("a thing with others below it, %s, is no tree", async (_, others) => {
  const { objects, edges } = TRIE;
  const { heap, tree } = await drawThing({
    types: TYPES,
    objects: [...objects, ...others],
    edges: [...edges, ...others.map((_, i) => [1, objects.length + i] as const)],
  });
  expect(find(heap, tree, [0, 1])).toBeUndefined();
});

it("shapes are alike by chance", async () => {
  const { heap, tree } = await drawThing({ ...TRIE, types: [{ name: "obj/32{p}", is: "shape" }, ...TYPES.slice(1)] });
  expect(find(heap, tree, [0, 1])).toBeUndefined();
});

it("a variable is no node", async () => {
  const { heap, tree } = await drawThing(TRIE);
  expect(find(heap, tree, [heap.objects.count])).toBeUndefined();
});

import { expect, it } from "vitest";
import { findBulk } from "../../../src/findings/holders/bulk.ts";
import { drawThing } from "../../support/thing-fixture.ts";

/** A map 0 ─► so many entries ─► as many boxes ─► as many values. */
async function bulkOf(entry: string, box: string, count: number) {
  const each = Array.from({ length: count }, (_, i) => i + 1);
  const { heap, tree } = await drawThing({
    types: [{ name: "main.map" }, { name: entry }, { name: box }, { name: "main.value" }],
    objects: [
      [0, 48],
      ...each.map(() => [1, 16] as const),
      ...each.map(() => [2, 16] as const),
      ...each.map(() => [3, 100] as const),
    ],
    edges: each.flatMap(
      (at) =>
        [
          [0, at],
          [at, at + count],
          [at + count, at + 2 * count],
        ] as const,
    ),
  });
  return findBulk(heap, tree, Int32Array.from(each));
}

it.each([
  ["internal/sync.entry[interface {},interface {}]", 300, "main.value", "main.value"],
  ["internal/sync.entry[interface {},interface {}]", 3000, "main.value", "main.value"],
  ["sync.entry", 300, "interface {}", "main.value"],
  ["sync.entry", 3000, "interface {}", "main.value"],
])("of a sync.Map is its values, however many entries: %s, %i", async (entry, count, box, type) => {
  expect(await bulkOf(entry, box, count)).toMatchObject({ type, count, below: { type: entry, count } });
});

it("is not looked for where many things hang right below", async () => {
  for (const count of [300, 3000]) expect(await bulkOf("main.entry", "main.box", count)).toBeNull();
});

/** 512 things 0 … 511, each with so many values, right below a holder. */
async function bulkOfShards(valuesOf: (shard: number) => number) {
  const shards = 512;
  const edges: [number, number][] = [];
  let count = 1 + shards;
  for (let shard = 0; shard < shards; shard++) {
    edges.push([0, 1 + shard]);
    for (let i = 0; i < valuesOf(shard); i++) edges.push([1 + shard, count++]);
  }
  const { heap, tree } = await drawThing({
    types: [{ name: "main.store" }, { name: "main.shard" }, { name: "main.value" }],
    objects: Array.from({ length: count }, (_, i) => [Math.min(2, i === 0 ? 0 : i <= shards ? 1 : 2), 64] as const),
    edges,
  });
  const below = edges.filter(([from]) => from === 0).map(([, to]) => to);
  return findBulk(heap, tree, Int32Array.from(below));
}

it("is what is in shards, if these are as even as a hash makes them and have many each", async () => {
  expect(await bulkOfShards((shard) => 12 + (shard % 9))).toMatchObject({
    type: "main.value",
    below: { type: "main.shard", count: 512 },
  });
  // Users with a few sessions each, and users of whom some have most.
  expect(await bulkOfShards(() => 4)).toBeNull();
  expect(await bulkOfShards((user) => (user % 16 === 0 ? 160 : 4))).toBeNull();
});

it("names what has most as parts are named: a library's map whole", async () => {
  const node = "internal/sync.indirect[interface {},interface {}]";
  const each = Array.from({ length: 300 }, (_, i) => i + 2);
  const { heap, tree } = await drawThing({
    types: [{ name: "main.store" }, { name: node }, { name: "main.value" }],
    objects: [[0, 48], [1, 160], ...each.map(() => [2, 100] as const)],
    edges: [[0, 1], ...each.map((at) => [1, at] as const)],
  });
  expect(await findBulk(heap, tree, Int32Array.of(1))).toMatchObject({
    type: "main.value",
    below: { type: "sync.Map", count: 1 },
  });
});

it("counts of what it hangs below what has some", async () => {
  // Two lists of subscribers: one with 300 closures that have a page each, one with 40 of another kind.
  const first = Array.from({ length: 300 }, (_, i) => i + 3);
  const second = Array.from({ length: 40 }, (_, i) => i + 303);
  const { heap, tree } = await drawThing({
    types: ["main.bus", "[]func()", "func main.open.func1", "func main.open.func2"].map((name) => ({ name })),
    objects: [
      [0, 48],
      [1, 4096],
      [1, 512],
      ...first.map(() => [2, 100] as const),
      ...second.map(() => [3, 100] as const),
    ],
    edges: [[0, 1], [0, 2], ...first.map((at) => [1, at] as const), ...second.map((at) => [2, at] as const)],
  });
  expect(findBulk(heap, tree, Int32Array.of(1, 2))).toMatchObject({
    type: "func main.open.func1",
    count: 300,
    below: { type: "[]func()", count: 1 },
    // The other kind is in the other list.
    beside: null,
  });
});

it.each([
  [100, 30, { type: "main.note", count: 100, bytes: 10_000 }],
  [40, 60, { type: "main.tag", count: 60, bytes: 6_000 }],
  [40, 20, null],
])(
  "tells what else is in the same things, if that is a tenth of all: %i notes, %i tags",
  async (notes, tags, beside) => {
    // A list of 300 pages, with notes and tags between them.
    const kinds = [...Array(300).fill(2), ...Array(notes).fill(3), ...Array(tags).fill(4)];
    const { heap, tree } = await drawThing({
      types: ["main.book", "[]main.Part", "main.page", "main.note", "main.tag"].map((name) => ({ name })),
      objects: [[0, 48], [1, 4096], ...kinds.map((kind) => [kind, 100] as const)],
      edges: [[0, 1], ...kinds.map((_, i) => [1, i + 2] as const)],
    });
    const found = findBulk(heap, tree, Int32Array.of(1));
    expect(found).toMatchObject({ type: "main.page", count: 300, below: { count: 1 } });
    expect(found!.beside).toEqual(beside === null ? null : { guessed: 0, ...beside });
  },
);

it("counts of what it hangs below what has some, also where that is several levels above", async () => {
  // Of two lists one has two groups, which have the pages.
  const pages = Array.from({ length: 300 }, (_, i) => i + 5);
  const { heap, tree } = await drawThing({
    types: ["main.bus", "[]*main.group", "main.group", "main.page"].map((name) => ({ name })),
    objects: [[0, 48], [1, 512], [1, 4096], [2, 64], [2, 64], ...pages.map(() => [3, 100] as const)],
    edges: [[0, 1], [0, 2], [2, 3], [2, 4], ...pages.map((at) => [3 + (at % 2), at] as const)],
  });
  expect(findBulk(heap, tree, Int32Array.of(1, 2))).toMatchObject({
    type: "main.page",
    count: 300,
    below: { count: 1 },
  });
});

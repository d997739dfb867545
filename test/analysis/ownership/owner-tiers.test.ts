import { expect, test } from "vitest";
import { computeOwners } from "../../../src/analysis/ownership/owners.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { declare } from "../../typing/names/declared-names.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

const { VARIABLE, GOROUTINE } = RootVertexKind;

test.each([
  ["sync.allPools", GOROUTINE],
  ["sync.oldPools", GOROUTINE],
  ["runtime.allp", GOROUTINE],
  ["sync.pools", VARIABLE],
  ["main.oldPools", VARIABLE],
])("what %s and a goroutine lead to", async (name, kind) => {
  const types = new TypeFixture();
  const engine = types.struct("main.engine", [["pool", types.int()]]);
  const variable = { name, address: 0x55_0000, type: types.pointer(engine) };
  const { heap } = await typeDump(
    types,
    (d) => {
      const object = d.object(32);
      d.root(object);
      d.goroutine().frame("main.main", 16).point(8, object);
    },
    { names: declare({ variables: [variable] }) },
  );
  const { kind: kinds, parent } = heap.roots.vertices;
  const owner = (await computeOwners(heap))[0]!;
  expect(kinds[owner] === RootVertexKind.FRAME ? kinds[parent[owner]!] : kinds[owner]).toBe(kind);
});

test.each([
  ["as near as", 0, VARIABLE],
  ["nearer than", 1, RootVertexKind.SEGMENT],
])("what a word without a name is %s a variable", async (_, between, kind) => {
  const types = new TypeFixture();
  const engine = types.struct("main.engine", [["next", types.unsafePointer()]]);
  const variable = { name: "main.engine", address: 0x55_0008, type: types.pointer(engine) };
  const { heap } = await typeDump(
    types,
    (d) => {
      const object = d.object(32);
      d.root(object);
      let door = object;
      for (let i = 0; i < between; i++) door = d.object(8).point(0, door);
      d.root(door);
    },
    { names: declare({ variables: [variable] }) },
  );
  const object = heap.objects.size.indexOf(32);
  expect(heap.roots.vertices.kind[(await computeOwners(heap))[object]!]).toBe(kind);
});

test.each([
  ["the only one of its function, of those that began at about the same time", [3, 4, 20], [1, 1, 0], 2],
  ["the older one, if only that is known", [4, 3, 20], [1, 2, 3], 1],
  ["the older one of many", [4, 3, 20], [1, 1, 1], 1],
  ["one of many that is much older", [900, 901, 1_100], [1, 1, 0], 0],
  ["the only one, as identifiers grow", [40_000, 40_001, 65_000], [1, 1, 0], 2],
])("of goroutines what they share is owned by %s", async (_, ids, functions, owner) => {
  const heap = drawHeap((s) => {
    const shared = s.object();
    for (const [i, id] of ids.entries())
      s.goroutine({ id, frames: [{ name: `main.run${functions[i]}`, slots: [[shared, 0]] }] });
  });
  const { kind, item, parent } = heap.roots.vertices;
  const vertex = (await computeOwners(heap))[0]!;
  expect(item[kind[vertex] === RootVertexKind.FRAME ? parent[vertex]! : vertex]).toBe(owner);
});

test("of goroutines of about the same age what they share is the user's before the runtime's, also of many", async () => {
  const heap = drawHeap((s) => {
    const shared = s.object();
    for (const name of ["main.run", "main.run", "runtime.work"])
      s.goroutine({ frames: [{ name, slots: [[shared, 0]] }] });
  });
  const goroutines = { ...heap.goroutines, id: Float64Array.of(2000, 2001, 3), system: Uint8Array.of(0, 0, 1) };
  const { kind, item, parent } = heap.roots.vertices;
  const vertex = (await computeOwners({ ...heap, goroutines }))[0]!;
  expect(item[kind[vertex] === RootVertexKind.FRAME ? parent[vertex]! : vertex]).toBe(0);
});

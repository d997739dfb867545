import { expect, test } from "vitest";
import { computeOwners } from "../../../src/analysis/ownership/owners.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
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

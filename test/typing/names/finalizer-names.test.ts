/** Finalizers have the names of their functions, their objects' types, and the fields by which these hold something. */
import { expect, test } from "vitest";
import { rootVertexName } from "../../../src/heap/roots/root-names.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

test("a finalizer is called by its type and function, what it keeps by the field", async () => {
  const types = new TypeFixture();
  const part = types.struct("main.Part", [["n", types.pointer(types.int())]]);
  const node = types.struct("main.Node", [
    ["id", types.int()],
    ["part", types.pointer(part)],
  ]);
  const pointer = types.pointer(node);
  types.functions.set(0x40_2000, "main.(*Node).close");
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    const x = d.object(16);
    slot = d.object(8);
    x.point(8, slot);
    d.finalizer(x, 0, { type: pointer.address, pc: 0x40_2000 });
    d.finalizer(d.object(32), 0, { type: 1, pc: 2 });
  });
  expect(typed.rootsOf(slot!)).toEqual(["finalizer of *main.Node: main.(*Node).close: part"]);
  const { kind } = typed.heap.roots.vertices;
  const names = Array.from(kind.keys())
    .filter((v) => kind[v] === RootVertexKind.FINALIZER)
    .map((v) => rootVertexName(typed.heap, v));
  expect(names).toEqual(["finalizer of *main.Node: main.(*Node).close", "finalizer of type@0x1: 0x2"]);
});

/** What the dump's records say of types. */
import { expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

test("what waits for its finalizer has the type that this was set for, and so has what it leads to", async () => {
  const types = new TypeFixture();
  const file = types.struct("main.File", [
    ["fd", types.int()],
    ["buf", types.slice(types.uint8())],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [object, array] = [d.object(32), d.object(512)];
    slots = [object, array];
    object.point(8, array).store(16, 512).store(24, 512);
    d.queuedFinalizer(object, 0, { type: types.pointer(file).address });
    // Of a cleanup it is not known what it was set for.
    d.queuedFinalizer(d.object(64), 0, { type: 0 });
  });
  expect(slots.map((slot) => typed.typeOf(slot))).toEqual(["main.File", "[]uint8"]);
  expect(typed.sourceOf(slots[0]!)).toBe(TypeSource.EXACT);
});

test("the closure that is called with it has not its type", async () => {
  const types = new TypeFixture();
  const file = types.struct("main.File", [
    ["fd", types.int()],
    ["next", types.pointer(types.int())],
  ]);
  const slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    for (let i = 0; i < 2; i++) slots.push(d.object(16).point(8, d.object(8)) as Slot);
    d.queuedFinalizer(slots[0]!, slots[1]!, { type: types.pointer(file).address });
  });
  expect(slots.map((slot) => typed.sourceOf(slot) === TypeSource.EXACT)).toEqual([true, false]);
});

test("what has pointers shares its slot with nothing: 12 bytes of a system of 32 bits", async () => {
  const types = new TypeFixture(4);
  const node = types.struct("main.node", [
    ["left", types.int()],
    ["right", types.int()],
    ["next", types.pointer(types.int())],
  ]);
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(16).point(8, d.object(8)) as Slot;
    d.root(slot);
    d.finalizer(slot, 0, { type: types.pointer(node).address });
  });
  expect(typed.sourceOf(slot!)).toBe(TypeSource.EXACT);
});

test.each([
  ["queuedFinalizer", 6, undefined],
  ["finalizer", 6, undefined],
  ["queuedFinalizer", 16, "main.token"],
] as const)("what can share its slot with others is not all of it: %s of %i bytes", async (set, size, name) => {
  const types = new TypeFixture();
  const token = types.struct("main.token", [["bytes", types.array(size, types.uint8())]]);
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.span(16, { scan: false }).slot(0);
    d.root(slot);
    d[set](slot, 0, { type: types.pointer(token).address });
  });
  expect(typed.typeOf(slot!)).toBe(name);
});

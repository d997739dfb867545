import { expect, it } from "vitest";
import { HolderPointers, NO_POINTER } from "../../../src/findings/holders/holder-pointers.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { rootPointer } from "../inspections/inspected.ts";

const heap = graphHeap({
  sizes: [8, 8, 8],
  ...csr(3, [
    [0, 1],
    [1, 2],
  ]),
  roots: [ROOT_TREE.frame1, 0],
});

const COUNT = heap.objects.count;

it("knows the first pointer of the vertices taken last, of no others, and none to what is no object", () => {
  const pointers = new HolderPointers(heap);
  const [frame, goroutine] = [COUNT + ROOT_TREE.frame1, COUNT + ROOT_TREE.goroutine1];
  pointers.take(Int32Array.of(goroutine, frame, 0));
  // A goroutine's frames are below it, too.
  expect([0, 1, 2, frame].map((vertex) => pointers.nameOf(vertex) !== NO_POINTER)).toEqual([true, true, false, false]);
  expect([...pointers.find([0, 1, 2])]).toEqual([
    [0, { from: frame, edge: 0 }],
    [1, { from: 0, edge: 0 }],
  ]);
  expect([...pointers.find([])]).toEqual([]);
  pointers.take(Int32Array.of(1));
  expect([0, 1, 2].map((vertex) => pointers.nameOf(vertex) !== NO_POINTER)).toEqual([false, false, true]);
  expect([...pointers.find([0, 1, 2])]).toEqual([[2, { from: 1, edge: 1 }]]);
});

it("tells what pointers are called, elements alike", async () => {
  const types = new TypeFixture();
  const node = types.struct("main.node", []);
  types.setFields(node, [["below", types.slice(types.pointer(node))]]);
  const below: Slot[] = [];
  let array!: Slot;
  const typed = await typeDump(types, (d) => {
    array = d.object(24);
    for (let i = 0; i < 3; i++) below.push(d.object(24).list(0));
    for (const [i, slot] of below.entries()) array.point(8 * i, slot);
    rootPointer(d, types, node, d.object(24).point(0, array).store(8, 3).store(16, 3));
  });
  const indexOf = (slot: Slot): number => typed.heap.findObject(slot.address);
  const pointers = new HolderPointers(typed.heap);
  pointers.take(Int32Array.of(indexOf(array)));
  expect(below.map((slot) => pointers.text(pointers.nameOf(indexOf(slot))))).toEqual(["[…]", "[…]", "[…]"]);
  expect(pointers.text(pointers.nameOf(indexOf(array)))).toBe("");
});

it("calls what several pointers lead to by the first", async () => {
  const types = new TypeFixture();
  const list = types.struct("main.list", []);
  types.setFields(list, [
    ["first", types.pointer(list)],
    ["last", types.pointer(list)],
  ]);
  let holder!: Slot;
  let both!: Slot;
  const { heap } = await typeDump(types, (d) => {
    both = d.object(16);
    holder = d.object(16).point(0, both).point(8, both);
    rootPointer(d, types, list, holder);
  });
  const [from, object] = [holder, both].map(({ address }) => heap.findObject(address));
  const pointers = new HolderPointers(heap);
  pointers.take(Int32Array.of(from!));
  expect(pointers.text(pointers.nameOf(object!))).toBe("first");
  expect([...pointers.find([object!])]).toEqual([[object, { from, edge: heap.edges.start[from!] }]]);
});

/** The judge: when a type that gohd finds counts as the one that was allocated. */
import { describe, expect, test } from "vitest";
import { NO_OBJECT } from "../../src/heap/objects.ts";
import type { TypedHeap } from "../../src/typing/type-heap.ts";
import type { TypeNode } from "../../src/typing/universe/type-node.ts";
import type { Slot } from "../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";
import { hasRightKeys, isRight } from "./judge.ts";
import type { Truth } from "./truth-file.ts";

const types = new TypeFixture();
const int = types.int();
const node = types.struct("main.Node", [
  ["next", types.pointer(int)],
  ["n", int],
]);
const other = types.struct("main.Other", [
  ["n", int],
  ["next", types.pointer(int)],
]);
const list = types.struct("main.List", [["nodes", types.slice(types.pointer(int))]]);
const sliceBox = types.struct("runtime.sliceBox", [["nodes", types.slice(types.pointer(int))]]);

/** An object that an interface says to be of a type, in a slot of a size, and all that is known of its typing. */
async function typedAs(type: FixtureType, size: number): Promise<{ typed: TypedHeap; object: number }> {
  let slot: Slot | undefined;
  const { heap, nodes } = await typeDump(types, (d) => {
    slot = d.object(size);
    for (const offset of type.fields.filter(({ type: { pointerBytes } }) => pointerBytes > 0).map((f) => f.offset)) {
      slot.point(offset, slot);
    }
    const holder = d.object(16).store(0, type.address).point(8, slot);
    d.root(holder);
  });
  const object = heap.findObject(slot!.address);
  expect(object).not.toBe(NO_OBJECT);
  return { typed: { heap, nodes, executable: { types: types.executable() } } as unknown as TypedHeap, object };
}

function allocated(type: FixtureType, changes: Partial<Truth> = {}): Truth {
  const { address, size, pointerBytes, string } = type;
  return {
    ...{ type: address, name: string, size, typeSize: size, pointerBytes, kind: "whole", isTiny: false },
    ...changes,
  } as Truth;
}

describe("a type", () => {
  test("is right if it is the one that was allocated, and no other of its size is", async () => {
    const { typed, object } = await typedAs(node, 16);
    expect(typed.heap.types.names[typed.heap.objects.type[object]!]).toBe("main.Node");
    expect(isRight(typed, object, allocated(node))).toBe(true);
    expect(isRight(typed, object, allocated(other))).toBe(false);
  });

  test("is wrong if there are more values than it says", async () => {
    const { typed, object } = await typedAs(node, 16);
    expect(isRight(typed, object, allocated(node, { size: 2 * node.size }))).toBe(false);
  });

  test("is wrong where the runtime knew no type, if it has pointers", async () => {
    const { typed, object } = await typedAs(node, 16);
    expect(isRight(typed, object, allocated(node, { type: 0, kind: "string", pointerBytes: 0 }))).toBe(false);
  });

  test("of a map of which only the keys are known is judged by these", () => {
    const named = (string: string) => ({ type: { string } }) as unknown as TypeNode;
    const truth = (name: string) => allocated(node, { name });
    expect(hasRightKeys(named("map.group[string]?"), truth("map.group[string]*main.Node"))).toBe(true);
    expect(hasRightKeys(named("map.bucket[string]?"), truth("[4]map.bucket[string]main.Node"))).toBe(true);
    expect(hasRightKeys(named("map.group[string]?"), truth("map.group[int]*main.Node"))).toBe(false);
    expect(hasRightKeys(named("map.group[string]?"), truth("main.Node"))).toBe(false);
    expect(hasRightKeys(named("main.Node"), truth("main.Node"))).toBeUndefined();
  });

  test("of a struct of one slice is right where the runtime boxed that slice", async () => {
    const { typed, object } = await typedAs(list, 24);
    expect(
      isRight(typed, object, allocated(sliceBox.fields[0]!.type as FixtureType, { name: "runtime.sliceInterfacePtr" })),
    ).toBe(true);
    expect(isRight(typed, object, allocated(other, { name: "runtime.sliceInterfacePtr" }))).toBe(false);
  });
});

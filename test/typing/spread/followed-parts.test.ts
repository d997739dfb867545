/** Parts of an object whose own type is not known: there may be as many as it has pointers. */
import { expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import { rootPointer } from "../../findings/inspections/inspected.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

const ITEM = 24;
/** In front of the items: the object is no array of them. */
const HEADER = 8;

/** An object of items, to each of which something refers. */
async function itemsOf(count: number, areWindows: boolean) {
  const types = new TypeFixture();
  const thing = types.struct("main.Thing", [["next", types.pointer(types.int())]]);
  const item = types.struct("main.Item", [
    ["thing", types.pointer(thing)],
    ["id", types.int()],
    ["size", types.int()],
  ]);
  const view = types.struct("main.view", [["items", areWindows ? types.slice(item) : types.pointer(item)]]);
  let things: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const object = d.object(HEADER + ITEM * count);
    things = Array.from({ length: count }, () => d.object(8).list(0));
    for (const [i, each] of things.entries()) object.point(HEADER + ITEM * i, each);
    for (let i = 0; i < count; i++) {
      const slot = d.object(areWindows ? 24 : 8).point(0, object, HEADER + ITEM * i);
      // The room of each goes on to the end.
      if (areWindows) slot.store(8, 1).store(16, count - i);
      rootPointer(d, types, view, slot);
    }
  });
  return things.map((each) => [typed.typeOf(each), typed.sourceOf(each)]);
}

test.each([
  ["pointers to 150,000 elements", 150_000, false],
  ["40,000 windows that overlap", 40_000, true],
])(
  "are followed in time that is linear in them: %s",
  async (_, count, areWindows) => {
    const known = await itemsOf(count, areWindows);
    expect(new Set(known.map(String))).toEqual(new Set([String(["main.Thing", TypeSource.PROPAGATED])]));
  },
  20_000,
);

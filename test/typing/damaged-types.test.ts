/** Types as a damaged executable leaves them: typing finds less, and no more. */

import { expect, test } from "vitest";
import { Kind } from "../../src/binary/index.ts";
import { slotSizeFor } from "../../src/heap/facts/size-classes.ts";
import type { Slot } from "../support/dump-builder.ts";
import { TypeFixture } from "./type-fixture.ts";
import { typeDump } from "./typed-dump.ts";

test.each([
  ["a pointer", Kind.Pointer, 8],
  ["a slice", Kind.Slice, 24],
  ["a channel", Kind.Chan, 8],
  ["an array", Kind.Array, 16],
  ["a map", Kind.Map, 8],
] as const)("%s of nothing hides no other field", async (_name, kind, size) => {
  const types = new TypeFixture();
  const broken = types.add(kind, "broken", size, { length: 2 });
  types.addChannelLayout();
  const holder = types.struct("main.Holder", [
    ["broken", broken],
    ["text", types.string()],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [object, text, target] = [d.object(slotSizeFor(size + 16)), d.object(32), d.object(16)];
    if (kind !== Kind.Array) object.point(0, target);
    object.point(size, text).store(size + 8, 20);
    d.data.size += 16;
    d.data.store(0, types.pointer(holder).address).point(8, object);
    slots = [object, text];
  });
  expect(slots.map(typed.typeOf)).toEqual(["main.Holder", "string"]);
});

/** Large objects, whose mask goes on to the slot's end: since Go 1.22 behind the last value, too, perhaps with a part of one. */
import { describe, expect, test } from "vitest";
import type { Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

const SLOT = 40_960;

/** What an untold object with pointers at `masked` bytes of each `stride` is taken for; 16 of them are texts. */
async function guess(version: string, types: TypeFixture, stride: number, masked: readonly number[], end: number) {
  let slot: Slot | undefined;
  const typed = await typeDump(
    types,
    (d) => {
      slot = d.object(SLOT);
      for (let base = 0; base < end; base += stride) {
        for (const at of masked.filter((offset) => base + offset < end)) {
          if (at === 0 && base < 16 * stride) slot.point(base, d.object(8)).store(base + 8, 5);
          else slot.list(base + at);
        }
      }
      d.root(slot);
    },
    { version },
  );
  return typed.typeOf(slot!);
}

function personOf(types: TypeFixture): FixtureType {
  return types.struct("main.Person", [
    ["name", types.string()],
    ["age", types.int()],
  ]);
}

describe("an array", () => {
  test("is found by its elements though the mask ends with a part of one", async () => {
    const types = new TypeFixture();
    personOf(types);
    // 1706 values, and the beginning of another.
    expect(await guess("go1.22.0", types, 24, [0], SLOT)).toBe("[]main.Person");
  });

  test("ends with its last element before Go 1.22", async () => {
    const types = new TypeFixture();
    personOf(types);
    expect(await guess("go1.21.0", types, 24, [0], 1706 * 24)).toBe("[]main.Person");
    expect(await guess("go1.21.0", types, 24, [0], SLOT)).toBeUndefined();
  });
});

test("one value is found though the mask begins anew behind it", async () => {
  const types = new TypeFixture();
  const person = personOf(types);
  types.struct("main.Large", [
    ["owner", person],
    ["last", types.string()],
    ["data", types.array(33_000, types.uint8())],
  ]);
  expect(await guess("go1.22.0", types, 33_040, [0, 24], SLOT)).toBe("main.Large");
});

/** Guesses that are held back because something else explains the object as well: one value an array, parts a whole. */
import { describe, expect, test } from "vitest";
import type { Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** A string and a number. */
function personOf(types: TypeFixture, name = "main.Person"): FixtureType {
  return types.struct(name, [
    ["name", types.string()],
    ["age", types.int()],
  ]);
}

/** Two persons. */
function coupleOf(types: TypeFixture, person: FixtureType): FixtureType {
  return types.struct("main.Couple", [
    ["one", person],
    ["other", person],
  ]);
}

/**
 * What an object of so many strings, each with a number behind it, is taken for.
 * @param parts what the heap knows to be in it: a pointer of that type leads to that byte
 */
async function guess(types: TypeFixture, count: number, parts: readonly [FixtureType, at: number][] = []) {
  const holder = types.struct(
    `main.Holder${types.count}`,
    parts.map(([type], i) => [`f${i}`, types.pointer(type)] as const),
  );
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(24 * count);
    for (let i = 0; i < count; i++) {
      slot
        .point(24 * i, d.object(8))
        .store(24 * i + 8, 5)
        .store(24 * i + 16, 30);
    }
    d.root(slot);
    if (parts.length === 0) return;
    const held = d.object(8 * parts.length);
    for (const [i, [, at]] of parts.entries()) held.point(8 * i, slot, at);
    const root = d.object(16).store(0, types.pointer(holder).address).point(8, held);
    d.root(root);
  });
  return typed.typeOf(slot!);
}

describe("no array is guessed", () => {
  test("of what one value explains as well, though it is not clear which", async () => {
    const types = new TypeFixture();
    personOf(types);
    expect(await guess(types, 2)).toBe("[]main.Person");
    for (const name of ["main.Trip", "main.Trade"]) {
      types.struct(name, [
        ["from", types.string()],
        ["start", types.int()],
        ["to", types.string()],
        ["end", types.int()],
      ]);
    }
    expect(await guess(types, 2)).toBeUndefined();
  });

  test("of elements of which two types are alike, if it may be one value", async () => {
    const types = new TypeFixture();
    const person = personOf(types);
    personOf(types, "main.Place");
    // What the program speaks of.
    for (const of of [types.pointer, types.slice, types.channel]) of.call(types, person);
    types.array(9, person);
    expect(await guess(types, 2)).toBe("[]main.Person");
    types.struct("main.Link", [
      ["next", types.unsafePointer()],
      ["a", types.int()],
      ["b", types.int()],
      ["last", types.unsafePointer()],
      ["c", types.int()],
      ["d", types.int()],
    ]);
    expect(await guess(types, 2)).toBeUndefined();
  });

  test("of known parts that larger elements have as well", async () => {
    const types = new TypeFixture();
    const person = personOf(types);
    expect(await guess(types, 4, [[person, 24]])).toBe("[]main.Person");
    coupleOf(types, person);
    expect(await guess(types, 4, [[person, 24]])).toBeUndefined();
  });
});

describe("no single value is guessed", () => {
  test("of known parts of which an array may be made", async () => {
    const types = new TypeFixture();
    const person = personOf(types);
    coupleOf(types, person);
    expect(await guess(types, 2)).toBe("main.Couple");
    expect(await guess(types, 2, [[person, 24]])).toBeUndefined();
  });

  test("but where other parts speak against the array", async () => {
    const types = new TypeFixture();
    const person = personOf(types);
    const rank = types.add(person.fields[1]!.type.kind, "main.Rank", 8, { align: 8 });
    types.struct("main.Officer", [
      ["title", types.string()],
      ["rank", rank],
      ["person", person],
    ]);
    types.struct("main.Ship", [
      ["captain", types.pointer(types.struct("main.Berth", [["n", types.int()]]))],
      ["length", types.int()],
      ["rank", rank],
      ["person", person],
    ]);
    const parts: [FixtureType, number][] = [[person, 24]];
    expect(await guess(types, 2, parts)).toBeUndefined();
    expect(await guess(types, 2, [...parts, [rank, 16]])).toBe("main.Officer");
  });
});

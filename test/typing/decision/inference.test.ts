/** What is guessed from shape and contents where nothing typed refers to an object. */
import { describe, expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** Two types of one layout: what the string is in one, in the other is a pointer and a number. */
function twins(types: TypeFixture): { person: FixtureType; place: FixtureType } {
  const target = types.struct("main.Target", [
    ["a", types.pointer(types.int())],
    ["b", types.pointer(types.int())],
  ]);
  return {
    person: types.struct("main.Person", [
      ["name", types.string()],
      ["age", types.int()],
    ]),
    place: types.struct("main.Place", [
      ["target", types.pointer(target)],
      ["x", types.int()],
      ["y", types.int()],
    ]),
  };
}

test("the type that the contents speak for is taken, and said to be a guess", async () => {
  const types = new TypeFixture();
  twins(types);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [person, place, text, target] = [d.object(24), d.object(24), d.object(8), d.object(16)];
    person.point(0, text).store(8, 5).store(16, 30);
    place.point(0, target).store(8, 2 ** 45);
    target.list(0).list(8);
    d.root(person);
    d.root(place);
    slots = [person, place, text, target];
  });
  expect(slots.map(typed.typeOf)).toEqual(["main.Person", "main.Place", "string", "main.Target"]);
  expect(slots.map(typed.sourceOf)).toEqual(Array(4).fill(TypeSource.INFERRED));
});

test("what points outside the heap speaks for no type", async () => {
  const types = new TypeFixture();
  twins(types);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [one, many] = [d.object(24), d.object(48)];
    one.list(0).store(0, 0x50_0000).store(8, 5);
    for (const at of [0, 24])
      many
        .list(at)
        .store(at, 0x50_0000)
        .store(at + 8, 5);
    d.root(one);
    d.root(many);
    slots = [one, many];
  });
  expect(slots.map(typed.typeOf)).toEqual([undefined, undefined]);
});

test("a large array of pointers to outside the heap is none of the values that have as many pointers", async () => {
  const types = new TypeFixture();
  const group = types.struct("map.group[string][]string", [["ctrl", types.uintptr()]]);
  const map = types.map(types.string(), types.slice(types.string()), group);
  // Both are pointers and nothing else, as the list of a module's types is.
  types.struct("main.Form", [
    ["values", map],
    ["files", map],
  ]);
  types.struct("main.Pair", [
    ["a", types.pointer(types.int())],
    ["b", types.func()],
  ]);
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(40_960);
    for (let at = 0; at < 40_960; at += 8) slot.list(at).store(at, 0x50_0000 + 8 * at);
    d.root(slot);
  });
  expect(typed.typeOf(slot!)).toBeUndefined();
});

test("two elements that agree prove no large array", async () => {
  const types = new TypeFixture();
  twins(types);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const arrays = [2, 4].map((used) => {
      const array = d.object(384);
      for (let i = 0; i < 16; i++) {
        if (i < used) array.point(24 * i, d.object(8)).store(24 * i + 8, 5);
        else array.list(24 * i);
      }
      return array;
    });
    for (const array of arrays) d.root(array);
    slots = arrays;
  });
  expect(slots.map(typed.typeOf)).toEqual([undefined, "[]main.Person"]);
});

test("an array that is used at its beginning alone is no more one type's than that of which its elements begin with such", async () => {
  const types = new TypeFixture();
  const name = types.struct("main.Name", [
    ["first", types.string()],
    ["last", types.string()],
    ["age", types.int()],
  ]);
  types.struct("main.Couple", [
    ["one", name],
    ["other", name],
  ]);
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(160);
    for (const at of [0, 16]) slot.point(at, d.object(8)).store(at + 8, 5);
    for (let at = 40; at < 160; at += 40) slot.list(at).list(at + 16);
    d.root(slot);
  });
  expect(typed.typeOf(slot!)).toBeUndefined();
});

test("contents that speak for two types alike settle nothing", async () => {
  const types = new TypeFixture();
  for (const name of ["main.Person", "main.Place"]) {
    types.struct(name, [
      ["name", types.string()],
      ["number", types.int()],
    ]);
  }
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(24).point(0, d.object(8)).store(8, 5) as Slot;
    d.root(slot);
  });
  expect(typed.typeOf(slot!)).toBeUndefined();
});

describe("what alone has a layout", () => {
  const draw = async (contents: (slot: Slot) => void): Promise<string | undefined> => {
    const types = new TypeFixture();
    types.struct("main.Only", [
      ["flag", types.bool()],
      ["text", types.string()],
      ["items", types.slice(types.int())],
    ]);
    let slot: Slot | undefined;
    const typed = await typeDump(types, (d) => {
      slot = d.object(48).list(8).list(24) as Slot;
      contents(slot);
      d.root(slot);
    });
    return typed.typeOf(slot!);
  };

  test("is taken even where the contents say nothing", async () => {
    expect(await draw(() => {})).toBe("main.Only");
  });

  test.each<[string, (slot: Slot) => void]>([
    ["a bool of 2", (slot) => slot.store(0, 2)],
    ["a nil string with a length", (slot) => slot.store(16, 3)],
    ["a slice longer than its capacity", (slot) => slot.store(24, slot).store(32, 2).store(40, 1)],
    ["a slice beyond its array", (slot) => slot.store(24, slot).store(32, 1).store(40, 1000)],
  ])("is not taken against the contents: %s", async (_name, contents) => {
    expect(await draw(contents)).toBeUndefined();
  });
});

describe("interfaces", () => {
  test.each([
    ["an itab", true, "main.Named"],
    ["a type", false, "main.Any"],
  ])("with methods have %s in front, without a type: %s", async (_name, isItab, expected) => {
    const types = new TypeFixture();
    const named = types.interface("main.Stringer");
    const other = types.interface("main.Other");
    for (const [name, face] of [
      ["main.Any", types.any()],
      ["main.Named", named],
      ["main.Others", other],
    ] as const) {
      types.struct(name, [
        ["id", types.int()],
        ["value", face],
      ]);
    }
    const itab = types.itab(named, types.int());
    let slot: Slot | undefined;
    const typed = await typeDump(types, (d) => {
      slot = d
        .object(24)
        .store(8, isItab ? itab : types.int().address)
        .point(16, d.object(8)) as Slot;
      d.root(slot);
    });
    expect(typed.typeOf(slot!)).toBe(expected);
  });
});

test("of types laid out alike an array is of the one that the program speaks of", async () => {
  const types = new TypeFixture();
  const { string } = types;
  types.struct("main.ErrorText", [["text", string()]]);
  types.struct(
    "main.Many",
    [0, 1, 2, 3, 4, 5].map((i) => [`s${i}`, string()] as const),
  );
  let slot: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    slot = d.object(32);
    for (const at of [0, 16]) slot.point(at, d.object(8)).store(at + 8, 7);
    d.root(slot);
  });
  expect(typed.typeOf(slot!)).toBe("[]string");
});

test("elements of a list whose links are fields are known, however long it is", async () => {
  const types = new TypeFixture();
  const link = types.struct("main.link", [["id", types.int()]]);
  types.setFields(link, [["next", types.pointer(link)]]);
  types.struct("main.Task", [
    ["id", types.int()],
    ["link", link],
    ["payload", types.array(4, types.uintptr())],
  ]);
  // The contents speak for this as well.
  types.struct("main.Job", [
    ["id", types.int()],
    ["link", types.struct("main.jobLink", [["next", types.pointer(link)]])],
    ["payload", types.array(4, types.uintptr())],
  ]);
  const pool = types.struct("main.Pool", [
    ["size", types.int()],
    ["first", types.pointer(link)],
  ]);
  let tasks: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    tasks = Array.from({ length: 200 }, () => d.object(48));
    for (const [i, task] of tasks.entries()) {
      if (i + 1 < tasks.length) task.point(8, tasks[i + 1]!, 8);
      else task.list(8);
    }
    const root = d.object(16).store(0, tasks.length).point(8, tasks[0]!, 8);
    d.data.store(0, types.pointer(pool).address).point(8, root);
  });
  expect(new Set(tasks.map(typed.typeOf))).toEqual(new Set(["main.Task"]));
  expect(new Set(tasks.map(typed.sourceOf))).toEqual(new Set([TypeSource.INFERRED]));
});

test("an element of a list is not the list that begins with one", async () => {
  const types = new TypeFixture();
  const list = types.struct("main.List", []);
  const element = types.struct("main.Element", []);
  types.setFields(element, [
    ["next", types.pointer(element)],
    ["previous", types.pointer(element)],
    ["list", types.pointer(list)],
    ["value", types.any()],
  ]);
  types.setFields(list, [
    ["root", element],
    ["length", types.int()],
  ]);
  const boxed = types.struct("main.Boxed", [["n", types.int()]]);
  const elements: Slot[] = [];
  let head: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    head = d.object(48);
    for (let i = 0; i < 40; i++) {
      const slot = d.object(48).point(0, elements[i - 1] ?? head) as Slot;
      slot.list(8).point(16, head).store(24, boxed.address).point(32, d.object(8));
      elements.push(slot);
    }
    head.point(0, elements[39]!).list(8).list(16).list(32).store(40, 40);
    d.root(head);
  });
  // Both get slots of 48 bytes, and only the last word tells them apart.
  expect([element.size, list.size]).toEqual([40, 48]);
  expect(new Set(elements.map(typed.typeOf))).toEqual(new Set(["main.Element"]));
  expect(typed.typeOf(head!)).toBe("main.List");
});

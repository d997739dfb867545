/** What follows from the type of what refers to an object. */

import { describe, expect, test } from "vitest";
import { Kind, type Type } from "../../../src/binary/index.ts";
import { slotSizeFor } from "../../../src/heap/facts/size-classes.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { receiverOf } from "../../../src/typing/evidence/closures.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** Adds a global `var x any` that holds a pointer to `target`; `dynamic` is what its type word says. */
function rootInterface(dump: DumpBuilder, dynamic: Type | number, target: Slot): void {
  const word = dump.pointerSize;
  const offset = dump.data.size;
  dump.data.size += 2 * word;
  dump.data.store(offset, typeof dynamic === "number" ? dynamic : dynamic.address);
  dump.data.point(offset + word, target);
}

function nodeType(types: TypeFixture): Type {
  const node = types.struct("main.Node", []);
  types.setFields(node, [
    ["next", types.pointer(node)],
    ["name", types.string()],
  ]);
  return node;
}

describe.each([4, 8] as const)("pointers of %i bytes", (word) => {
  test("a type goes along the pointers of what has it", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [first, second, text] = [d.object(slotSizeFor(3 * word)), d.object(slotSizeFor(3 * word)), d.object(32)];
      first
        .point(0, second)
        .point(word, text)
        .store(2 * word, 5);
      second.list(0).list(word);
      rootInterface(d, types.pointer(node), first);
      slots = [first, second, text];
    });
    expect(slots.map(typed.typeOf)).toEqual(["main.Node", "main.Node", "string"]);
    expect(slots.map(typed.sourceOf)).toEqual(Array(3).fill(TypeSource.PROPAGATED));
  });

  test("what was put into a sync.Pool has the type that the word before it tells", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const eface = types.struct("sync.eface", [
      ["typ", types.unsafePointer()],
      ["val", types.unsafePointer()],
    ]);
    const ring = types.struct("sync.poolDequeue", [
      ["vals", types.slice(eface)],
      ["headTail", types.int()],
    ]);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [queue, values, buffer, array] = [4, 4, 3, 4].map((words) => d.object(slotSizeFor(words * word)));
      const first = d
        .object(slotSizeFor(3 * word))
        .list(0)
        .list(word) as Slot;
      queue!
        .point(0, values!)
        .store(word, 2)
        .store(2 * word, 2);
      buffer!
        .point(0, array!)
        .store(word, 3)
        .store(2 * word, 4 * word);
      values!
        .list(0)
        .store(0, types.pointer(types.slice(types.uint8())).address)
        .point(word, buffer!);
      values!
        .list(2 * word)
        .store(2 * word, types.pointer(node).address)
        .point(3 * word, first);
      rootInterface(d, types.pointer(ring), queue!);
      slots = [buffer!, array!, first];
    });
    expect(slots.map(typed.typeOf)).toEqual(["[]uint8", "[]uint8", "main.Node"]);
    expect(slots.map(typed.sourceOf)).toEqual(Array(3).fill(TypeSource.PROPAGATED));
  });

  test("a type is not taken where the pointers are others", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      // One word too many, one too few, one elsewhere.
      const tooMany = d
        .object(slotSizeFor(3 * word))
        .list(0)
        .list(word)
        .list(2 * word) as Slot;
      const tooFew = d.object(slotSizeFor(3 * word)).list(0) as Slot;
      const elsewhere = d
        .object(slotSizeFor(3 * word))
        .list(0)
        .list(2 * word) as Slot;
      slots = [tooMany, tooFew, elsewhere];
      for (const slot of slots) rootInterface(d, types.pointer(node), slot);
    });
    // Something else may be guessed, but nothing follows.
    expect(slots.map(typed.typeOf)).not.toContain("main.Node");
    expect(slots.map(typed.sourceOf)).not.toContain(TypeSource.PROPAGATED);
  });
});

test("what has no pointers does not begin with a value that has some, as a word may be stale", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  let bytes: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    bytes = d.object(8192);
    rootInterface(d, types.pointer(node), bytes);
  });
  const { types: table, objects, findObject } = typed.heap;
  expect(table.names[objects.type[findObject(bytes!.address)]!]).toBe("noscan/8192");
});

test("an itab tells the dynamic type, and an interface may hold a value or a pointer", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  const itab = types.itab(types.interface("main.Named"), node);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    slots = [0, 1, 2].map(() => d.object(24).list(0).list(8) as Slot);
    rootInterface(d, itab, slots[0]!);
    rootInterface(d, types.pointer(node), slots[1]!);
    rootInterface(d, 0x77_7777, slots[2]!);
  });
  expect(slots.slice(0, 2).map(typed.typeOf)).toEqual(["main.Node", "main.Node"]);
  const { PROPAGATED, INFERRED } = TypeSource;
  // Of the last nothing is known but that there is only one type like it.
  expect(slots.map(typed.sourceOf)).toEqual([PROPAGATED, PROPAGATED, INFERRED]);
});

test("the array of a slice is one of its elements, as long as the slot is", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  const list = types.struct("main.List", [
    ["items", types.slice(node)],
    ["numbers", types.slice(types.int())],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [root, items, numbers] = [d.object(48), d.object(80), d.object(64)];
    root.point(0, items).store(8, 2).store(16, 3).point(24, numbers);
    for (let i = 0; i < 3; i++) items.list(24 * i).list(24 * i + 8);
    rootInterface(d, types.pointer(list), root);
    slots = [root, items, numbers];
  });
  expect(slots.map(typed.typeOf)).toEqual(["main.List", "[]main.Node", "[]int"]);
});

describe("a named array", () => {
  test.each([
    ["of numbers", (types: TypeFixture) => types.int()],
    ["of structs with pointers", nodeType],
  ])("%s keeps its name where an object is exactly one", async (_, elementOf) => {
    const types = new TypeFixture();
    const element = elementOf(types);
    const table = types.add(Kind.Array, "main.Table", 6 * element.size, { elem: element, length: 6 });
    const owner = types.struct("main.Owner", [
      ["table", types.pointer(table)],
      ["part", types.slice(element)],
      ["plain", types.pointer(types.array(6, element))],
      ["start", types.pointer(table)],
    ]);
    const words = element.pointers.words;
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const drawArray = (size: number, length: number): Slot => {
        const array = d.object(size);
        for (let i = 0; i < length; i++) for (const word of words) array.list(i * element.size + word);
        return array;
      };
      const exact = 6 * element.size;
      const [root, one, plain, longer] = [d.object(48), drawArray(exact, 6), drawArray(exact, 6), drawArray(480, 20)];
      // A slice of the array, before and behind the pointer to it, tells only what it is made of.
      root.point(0, one).point(8, one).store(16, 6).store(24, 6).point(32, plain).point(40, longer);
      rootInterface(d, types.pointer(owner), root);
      slots = [root, one, plain, longer];
    });
    expect(slots.map(typed.typeOf)).toEqual(["main.Owner", "main.Table", `[]${element.name}`, `[]${element.name}`]);
    const row = typed.heap.objects.type[typed.heap.findObject(slots[1]!.address)]!;
    expect(typed.heap.types.fields!.stride(row)).toBe(element.size);
    expect(typed.heap.types.details!(row)).toMatchObject({ kind: "array", element: { name: element.name } });
  });
});

describe("malloc headers", () => {
  const version = { version: "go1.24.4" };

  test("name the type of the object", async () => {
    const types = new TypeFixture();
    const pointers = types.array(70, types.pointer(types.int()));
    const wide = types.struct("main.Wide", [
      ["count", types.int()],
      ["pointers", pointers],
    ]);
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        const [object, target] = [d.object(576), d.object(8)];
        object.store(0, wide.address).point(16, target);
        for (let i = 1; i < 70; i++) object.list(16 + 8 * i);
        d.root(object, 8);
        slots = [object, target];
      },
      version,
    );
    expect(slots.map(typed.typeOf)).toEqual(["main.Wide", "int"]);
    expect(typed.sourceOf(slots[0]!)).toBe(TypeSource.EXACT);
  });

  test("of arrays: the mask goes on to the slot's end, in the middle of an element", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        const [array, target] = [d.object(1024), d.object(24)];
        array.store(0, node.address);
        for (let at = 8; at < 1024; at += 24) {
          if (at === 8) array.point(at, target);
          else array.list(at);
          if (at + 8 < 1024) array.list(at + 8);
        }
        target.list(0).list(8);
        d.root(array, 8);
        slots = [array, target];
      },
      version,
    );
    expect(slots.map(typed.typeOf)).toEqual(["[]main.Node", "main.Node"]);
  });

  test("that name a type of no executable, as reflect.StructOf makes them, leave the object without one", async () => {
    const types = new TypeFixture();
    // As large, and with as many pointers: the only type that could be guessed.
    const log = types.struct("main.Log", [
      ["lines", types.array(112, types.int())],
      ["next", types.pointer(types.int())],
    ]);
    const draw = async (header: number, next: number, isLocated = true) => {
      let slot: Slot | undefined;
      const typed = await typeDump(
        types,
        (d) => {
          slot = d
            .object(1024)
            .store(0, header)
            .point(8 + next, d.object(8)) as Slot;
          d.root(slot, 8);
        },
        { ...version, isLocated },
      );
      return typed.typeOf(slot!);
    };
    expect(await draw(log.address, 896)).toBe("main.Log");
    expect(await draw(2 ** 37 + 64, 0)).toBe(undefined);
    expect(await draw(2 ** 37 + 64, 896)).toBe(undefined);
    // Where it is not known where the types were, that none is there says nothing.
    expect(await draw(2 ** 37 + 64, 896, false)).toBe("main.Log");
  });
});

describe("channels", () => {
  test.each([
    ["with pointers in a buffer of its own", true],
    ["without pointers, the buffer behind the header", false],
  ])("%s", async (_name, hasPointers) => {
    const types = new TypeFixture();
    const node = nodeType(types);
    const layout = types.addChannelLayout();
    const elem = hasPointers ? node : types.int();
    const queue = types.struct("main.Queue", [
      ["in", types.channel(elem)],
      ["name", types.string()],
    ]);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const root = d.object(24);
      const channel = d.object(hasPointers ? 48 : 80);
      const buffer = d.object(48);
      root.point(0, channel).list(8);
      if (hasPointers) {
        channel.point(16, buffer);
        for (const at of [0, 8, 24, 32]) buffer.list(at);
      } else {
        channel.store(16, channel, layout.size);
      }
      channel.store(32, elem.address);
      rootInterface(d, types.pointer(queue), root);
      slots = hasPointers ? [root, channel, buffer] : [root, channel];
    });
    const expected = ["main.Queue", `chan ${elem.name}`, "[]main.Node"];
    expect(slots.map(typed.typeOf)).toEqual(expected.slice(0, slots.length));
  });

  test("nothing typed refers to show what they are by their element's type", async () => {
    const types = new TypeFixture();
    types.addChannelLayout();
    const { int } = types;
    types.struct("main.Like", [
      ["a", types.array(2, int())],
      ["p", types.pointer(int())],
      ["b", types.array(3, int())],
    ]);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const channel = d.object(48).list(16).store(8, 4).store(0, 2).store(32, types.string().address) as Slot;
      const broken = d.object(48).list(16).store(8, 4).store(0, 5).store(32, types.string().address) as Slot;
      d.root(channel);
      d.root(broken);
      slots = [channel, broken];
    });
    expect(slots.map(typed.typeOf)).toEqual(["chan string", undefined]);
  });
});

test("closures are named by their function and laid out by what they hold", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  types.struct("struct { F uintptr; X0 int; X1 *main.Node }", [
    ["F", types.uintptr()],
    ["X0", types.int()],
    ["X1", types.pointer(node)],
  ]);
  const entry = types.functionNamed("main.main.func1");
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [closure, captured, data] = [d.object(24), d.object(24), d.object(24)];
    closure.store(0, entry).point(16, captured);
    captured.list(0).list(8);
    data.store(0, entry + 4).list(16);
    d.root(closure);
    d.root(data);
    slots = [closure, captured, data];
  });
  expect(slots.map(typed.typeOf)).toEqual(["func main.main.func1", "main.Node", undefined]);
});

test("method values hold their receiver, whatever else is laid out alike", async () => {
  const types = new TypeFixture();
  const encoding = types.struct("main.Encoding", [["table", types.array(320, types.uint8())]]);
  for (const held of [types.int(), encoding, types.uint8()]) {
    types.struct(`struct { F uintptr; R *${held.name} }`, [
      ["F", types.uintptr()],
      ["R", types.pointer(held)],
    ]);
  }
  const entry = types.functionNamed("main.(*Encoding).EncodedLen-fm");
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [closure, receiver] = [d.object(16), d.object(320)];
    closure.store(0, entry).point(8, receiver);
    d.root(closure);
    slots = [closure, receiver];
  });
  expect(slots.map(typed.typeOf)).toEqual(["func main.(*Encoding).EncodedLen-fm", "main.Encoding"]);
});

test.each([
  ["main.(*T).Method-fm", "*main.T"],
  ["main.T.Method-fm", "main.T"],
  ["gopkg.in/yaml%2ev3.(*Decoder).Decode-fm", "*gopkg.in/yaml.v3.Decoder"],
  ["main.(*Box[go.shape.int]).Get-fm", undefined],
  ["main.(*T).Method", undefined],
  ["main.main.func1", undefined],
])("the receiver that %s is the value with", (name, type) => expect(receiverOf(name)).toBe(type));

test("blocks of several tiny values are not one of them", async () => {
  const types = new TypeFixture();
  const pair = types.struct("main.Pair", [
    ["flag", types.pointer(types.bool())],
    ["text", types.string()],
    ["byte", types.pointer(types.uint8())],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [root, tiny] = [d.object(32), d.object(16)];
    root.point(0, tiny).point(8, tiny, 1).store(16, 3).point(24, tiny, 4);
    rootInterface(d, types.pointer(pair), root);
    slots = [root, tiny];
  });
  expect(slots.map(typed.typeOf)).toEqual(["main.Pair", "(tiny block)"]);
});

test("a pointer into an array types the whole of it; one into something larger goes on from there", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [array, large, target] = [d.object(48), d.object(48), d.object(24)];
    for (const at of [0, 8, 24, 32]) array.list(at);
    large.list(8).point(16, target).list(24);
    target.list(0).list(8);
    const offset = d.data.size;
    d.data.size += 32;
    const address = types.pointer(node).address;
    d.data.store(offset, address).point(offset + 8, array, 24);
    d.data.store(offset + 16, address).point(offset + 24, large, 16);
    slots = [array, large, target];
  });
  expect(slots.map(typed.typeOf)).toEqual(["[]main.Node", undefined, "main.Node"]);
});

test("the stand-in for a generic's instantiations gives way to the one that a pointer names", async () => {
  const types = new TypeFixture();
  const shape = types.struct("main.Box[go.shape.string]", [
    ["value", types.string()],
    ["rest", types.array(70, types.pointer(types.int()))],
  ]);
  const real = types.struct("main.Box[string]", [
    ["value", types.string()],
    ["rest", types.array(70, types.pointer(types.int()))],
  ]);
  const root = types.struct("main.Root", [
    ["box", types.pointer(real)],
    ["name", types.string()],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(
    types,
    (d) => {
      const [holder, box] = [d.object(24), d.object(640)];
      holder.point(0, box, 8).list(8);
      box.store(0, shape.address).list(8);
      for (let i = 0; i < 70; i++) box.list(24 + 8 * i);
      // The mask begins again behind the value.
      for (const at of [584, 600, 608, 616, 624, 632]) box.list(at);
      rootInterface(d, types.pointer(root), holder);
      slots = [holder, box];
    },
    { version: "go1.24.4" },
  );
  expect(slots.map(typed.typeOf)).toEqual(["main.Root", "main.Box[string]"]);
});

test("what a goroutine panics with has the type that the panic's record says", async () => {
  const types = new TypeFixture();
  const layout = (name: string) =>
    types.struct(name, [
      ["code", types.int()],
      ["cause", types.pointer(types.int())],
    ]);
  const pointer = types.pointer(layout("main.Failure"));
  // Laid out alike: the shape alone does not tell.
  layout("main.Other");
  let argument: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    argument = d.object(16).list(8);
    d.goroutine().panic(argument, pointer.address);
  });
  expect(typed.typeOf(argument!)).toBe("main.Failure");
});

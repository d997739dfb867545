/** What declared types and names of variables make of roots. */

import { describe, expect, test } from "vitest";
import type { Type } from "../../../src/binary/index.ts";
import { slotSizeFor } from "../../../src/heap/facts/size-classes.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";
import { declare, local } from "./declared-names.ts";

/** Where the dump builder puts data. */
const DATA = 0x55_0000;

function nodeType(types: TypeFixture): Type {
  const node = types.struct("main.Node", []);
  types.setFields(node, [
    ["next", types.pointer(node)],
    ["name", types.string()],
  ]);
  // Two more that look alike: contents alone tell nothing.
  types.struct("main.Other", [
    ["other", types.pointer(node)],
    ["text", types.string()],
  ]);
  return node;
}

describe.each([4, 8] as const)("package variables, pointers of %i bytes", (word) => {
  test("tell the types of what they point to, and name the way", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const queue = types.struct("main.Queue", [
      ["length", types.int()],
      ["head", types.pointer(node)],
      ["spare", types.array(2, types.pointer(node))],
    ]);
    const variables = [
      { name: "main.first", address: DATA, type: types.pointer(node) },
      { name: "main.queue", address: DATA + word, type: queue },
    ];
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [0, 1, 2].map(
          () =>
            d
              .object(slotSizeFor(3 * word))
              .list(0)
              .list(word) as Slot,
        );
        d.root(slots[0]!);
        d.data.size = 5 * word;
        d.data
          .store(word, 1)
          .point(2 * word, slots[1]!)
          .list(3 * word)
          .point(4 * word, slots[2]!);
      },
      { names: declare({ variables }) },
    );
    expect(slots.map(typed.typeOf)).toEqual(["main.Node", "main.Node", "main.Node"]);
    expect(slots.map(typed.sourceOf)).toEqual(Array(3).fill(TypeSource.PROPAGATED));
    expect(slots.map(typed.rootsOf)).toEqual([["main.first: "], ["main.queue: head"], ["main.queue: spare[1]"]]);
    const { vertices } = typed.heap.roots;
    expect(vertices.kind.filter((kind) => kind === RootVertexKind.VARIABLE)).toHaveLength(2);
  });

  test("name all of what they point to, though something inside leads there, too", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const queue = types.struct("main.Queue", [
      ["length", types.int()],
      ["head", types.pointer(node)],
    ]);
    const app = types.struct("main.App", [
      ["first", types.pointer(node)],
      ["queue", queue],
    ]);
    const worker = types.struct("main.Worker", [
      ["queue", types.pointer(queue)],
      ["id", types.int()],
    ]);
    const variables = [
      { name: "main.app", address: DATA, type: types.pointer(app) },
      { name: "main.worker", address: DATA + word, type: types.pointer(worker) },
    ];
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [0, 1].map(
          () =>
            d
              .object(slotSizeFor(3 * word))
              .list(0)
              .list(word) as Slot,
        );
        const object = d.object(slotSizeFor(2 * word)).point(0, DATA + 3 * word);
        d.data.size = 5 * word;
        d.data
          .point(0, DATA + 2 * word)
          .point(word, object)
          .point(2 * word, slots[0]!)
          .store(3 * word, 1)
          .point(4 * word, slots[1]!);
      },
      { names: declare({ variables }) },
    );
    expect(slots.map(typed.typeOf)).toEqual(["main.Node", "main.Node"]);
    expect(slots.map(typed.rootsOf)).toEqual([["*main.app: first"], ["*main.app: queue.head"]]);
  });

  test("name all of what they point to, though heads of many lists inside are pointed to by the last of each", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const wheel = types.struct("main.Wheel", [["lists", types.array(100, node)]]);
    const variables = [{ name: "main.wheel", address: DATA, type: types.pointer(wheel) }];
    let last: Slot | undefined;
    const typed = await typeDump(
      types,
      (d) => {
        d.data.size = (1 + 3 * 100) * word;
        d.data.point(0, DATA + word);
        for (let i = 0; i < 100; i++) {
          const head = (1 + 3 * i) * word;
          last = d
            .object(slotSizeFor(3 * word))
            .point(0, DATA + head)
            .list(word) as Slot;
          d.data.point(head, last);
        }
      },
      { names: declare({ variables }) },
    );
    expect(typed.typeOf(last!)).toBe("main.Node");
    expect(typed.rootsOf(last!)).toEqual(["*main.wheel: lists[99].next"]);
  });

  test("that only symbols name are roots of their own, without a way", async () => {
    const types = new TypeFixture(word);
    nodeType(types);
    const symbols = [{ name: "main..stmp_7", address: DATA + word, size: 2 * word }];
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [d.object(2 * word), d.object(2 * word)];
        d.root(slots[0]!);
        d.data.size = 3 * word;
        d.data.point(2 * word, slots[1]!);
      },
      { names: declare({ symbols }) },
    );
    expect(typed.rootsOf(slots[0]!)).toEqual([`data segment at 0x${DATA.toString(16)}: undefined`]);
    expect(typed.rootsOf(slots[1]!)).toEqual(["main..stmp_7: undefined"]);
  });

  test.each([
    ["that no symbol names", []],
    // As where another linker than Go's keeps the symbols.
    ["that symbols name after the compiler", [8, 12, 24, 30]],
  ])("lead through data and bss: static temporaries %s get types, and names by the way to them", async (_, named) => {
    const symbols = named.map((words, i) => ({
      name: `main..stmp_${i}`,
      address: DATA + words * word,
      size: (words === 12 ? 9 : 2) * word,
    }));
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const variables = [
      { name: "main.list", address: DATA, type: types.pointer(node) },
      { name: "main.table", address: DATA + word, type: types.slice(node) },
      { name: "main.any", address: DATA + 4 * word, type: types.any() },
    ];
    const [single, table, boxed] = [8, 12, 24].map((words) => DATA + words * word) as [number, number, number];
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [0, 1, 2, 3].map(
          () =>
            d
              .object(slotSizeFor(3 * word))
              .list(0)
              .list(word) as Slot,
        );
        d.data.size = 32 * word;
        d.data.point(0, single);
        d.data
          .point(word, table)
          .store(2 * word, 3)
          .store(3 * word, 3);
        d.data.store(4 * word, node.address).point(5 * word, boxed);
        // A node that points to a node in the heap; three of which the last does; one in an interface.
        d.data.point(8 * word, slots[0]!);
        d.data.point(12 * word, single).point((12 + 6) * word, slots[1]!);
        d.data.point(24 * word, slots[2]!);
        // And what nothing leads to.
        d.data.point(30 * word, slots[3]!);
      },
      { names: declare({ variables, symbols }) },
    );
    expect(slots.map(typed.typeOf).slice(0, 3)).toEqual(["main.Node", "main.Node", "main.Node"]);
    expect(slots.map(typed.rootsOf)).toEqual([
      ["*main.list: next"],
      ["main.table[:]: [2].next"],
      ["*main.any: next"],
      [named.length > 0 ? "main..stmp_3: undefined" : `data segment at 0x${DATA.toString(16)}: undefined`],
    ]);
    expect(typed.sourceOf(slots[3]!)).not.toBe(TypeSource.PROPAGATED);
  });

  test("types go on behind pointers of objects into data, with no name of anything", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    const wrapper = types.struct("main.Wrapper", [
      ["count", types.int()],
      ["node", types.pointer(node)],
      ["any", types.any()],
      ["nodes", types.slice(node)],
    ]);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [object, ...targets] = [7, 3, 3, 3].map((words) => d.object(slotSizeFor(words * word))) as [
        Slot,
        Slot,
        Slot,
        Slot,
      ];
      for (const target of targets) target.list(0).list(word);
      d.data.size = 2 * word;
      d.data.store(0, types.pointer(wrapper).address).point(word, object);
      const at = d.data.size;
      d.data.size += 16 * word;
      object.point(word, DATA + at);
      object.store(2 * word, node.address).point(3 * word, DATA + at + 4 * word);
      object
        .point(4 * word, DATA + at + 8 * word)
        .store(5 * word, 2)
        .store(6 * word, 2);
      d.data
        .point(at, targets[0]!)
        .point(at + 4 * word, targets[1]!)
        .point(at + 11 * word, targets[2]!);
      slots = [object, ...targets];
    });
    expect(slots.map(typed.typeOf)).toEqual(["main.Wrapper", "main.Node", "main.Node", "main.Node"]);
    expect(slots.map(typed.sourceOf)).toEqual(Array(4).fill(TypeSource.PROPAGATED));
  });

  test("are not believed where the object's pointers are others", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    let slot: Slot | undefined;
    const typed = await typeDump(
      types,
      (d) => {
        slot = d.object(slotSizeFor(3 * word)).list(2 * word) as Slot;
        d.root(slot);
      },
      { names: declare({ variables: [{ name: "main.first", address: DATA, type: types.pointer(node) }] }) },
    );
    expect(typed.typeOf(slot!)).not.toBe("main.Node");
    expect(typed.rootsOf(slot!)).toEqual(["main.first: "]);
  });

  test("are found by the bias of data", async () => {
    const types = new TypeFixture(word);
    const node = nodeType(types);
    let slot: Slot | undefined;
    const typed = await typeDump(
      types,
      (d) => {
        slot = d
          .object(slotSizeFor(3 * word))
          .list(0)
          .list(word) as Slot;
        d.root(slot);
      },
      {
        names: declare({
          variables: [{ name: "main.first", address: DATA - 0x20, type: types.pointer(node) }],
          biases: { data: 0x20, text: 0, types: 0 },
        }),
      },
    );
    expect(typed.typeOf(slot!)).toBe("main.Node");
    expect(typed.rootsOf(slot!)).toEqual(["main.first: "]);
  });
});

describe("local variables", () => {
  const MAIN = 0x40_1000;
  const CALLEE = 0x40_2000;

  test("tell types and names of live words: whole, in parts, of inlined functions, and arguments in the caller's frame", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    const pair = types.struct("main.Pair", [
      ["left", types.pointer(node)],
      ["right", types.pointer(node)],
    ]);
    const elsewhere = [{ offset: 8, size: 8, frameOffset: -8 }];
    const locals = {
      // The PC of a call's return, less one.
      "401000 40100f": [
        local("head", types.pointer(node), -32),
        local("pair", pair, 0, { pieces: elsewhere }),
        local("dead", types.pointer(node), -24),
        local(".autotmp_2", types.pointer(node), -16),
        local("~r0", types.pointer(node), -16, { function: "main.inlined", isInlined: true }),
        local("inner", types.pointer(node), -16, { function: "main.inlined", isInlined: true }),
        local("later", types.pointer(node), -32),
      ],
      "402000 40200f": [local("argument", types.pointer(node), 0, { function: "main.callee" })],
    };
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [0, 1, 2, 3].map(() => d.object(24).list(0).list(8) as Slot);
        const goroutine = d.goroutine();
        goroutine.frame("main.callee", 16, CALLEE);
        const main = goroutine.frame("main.main", 40, MAIN);
        main.point(0, slots[3]!).point(8, slots[0]!).point(24, slots[2]!).point(32, slots[1]!);
      },
      { names: declare({ locals }) },
    );
    expect(slots.map(typed.typeOf)).toEqual(Array(4).fill("main.Node"));
    expect(slots.flatMap(typed.rootsOf)).toEqual([
      "main.main: head",
      "main.main: pair.right",
      // The compiler's own names for the same place come last.
      "main.main: inner (main.inlined)",
      "main.main: argument (main.callee)",
    ]);
  });

  test("that the compiler made are named where no other is", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    const locals = {
      "401000 40100f": [local(".autotmp_2", types.pointer(node), -8), local("own", types.pointer(node), -16)],
    };
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        slots = [0, 1].map(() => d.object(24).list(0).list(8) as Slot);
        const goroutine = d.goroutine();
        goroutine.frame("main.callee", 16, CALLEE);
        goroutine.frame("main.main", 16, MAIN).point(0, slots[0]!).point(8, slots[1]!);
      },
      { names: declare({ locals }) },
    );
    expect(slots.flatMap(typed.rootsOf)).toEqual(["main.main: own", "main.main: .autotmp_2"]);
  });

  test("of a frame that was interrupted are those at its very PC", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    const at = (pc: string, name: string) => ({ [`401000 ${pc}`]: [local(name, types.pointer(node), -8)] });
    const draw = async (callee: string, pc?: number) => {
      let slot: Slot | undefined;
      const typed = await typeDump(
        types,
        (d) => {
          slot = d.object(24).list(0).list(8) as Slot;
          const goroutine = d.goroutine();
          goroutine.frame(callee, 16, CALLEE);
          goroutine.frame("main.main", 16, MAIN, pc).point(8, slot);
        },
        { names: declare({ locals: { ...at("40100f", "before"), ...at("401010", "at"), ...at("401000", "first") } }) },
      );
      return typed.rootsOf(slot!);
    };
    expect(await draw("main.callee")).toEqual(["main.main: before"]);
    expect(await draw("runtime.asyncPreempt")).toEqual(["main.main: at"]);
    expect(await draw("main.callee", MAIN)).toEqual(["main.main: first"]);
  });

  test("that are in a register up to the call are found in the slot they are said to be in behind it", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    const pointer = types.pointer(node);
    const draw = async (callee: string) => {
      let slots: Slot[] = [];
      const typed = await typeDump(
        types,
        (d) => {
          slots = [0, 1].map(() => d.object(24).list(0).list(8) as Slot);
          const goroutine = d.goroutine();
          goroutine.frame(callee, 16, CALLEE);
          goroutine.frame("main.main", 16, MAIN).point(0, slots[0]!).point(8, slots[1]!);
        },
        {
          names: declare({
            locals: {
              "401000 40100f": [local("spilled", pointer, 0, { pieces: [] }), local("before", pointer, -8)],
              "401000 401010": [local("spilled", pointer, -16), local("behind", pointer, -8)],
            },
          }),
        },
      );
      return { names: slots.flatMap(typed.rootsOf), types: slots.map(typed.typeOf) };
    };
    const expected = ["main.main: spilled", "main.main: before"];
    expect(await draw("main.callee")).toEqual({ names: expected, types: ["main.Node", "main.Node"] });
    expect((await draw("runtime.asyncPreempt")).names).toEqual(["main.main: spilled", "main.main: behind"]);
  });

  test("interfaces are asked for their dynamic type", async () => {
    const types = new TypeFixture();
    const node = nodeType(types);
    let slot: Slot | undefined;
    const typed = await typeDump(
      types,
      (d) => {
        slot = d.object(24).list(0).list(8) as Slot;
        d.goroutine().frame("main.main", 24, MAIN).store(8, types.pointer(node).address).point(16, slot);
      },
      { names: declare({ locals: { "401000 40100f": [local("value", types.any(), -16)] } }) },
    );
    expect(typed.typeOf(slot!)).toBe("main.Node");
    expect(typed.rootsOf(slot!)).toEqual(["main.main: value"]);
  });
});

test("a channel that the runtime's own variables call by its layout is called by its element all the same", async () => {
  const types = new TypeFixture();
  const layout = types.addChannelLayout();
  const int = types.int();
  const locals = {
    "402000 40200f": [local("c", types.pointer(layout), -8)],
    "401000 40100f": [local("numbers", types.channel(int), -8)],
  };
  let slot: Slot | undefined;
  const typed = await typeDump(
    types,
    (d) => {
      slot = d.object(48).list(16) as Slot;
      const goroutine = d.goroutine();
      goroutine.frame("runtime.chanrecv", 16, 0x40_2000).point(8, slot);
      goroutine.frame("main.main", 16, 0x40_1000).point(8, slot);
    },
    { names: declare({ locals }) },
  );
  expect(typed.typeOf(slot!)).toBe("chan int");
});

test("closures call what they captured by its name, and debug information settles which layout is theirs", async () => {
  const types = new TypeFixture();
  const node = nodeType(types);
  const same = types.struct("main.Same", [
    ["a", types.pointer(node)],
    ["b", types.string()],
  ]);
  const layouts = [types.pointer(same), types.pointer(node)].map((pointer) =>
    types.struct(`struct { F uintptr; X0 ${pointer.name} }`, [
      ["F", types.uintptr()],
      ["X0", pointer],
    ]),
  );
  for (const layout of layouts) layout.isNamed = false;
  const entry = types.functionNamed("main.main.func1");
  const captured = new Map([[entry, [{ name: "head", type: types.pointer(node), offset: 8 }]]]);
  let slots: Slot[] = [];
  const typed = await typeDump(
    types,
    (d) => {
      const [closure, target] = [d.object(16), d.object(24).list(0).list(8) as Slot];
      closure.store(0, entry).point(8, target);
      d.root(closure);
      slots = [closure, target];
    },
    { names: declare({ captured }) },
  );
  expect(slots.map(typed.typeOf)).toEqual(["func main.main.func1", "main.Node"]);
  const { types: table, objects } = typed.heap;
  expect(table.fields?.name(objects.type[typed.heap.findObject(slots[0]!.address)]!, 8)).toBe("head");
});

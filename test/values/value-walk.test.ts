/** What the walk shows of drawn heaps: where values are, what they lead to, how long they are. */
import { describe, expect, test } from "vitest";
import { NO_OBJECT } from "../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { ValueWalk, type WalkState, walkValues } from "../../src/values/value-walk.ts";
import type { Slot } from "../support/dump-builder.ts";
import { declare, local } from "../typing/names/declared-names.ts";
import { TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";
import { listValues } from "./value-fixture.ts";

/** Roots a value in an interface of the data segment, which tells its type. */
function sessions(types: TypeFixture) {
  const item = types.struct("main.Item", [
    ["id", types.int()],
    ["next", types.pointer(types.int())],
  ]);
  const session = types.struct("main.Session", [
    ["name", types.string()],
    ["history", types.slice(item)],
    ["tags", types.slice(types.string())],
    ["any", types.any()],
  ]);
  return { item, session };
}

describe.each([
  { pointerSize: 8, bigEndian: false },
  { pointerSize: 8, bigEndian: true },
  { pointerSize: 4, bigEndian: false },
  { pointerSize: 4, bigEndian: true },
] as const)("$pointerSize bytes, big endian: $bigEndian", ({ pointerSize, bigEndian }) => {
  const word = pointerSize;

  test("strings and slices of an object, with their lengths and where they lead", async () => {
    const types = new TypeFixture(pointerSize);
    const { session } = sessions(types);
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        const object = d.object(10 * word);
        const [text, items, tags, tag] = [d.object(32), d.object(16 * word), d.object(8 * word), d.object(16)];
        object.point(0, text).store(word, 21);
        object
          .point(2 * word, items, 4 * word)
          .store(3 * word, 3)
          .store(4 * word, 6);
        object
          .point(5 * word, tags)
          .store(6 * word, 2)
          .store(7 * word, 4);
        object.list(9 * word);
        for (let i = 0; i < 8; i++) items.list(2 * i * word + word);
        // A constant, that is nowhere in the heap; the third is empty, the last nil.
        tags
          .point(0, tag, 4)
          .store(word, 9)
          .point(2 * word, 0x4000)
          .store(3 * word, 5)
          .list(4 * word)
          .list(6 * word);
        const root = d.data.size;
        d.data.size += 2 * word;
        d.data.store(root, types.pointer(session).address).point(root + word, object);
        slots = [object, text, items, tags, tag];
      },
      { bigEndian, arch: "test" },
    );
    const [, text, items, tags, tag] = slots.map((slot) => typed.heap.findObject(slot.address));
    expect(typed.typeOf(slots[0]!)).toBe("main.Session");
    expect((await listValues(typed.heap)).sort((a, b) => (a.place < b.place ? -1 : 1))).toEqual([
      { place: "main.Session.history", kind: "slice", target: items, inside: 4 * word, length: 3, capacity: 6 },
      { place: "main.Session.name", kind: "string", target: text, inside: 0, length: 21, capacity: 21 },
      { place: "main.Session.tags", kind: "slice", target: tags, inside: 0, length: 2, capacity: 4 },
      { place: "main.Session.tags[]", kind: "string", target: tag, inside: 4, length: 9, capacity: 9 },
      { place: "main.Session.tags[]", kind: "string", target: NO_OBJECT, inside: 0, length: 5, capacity: 5 },
    ]);
  });

  test("variables and live slots of frames", async () => {
    const types = new TypeFixture(pointerSize);
    const { item } = sessions(types);
    const [global, frame] = [0x55_0000, 0x7_0000];
    const entry = 0x40_1000;
    const names = declare({
      variables: [{ name: "main.queue", address: global, type: types.slice(item) }],
      locals: {
        [`${entry.toString(16)} ${(entry + 0xf).toString(16)}`]: [
          local("line", types.string(), -4 * word),
          // Its length is in a register.
          local("cut", types.string(), -2 * word, { pieces: [{ offset: 0, size: word, frameOffset: -2 * word }] }),
        ],
      },
    });
    let slots: Slot[] = [];
    const typed = await typeDump(
      types,
      (d) => {
        const [array, text] = [d.object(8 * word), d.object(64)];
        for (let i = 0; i < 4; i++) array.list(2 * i * word + word);
        d.data.size = 3 * word;
        d.data
          .point(0, array, 2 * word)
          .store(word, 1)
          .store(2 * word, 3);
        const region = d.goroutine({ stack: frame }).frame("main.main", 4 * word, entry);
        region
          .point(0, text)
          .store(word, 40)
          .point(2 * word, text);
        slots = [array, text];
      },
      { bigEndian, arch: "test", names },
    );
    const [array, text] = slots.map((slot) => typed.heap.findObject(slot.address));
    expect(await listValues(typed.heap)).toEqual([
      { place: "main.queue", kind: "slice", target: array, inside: 2 * word, length: 1, capacity: 3 },
      { place: "line (main.main)", kind: "string", target: text, inside: 0, length: 40, capacity: 40 },
    ]);
  });
});

test("pointers are shown where they lead to one of many, interfaces always", async () => {
  const types = new TypeFixture();
  const { item } = sessions(types);
  const holder = types.struct("main.Holder", [
    ["items", types.slice(item)],
    ["one", types.pointer(item)],
    ["alone", types.pointer(item)],
    ["any", types.any()],
  ]);
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [object, array, single] = [d.object(64), d.object(64), d.object(16)];
    object.point(0, array).store(8, 4).store(16, 4).point(24, array, 32).point(32, single);
    object.store(40, types.pointer(item).address).point(48, array, 16);
    for (let i = 0; i < 4; i++) array.list(16 * i + 8);
    single.list(8);
    d.data.size = 16;
    d.data.store(0, types.pointer(holder).address).point(8, object);
    slots = [object, array, single];
  });
  expect(slots.map(typed.typeOf)).toEqual(["main.Holder", "[]main.Item", "main.Item"]);
  const seen = await listValues(typed.heap);
  expect(seen.map(({ place, kind, inside }) => `${place} ${kind} ${inside}`)).toEqual([
    "main.Holder.items slice 0",
    "main.Holder.one pointer 32",
    "main.Holder.any interface 16",
  ]);
});

test("what nothing reaches is passed over", async () => {
  const types = new TypeFixture();
  const { session } = sessions(types);
  const typed = await typeDump(types, (d) => {
    const object = d.object(80);
    object.point(0, d.object(16)).store(8, 3).list(16).list(40).list(72);
    const garbage = d.object(16);
    garbage.store(0, types.pointer(session).address).point(8, object);
  });
  expect(await listValues(typed.heap)).toEqual([]);
});

test("an array of more values than a batch holds is shown whole, each once", async () => {
  const types = new TypeFixture();
  const strings = types.slice(types.string());
  const count = 20_000;
  const typed = await typeDump(types, (d) => {
    const array = d.object(16 * count);
    const texts = [d.object(16), d.object(32), d.object(48)];
    for (let i = 0; i < count; i++) {
      if (i % 7 === 0) array.list(16 * i);
      else array.point(16 * i, texts[i % 3]!).store(16 * i + 8, 1 + (i % 5));
    }
    const header = d.object(24).point(0, array).store(8, count).store(16, count);
    d.data.size = 16;
    d.data.store(0, strings.address).point(8, header);
  });
  const offsets: number[] = [];
  let values = 0;
  await walkValues(
    typed.heap,
    [
      {
        values(batch) {
          values += batch.count;
          for (let k = 0; k < batch.count; k++) if (batch.kind[k] === 1) offsets.push(batch.offset[k]!);
        },
      },
    ],
    NO_PROGRESS,
  );
  expect(offsets).toEqual(Array.from({ length: count }, (_, i) => 16 * i).filter((at) => at % (7 * 16) !== 0));
  expect(values).toBe(offsets.length + 1);
});

test("a walk goes on from where another was, in the middle of an array, and in roots", async () => {
  const types = new TypeFixture();
  const count = 20_000;
  const names = declare({
    variables: [{ name: "main.names", address: 0x55_0000, type: types.slice(types.string()) }],
  });
  const typed = await typeDump(
    types,
    (d) => {
      const array = d.object(16 * count);
      const text = d.object(64);
      for (let i = 0; i < count; i++) array.point(16 * i, text).store(16 * i + 8, 1 + (i % 50));
      d.data.size = 24;
      d.data.point(0, array).store(8, count).store(16, count);
    },
    { names },
  );
  const layouts = typed.heap.types.layouts!;
  const list = (batch: { count: number; offset: Float64Array; holder: Int32Array; length: Float64Array }): string[] =>
    Array.from({ length: batch.count }, (_, k) => `${batch.holder[k]} ${batch.offset[k]} ${batch.length[k]}`);
  const walk = new ValueWalk(typed.heap, layouts);
  const batches: { readonly state: WalkState; readonly values: string[] }[] = [];
  for (;;) {
    const { state } = walk;
    const batch = walk.next();
    if (batch === undefined) break;
    batches.push({ state, values: list(batch) });
  }
  expect(batches.flatMap(({ values }) => values)).toHaveLength(count + 1);
  expect(batches.length).toBeGreaterThan(4);
  const other = new ValueWalk(typed.heap, layouts);
  for (const { state, values } of batches.toReversed()) {
    other.goTo(state);
    expect(list(other.next()!)).toEqual(values);
  }
});

test("a heap without an executable has no values", async () => {
  const types = new TypeFixture();
  const typed = await typeDump(types, (d) => {
    d.root(d.object(16));
  });
  const { layouts: _, ...rest } = typed.heap.types;
  expect(await listValuesUntyped({ ...typed.heap, types: rest })).toBe(0);
});

async function listValuesUntyped(heap: Parameters<typeof walkValues>[0]): Promise<number> {
  let count = 0;
  await walkValues(heap, [{ values: (batch) => (count += batch.count) }], NO_PROGRESS);
  return count;
}

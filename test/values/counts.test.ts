/** Counts of maps and channels of both designs, and what arrays have in use. */
import { describe, expect, test } from "vitest";
import { findUse } from "../../src/findings/holders/use.ts";
import { listAnalyses } from "../../src/heap/memo.ts";
import { NO_OBJECT } from "../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import {
  POINTERS_OUTSIDE,
  SEEN_BY_POINTER,
  SEEN_BY_SLICE,
  SEEN_BY_STRING,
  SHOWN_FROM_FRONT,
} from "../../src/values/array-views.ts";
import { computeValues, countMapsAndChannels } from "../../src/values/values.ts";
import type { DumpBuilder, Slot } from "../support/dump-builder.ts";
import { typedSample } from "../support/typed-samples.ts";
import { type FixtureType, TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";
import { addBucketMap, addSwissMap } from "./value-fixture.ts";

/** A global interface that holds a pointer to a struct of one map. */
function rootMap(d: DumpBuilder, types: TypeFixture, map: FixtureType, header: Slot): void {
  const holder = types.struct("main.Holder", [
    ["users", map],
    ["name", types.string()],
  ]);
  const object = d.object(24).point(0, header).list(8);
  d.data.size = 16;
  d.data.store(0, types.pointer(holder).address).point(8, object);
}

/** Columns as arrays of numbers. */
function plain(columns: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, typeof column === "number" ? column : Array.from(column)]),
  );
}

/** A word of 16-bit numbers, the first at the lowest address. */
function words16(bigEndian: boolean, ...numbers: readonly number[]): number {
  const ordered = bigEndian ? numbers : numbers.toReversed();
  return ordered.reduce((word, number) => word * 0x1_0000 + number, 0);
}

/** Bytes of a group of map[string]*int: a word of control bytes, and eight slots. */
const GROUP_SIZE = 8 + 8 * 24;

/** Two tables below a directory: 13 entries in 24 slots, three of which were deleted. */
function addTables(d: DumpBuilder, directory: Slot, bigEndian: boolean): void {
  for (const [i, [used, capacity, left]] of [
    [10, 16, 1],
    [3, 8, 4],
  ].entries()) {
    const table = d.object(32);
    const groups = d.object((capacity! / 8) * GROUP_SIZE);
    directory.point(8 * i, table);
    table
      .store(0, words16(bigEndian, used!, capacity!, left!, 1))
      .point(16, groups)
      .store(24, capacity! / 8 - 1);
    for (let slot = 0; slot < capacity!; slot++) {
      const at = (slot >> 3) * GROUP_SIZE + 8 + 24 * (slot & 7);
      groups.list(at).list(at + 16);
    }
  }
}

describe.each([false, true])("maps, big endian: %s", (bigEndian) => {
  test("of tables: entries, slots, and what deleted entries leave", async () => {
    const types = new TypeFixture();
    const map = addSwissMap(types, types.string(), types.pointer(types.int()));
    const typed = await typeDump(
      types,
      (d) => {
        const [header, directory] = [d.object(48), d.object(16)];
        header.store(0, 13).point(16, directory).store(24, 2);
        addTables(d, directory, bigEndian);
        rootMap(d, types, map, header);
      },
      { bigEndian, arch: "test" },
    );
    const { maps } = await computeValues(typed.heap);
    expect(plain(maps)).toMatchObject({ count: 1, entries: [13], slots: [24], tombstones: [3], tables: [2] });
    expect(Array.from(maps.bytes)).toEqual([48 + 16 + 64 + 3 * GROUP_SIZE]);
  });

  test("of tables, with the header on a stack: entries and slots, by the directory", async () => {
    const types = new TypeFixture();
    addSwissMap(types, types.string(), types.pointer(types.int()));
    const typed = await typeDump(
      types,
      (d) => {
        const directory = d.object(16);
        addTables(d, directory, bigEndian);
        const g = d.object(8);
        d.goroutine({ g }).frame("main.run", 64).point(8, directory);
      },
      { bigEndian, arch: "test" },
    );
    const { maps } = await computeValues(typed.heap);
    expect(plain(maps)).toMatchObject({ count: 0, headlessEntries: [13], headlessSlots: [24] });
    const use = findUse(typed.heap, await computeValues(typed.heap), maps.headless[0]!);
    expect(use).toEqual({ kind: "map", length: 13, capacity: 24 });
  });

  test("of one group, and empty", async () => {
    const types = new TypeFixture();
    const map = addSwissMap(types, types.string(), types.pointer(types.int()));
    const holder = types.struct("main.Two", [
      ["a", map],
      ["b", map],
      ["name", types.string()],
      ["n", types.int()],
    ]);
    const typed = await typeDump(
      types,
      (d) => {
        const [one, empty, group, object] = [d.object(48), d.object(48), d.object(208), d.object(48)];
        one.store(0, 5).point(16, group).store(24, 0);
        for (let slot = 0; slot < 8; slot++) group.list(8 + 24 * slot).list(24 + 24 * slot);
        empty.list(16);
        object.point(0, one).point(8, empty).list(16);
        d.data.size = 16;
        d.data.store(0, types.pointer(holder).address).point(8, object);
      },
      { bigEndian, arch: "test" },
    );
    const { maps } = await computeValues(typed.heap);
    expect(plain(maps)).toMatchObject({ count: 2, entries: [5, 0], slots: [8, 0], tombstones: [0, 0], tables: [0, 0] });
    expect(Array.from(maps.bytes)).toEqual([48 + 208, 48]);
  });

  test("of buckets, with overflow", async () => {
    const types = new TypeFixture();
    const map = addBucketMap(types, types.string(), types.pointer(types.int()));
    const size = 208;
    const typed = await typeDump(
      types,
      (d) => {
        const [header, buckets, overflow] = [d.object(48), d.object(4 * size), d.object(size)];
        header.store(0, 29).point(16, buckets).list(24).list(40);
        for (const [slot, count] of [
          [buckets, 4],
          [overflow, 1],
        ] as const) {
          for (let bucket = 0; bucket < count; bucket++) {
            const at = bucket * size;
            for (let i = 0; i < 8; i++) slot.list(at + 8 + 16 * i);
            for (let i = 0; i < 8; i++) slot.list(at + 136 + 8 * i);
            if (slot === buckets && bucket === 2) slot.point(at + 200, overflow);
            else slot.list(at + 200);
          }
        }
        rootMap(d, types, map, header);
      },
      { bigEndian, arch: "test" },
    );
    const { maps } = await computeValues(typed.heap);
    expect(plain(maps)).toMatchObject({ count: 1, entries: [29], slots: [40], tombstones: [0], tables: [0] });
  });
});

/** The runtime's own types of channels and of who waits for them. */
function addChannelLayouts(types: TypeFixture): void {
  const sudog = types.struct("runtime.sudog", []);
  types.setFields(sudog, [
    ["g", types.pointer(types.int())],
    ["next", types.pointer(sudog)],
  ]);
  const queue = types.struct("runtime.waitq", [
    ["first", types.pointer(sudog)],
    ["last", types.pointer(sudog)],
  ]);
  types.struct("runtime.hchan", [
    ["qcount", types.int()],
    ["dataqsiz", types.int()],
    ["buf", types.unsafePointer()],
    ["elemsize", types.add(9, "uint16", 2)],
    ["closed", types.add(10, "uint32", 4)],
    ["elemtype", types.uintptr()],
    ["recvx", types.int()],
    ["recvq", queue],
    ["sendq", queue],
  ]);
}

test("channels: what waits in them, and who waits for them", async () => {
  const types = new TypeFixture();
  addChannelLayouts(types);
  const elem = types.pointer(
    types.struct("main.Job", [
      ["id", types.pointer(types.int())],
      ["n", types.int()],
    ]),
  );
  let slots: Slot[] = [];
  const typed = await typeDump(types, (d) => {
    const [channel, buffer] = [d.object(80), d.object(32)];
    channel
      .store(0, 3)
      .store(8, 4)
      .point(16, buffer)
      .store(24, 8 + 1 * 2 ** 32)
      .store(32, elem.address);
    for (let i = 0; i < 4; i++) buffer.list(8 * i);
    const waiting = [d.object(16), d.object(16)];
    for (const [i, slot] of waiting.entries()) slot.list(0).point(8, waiting[i + 1] ?? 0);
    channel.list(48).list(56).point(64, waiting[0]!).point(72, waiting[1]!);
    d.goroutine();
    d.goroutine();
    d.root(channel);
    slots = [channel, buffer];
  });
  const [channel, buffer] = slots.map((slot) => typed.heap.findObject(slot.address));
  const { channels } = await computeValues(typed.heap);
  expect(channels).toEqual({
    count: 1,
    header: Int32Array.of(channel!),
    buffer: Int32Array.of(buffer!),
    buffered: Float64Array.of(3),
    capacity: Float64Array.of(4),
    elementSize: Float64Array.of(8),
    closed: Uint8Array.of(1),
    receivers: Float64Array.of(0),
    senders: Float64Array.of(2),
  });
  expect(channels.buffer).not.toContain(NO_OBJECT);
});

test("of channels whose queues lead into a ring, no more waiters are counted than there can be", async () => {
  const types = new TypeFixture();
  addChannelLayouts(types);
  const elem = types.pointer(types.struct("main.Job", [["id", types.pointer(types.int())]]));
  const typed = await typeDump(types, (d) => {
    const ring = [d.object(16), d.object(16)];
    for (const [i, slot] of ring.entries()) slot.list(0).point(8, ring[1 - i]!);
    for (let i = 0; i < 50; i++) {
      const channel = d.object(80);
      channel.store(0, 1).store(8, 1).list(16).store(24, 8).store(32, elem.address);
      channel.list(48).list(56).point(64, ring[0]!).point(72, ring[1]!);
      d.root(channel);
    }
    d.goroutine();
  });
  const { channels } = await computeValues(typed.heap);
  expect(channels.count).toBe(50);
  const waiters = channels.senders.reduce((sum, count) => sum + count, 0);
  expect(waiters).toBe(typed.heap.objects.count);
});

test.each([
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
  ["undo.1.19.amd64", "undo.1.19.amd64"],
])("those of maps and channels alone are the same, and all values are not walked: %s", async (dump, executable) => {
  const [alone, whole] = [await typedSample(dump, executable), await typedSample(dump, executable)];
  const counts = await countMapsAndChannels(alone, NO_PROGRESS);
  const { maps, channels } = await computeValues(whole);
  expect(plain(counts.maps)).toEqual(plain(maps));
  expect(plain(counts.channels)).toEqual(plain(channels));
  expect(maps.count + channels.count).toBeGreaterThan(5);
  expect(listAnalyses(alone)).not.toContain(computeValues);
  expect(await countMapsAndChannels(whole, NO_PROGRESS)).toBe(await computeValues(whole));
});

describe("arrays", () => {
  /** What is in use of an array of ten strings (160 bytes) that these views lead into: element, length, capacity. */
  async function viewsOf(
    slices: readonly (readonly [number, number, number])[],
    pointers: readonly number[] = [],
    elementsWithPointer: readonly number[] = [],
  ) {
    const types = new TypeFixture();
    const pair = types.struct("main.pair", [
      ["a", types.pointer(types.int())],
      ["b", types.int()],
    ]);
    const fields = [
      ...slices.map((_, i) => [`s${i}`, types.slice(pair)] as const),
      ...pointers.map((_, i) => [`p${i}`, types.pointer(pair)] as const),
    ];
    const holder = types.struct("main.Holder", fields);
    let drawn: Slot | undefined;
    const typed = await typeDump(types, (d) => {
      const object = d.object(holder.size);
      const array = d.object(160);
      const pointedTo = d.object(16);
      for (let i = 0; i < 10; i++) {
        if (elementsWithPointer.includes(i)) array.point(16 * i, pointedTo);
        else array.list(16 * i);
      }
      for (const [i, [from, length, capacity]] of slices.entries()) {
        object
          .point(24 * i, array, 16 * from)
          .store(24 * i + 8, length)
          .store(24 * i + 16, capacity);
      }
      for (const [i, element] of pointers.entries()) object.point(24 * slices.length + 8 * i, array, 16 * element);
      // That it is an array is known all the same.
      const slice = d.object(24).point(0, array).store(8, 0).store(16, 0);
      d.data.size = 32;
      d.data.store(0, types.pointer(holder).address).point(8, object);
      d.data.store(16, types.slice(pair).address).point(24, slice);
      drawn = array;
    });
    expect(typed.typeOf(drawn!)).toBe("[]main.pair");
    const { views } = await computeValues(typed.heap);
    const i = views.set.indexOf(typed.heap.findObject(drawn!.address));
    const { shown, used, capacityEnd, seen } = views;
    return { shown: shown[i], used: used.get(i) / 16, room: capacityEnd.get(i) / 16, seen: seen[i] };
  }

  test("a queue that lost its head", async () => {
    expect(await viewsOf([[6, 2, 4]])).toEqual({ shown: 0, used: 2, room: 10, seen: SEEN_BY_SLICE });
  });

  test("pointers before and behind what is shown, and in it", async () => {
    expect(await viewsOf([[6, 2, 4]], [], [6, 7])).toMatchObject({ shown: 0 });
    expect(await viewsOf([[6, 2, 4]], [], [5, 7])).toMatchObject({ shown: POINTERS_OUTSIDE });
    expect(await viewsOf([[6, 2, 4]], [], [6, 8])).toMatchObject({ shown: POINTERS_OUTSIDE });
    expect(await viewsOf([[0, 2, 4]], [], [0, 8])).toMatchObject({ shown: SHOWN_FROM_FRONT | POINTERS_OUTSIDE });
  });

  test("views side by side, and the same view twice", async () => {
    const views: [number, number, number][] = [
      [0, 2, 2],
      [2, 3, 3],
      [0, 2, 2],
    ];
    expect(await viewsOf(views)).toMatchObject({ shown: SHOWN_FROM_FRONT, used: 5, room: 5 });
  });

  test("views far apart", async () => {
    expect(
      await viewsOf([
        [0, 1, 1],
        [8, 1, 2],
      ]),
    ).toMatchObject({ shown: 0, used: 2, room: 10 });
  });

  test("what is left out between two views may have pointers", async () => {
    const views: [number, number, number][] = [
      [0, 1, 1],
      [8, 1, 2],
    ];
    expect(await viewsOf(views, [], [0])).toMatchObject({ shown: POINTERS_OUTSIDE });
  });

  test("pointers to elements", async () => {
    expect(await viewsOf([], [3, 7])).toEqual({ shown: 0, used: 2, room: 8, seen: SEEN_BY_POINTER });
  });

  test("an empty slice shows nothing, one that tells of more than there is neither", async () => {
    expect(await viewsOf([[0, 0, 10]])).toEqual({ shown: 0, used: 0, room: 10, seen: SEEN_BY_SLICE });
    expect(await viewsOf([[2, 9, 9]])).toEqual({ shown: 0, used: 0, room: 0, seen: 0 });
  });

  test("bytes of strings", async () => {
    const types = new TypeFixture();
    const name = types.struct("main.Name", [["text", types.string()]]);
    let drawn: Slot | undefined;
    const typed = await typeDump(types, (d) => {
      drawn = d.object(4096);
      const object = d.object(16).point(0, drawn, 100).store(8, 12);
      d.data.size = 16;
      d.data.store(0, types.pointer(name).address).point(8, object);
    });
    const { views } = await computeValues(typed.heap);
    const i = views.set.indexOf(typed.heap.findObject(drawn!.address));
    expect([views.shown[i], views.used.get(i), views.seen[i]]).toEqual([0, 12, SEEN_BY_STRING]);
  });
});

test("an array that only pointers to its elements lead to has no length that these tell", async () => {
  const types = new TypeFixture();
  const item = types.struct("main.item", [
    ["next", types.pointer(types.int())],
    ["id", types.int()],
  ]);
  const fields = ["first", "second"].map((name) => [name, types.pointer(item)] as const);
  const holder = types.struct("main.holder", [...fields, ["all", types.slice(item)]]);
  const useOf = async (isSliced: boolean) => {
    let array!: Slot;
    const typed = await typeDump(types, (d) => {
      array = d.object(160);
      for (let i = 0; i < 10; i++) array.list(16 * i);
      const object = d.object(48).point(0, array, 16).point(8, array, 64);
      if (isSliced) object.point(16, array).store(24, 8).store(32, 10);
      else object.list(16);
      // That it is an array of items is known of one that is garbage by now.
      const garbage = d.object(48).list(0).list(8).point(16, array).store(24, 10).store(32, 10);
      for (const [i, slot] of [object, garbage].entries())
        if (i === 0) d.data.store(0, types.pointer(holder).address).point(8, slot);
        else d.object(16).store(0, types.pointer(holder).address).point(8, slot);
      d.data.size = 16;
    });
    const { heap } = typed;
    const row = Array.from(heap.objects.size).indexOf(160);
    expect(heap.types.names[heap.objects.type[row]!]).toBe("[]main.item");
    return findUse(heap, await computeValues(heap), row);
  };
  expect(await useOf(false)).toBeNull();
  expect(await useOf(true)).toEqual({ kind: "slice", length: 8, capacity: 10 });
});

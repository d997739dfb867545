/** Maps, channels and texts: each inspection has a heap that must trigger it and one that must not. */
import { describe, expect, test } from "vitest";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { addBucketMap, addChannelHeader } from "../../values/value-fixture.ts";
import { inspect, rootPointer, sentences } from "./inspected.ts";

/** A map[string]*int of a struct main.cache, with 2^b buckets of 208 bytes. */
function mapTypes() {
  const types = new TypeFixture();
  const map = addBucketMap(types, types.string(), types.pointer(types.int()));
  const cache = types.struct("main.cache", [["users", map]]);
  return { types, cache };
}

const BUCKET = 208;

function drawMap(d: DumpBuilder, types: TypeFixture, cache: FixtureType, entries: number, buckets: number): void {
  const header = d.object(48).store(0, entries);
  if (buckets === 0) header.list(16);
  else header.point(16, drawBuckets(d, buckets));
  header.list(24).list(40);
  rootPointer(d, types, cache, d.object(8).point(0, header));
}

function drawBuckets(d: DumpBuilder, count: number): Slot {
  const array = d.object(count * BUCKET);
  for (let bucket = 0; bucket < count; bucket++) {
    for (let i = 0; i < 8; i++) array.list(bucket * BUCKET + 8 + 16 * i);
    for (let i = 0; i < 8; i++) array.list(bucket * BUCKET + 136 + 8 * i);
    array.list(bucket * BUCKET + 200);
  }
  return array;
}

describe("maps", () => {
  test("that were emptied keep their slots", async () => {
    const { types, cache } = mapTypes();
    const found = await inspect(types, (d) => {
      drawMap(d, types, cache, 300, 512);
      drawMap(d, types, cache, 5, 1);
    });
    expect(sentences(found, "sparse-map")).toEqual([
      "main.cache.users: 300 entries in 4,096 slots of 1 map: 96.4 KiB of slots that are not used",
    ]);
    expect(found[0]).toMatchObject({ count: 1, good: 1, evidence: { maps: 1, entries: 300, slots: 4096 } });
  });

  test("not those that are as full as maps are", async () => {
    const { types, cache } = mapTypes();
    const found = await inspect(types, (d) => drawMap(d, types, cache, 1700, 512));
    expect(sentences(found, "sparse-map")).toEqual([]);
  });

  test("with one entry or none, if they are many", async () => {
    const { types, cache } = mapTypes();
    const found = await inspect(types, (d) => {
      for (let i = 0; i < 300; i++) drawMap(d, types, cache, i % 2, 1);
    });
    expect(sentences(found, "tiny-maps")).toEqual([
      "main.cache.users: 300 maps with at most one entry take 75.0 KiB: 150 entries in all",
    ]);
  });

  test("not those of two entries", async () => {
    const { types, cache } = mapTypes();
    const found = await inspect(types, (d) => {
      for (let i = 0; i < 300; i++) drawMap(d, types, cache, 2, 1);
    });
    expect(sentences(found, "tiny-maps")).toEqual([]);
  });
});

describe("channels", () => {
  async function findings(buffered: number, capacity: number, count: number) {
    const types = new TypeFixture();
    const elem = types.pointer(
      types.struct("main.job", [
        ["id", types.pointer(types.int())],
        ["n", types.int()],
      ]),
    );
    addChannelHeader(types);
    const worker = types.struct("main.worker", [["jobs", types.channel(elem)]]);
    return inspect(types, (d) => {
      for (let i = 0; i < count; i++) {
        const [channel, buffer] = [d.object(48), d.object(8 * capacity)];
        channel.store(0, buffered).store(8, capacity).point(16, buffer).store(24, 8).store(32, elem.address);
        for (let k = 0; k < capacity; k++) buffer.list(8 * k);
        rootPointer(d, types, worker, d.object(8).point(0, channel));
      }
    });
  }

  test("with buffers that are hardly used", async () => {
    expect(sentences(await findings(100, 16_384, 1), "idle-channel-buffer")).toEqual([
      "main.worker.jobs: 1 channel has a buffer for 16,384 values, and 100 in it: 127 KiB that are not used",
    ]);
  });

  test("not those that are in use, nor many small ones", async () => {
    expect(sentences(await findings(3000, 16_384, 1), "idle-channel-buffer")).toEqual([]);
    expect(sentences(await findings(0, 8, 3000), "idle-channel-buffer")).toEqual([]);
  });
});

describe("texts", () => {
  /** Twenty records with a text of 8 KiB each, that `write` fills. */
  async function findings(
    isString: boolean,
    write: (slot: Slot, i: number) => void,
    { length = 8192, type = "main.record", field = "body" } = {},
  ) {
    const types = new TypeFixture();
    const record = types.struct(type, [
      [field, isString ? types.string() : types.slice(types.uint8())],
      ["next", types.pointer(types.int())],
    ]);
    return inspect(types, (d) => {
      for (let i = 0; i < 20; i++) {
        const text = d.object(8192);
        write(text, i);
        const object = d.object(record.size).point(0, text).store(8, length);
        if (!isString) object.store(16, length);
        object.list(record.size - 8);
        rootPointer(d, types, record, object);
      }
    });
  }

  test.each([true, false])("that are there more than once (strings: %s)", async (isString) => {
    const found = await findings(isString, (slot, i) => {
      slot.store(64, 1 + (i % 4)).store(8184, 1);
    });
    expect(sentences(found, "duplicate-text")).toEqual([
      "main.record.body: 16 of 20 texts are copies of others: 128 KiB beside 4 texts that would do",
    ]);
    expect(found.find(({ kind }) => kind === "duplicate-text")).toMatchObject({ count: 16, good: 4, bytes: 16 * 8192 });
  });

  test.each([true, false])(
    "the smallest is kept wherever it is, and what a copy pins is not told again (small one first: %s)",
    async (isFirst) => {
      const types = new TypeFixture();
      const [head, tail] = ["main.head", "main.tail"].map((name) =>
        types.struct(name, [
          ["body", types.slice(types.uint8())],
          ["next", types.pointer(types.int())],
        ]),
      );
      const found = await inspect(types, (d) => {
        const add = (record: typeof head, size: number): void => {
          const text = d.object(size).store(0, 7).store(2992, 1).store(3000, 1);
          const object = d
            .object(record!.size)
            .point(0, text)
            .store(8, 3000)
            .store(16, 3000)
            .list(record!.size - 8);
          rootPointer(d, types, record!, object);
        };
        if (isFirst) add(tail, 3072);
        for (let i = 0; i < 40; i++) add(head, 16_384);
        if (!isFirst) add(tail, 3072);
      });
      const [copies, pinned] = (["duplicate-text", "pinned-by-view"] as const).map((wanted) =>
        found.find(({ kind }) => kind === wanted),
      );
      expect(sentences(found, "duplicate-text")).toEqual([
        "main.head.body: 40 of 40 texts are copies of others: 117 KiB beside 1 text that would do",
      ]);
      expect([copies!.bytes, pinned!.bytes]).toEqual([40 * 3000, 40 * (16_384 - 3000)]);
    },
  );

  test("not where each is different, if only in its last byte", async () => {
    const found = await findings(true, (slot, i) => {
      slot.store(0, 7).store(8184, (i + 1) * 2 ** 40);
    });
    expect(sentences(found, "duplicate-text")).toEqual([]);
  });

  test("not where what differs is within the length, though the rest of the slot is alike", async () => {
    const found = await findings(true, (slot, i) => slot.store(0, i + 1).store(8000, 5), { length: 4000 });
    expect(sentences(found, "duplicate-text")).toEqual([]);
  });

  test("what is behind the length does not make them different", async () => {
    const found = await findings(true, (slot, i) => slot.store(0, 9).store(8000, i), { length: 7000 });
    expect(sentences(found, "duplicate-text")).toHaveLength(1);
  });

  test.each([
    ["bufio.Reader", "buf"],
    ["bufio.Scanner", "token"],
  ])("what passed through the library's buffers is nobody's copy: %s.%s", async (type, field) => {
    const write = (slot: Slot): unknown => slot.store(64, 1);
    const found = await findings(false, write, { type, field });
    expect(sentences(found, "duplicate-text")).toEqual([]);
  });

  test("what ends in zeros is a buffer that is filled in part, and no copy; a string is", async () => {
    const write = (slot: Slot): unknown => slot.store(64, 1).store(7000, 1);
    const grpc = { type: "google.golang.org/grpc/internal/transport.bufWriter", field: "buf" };
    expect(sentences(await findings(false, write, grpc), "duplicate-text")).toEqual([]);
    expect(sentences(await findings(true, write), "duplicate-text")).toHaveLength(1);
    // A few zeros are an end as good as any other.
    expect(sentences(await findings(false, write, { length: 7100 }), "duplicate-text")).toHaveLength(1);
  });

  test("buffers of zeros are no copies", async () => {
    expect(sentences(await findings(false, () => {}), "duplicate-text")).toEqual([]);
  });
});

/** Boxes, fields, slots, pages: each inspection has a heap that must trigger it and one that must not. */
import { describe, expect, test } from "vitest";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { RULES } from "../../../src/findings/rules.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { DumpBuilder } from "../../support/dump-builder.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { inspect, rootPointer, sentences } from "./inspected.ts";

describe("boxes", () => {
  async function findings(boxed: "int" | "large", count: number) {
    const types = new TypeFixture();
    const value =
      boxed === "int"
        ? types.int()
        : types.struct("main.Wide", [
            ["a", types.int()],
            ["b", types.int()],
            ["c", types.int()],
          ]);
    const cell = types.struct("main.cell", [
      ["value", types.any()],
      ["next", types.pointer(types.int())],
    ]);
    const table = types.struct("main.table", [["cells", types.slice(cell)]]);
    return inspect(types, (d) => {
      const array = d.object(24 * count);
      for (let i = 0; i < count; i++) {
        array.store(24 * i, value.address).point(24 * i + 8, d.object(boxed === "int" ? 8 : 24));
        array.list(24 * i + 16);
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, count).store(16, count));
    });
  }

  test("of numbers in interfaces", async () => {
    expect(sentences(await findings("int", 10_000), "boxed-values")).toEqual([
      "main.cell.value: 10,000 interfaces box values of 8 B on average: 78.1 KiB",
    ]);
  });

  test("of one box each, which copies of an interface share; a slot may be several boxes", async () => {
    const shared = async (perSlot: number, copies: number): Promise<string[]> => {
      const types = new TypeFixture();
      const number = types.struct("main.number", [["n", types.array(2, types.uint8())]]);
      const table = types.struct("main.table", [["cells", types.slice(types.any())]]);
      const found = await inspect(types, (d) => {
        const slots = Array.from({ length: 10_000 / copies }, () => d.object(16));
        const array = d.object(16 * slots.length * perSlot * copies);
        const count = slots.length * perSlot * copies;
        for (let i = 0; i < count; i++) {
          const each = Math.floor(i / copies);
          const [slot, inside] = [slots[Math.floor(each / perSlot)]!, 2 * (each % perSlot)];
          array.store(16 * i, number.address).point(16 * i + 8, slot, inside);
        }
        rootPointer(d, types, table, d.object(24).point(0, array).store(8, count).store(16, count));
      });
      return sentences(found, "boxed-values");
    };
    const said = (boxes: string, bytes: string): string =>
      `main.table.cells[]: ${boxes} interfaces box values of 2 B on average: ${bytes}`;
    expect(await shared(8, 1)).toEqual([said("80,000", "156 KiB")]);
    expect(await shared(8, 2)).toEqual([said("40,000", "78.1 KiB")]);
    expect(await shared(1, 10)).toEqual([]);
  });

  test("not of larger values, nor of few", async () => {
    expect(sentences(await findings("large", 10_000), "boxed-values")).toEqual([]);
    expect(sentences(await findings("int", 100), "boxed-values")).toEqual([]);
  });
});

describe("fields", () => {
  async function findings(setEvery: number, count = 2000, name = "main.record") {
    const types = new TypeFixture();
    const mutex = types.struct("sync.Mutex", [
      ["state", types.int()],
      ["sema", types.int()],
    ]);
    const record = types.struct(name, [
      ["id", types.int()],
      ["notes", types.string()],
      ["lock", mutex],
      ["flags", types.array(4, types.int())],
      ["next", types.array(2, types.pointer(types.int()))],
    ]);
    const table = types.struct("main.table", [["records", types.slice(types.pointer(record))]]);
    const draw = (d: DumpBuilder): void => {
      const array = d.object(8 * count);
      for (let i = 0; i < count; i++) {
        const slot = d
          .object(96)
          .store(0, i + 1)
          .list(8)
          .list(72)
          .list(80);
        if (i % setEvery === 0) slot.store(16, 5).store(56, 1);
        array.point(8 * i, slot);
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, count).store(16, count));
    };
    return inspect(types, draw, { dependencies: ["example.com/lib", "example.com/lib/v2"] });
  }

  test("of a module that the program only depends on are told as such", async () => {
    const adviceOf = async (name: string): Promise<string> => (await findings(20, 2000, name))[0]!.advice;
    const foreign = (module: string): string =>
      `The type is one of the module ${module}: only there can its fields be moved; keep fewer of them.`;
    expect(await adviceOf("example.com/lib.Record")).toBe(foreign("example.com/lib"));
    expect(await adviceOf("example.com/lib/v2/store.Record")).toBe(foreign("example.com/lib/v2"));
    expect(await adviceOf("example.com/library.Record")).toBe(RULES["zero-fields"].advice);
  });

  test("that are zero in nearly all values; locks do not count", async () => {
    expect(sentences(await findings(20), "zero-fields")).toEqual([
      "main.record: 3 fields (notes, flags, next) of 64 B are zero in nearly all of 2,000 values: behind a pointer to them these would take 113 KiB less",
    ]);
  });

  test("of values whose type is guessed, which a finding about the type tells", async () => {
    const share = async (isGuessed: (i: number) => boolean): Promise<number> => {
      const { types, log } = eventLog();
      const { heap } = await typeDump(types, (d) => {
        const single = d.object(8 * 5000);
        for (let i = 0; i < 5000; i++) single.point(8 * i, d.object(24).store(0, 1).list(16));
        const header = d.object(48).point(0, single).store(8, 5000).store(16, 5000).list(24);
        rootPointer(d, types, log, header);
      });
      const row = heap.types.names.indexOf("main.event");
      const typeSource = heap.objects.typeSource.map((source, i) =>
        heap.objects.type[i] === row && isGuessed(i) ? TypeSource.INFERRED : source,
      );
      const findings = await computeFindings({ ...heap, objects: { ...heap.objects, typeSource } });
      return findings.find(({ kind }) => kind === "zero-fields")!.guessed;
    };
    expect(await share(() => false)).toBe(0);
    expect(await share(() => true)).toBe(1);
    expect(await share((i) => i % 2 === 0)).toBeCloseTo(0.5, 2);
  });

  test("of every value, where only some are looked at, and not always those that are alike", async () => {
    expect(sentences(await findings(20, 33_001), "zero-fields")[0]).toMatch(
      / are zero in nearly all of 33,001 values: /,
    );
    // Half of them are set: every other one.
    expect(sentences(await findings(2, 33_001), "zero-fields")[0]).toMatch(/^main.record: 1 field \(next\) /);
  });

  test("not those of the standard library, whose types the program cannot change", async () => {
    expect(sentences(await findings(20, 2000, "regexp/syntax.Inst"), "zero-fields")).toEqual([]);
    expect(sentences(await findings(20, 2000, "example.com/regexp.Inst"), "zero-fields")).toHaveLength(1);
  });

  /** A log of events, some alone and some in an array. */
  function eventLog() {
    const types = new TypeFixture();
    const event = types.struct("main.event", [
      ["id", types.int()],
      ["at", types.int()],
      ["next", types.pointer(types.int())],
    ]);
    const log = types.struct("main.log", [
      ["single", types.slice(types.pointer(event))],
      ["many", types.slice(event)],
    ]);
    return { types, log };
  }

  test("not those that are set in arrays of the same type", async () => {
    const { types, log } = eventLog();
    /** @param room elements of the array, of which `inArray` are in use */
    const draw = async (inArray: number, room = inArray): Promise<string[]> =>
      sentences(
        await inspect(types, (d) => {
          const single = d.object(8 * 10_000);
          for (let i = 0; i < 10_000; i++) single.point(8 * i, d.object(24).store(0, 1).list(16));
          const many = d.object(24 * room);
          for (let i = 0; i < room; i++) {
            if (i < inArray) many.store(24 * i, 1).store(24 * i + 8, 1);
            many.list(24 * i + 16);
          }
          const header = d.object(48).point(0, single).store(8, 10_000).store(16, 10_000);
          rootPointer(d, types, log, header.point(24, many).store(32, inArray).store(40, room));
        }),
        "zero-fields",
      );
    expect(await draw(100)).toEqual([
      "main.event: 2 fields (at, next) of 16 B are zero in nearly all of 10,100 values: behind a pointer to them these would take 77.3 KiB less",
    ]);
    expect(await draw(100, 15_000)).toEqual(await draw(100));
    expect(await draw(2000)).toEqual([
      "main.event: 1 field (next) of 8 B is zero in nearly all of 12,000 values: without it these would take 93.8 KiB less",
    ]);
  });

  test("not those that are set in one large array, where values alone outnumber arrays, wherever it is", async () => {
    const { types, log } = eventLog();
    const draw = async (before: number): Promise<string[]> =>
      sentences(
        await inspect(types, (d) => {
          const alone = 50_000;
          const inArray = 100_000;
          const single = d.object(8 * alone);
          const event = (i: number): void => void single.point(8 * i, d.object(24).store(0, 1).list(16));
          for (let i = 0; i < before; i++) event(i);
          const many = d.object(24 * inArray);
          for (let i = 0; i < inArray; i++)
            many
              .store(24 * i, 1)
              .store(24 * i + 8, 1)
              .list(24 * i + 16);
          for (let i = before; i < alone; i++) event(i);
          const header = d.object(48).point(0, single).store(8, alone).store(16, alone);
          rootPointer(d, types, log, header.point(24, many).store(32, inArray).store(40, inArray));
        }),
        "zero-fields",
      );
    for (const before of [1, 2, 3]) {
      expect(await draw(before)).toEqual([
        "main.event: 1 field (next) of 8 B is zero in nearly all of 150,000 values: without it these would take 1.14 MiB less",
      ]);
    }
  }, 30_000);

  test("not those without which values would need as large a slot, or would be as large with a pointer in their place", async () => {
    /** @param redZone what stands behind each value, as in a program that was built with -asan */
    const draw = async (
      words: number,
      isSet: (i: number) => boolean,
      redZone = 0,
      wordsOfFlag = 1,
    ): Promise<string[]> => {
      const types = new TypeFixture();
      const record = types.struct("main.record", [
        ["rest", types.array(words - wordsOfFlag, types.int())],
        ["flag", wordsOfFlag === 1 ? types.int() : types.array(wordsOfFlag, types.int())],
      ]);
      const table = types.struct("main.table", [["records", types.slice(types.pointer(record))]]);
      const { heap } = await typeDump(types, (d) => {
        const array = d.object(80_000);
        for (let i = 0; i < 10_000; i++) {
          const slot = d.object(words <= 12 ? 96 : 128).store(0, i + 1);
          if (isSet(i)) slot.store(8 * words - 8, 1);
          array.point(8 * i, slot);
        }
        rootPointer(d, types, table, d.object(24).point(0, array).store(8, 10_000).store(16, 10_000));
      });
      const size = heap.objects.size.map((bytes) => (bytes === 96 ? bytes + redZone : bytes));
      return sentences(await computeFindings({ ...heap, objects: { ...heap.objects, size } }), "zero-fields");
    };
    const never = (): boolean => false;
    expect(await draw(11, never)).toEqual([
      "main.record: 1 field (flag) of 8 B is zero in nearly all of 10,000 values: without it these would take 156 KiB less",
    ]);
    expect(await draw(12, never)).toEqual([]);
    expect(await draw(11, never, 32)).toEqual(await draw(11, never));
    expect(await draw(11, (i) => i % 50 === 0)).toEqual([]);
    // 32 bytes less for each, but a slot of 48 for 200 of them.
    expect(await draw(15, (i) => i % 50 === 0, 0, 5)).toEqual([
      "main.record: 1 field (flag) of 40 B is zero in nearly all of 10,000 values: behind a pointer to it these would take 303 KiB less",
    ]);
  });

  test("not those whose room in arrays would stay empty, for what comes next is aligned", async () => {
    const draw = async (flag: "flag" | "number"): Promise<string[]> => {
      const types = new TypeFixture();
      const unset = flag === "flag" ? types.uint8() : types.int();
      const cell = types.struct("main.cell", [
        ["id", types.int()],
        ["at", types.int()],
        ["unset", unset],
      ]);
      const table = types.struct("main.table", [["cells", types.slice(cell)]]);
      const found = await inspect(types, (d) => {
        const array = d.object(24 * 100_000);
        for (let i = 0; i < 100_000; i++) array.store(24 * i, i + 1).store(24 * i + 8, 1);
        rootPointer(d, types, table, d.object(24).point(0, array).store(8, 100_000).store(16, 100_000));
      });
      return sentences(found, "zero-fields");
    };
    expect(await draw("number")).toHaveLength(1);
    // 23 bytes take as much.
    expect(await draw("flag")).toEqual([]);
  });

  test("not those that are set in a fifth of them, nor of a few values", async () => {
    expect(sentences(await findings(5), "zero-fields")).toEqual([]);
    expect(sentences(await findings(20, 90), "zero-fields")).toEqual([]);
  });
});

describe("slots", () => {
  /** 10,000 values of so many words in slots of 48 bytes. */
  async function findings(words: number) {
    const types = new TypeFixture();
    const value = types.struct("main.value", [
      ["next", types.pointer(types.int())],
      ["rest", types.array(words - 1, types.int())],
    ]);
    const table = types.struct("main.table", [["values", types.slice(types.pointer(value))]]);
    return inspect(types, (d) => {
      const array = d.object(80_000);
      for (let i = 0; i < 10_000; i++) array.point(8 * i, d.object(48).list(0).store(8, 1));
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, 10_000).store(16, 10_000));
    });
  }

  test("much larger than the values in them", async () => {
    const found = await findings(5);
    expect(sentences(found, "size-class-waste")).toEqual([
      "main.value: 10,000 values of 40 bytes are in slots of 48: 78.1 KiB between them",
    ]);
    expect(found.find(({ kind }) => kind === "size-class-waste")).toMatchObject({ holderKind: "type", isLive: true });
  });

  test("not of small values that share slots", async () => {
    const types = new TypeFixture();
    const int = types.int();
    const table = types.struct("main.table", [["values", types.slice(types.pointer(int))]]);
    const found = await inspect(types, (d) => {
      const array = d.object(80_000);
      for (let i = 0; i < 10_000; i++) array.point(8 * i, d.object(16));
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, 10_000).store(16, 10_000));
    });
    expect(sentences(found, "size-class-waste")).toEqual([]);
  });

  test("not those that fit", async () => {
    expect(sentences(await findings(6), "size-class-waste")).toEqual([]);
  });
});

describe("pages", () => {
  /** 300 pages of slots of 96 bytes, so many of them in use. */
  async function findings(perPage: number, change = (heap: Heap) => heap) {
    const types = new TypeFixture();
    const node = types.struct("main.node", [
      ["next", types.pointer(types.int())],
      ["rest", types.array(11, types.int())],
    ]);
    const index = types.struct("main.index", [["nodes", types.slice(types.pointer(node))]]);
    const { heap } = await typeDump(types, (d) => {
      const array = d.object(8 * 300 * perPage);
      for (let page = 0; page < 300; page++) {
        const span = d.span(96, { scan: true });
        for (let i = 0; i < perPage; i++) array.point(8 * (page * perPage + i), span.slot(7 + 3 * i).list(0));
      }
      const count = 300 * perPage;
      rootPointer(d, types, index, d.object(24).point(0, array).store(8, count).store(16, count));
    });
    return computeFindings(change(heap));
  }

  test("that two objects keep", async () => {
    const found = await findings(2);
    expect(sentences(found, "fragmentation")).toEqual([
      "main.node: 600 objects keep 300 pages of 8 KiB (2.34 MiB), of which 56.3 KiB are in use",
    ]);
    expect(found[0]).toMatchObject({ bytes: 300 * (8192 - 192), isLive: false, evidence: { pages: 300, spans: 300 } });
    // One of them, to be asked why it is there.
    expect(found[0]!.objects).toHaveLength(1);
    expect(found[0]!.address).toMatch(/^0x/);
    expect(found[0]!.guessed).toBe(0);
  });

  test("of objects whose type is guessed, which the finding tells", async () => {
    const isGuessed = (heap: Heap): Heap => {
      const typeSource = new Uint8Array(heap.objects.count).fill(TypeSource.INFERRED);
      return { ...heap, objects: { ...heap.objects, typeSource } };
    };
    const found = (await findings(2, isGuessed)).find(({ kind }) => kind === "fragmentation");
    expect(found!.guessed).toBe(1);
  });

  test("not those that a third of is in use", async () => {
    expect(sentences(await findings(25), "fragmentation")).toEqual([]);
  });
});

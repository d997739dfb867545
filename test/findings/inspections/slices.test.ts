/** Slices: each inspection has a heap that must trigger it and one that must not. */
import { describe, expect, test } from "vitest";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { declare, local } from "../../typing/names/declared-names.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { inspect, rootPointer, sentences } from "./inspected.ts";

const PAYLOAD = 8192;

/** A queue of mails, whose slices show `[from, from+length)` of an array of 16. */
function queueTypes() {
  const types = new TypeFixture();
  const mail = types.struct("main.mail", [
    ["data", types.slice(types.uint8())],
    ["id", types.int()],
  ]);
  const queue = types.struct("main.queue", [
    ["elems", types.slice(types.pointer(mail))],
    ["length", types.int()],
  ]);
  return { types, mail, queue };
}

function drawMail(d: DumpBuilder): Slot {
  return d.object(32).point(0, d.object(PAYLOAD)).store(8, PAYLOAD).store(16, PAYLOAD);
}

describe("popped slots", () => {
  async function findings(from: number, length: number, clear: boolean, alsoHeld = false) {
    const { types, queue } = queueTypes();
    return inspect(types, (d) => {
      const [object, array] = [d.object(32), d.object(128)];
      for (let i = 0; i < 16; i++) {
        const isShown = i >= from && i < from + length;
        if (isShown || !clear) array.point(8 * i, drawMail(d));
        else array.list(8 * i);
      }
      object
        .point(0, array, 8 * from)
        .store(8, length)
        .store(16, 16 - from);
      rootPointer(d, types, queue, object);
      if (alsoHeld) {
        const other = d.object(32).point(0, array).store(8, 16).store(16, 16);
        rootPointer(d, types, queue, other);
      }
    });
  }

  test("that still hold what was taken off, in front of the slice and behind it", async () => {
    const found = await findings(12, 2, false);
    expect(sentences(found, "popped-slots")).toEqual([
      "main.queue.elems: 14 popped slots still point to 112 KiB: length 2 of 16 in 1 array",
    ]);
    const [finding] = found.filter(({ kind }) => kind === "popped-slots");
    expect(finding).toMatchObject({
      bytes: 14 * (32 + PAYLOAD),
      count: 1,
      good: 0,
      isLive: true,
      holderKind: "place",
      evidence: { arrays: 1, poppedSlots: 14, length: 2, capacity: 16, arrayBytes: 128 },
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(finding!.share).toBeCloseTo((14 * (32 + PAYLOAD)) / (16 * (32 + PAYLOAD) + 128 + 32), 12);
  });

  test("not where they were cleared, nor where another slice shows them", async () => {
    expect(sentences(await findings(12, 2, true), "popped-slots")).toEqual([]);
    expect(sentences(await findings(12, 2, false, true), "popped-slots")).toEqual([]);
  });

  test("count only for what nothing else refers to", async () => {
    const { types, mail, queue } = queueTypes();
    const found = await inspect(types, (d) => {
      const [object, array, index] = [d.object(32), d.object(128), d.object(128)];
      for (let i = 0; i < 16; i++) {
        const slot = drawMail(d);
        array.point(8 * i, slot);
        index.point(8 * i, slot);
      }
      object.point(0, array, 120).store(8, 1).store(16, 1);
      rootPointer(d, types, queue, object);
      const header = d.object(24).point(0, index).store(8, 16).store(16, 16);
      const at = d.data.size;
      d.data.size += 16;
      d.data.store(at, types.slice(types.pointer(mail)).address).point(at + 8, header);
    });
    expect(sentences(found, "popped-slots")).toEqual([]);
  });

  test("not where something refers to the array of which nothing is known", async () => {
    const { types, queue } = queueTypes();
    const found = await inspect(types, (d) => {
      const [object, array, unknown] = [d.object(32), d.object(128), d.object(80)];
      for (let i = 0; i < 16; i++) array.point(8 * i, drawMail(d));
      object.point(0, array, 120).store(8, 1).store(16, 1);
      unknown.store(0, 1).point(72, array);
      rootPointer(d, types, queue, object);
      d.root(unknown);
    });
    expect(sentences(found, "popped-slots")).toEqual([]);
  });

  test("that lead where popped slots of another field lead as well, which is told", async () => {
    /** @param common mails that both fields have; of the mails that `back` alone has, none is popped */
    const draw = async (common: number): Promise<string[]> => {
      const types = new TypeFixture();
      const mail = types.struct("main.mail", [
        ["data", types.slice(types.uint8())],
        ["id", types.int()],
      ]);
      const deque = types.struct("main.deque", [
        ["front", types.slice(types.pointer(mail))],
        ["back", types.slice(types.pointer(mail))],
      ]);
      const found = await inspect(types, (d) => {
        const [object, front, back] = [d.object(48), d.object(128), d.object(128)];
        const mails = Array.from({ length: 16 }, () => drawMail(d));
        for (const [i, each] of mails.entries()) front.point(8 * i, each);
        for (const [i, each] of mails.entries()) back.point(8 * i, i < common ? each : drawMail(d));
        // All of the first is popped; of the second what the first has, too.
        object.point(0, front).store(8, 0).store(16, 16);
        if (common === 0) object.point(24, back).store(32, 16).store(40, 16);
        else
          object
            .point(24, back, 8 * common)
            .store(32, 16 - common)
            .store(40, 16 - common);
        rootPointer(d, types, deque, object);
      });
      return sentences(found, "popped-slots");
    };
    const said = "main.deque.front: 16 popped slots still point to 129 KiB: length 0 of 16 in 1 array";
    expect(await draw(0)).toEqual([said]);
    expect(await draw(5)).toEqual([`${said}; popped slots of main.deque.back point to 5 of the same objects`]);
  });

  test("but not of slots of one field, nor of what something else leads to as well", async () => {
    const types = new TypeFixture();
    const mail = types.struct("main.mail", [
      ["data", types.slice(types.uint8())],
      ["id", types.int()],
    ]);
    const deque = types.struct("main.deque", [
      ["front", types.slice(types.pointer(mail))],
      ["back", types.slice(types.pointer(mail))],
      ["last", types.pointer(mail)],
    ]);
    const found = await inspect(types, (d) => {
      const [object, front, back, last] = [d.object(64), d.object(256), d.object(128), drawMail(d)];
      for (let i = 0; i < 16; i++) {
        const each = drawMail(d);
        front.point(16 * i, each).point(16 * i + 8, i === 0 ? last : each);
        back.point(8 * i, i === 0 ? last : drawMail(d));
      }
      object.point(0, front).store(8, 0).store(16, 32).point(24, back).store(32, 0).store(40, 16).point(48, last);
      rootPointer(d, types, deque, object);
    });
    expect(sentences(found, "popped-slots")).toEqual([
      expect.stringMatching(/^main\.deque\.front: 32 popped slots .* in 1 array$/),
      expect.stringMatching(/^main\.deque\.back: 16 popped slots .* in 1 array$/),
    ]);
  });

  test("but not of elements that nothing points to, which nobody popped", async () => {
    const types = new TypeFixture();
    const mail = types.struct("main.mail", [["data", types.slice(types.uint8())]]);
    const entry = types.struct("main.entry", [
      ["mail", types.pointer(mail)],
      ["id", types.int()],
    ]);
    const box = types.struct("main.box", [
      ["mails", types.slice(types.pointer(mail))],
      ["first", types.pointer(entry)],
    ]);
    const list = types.struct("main.list", [["entries", types.slice(entry)]]);
    const found = await inspect(types, (d) => {
      const [object, mails, entries] = [d.object(32), d.object(128), d.object(256)];
      for (let i = 0; i < 16; i++) {
        const each = drawMail(d);
        mails.point(8 * i, each);
        entries.point(16 * i, each);
      }
      object.point(0, mails).store(8, 0).store(16, 16).point(24, entries);
      rootPointer(d, types, box, object);
      const garbage = d.object(24).point(0, entries).store(8, 16).store(16, 16);
      d.object(16).store(0, types.pointer(list).address).point(8, garbage);
    });
    expect(sentences(found, "popped-slots")).toEqual([expect.stringMatching(/: length 0 of 16 in 1 array$/)]);
  });
});

describe("arrays pinned by pointers to elements", () => {
  async function findings(pointedTo: readonly number[]) {
    const types = new TypeFixture();
    const item = types.struct("main.item", [
      ["text", types.string()],
      ["id", types.int()],
    ]);
    const holder = types.struct(
      "main.store",
      pointedTo.map((element) => [`item${element}`, types.pointer(item)] as const),
    );
    const list = types.struct("main.list", [["items", types.slice(item)]]);
    return inspect(types, (d) => {
      const [object, array] = [d.object(8 * pointedTo.length), d.object(240)];
      for (let i = 0; i < 10; i++) array.point(24 * i, d.object(PAYLOAD * 2)).store(24 * i + 8, PAYLOAD * 2);
      for (const [i, element] of pointedTo.entries()) object.point(8 * i, array, 24 * element);
      rootPointer(d, types, holder, object);
      // That it is an array of items is known of a list that is garbage by now.
      const garbage = d.object(24).point(0, array).store(8, 10).store(16, 10);
      d.object(16).store(0, types.pointer(list).address).point(8, garbage);
    });
  }

  test("to three of ten", async () => {
    const found = await findings([1, 4, 7]);
    expect(sentences(found, "pinned-by-element")).toEqual([
      "main.store.item1: pointers to 3 elements of up to 10 keep all of 1 array: 112 KiB for the others",
    ]);
    expect(found[0]).toMatchObject({ bytes: 7 * (24 + 2 * PAYLOAD), evidence: { pointedTo: 3, elements: 10 } });
  });

  test("not to six of ten", async () => {
    expect(sentences(await findings([0, 1, 2, 4, 7, 9]), "pinned-by-element")).toEqual([]);
  });

  /** Vectors: a pointer to the first of ten items, between two fields. */
  async function inVectors(
    fields: { readonly before?: "text" | "number"; readonly behind?: "text" | "number" },
    count: number | bigint,
    element = 0,
  ) {
    const types = new TypeFixture();
    const item = types.struct("main.item", [
      ["text", types.string()],
      ["id", types.int()],
    ]);
    const of = { text: types.string(), number: types.int() };
    const { before, behind } = fields;
    const vector = types.struct("main.vector", [
      ...(before === undefined ? [] : [["before", of[before]] as const]),
      ["data", types.pointer(item)],
      ...(behind === undefined ? [] : [["behind", of[behind]] as const]),
    ]);
    const list = types.struct("main.list", [["items", types.slice(item)]]);
    const at = before === undefined ? 0 : of[before].size;
    return inspect(types, (d) => {
      const array = d.object(240);
      for (let i = 0; i < 10; i++) array.point(24 * i, d.object(PAYLOAD * 2)).store(24 * i + 8, PAYLOAD * 2);
      const object = d.object(vector.size);
      if (before === "text") object.point(0, d.object(16));
      object.point(at, array, 24 * element);
      if (before !== undefined) object.store(at - 8, count);
      if (behind === "text") object.point(at + 8, d.object(16)).store(at + 16, count);
      if (behind === "number") object.store(at + 8, count);
      rootPointer(d, types, vector, object);
      const garbage = d.object(24).point(0, array).store(8, 10).store(16, 10);
      d.object(16).store(0, types.pointer(list).address).point(8, garbage);
    });
  }

  test("not where a number beside a pointer to the first may be how many there are", async () => {
    const said = async (...of: Parameters<typeof inVectors>): Promise<string[]> =>
      sentences(await inVectors(...of), "pinned-by-element");
    const pinned = [
      expect.stringMatching(/^main\.vector\.data: pointers to 1 element of up to 10 keep all of 1 array/),
    ];
    expect(await said({ behind: "number" }, 10)).toEqual([]);
    expect(await said({ before: "number" }, 7)).toEqual([]);
    expect(await said({ behind: "number" }, 11)).toEqual(pinned);
    expect(await said({ before: "number" }, 1)).toEqual(pinned);
    expect(await said({ behind: "number" }, 10, 3)).toEqual(pinned);
    // Two of 32 bits each: length and capacity.
    expect(await said({ behind: "number" }, 7 * 2 ** 32)).toEqual([]);
    // A length, and flags so that both are no number that is exact; lengths of 16 bits.
    expect(await said({ behind: "number" }, (0x8000_0000n << 32n) | 7n)).toEqual([]);
    expect(await said({ before: "number" }, (9 << 16) | 100)).toEqual([]);
    expect(await said({ before: "number" }, (100 << 16) | 100)).toEqual(pinned);
    // Lengths of texts are theirs.
    expect(await said({ before: "text" }, 10)).toEqual(pinned);
    expect(await said({ behind: "text" }, 10)).toEqual(pinned);
    expect(await said({}, 0)).toEqual(pinned);
  });

  /**
   * Arrays of ten items each, and pointers of interfaces into each of them, at elements.
   * @param inGrid whether one like them leads into an array of arrays as well
   */
  async function inInterfaces(elements: readonly number[], ofArray: boolean, inGrid = false) {
    const types = new TypeFixture();
    const item = types.struct("main.item", [
      ["text", types.string()],
      ["id", types.int()],
    ]);
    const list = types.struct("main.list", [["items", types.slice(item)]]);
    const grid = types.struct("main.grid", [["rows", types.slice(types.array(10, item))]]);
    const event = types.struct("main.event", [
      ["at", types.int()],
      ["value", types.interface("interface {}")],
    ]);
    const pointed = types.pointer(ofArray ? types.array(10, item) : item);
    return inspect(types, (d) => {
      for (let i = 0; i < 12; i++) {
        const array = d.object(240);
        for (let k = 0; k < 10; k++) array.point(24 * k, d.object(PAYLOAD)).store(24 * k + 8, PAYLOAD);
        for (const element of elements) {
          const object = d
            .object(24)
            .store(8, pointed.address)
            .point(16, array, 24 * element);
          rootPointer(d, types, event, object);
        }
        const garbage = d.object(24).point(0, array).store(8, 10).store(16, 10);
        d.object(16).store(0, types.pointer(list).address).point(8, garbage);
      }
      if (!inGrid) return;
      const array = d.object(480);
      for (let k = 0; k < 20; k++) array.point(24 * k, d.object(PAYLOAD)).store(24 * k + 8, PAYLOAD);
      rootPointer(d, types, event, d.object(24).store(8, pointed.address).point(16, array, 240));
      const garbage = d.object(24).point(0, array).store(8, 2).store(16, 2);
      d.object(16).store(0, types.pointer(grid).address).point(8, garbage);
    });
  }

  test("in interfaces, but not to what may as well be all of the array", async () => {
    expect(sentences(await inInterfaces([3], false), "pinned-by-element")).toEqual([
      "main.event.value: pointers to 12 elements of up to 120 keep all of 12 arrays: 867 KiB for the others",
    ]);
    // What others of the type lead to tells that they are of elements.
    expect(sentences(await inInterfaces([0, 7], false), "pinned-by-element")).toEqual([
      "main.event.value: pointers to 24 elements of up to 120 keep all of 12 arrays: 770 KiB for the others",
    ]);
    expect(sentences(await inInterfaces([0], true), "pinned-by-element")).toEqual([]);
    expect(sentences(await inInterfaces([0], true, true), "pinned-by-element").join()).not.toMatch(/ 1[23] arrays/);
  });

  /** An array of which a frame has a pointer to its first element, under that name. */
  async function onStack(name: string) {
    const types = new TypeFixture();
    const item = types.struct("main.item", [
      ["text", types.string()],
      ["id", types.int()],
    ]);
    const entry = 0x40_1000;
    const at = `${entry.toString(16)} ${(entry + 0xf).toString(16)}`;
    const names = declare({ locals: { [at]: [local(name, types.pointer(item), -16)] } });
    return inspect(
      types,
      (d) => {
        const array = d.object(240);
        for (let i = 0; i < 10; i++) array.point(24 * i, d.object(PAYLOAD * 2)).store(24 * i + 8, PAYLOAD * 2);
        d.goroutine({ stack: 0x7_0000 }).frame("main.main", 16, entry).point(0, array);
      },
      { names },
    );
  }

  test("not to the first of a slice that the compiler took apart: the length may be in a register", async () => {
    expect(sentences(await onStack("first"), "pinned-by-element")).toEqual([
      "first (main.main): pointers to 1 element of up to 10 keep all of 1 array: 144 KiB for the others",
    ]);
    expect(sentences(await onStack("items.ptr"), "pinned-by-element")).toEqual([]);
  });
});

describe("arrays pinned by small views", () => {
  /** Names cut out of chunks: offsets of names of 12 bytes in a chunk of 8 KiB, the same in all ten chunks. */
  async function findings(offsets: readonly number[], length: number, isString: boolean) {
    const types = new TypeFixture();
    const field = types.struct("main.field", [
      ["name", isString ? types.string() : types.slice(types.uint8())],
      ["next", types.pointer(types.int())],
    ]);
    const table = types.struct("main.table", [["fields", types.slice(field)]]);
    const stride = field.size;
    return inspect(types, (d) => {
      const count = 10 * offsets.length;
      const array = d.object(count * stride);
      for (let chunk = 0; chunk < 10; chunk++) {
        const bytes = d.object(PAYLOAD);
        for (const [i, offset] of offsets.entries()) {
          const at = (chunk * offsets.length + i) * stride;
          array.point(at, bytes, offset).store(at + 8, length);
          if (!isString) array.store(at + 16, length);
          array.list(at + stride - 8);
        }
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, count).store(16, count));
    });
  }

  test.each([true, false])("strings: %s", async (isString) => {
    const found = await findings([0, 12, 8000], 12, isString);
    expect(sentences(found, "pinned-by-view")).toEqual([
      "main.field.name: 30 views of 360 bytes in all pin 79.6 KiB: 10 arrays of 8,192 bytes",
    ]);
    expect(found[0]).toMatchObject({ bytes: 10 * (PAYLOAD - 36), count: 10, evidence: { views: 30, shown: 360 } });
  });

  test("names the other fields that show the same arrays", async () => {
    const types = new TypeFixture();
    const event = types.struct("main.event", [
      ["kind", types.string()],
      ["title", types.string()],
      ["note", types.string()],
    ]);
    const table = types.struct("main.table", [["events", types.slice(event)]]);
    const found = await inspect(types, (d) => {
      const array = d.object(20 * 48);
      for (let i = 0; i < 20; i++) {
        const bytes = d.object(PAYLOAD);
        const at = 48 * i;
        array.point(at, bytes).store(at + 8, 12);
        array.point(at + 16, bytes, 20).store(at + 24, 30);
        // One event is no rule.
        if (i === 0) array.point(at + 32, bytes, 60).store(at + 40, 10);
        else array.list(at + 32);
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, 20).store(16, 20));
    });
    expect(sentences(found, "pinned-by-view")).toEqual([
      "main.event.kind: 41 views of 850 bytes in all pin 159 KiB: 20 arrays of 8,192 bytes; 20 of the views are in main.event.title",
    ]);
  });

  test.each([
    [["id", "kind"], "20 of the views are in main.event.kind"],
    // A last one is named, too.
    [
      ["id", "kind", "actor", "title", "note"],
      "20 of the views are in main.event.actor, 20 in main.event.kind, 20 in main.event.note and 20 in main.event.title",
    ],
    [
      ["id", "kind", "actor", "title", "note", "url"],
      "20 of the views are in main.event.actor, 20 in main.event.kind, 20 in main.event.note and 40 in 2 more fields",
    ],
  ])("counts the views in all fields of %j, also where it does not name all", async (names, others) => {
    const types = new TypeFixture();
    const event = types.struct(
      "main.event",
      names.map((name) => [name, types.string()]),
    );
    const table = types.struct("main.table", [["events", types.slice(event)]]);
    const found = await inspect(types, (d) => {
      const size = 16 * names.length;
      const array = d.object(20 * size);
      for (let i = 0; i < 20; i++) {
        const bytes = d.object(PAYLOAD);
        for (let at = 0; at < size; at += 16) array.point(size * i + at, bytes, at).store(size * i + at + 8, 12);
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, 20).store(16, 20));
    });
    const [told] = sentences(found, "pinned-by-view");
    expect(told).toMatch(new RegExp(`^main\\.event\\.id: ${20 * names.length} views of `));
    expect(told!.split("; ")[1]).toBe(others);
  });

  test("says where what it tells of their length is a mean", async () => {
    const types = new TypeFixture();
    const table = types.struct("main.table", [["names", types.slice(types.string())]]);
    const found = await inspect(types, (d) => {
      const array = d.object(20 * 16);
      for (let i = 0; i < 20; i++) {
        const bytes = d.object(i % 2 === 0 ? PAYLOAD : 2 * PAYLOAD);
        array.point(16 * i, bytes).store(16 * i + 8, 12);
      }
      rootPointer(d, types, table, d.object(24).point(0, array).store(8, 20).store(16, 20));
    });
    expect(sentences(found, "pinned-by-view")).toEqual([
      "main.table.names[]: 20 views of 240 bytes in all pin 240 KiB: 20 arrays of 12,288 bytes on average",
    ]);
  });

  test("of memory that has no type, because only views into its middle lead there", async () => {
    const found = await findings([100, 4000], 12, false);
    expect(sentences(found, "pinned-by-view")).toEqual([
      "main.field.name: 20 views of 240 bytes in all pin 79.8 KiB: 10 arrays of 8,192 bytes",
    ]);
  });

  test("not where they show most of it", async () => {
    expect(sentences(await findings([0, 4000], 4000, true), "pinned-by-view")).toEqual([]);
  });
});

describe("unused capacity", () => {
  async function findings(length: number) {
    const types = new TypeFixture();
    const buffer = types.struct("main.buffer", [["bytes", types.slice(types.uint8())]]);
    return inspect(types, (d) => {
      for (let i = 0; i < 10; i++) {
        const array = d.object(2 * PAYLOAD);
        const object = d
          .object(24)
          .point(0, array)
          .store(8, length)
          .store(16, 2 * PAYLOAD);
        rootPointer(d, types, buffer, object);
      }
    });
  }

  test("of buffers that are hardly filled", async () => {
    const found = await findings(100);
    expect(sentences(found, "unused-capacity")).toEqual([
      "main.buffer.bytes: length 1,000 of 163,840 in 10 arrays: 159 KiB of capacity that is not used",
    ]);
    expect(found[0]).toMatchObject({ bytes: 10 * (2 * PAYLOAD - 100), count: 10, good: 0 });
  });

  test("names the other fields whose slices show the same arrays, apart from those of arrays that are pinned", async () => {
    const types = new TypeFixture();
    const page = types.struct("main.page", [
      ["all", types.slice(types.uint8())],
      ["last", types.slice(types.uint8())],
      ["id", types.int()],
    ]);
    const found = await inspect(types, (d) => {
      for (let i = 0; i < 20; i++) {
        const array = d.object(2 * PAYLOAD);
        const object = d.object(64).point(0, array).store(8, 100);
        // Of half of them nobody can have the rest.
        object.store(16, i < 10 ? 2 * PAYLOAD : 100);
        if (i < 5)
          object
            .point(24, array)
            .store(32, 20)
            .store(40, 2 * PAYLOAD);
        else object.list(24);
        rootPointer(d, types, page, object);
      }
    });
    expect(sentences(found, "unused-capacity")).toEqual([
      "main.page.all: length 1,000 of 163,840 in 10 arrays: 159 KiB of capacity that is not used; 5 of the slices are in main.page.last",
    ]);
    expect(sentences(found, "pinned-by-view")).toEqual([
      "main.page.all: 10 views of 1,000 bytes in all pin 159 KiB: 10 arrays of 16,384 bytes",
    ]);
  });

  /**
   * Ten buffers of frames, in slices of length 0 where the compiler says that these are; with `inHeap` structs have them, too.
   * Each frame's are in the 48 bytes in front of its end.
   */
  async function onStacks(
    places: readonly (readonly [offset: number, size: number, frameOffset: number])[],
    inHeap = false,
  ) {
    const types = new TypeFixture();
    const bytes = types.slice(types.uint8());
    const buffer = types.struct("main.buffer", [["bytes", bytes]]);
    const entry = 0x40_1000;
    const pieces = places.map(([offset, size, frameOffset]) => ({ offset, size, frameOffset }));
    const locals = {
      [`${entry.toString(16)} ${(entry + 0xf).toString(16)}`]: [local("buffer", bytes, -48, { pieces })],
    };
    return inspect(
      types,
      (d) => {
        for (let i = 0; i < 10; i++) {
          const array = d.object(2 * PAYLOAD);
          const goroutine = d.goroutine({ stack: 0x7_0000 + i * 0x1000 });
          const frame = goroutine.frame("main.main", 64, entry).point(16, array);
          for (const at of [32, 48]) frame.store(at, 2 * PAYLOAD);
          goroutine
            .frame("main.caller", 64)
            .point(0, array)
            .store(16, 2 * PAYLOAD);
          const object = d
            .object(24)
            .point(0, array)
            .store(8, 100)
            .store(16, 2 * PAYLOAD);
          if (inHeap) rootPointer(d, types, buffer, object);
        }
      },
      { names: declare({ locals }) },
    );
  }

  test("of a variable that is in one piece on a stack, and not of one in pieces", async () => {
    const hasAll = [[0, 24, -48]] as const;
    expect(sentences(await onStacks(hasAll), "unused-capacity")).toEqual([
      "buffer (main.main): length 0 of 163,840 in 10 arrays: 160 KiB of capacity that is not used",
    ]);
    for (const inPieces of [
      [
        [0, 8, -48],
        [8, 8, -40],
        [16, 8, -32],
      ],
      [
        [0, 8, -48],
        [8, 8, -24],
        [16, 8, -32],
      ],
      // An argument, whose length is in the frame of who was called.
      [
        [0, 8, 0],
        [8, 8, -24],
        [16, 8, 16],
      ],
    ] as const)
      expect(sentences(await onStacks(inPieces), "unused-capacity")).toEqual([]);
  });

  test("not of what a variable in pieces shows, who knows how much of it", async () => {
    expect(sentences(await onStacks([[0, 24, -48]], true), "unused-capacity")).toHaveLength(1);
    expect(
      sentences(
        await onStacks(
          [
            [0, 8, -48],
            [8, 8, -40],
            [16, 8, -32],
          ],
          true,
        ),
        "unused-capacity",
      ),
    ).toEqual([]);
  });

  test("not of buffers that are mostly full", async () => {
    expect(sentences(await findings(10_000), "unused-capacity")).toEqual([]);
  });
});

test("of an array that is neither mostly capacity nor mostly beyond reach, the larger part decides", async () => {
  const types = new TypeFixture();
  const preview = types.struct("main.preview", [["bytes", types.slice(types.uint8())]]);
  const found = await inspect(types, (d) => {
    for (let i = 0; i < 10; i++) {
      const array = d.object(4 * PAYLOAD);
      // The middle of the array: as much room behind it as there is in front.
      const object = d
        .object(24)
        .point(0, array, 2 * PAYLOAD)
        .store(8, 24)
        .store(16, 2 * PAYLOAD);
      rootPointer(d, types, preview, object);
    }
  });
  expect(found.map(({ kind, bytes }) => [kind, bytes])).toEqual([["pinned-by-view", 10 * (4 * PAYLOAD - 24)]]);
});

test("a small heap has no findings", async () => {
  const { types, queue } = queueTypes();
  const found = await inspect(types, (d) => {
    const [object, array] = [d.object(32), d.object(128)];
    for (let i = 0; i < 16; i++) array.point(8 * i, d.object(32).list(0));
    object.point(0, array, 120).store(8, 1).store(16, 1);
    rootPointer(d, types, queue, object);
  });
  expect(found).toEqual([]);
});

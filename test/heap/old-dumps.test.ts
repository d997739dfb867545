/** What older Go and gccgo wrote: go1.3's typed objects, go1.4's interfaces, Go 1.5's damage, gccgo. */
import { describe, expect, test } from "vitest";
import type { HeapDumpError } from "../../src/errors.ts";
import { FieldKind, Go13ObjectKind } from "../../src/format/records/tags.ts";
import { readHeap } from "../../src/heap/read.ts";
import { HAS_HEADER, type Heap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { buildDump, concat, type DumpBuilder, readDump, type Slot, uvarint } from "../support/dump-builder.ts";

const { POINTER, IFACE, EFACE, STRING, SLICE } = FieldKind;

/** Edges as "offset -> target object". */
function edgesOf(heap: Heap, slot: Slot): string[] {
  const object = heap.findObject(slot.address);
  const edges: string[] = [];
  for (let e = heap.edges.start[object]!; e < heap.edges.start[object + 1]!; e++) {
    edges.push(`${heap.edges.offset[e]} -> ${heap.edges.to[e]}`);
  }
  return edges;
}

function typeName(heap: Heap, slot: Slot): string {
  return heap.types.names[heap.objects.type[heap.findObject(slot.address)]!]!;
}

describe("objects of go1.3", () => {
  const options = { header: 3 } as const;
  const targets = (d: DumpBuilder): Slot[] => Array.from({ length: 8 }, () => d.object(16));

  // "kind 0: the Type's fields once at 0"
  test("a value has the pointers of its type", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = targets(d);
      const v = d.object(64);
      v.type = d.type("main.Node", 40, {
        fields: [
          [POINTER, 0],
          [POINTER, 16],
        ],
      });
      v.store(0, t[1]!).store(8, t[2]!).store(16, t[3]!).store(40, t[4]!);
      return v;
    }, options);
    expect(edgesOf(heap, drawn)).toEqual(["0 -> 1", "16 -> 3"]);
    expect(typeName(heap, drawn)).toBe("main.Node");
  });

  // "kind 1: at i*size while (i+1)*size <= length"
  test("an array has them in each element that fits", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = targets(d);
      const array = d.object(64);
      array.type = d.type("main.Pair", 24, { fields: [[POINTER, 8]] });
      array.kind = Go13ObjectKind.ARRAY;
      array.store(8, t[1]!).store(32, t[2]!).store(56, t[3]!);
      const empties = d.object(64).store(0, t[1]!);
      empties.type = d.type("struct {}", 0);
      empties.kind = Go13ObjectKind.ARRAY;
      return { array, empties };
    }, options);
    expect(edgesOf(heap, drawn.array)).toEqual(["8 -> 1", "32 -> 2"]);
    expect(typeName(heap, drawn.array)).toBe("[]main.Pair");
    expect(edgesOf(heap, drawn.empties)).toEqual([]);
  });

  // "kind 2: the same from the channel header size of Params on"
  test("a channel has them behind its header", async () => {
    const { heap, drawn } = await readDump(
      (d) => {
        const t = targets(d);
        const channel = d.object(128);
        channel.type = d.type("*main.Job", 8, { fields: [[POINTER, 0]] });
        channel.kind = Go13ObjectKind.CHANNEL;
        for (let offset = 0; offset < 128; offset += 8) channel.store(offset, t[(offset / 8) % 8]!);
        const small = d.object(64);
        small.type = channel.type;
        small.kind = Go13ObjectKind.CHANNEL;
        return { channel, small };
      },
      { ...options, channelHeaderSize: 96 },
    );
    expect(edgesOf(heap, drawn.channel)).toEqual(["96 -> 4", "104 -> 5", "112 -> 6", "120 -> 7"]);
    expect(typeName(heap, drawn.channel)).toBe("chan *main.Job");
    expect(edgesOf(heap, drawn.small)).toEqual([]);
    expect(heap.statistics.pointerSlots).toBe(4);
  });

  // "kind 127: every word. type 0 otherwise: none."
  test("conservative ones have every word, those without type none", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = targets(d);
      const all = d.object(32).store(0, t[1]!).store(16, t[2]!, 5).store(24, 77);
      all.kind = Go13ObjectKind.CONSERVATIVE;
      return { all, none: d.object(32).store(0, t[1]!) };
    }, options);
    expect(edgesOf(heap, drawn.all)).toEqual(["0 -> 1", "16 -> 2"]);
    expect(edgesOf(heap, drawn.none)).toEqual([]);
    expect(heap.statistics.pointerSlots).toBe(4);
  });

  // "ignore the pointer of String with len 0 and Slice with cap 0"
  test("empty strings and slices point nowhere", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = targets(d);
      const v = d.object(96);
      v.type = d.type("main.S", 80, {
        fields: [
          [STRING, 0],
          [STRING, 16],
          [SLICE, 32],
          [SLICE, 56],
        ],
      });
      v.store(0, t[1]!).store(8, 3).store(16, t[2]!).store(24, 0);
      v.store(32, t[3]!).store(40, 0).store(48, 8).store(56, t[4]!).store(64, 0).store(72, 0);
      return v;
    }, options);
    expect(edgesOf(heap, drawn)).toEqual(["0 -> 1", "32 -> 3"]);
  });

  // "Iface data word is a pointer only if the Itab's bool is 1; eface data word only if the flag of the Type … is 1"
  test("interfaces that hold scalars point nowhere", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = targets(d);
      const byPointer = d.type("*main.T", 8, { pointer: true });
      const scalar = d.type("int", 8, { pointer: false });
      const v = d.object(112);
      v.type = d.type("main.I", 112, {
        fields: [0, 1, 2, 3, 4, 5, 6].map((i) => [i < 2 ? IFACE : EFACE, i * 16] as const),
      });
      const words = [d.itab(byPointer), d.itab(scalar), byPointer, scalar, 0x77_0000, 0, byPointer];
      words.forEach((word, i) => {
        v.store(i * 16, word).store(i * 16 + 8, i === 6 ? 0 : t[i + 1]!);
      });
      return v;
    }, options);
    // An unknown type's flag is taken for 1; a type word of 0 is a nil interface.
    expect(edgesOf(heap, drawn)).toEqual(["8 -> 1", "40 -> 3", "72 -> 5"]);
  });

  test("a type without a record leaves an object without pointers", async () => {
    const { heap, drawn } = await readDump((d) => {
      const v = d.object(32).store(0, targets(d)[0]!);
      v.type = 0x12_3456;
      return v;
    }, options);
    expect(edgesOf(heap, drawn)).toEqual([]);
  });

  // "OtherRoot … Only gc 1.3 writes it"
  test("OtherRoot records are roots", async () => {
    const { heap } = await readDump((d) => d.otherRoot(d.object(64)), options);
    expect(Array.from(heap.roots.to)).toEqual([0]);
  });
});

describe("interfaces of go1.4", () => {
  // "type/itab word at o, data word at o+ptrsize, both are pointers, only the second can be to the heap"
  test.each([
    [8, false],
    [4, true],
  ] as const)("with %i byte pointers, big-endian %s", async (pointerSize, bigEndian) => {
    const w = pointerSize;
    const { heap, drawn } = await readDump(
      (d) => {
        const boxed = d.object(48);
        const type = d.type("main.Boxed", 48);
        const itab = d.itab(type);
        const v = d
          .object(8 * w)
          .store(0, itab)
          .store(w, boxed)
          .list(0, IFACE);
        v.store(2 * w, type)
          .store(3 * w, boxed, 8)
          .list(2 * w, EFACE);
        v.store(4 * w, 0)
          .store(5 * w, 0)
          .list(4 * w, EFACE);
        v.point(6 * w, v);
        d.root(v);
        return { v, boxed };
      },
      { header: 4, pointerSize, bigEndian },
    );
    const boxed = heap.findObject(drawn.boxed.address);
    const v = heap.findObject(drawn.v.address);
    expect(edgesOf(heap, drawn.v)).toEqual([`${w} -> ${boxed}`, `${3 * w} -> ${boxed}`, `${6 * w} -> ${v}`]);
    expect(typeName(heap, drawn.boxed)).toBe("main.Boxed");
    expect(heap.statistics.pointerSlots).toBe(4);
    expect(heap.statistics.nilPointers).toBe(1);
  });
});

describe("Go 1.5's damaged type names", () => {
  // "a Type record with name length > remaining bytes …: search from there for 01 08 <uvarint itab> <uvarint of this type>"
  const damage = (junk: readonly number[]) => concat(uvarint(0x7f12_3456_7890), junk);
  const junks: [string, number[]][] = [
    ["a few bytes", [1, 2, 3]],
    ["bytes that look like an Itab of another type", [1, 8, 0x80, 0x80, 0x40, 0xff, 0xff, 2]],
    ["flags and tags without end", new Array(50).fill([1, 8]).flat()],
    ["a million bytes", new Array(1 << 20).fill(0).map((_, i) => (i * 31) & 0xff)],
  ];
  test.each(junks)("are passed over: %s", async (_, junk) => {
    const { heap, drawn } = await readDump(
      (d) => {
        const first = d.type("", 8, { damage: damage(junk) });
        d.itab(first);
        const second = d.type("", 8, { damage: damage([9, 9]) });
        d.itab(second);
        d.itab(d.type("main.Good", 24));
        const a = d.object(24);
        a.point(8, a);
        d.root(a);
        return a;
      },
      { header: 5 },
    );
    expect(edgesOf(heap, drawn)).toEqual(["8 -> 0"]);
    expect([heap.statistics.typeRecords, heap.statistics.itabRecords]).toEqual([3, 3]);
    expect(heap.dump.warnings.filter((w) => w.code === "go1.5-damage")[0]?.message).toMatch(/^2 type records/);
    expect(heap.dump.complete).toBe(true);
  });

  test("that nothing follows are an error, with the place", async () => {
    const whole = buildDump((d) => void d.type("", 8, { damage: damage([1, 2, 3]) }), { header: 5 });
    await expect(readHeap(memorySource(whole))).rejects.toMatchObject({ code: "bad-length", record: "Type" });
  });

  test("of other headers are an error at once", async () => {
    const draw = (d: DumpBuilder) => void d.itab(d.type("", 8, { damage: damage([1, 2, 3]) }));
    await expect(readDump(draw, { header: 6 })).rejects.toMatchObject({ code: "truncated", record: "Type" });
  });
});

describe("gccgo", () => {
  // "No roots …: objects that nothing points at" are where the heap is entered; a ─► b ⇄ c, d ⇄ e
  const draw = (d: DumpBuilder): void => {
    const [a, b, c, e, f] = [d.object(32), d.object(32), d.object(32), d.object(32), d.object(32)];
    a.point(0, b);
    b.point(0, c);
    c.point(0, b);
    e.point(0, f);
    f.point(0, e);
    d.goroutine();
  };
  test("of GCC 8 and later: header go1.7 without globals, stacks and types", async () => {
    const { heap } = await readDump(draw, { gccgo: true, version: "unknown" });
    expect(heap.dump.go.compiler).toBe("gccgo");
    expect(heap.segments).toEqual([]);
    expect(heap.edges.count).toBe(5);
    expect(heap.roots.count).toBe(2);
    expect(heap.roots.to[0]).toBe(0);
    expect(heap.dump.warnings.map((w) => w.code)).toEqual(["no-globals"]);
  });

  // "No malloc headers, no phantoms", whatever Go version the library says it is of.
  test("of a version string of Go 1.22 or later, too", async () => {
    const { heap } = await readDump(
      (d) => {
        d.object(1024).store(0, 0x4a_0000).point(8, 0);
        d.object(32, { address: 0xc0_0001_1fe0 });
      },
      { gccgo: true, version: "go1.24 gccgo (GCC) 16.0" },
    );
    expect(heap.objects.count).toBe(2);
    expect(heap.statistics.phantomObjects).toBe(0);
    expect(Array.from(heap.objects.flags, (flags) => flags & 2)).toEqual([0, 0]);
  });

  // "Type records have NO field list"; "that is how to recognise it: go1.3 with thechar 0"
  test("of GCC 5 to 7: header go1.3, types without field lists", async () => {
    const { heap, drawn } = await readDump(
      (d) => {
        const v = d.object(64);
        v.kind = Go13ObjectKind.CONSERVATIVE;
        v.store(8, v);
        d.otherRoot(v);
        return v;
      },
      { gccgo: true, header: 3 },
    );
    expect(heap.dump.go.compiler).toBe("gccgo");
    expect(edgesOf(heap, drawn)).toEqual(["8 -> 0"]);
  });
});

describe("a program that was built without its version, as by garble", () => {
  const draw = (d: DumpBuilder): void => {
    const type = d.type("main.T", 32);
    d.itab(type);
    // With a header in front, whose word is the type's.
    d.root(d.object(1024).store(0, 0x4a_0000).point(8, d.object(32)));
  };
  test("is of Go 1.26 or later where the heap lies at random", async () => {
    for (const heapStart of [0x87_2400_0000, 0x1d83_c000_0000, 0xeb93_0000_0000]) {
      const { heap } = await readDump(draw, { version: "unknown", heapStart });
      expect(heap.dump.go).toMatchObject({ text: "go1.26–1.27", minor: 26, minorMax: 27, compiler: "gc" });
      expect(heap.dump.go.how).toContain("built without its version");
      expect(heap.objects.flags[0]! & HAS_HEADER).toBe(HAS_HEADER);
      expect(heap.dump.warnings.map(({ code }) => code)).not.toContain("no-version");
    }
  });
  test("else of any that says its version, which is told with what that means", async () => {
    const starts = [
      0xc0_0000_0000, 0x40_0000_0000, 0x3_00c0_0000_0000, 0x1_3000_0000, 0x0a00_0100_0000_0000, 0x1840_0000,
    ];
    for (const heapStart of starts) {
      const { heap } = await readDump(draw, { version: "unknown", heapStart });
      expect(heap.dump.go).toMatchObject({ text: "go1.17–1.27", minor: 17, minorMax: 27, compiler: "gc" });
      expect(heap.dump.warnings).toMatchObject([{ code: "no-version" }]);
    }
  });
});

describe("what follows the EOF record", () => {
  const dump = buildDump((d) => d.root(d.object(32)));
  test("another dump is named, with its place", async () => {
    const heap = await readHeap(memorySource(concat(dump, dump)));
    expect(heap.dump.trailingBytes).toBe(dump.length);
    const { code, message } = heap.dump.warnings[0]!;
    expect(code).toBe("trailing-bytes");
    expect(message).toContain(`another heap dump follows at byte ${dump.length}`);
    expect(message).toContain(`tail -c +${dump.length + 1} `);
  });

  test("another dump in a packed file is taken out of the unpacked one", async () => {
    const source = { ...memorySource(concat(dump, dump)), packing: "gzip" as const };
    const { message } = (await readHeap(source)).dump.warnings[0]!;
    expect(message).toContain(`gzip -dc <file> | tail -c +${dump.length + 1} `);
  });

  test.each([1, 15, 16, 5000])("%i stale bytes are ignored", async (length) => {
    const heap = await readHeap(memorySource(concat(dump, new Uint8Array(length).fill(1))));
    expect(heap.dump.trailingBytes).toBe(length);
    expect(heap.dump.warnings[0]!.message).toMatch(/are ignored/);
    expect(heap.objects.count).toBe(1);
  });
});

describe("a dump that the runtime aborted", () => {
  // Objects complete, some goroutines, then nothing.
  const draw = (d: DumpBuilder): void => {
    const a = d.object(32);
    a.point(0, a);
    d.goroutine().frame("main.f", 16).point(8, a);
    d.goroutine({ status: 2 });
  };
  test("is an error that tells where", async () => {
    const bytes = buildDump(draw, { complete: false, version: "go1.27.3" });
    await expect(readHeap(memorySource(bytes))).rejects.toMatchObject({ code: "truncated", position: bytes.length });
  });

  test("is nothing to salvage where its first record is not whole, and does not say so", async () => {
    const bytes = buildDump(draw, { version: "go1.27.3" });
    const first = "go1.7 heap dump\n".length;
    const wrong = bytes.slice();
    wrong[first] = 0x7f;
    for (const dump of [bytes.subarray(0, first), bytes.subarray(0, first + 12), wrong]) {
      for (const salvage of [false, true]) {
        const error = await readHeap(memorySource(dump), { salvage }).then(
          () => undefined,
          (thrown: HeapDumpError) => thrown,
        );
        expect(error?.hint).toMatch(/Take another dump$/);
        expect(error).toMatchObject({ position: expect.any(Number), name: "HeapDumpError" });
      }
    }
    await expect(readHeap(memorySource(bytes.subarray(0, -3)))).rejects.toMatchObject({
      hint: expect.stringContaining("--salvage"),
    });
  });

  test("is salvaged, and said to lack its globals", async () => {
    const { heap } = await readDump(draw, { complete: false, version: "go1.27.3", salvage: true });
    expect(heap.dump.complete).toBe(false);
    expect(heap.objects.count).toBe(1);
    expect(heap.goroutines.count).toBe(2);
    expect(heap.memStats).toBe(undefined);
    const codes = heap.dump.warnings.map((w) => w.code);
    expect(codes).toEqual(expect.arrayContaining(["salvaged", "no-globals", "running-goroutine"]));
    expect(heap.dump.warnings[0]!.message).toMatch(/missing: all global variables, the memory statistics/);
  });
});

describe("garbage", () => {
  const much = async (version: string): Promise<string | undefined> => {
    const bytes = buildDump((d) => void d.object(32), { version });
    const { warnings } = (await readHeap(memorySource(bytes))).dump;
    return warnings.find(({ code }) => code === "much-unreachable")?.message;
  };

  test("may be what cleanups hold, where there are any, and then a collection does not take it away", async () => {
    const message = await much("go1.24.4");
    expect(message).toContain("cleanups (runtime.AddCleanup)");
    expect(message).toContain("Unless the program did so, call runtime.GC()");
    expect(await much("go1.23.4")).not.toContain("cleanups");
  });
});

/**
 * Phantom objects: since Go 1.22 the writer walks all slots of a page, also those over the allocator's
 * own data at its end, and writes them as objects. Each is left out, and nothing else.
 */
import { describe, expect, test } from "vitest";
import { type DumpBuilder, type DumpOptions, readDump } from "../../support/dump-builder.ts";

const BASE = 0xc0_0000_0000;

/** Bytes at a page's end, for spans with and without pointers. */
const VERSIONS: readonly (readonly [string, DumpOptions, number, number])[] = [
  ["1.21: none", { version: "go1.21.13" }, 0, 0],
  ["1.22: the bitmap", { version: "go1.22.12" }, 128, 0],
  ["1.22 without headers", { version: "go1.22.12 X:noallocheaders" }, 0, 0],
  ["1.25: the bitmap", { version: "go1.25.12" }, 128, 0],
  ["1.25 with Green Tea: bitmap and marks", { version: "go1.25.12 X:greenteagc" }, 256, 128],
  ["1.26: bitmap and marks", { version: "go1.26.10" }, 256, 128],
  ["1.27 without Green Tea", { version: "go1.27.3-X:nogreenteagc" }, 128, 0],
  ["1.27, 32-bit: a bitmap of twice the size", { version: "go1.27.3", pointerSize: 4 }, 384, 128],
  ["1.24, 32-bit", { version: "go1.24.4", pointerSize: 4 }, 256, 0],
  ["1.27, big-endian", { version: "go1.27.3", bigEndian: true, arch: "s390x" }, 256, 128],
];

describe.each(VERSIONS)("Go %s", (_, options, scanReserve, noscanReserve) => {
  const pointerSize = options.pointerSize ?? 8;
  const maxSize = pointerSize === 8 ? 512 : 128;
  const sizes = [8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 256, 288, 384, 480, 512].filter((s) => s <= maxSize);

  /** Slots that are none: those that do not fit before the reserve. */
  function phantoms(size: number, reserve: number): number {
    const own = size < 16 ? Math.min(reserve, scanReserve > 128 && pointerSize === 8 ? 128 : reserve) : reserve;
    return Math.floor(8192 / size) - Math.floor((8192 - own) / size);
  }

  test.each(sizes.filter((s) => s > 8))("spans of %i bytes with pointers lose their tail", async (size) => {
    const { heap, drawn } = await readDump((d) => {
      const span = d.span(size, { scan: true });
      const [a, b] = [span.slot(0), span.slot(3)];
      a.point(0, b);
      return { a, b };
    }, options);
    const expected = phantoms(size, scanReserve);
    expect(Array.from(heap.objects.address)).toEqual([drawn.a.address, drawn.b.address]);
    expect(heap.statistics.phantomObjects).toBe(expected);
    expect(heap.statistics.phantomBytes).toBe(expected * size);
    expect(heap.statistics.objectRecords).toBe(2 + expected);
    expect(Array.from(heap.edges.to)).toEqual([1]);
    expect(heap.dump.warnings.map((w) => w.code)).not.toContain("doubtful-pages");
  });

  test.each(sizes)("spans of %i bytes without pointers lose the marks only", async (size) => {
    const { heap } = await readDump((d) => {
      const span = d.span(size, { scan: false });
      const live = Math.floor(8192 / size) - phantoms(size, size < 16 ? 0 : noscanReserve);
      for (const i of new Set([0, 1, live - 1])) span.slot(i);
    }, options);
    const expected = size < 16 ? 0 : phantoms(size, noscanReserve);
    expect(heap.statistics.phantomObjects).toBe(expected);
    expect(heap.objects.count).toBe(Math.floor(8192 / size) - expected > 2 ? 3 : 2);
    expect(heap.dump.warnings.map((w) => w.code)).not.toContain("doubtful-pages");
  });

  test.each(sizes.filter((s) => s > 8))(
    "a span of %i bytes with nothing but its tail has no pointers",
    async (size) => {
      const { heap } = await readDump((d) => {
        d.span(size, { scan: true });
      }, options);
      expect(heap.statistics.phantomObjects).toBe(phantoms(size, noscanReserve));
      expect(heap.objects.count).toBe(phantoms(size, scanReserve) - phantoms(size, noscanReserve));
    },
  );

  test("a full span with pointers keeps all its live slots", async () => {
    const size = 96;
    const live = Math.floor((8192 - scanReserve) / size);
    const { heap } = await readDump((d) => {
      const span = d.span(size, { scan: true });
      for (let i = 0; i < live; i++) span.slot(i).point(8, 0);
    }, options);
    expect(heap.objects.count).toBe(live);
  });

  test("larger slots and large objects have no phantoms", async () => {
    const { heap } = await readDump((d) => {
      d.object(maxSize + 64).point(8, 0);
      d.object(8192).point(8, 0);
      d.object(40960).point(0, 0);
    }, options);
    expect(heap.objects.count).toBe(3);
    expect(heap.statistics.phantomObjects).toBe(0);
  });
});

describe("8-byte slots", () => {
  // Since Go 1.24 phantoms of 8 bytes have a pointer listed, to ffffffffffffffff: it must not make the page one of pointers.
  test.each([
    ["go1.22.12", 128],
    ["go1.24.4", 128],
    ["go1.27.3", 128],
  ])("of %s lose the bitmap, never the marks", async (version, reserve) => {
    const { heap } = await readDump(
      (d) => {
        const span = d.span(8, { scan: true });
        span.slot(0).point(0, span.slot(5));
      },
      { version },
    );
    expect(heap.objects.count).toBe(2);
    expect(heap.statistics.phantomObjects).toBe(reserve / 8);
    expect(heap.statistics.pointersElsewhere).toBe(0);
    expect(heap.statistics.pointerSlots).toBe(1);
  });
});

describe("a page with nothing below its tail", () => {
  //  slot  0 … 495        496 … 503          504 … 511        (16 bytes, Go 1.27: bitmap 128, marks 128)
  //        scan: live     ├────────── phantoms ─────────┤
  //        noscan: ├──────────── live ─────────┤├─ ph. ─┤
  const draw = (used: readonly number[]) => (d: DumpBuilder) => {
    const span = d.span(16, { scan: false });
    for (const i of used) span.slot(i);
  };
  test("keeps objects that are high up only", async () => {
    const { heap } = await readDump(draw([497, 503]), { version: "go1.27.3" });
    expect(heap.objects.count).toBe(2);
    expect(heap.statistics.phantomObjects).toBe(8);
  });
  test("is noscan also if all of the tail is there: a span with pointers would have been freed", async () => {
    const { heap } = await readDump(draw([496, 497, 498, 499, 500, 501, 502, 503]), { version: "go1.27.3" });
    expect(heap.objects.count).toBe(8);
    expect(heap.statistics.phantomObjects).toBe(8);
  });
  test("keeps a single object in its last slot", async () => {
    const { heap } = await readDump(
      (d) => {
        d.object(8192).point(0, d.span(208, { scan: false }).slot(38));
      },
      { version: "go1.24.4" },
    );
    expect(heap.objects.count).toBe(2);
    expect(heap.statistics.phantomObjects).toBe(0);
    expect(heap.statistics.pointersElsewhere).toBe(0);
  });
});

describe("a version that does not keep the rules", () => {
  test("is reported, because a gap means that the reserve is not where it is thought to be", async () => {
    const { heap } = await readDump(
      (d) => {
        // As Go 1.21 would write it, under another name.
        for (let i = 0; i < 4; i++) d.object(32, { address: BASE + i * 32 }).point(0, BASE);
      },
      { version: "go1.27.3" },
    );
    expect(heap.objects.count).toBe(4);
    expect(heap.dump.warnings).toContainEqual({
      code: "doubtful-pages",
      message: "the allocator's own data was not where go1.27.3 keeps it on 1 page; some objects there may be none",
    });
  });
});

describe("order", () => {
  // "spans in creation order, NOT by address; ascending inside a span" (§4)
  test("spans in any order come out by address, with their pointers", async () => {
    const { heap, drawn } = await readDump((d) => {
      const high = d.span(32, { base: BASE + 0x8000 });
      const low = d.span(48, { base: BASE });
      const far = d.span(64, { base: BASE + 2 ** 35 });
      const [a, b, c] = [high.slot(2), low.slot(7), far.slot(1)];
      a.point(8, b, 40).point(16, c);
      b.point(0, a);
      c.point(56, c);
      return [b, a, c];
    });
    expect(Array.from(heap.objects.address)).toEqual(drawn.map((slot) => slot.address));
    expect(Array.from(heap.edges.start)).toEqual([0, 1, 3, 4]);
    expect(Array.from(heap.edges.to)).toEqual([1, 0, 2, 2]);
    expect(Array.from(heap.edges.offset)).toEqual([0, 8, 16, 56]);
    expect(Array.from(heap.edges.interiorEdge)).toEqual([1]);
    expect(Array.from(heap.edges.interiorOffset)).toEqual([40]);
  });

  // "Objects never overlap" (§5.1): what does is damage, and the first in the dump wins.
  test("objects that repeat or overlap others are left out and counted", async () => {
    const { heap } = await readDump((d) => {
      d.object(64, { address: BASE + 64 }).point(0, BASE);
      d.object(64, { address: BASE + 64 }).point(8, BASE);
      d.object(32, { address: BASE + 96 });
      d.object(32, { address: BASE });
      d.object(32, { address: BASE + 32 });
      d.object(0, { address: BASE + 32 });
    });
    expect(Array.from(heap.objects.address)).toEqual([BASE, BASE + 32, BASE + 64]);
    expect(heap.statistics.overlappingObjects).toBe(3);
    expect(heap.statistics.pointerSlots).toBe(1);
    expect(Array.from(heap.edges.offset)).toEqual([0]);
    expect(heap.dump.warnings.map((w) => w.code)).toContain("overlapping-objects");
  });
});

/**
 * Objects of 2 GiB and more, which the runtime writes short, and dumps of more than 4 GiB. The dumps are
 * virtual: their contents are zeros that are nowhere, with a few words in them.
 */
import { describe, expect, test } from "vitest";
import { objectSize } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { DumpBuilder, readDump } from "../../support/dump-builder.ts";
import { virtualSource } from "../../support/virtual-source.ts";

const GIB = 2 ** 30;
const FAR = 0x1000_0000_0000;

// "the bytes PRESENT after a length L are min(L mod 2^32, 0x7ffff000) [measured: …]"
const SHORT: readonly (readonly [number, number])[] = [
  [0x7fff_f000, 0x7fff_f000],
  [0x7fff_f008, 0x7fff_f000],
  [2_147_483_648, 2_147_479_552],
  [2_300_000_000, 2_147_479_552],
  [4_294_967_296, 0],
  [4_400_000_000, 105_032_704],
  [5 * GIB, GIB],
  [40 * GIB + 64, 64],
];

describe.each(SHORT)("an object of %i bytes, of which %i were written", (length, present) => {
  test("without pointers is there, and what follows is found", async () => {
    const { heap } = await readDump((d) => {
      d.object(length, { address: FAR, present });
      const a = d.object(32);
      a.point(0, FAR + length - 1).point(8, FAR + length);
      d.root(a);
    });
    expect(heap.objects.count).toBe(2);
    const huge = heap.findObject(FAR + length - 1);
    expect(objectSize(heap.objects, huge)).toBe(length);
    expect(heap.findObject(FAR + length)).toBe(-1);
    expect(Array.from(heap.edges.to)).toEqual([huge]);
    expect(Array.from(heap.edges.interiorOffset)).toEqual([length - 1]);
    expect(heap.readContents(huge, Math.max(0, present - 8), 100)).toHaveLength(present === 0 ? 0 : 8);
    expect(heap.statistics.missingPointers).toBe(0);
    expect(heap.dump.complete).toBe(true);
  });

  //   huge: [0: ─► a] … [last written word: ─► a+8] … [first and last word that were not written: listed]
  test("with pointers has those that were written; the others are counted as missing", async () => {
    const unwritten = [...new Set([present, length - 8])].filter((offset) => offset + 8 > present);
    const { heap } = await readDump((d) => {
      const a = d.object(32);
      const huge = d.object(length, { address: FAR, present });
      if (present > 0) huge.point(0, a);
      if (present > 128) huge.point(64, 0).point(present - 8, a, 8);
      for (const offset of unwritten) if (offset + 8 <= length) huge.point(offset, a);
      d.root(FAR, length - 1);
    });
    const huge = heap.findObject(FAR);
    const written = (present > 0 ? 1 : 0) + (present > 128 ? 1 : 0);
    const missing = unwritten.filter((offset) => offset + 8 <= length).length;
    expect(heap.edges.start[huge + 1]! - heap.edges.start[huge]!).toBe(written);
    expect(heap.statistics.missingPointers).toBe(missing);
    expect(heap.statistics.nilPointers).toBe(present > 128 ? 1 : 0);
    if (present > 128) expect(heap.edges.offset[heap.edges.start[huge + 1]! - 1]).toBe(present - 8);
    const warning = heap.dump.warnings.find((w) => w.code === "missing-contents");
    expect(warning?.message.split(", ")[0]).toBe([undefined, "1 pointer left out", "2 pointers left out"][missing]);
    expect(heap.roots.to[heap.roots.count - 1]).toBe(huge);
  });
});

// A system that wrote them whole: what follows tells.
test("an object of 3 GiB that was written whole is read whole", async () => {
  const { heap } = await readDump((d) => {
    const a = d.object(32);
    d.object(3 * GIB, { address: FAR, present: 3 * GIB })
      .point(0, a)
      .point(3 * GIB - 8, a);
    a.point(0, a);
  });
  expect(heap.edges.count).toBe(3);
  expect(heap.edges.offset[2]).toBe(3 * GIB - 8);
  expect(heap.statistics.missingPointers).toBe(0);
  expect(heap.readContents(1, 3 * GIB - 8)).toHaveLength(8);
});

test("one that nothing plausible follows is an error with the place", async () => {
  const d = new DumpBuilder();
  d.object(5 * GIB, { address: FAR, present: GIB - 4 });
  const parts = d.parts();
  // Not where any runtime would have stopped.
  const filled = parts.map((part, i) => (i === parts.length - 1 ? new Uint8Array(64).fill(0xee) : part));
  await expect(readHeap(virtualSource(filled))).rejects.toMatchObject({ code: "bad-length", record: "Object" });
});

describe("a dump of more than 4 GiB", () => {
  //   six objects of 1 GiB, 1.5 GiB apart, each ─► the next; then small ones, a frame, globals: beyond 2^32
  const draw = (d: DumpBuilder): void => {
    const small = d.object(32);
    let next = small;
    for (let i = 0; i < 6; i++) {
      const big = d.object(GIB, { address: FAR + i * 1.5 * GIB, present: GIB });
      next = big.point(8, next).point(GIB - 8, next, 16);
    }
    const late = d.object(48, { address: FAR + 2 ** 44 });
    late.point(40, next);
    d.root(late);
    d.goroutine().frame("main.f", 16).point(8, small);
  };
  test("has positions beyond 2^32, and contents are found there", async () => {
    const { heap, drawn } = await readDump((d) => {
      draw(d);
      return d;
    });
    expect(heap.dump.size).toBeGreaterThan(6 * GIB);
    expect(heap.objects.count).toBe(8);
    const late = heap.findObject(FAR + 2 ** 44);
    expect(heap.objects.position[late]).toBeGreaterThan(6 * GIB);
    const contents = heap.readContents(late);
    expect(new DataView(contents.buffer).getFloat64(0)).toBe(0);
    expect(Number(new DataView(contents.buffer).getBigUint64(40, true))).toBe(FAR + 5 * 1.5 * GIB);
    expect(heap.edges.count).toBe(13);
    expect(heap.goroutines.frames.position[0]).toBeGreaterThan(6 * GIB);
    expect(heap.segments[0]!.position).toBeGreaterThan(6 * GIB);
    expect(drawn.data.size).toBe(8);
    expect(heap.dump.complete).toBe(true);
  });

  test("has errors beyond 2^32, too", async () => {
    const d = new DumpBuilder({ complete: false });
    draw(d);
    const source = virtualSource([...d.parts(), Uint8Array.of(99)]);
    await expect(readHeap(source)).rejects.toMatchObject({ code: "unknown-record", position: source.size - 1 });
  });
});

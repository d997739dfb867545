/** Malloc headers of Go 1.22 and later, and when a slot has one. */
import { describe, expect, test } from "vitest";
import { HAS_HEADER } from "../../../src/heap/objects.ts";
import { type DumpOptions, readDump, type Slot } from "../../support/dump-builder.ts";

interface Case {
  readonly size: number;
  readonly firstOffset?: number;
  /** Word 0 of the slot. */
  readonly first?: number;
  readonly header: boolean;
}

const TYPE = 0x4a_0000;

async function hasHeader({ size, firstOffset, first }: Case, options: DumpOptions): Promise<boolean> {
  const { heap } = await readDump((d) => {
    const slot = d.object(size);
    if (first !== undefined) slot.store(0, first);
    if (firstOffset !== undefined) slot.list(firstOffset);
  }, options);
  expect(heap.objects.count).toBe(1);
  return (heap.objects.flags[0]! & HAS_HEADER) !== 0;
}

// "H < slot <= 32768 and the object has pointers: bytes 0..7 of the SLOT are the header"; H is 512, on 32-bit 128.
describe.each<[string, DumpOptions, Case[]]>([
  [
    "64-bit",
    { version: "go1.24.4" },
    [
      { size: 512, firstOffset: 8, first: TYPE, header: false },
      { size: 576, firstOffset: 8, first: TYPE, header: true },
      { size: 576, first: TYPE, header: false },
      { size: 24576, firstOffset: 16, first: TYPE, header: true },
      // The ambiguous one: of a size class, or a large object of its own.
      { size: 32768, firstOffset: 8, first: TYPE, header: true },
      { size: 32768, firstOffset: 0, first: TYPE, header: false },
      { size: 32768, firstOffset: 8, first: 0, header: false },
      { size: 32768, firstOffset: 8, first: 0xc0_0000_1000, header: false },
      { size: 40960, firstOffset: 8, first: TYPE, header: false },
    ],
  ],
  [
    "32-bit",
    { version: "go1.24.4", pointerSize: 4 },
    [
      { size: 128, firstOffset: 8, first: TYPE, header: false },
      { size: 144, firstOffset: 8, first: TYPE, header: true },
      { size: 144, firstOffset: 12, first: TYPE, header: true },
      { size: 32768, firstOffset: 8, first: TYPE, header: true },
      { size: 32768, firstOffset: 4, first: TYPE, header: false },
      { size: 32768, firstOffset: 8, first: 0x1840_0100, header: false },
    ],
  ],
  [
    "64-bit, big-endian",
    { version: "go1.27.3", bigEndian: true },
    [
      { size: 576, firstOffset: 8, first: TYPE, header: true },
      { size: 32768, firstOffset: 8, first: 0xc0_0000_1000, header: false },
    ],
  ],
  ["Go 1.21", { version: "go1.21.13" }, [{ size: 576, firstOffset: 8, first: TYPE, header: false }]],
  [
    "Go 1.22 without headers",
    { version: "go1.22.12 X:noallocheaders" },
    [{ size: 576, firstOffset: 8, first: TYPE, header: false }],
  ],
])("%s", (_, options, cases) => {
  test.each(cases)("$size bytes, first field at $firstOffset, word 0 is $first: $header", async (row) => {
    expect(await hasHeader(row, options)).toBe(row.header);
  });
});

//   data ─► a ─► b[8]      b has a header: its value begins at 8; "User pointers … are slot+8: match by containment"
test("a pointer to the value behind the header is none to the inside", async () => {
  const { heap, drawn } = await readDump(
    (d) => {
      const a = d.object(32);
      const b = d.object(1024);
      b.store(0, d.type("main.Big", 1000)).point(16, a);
      a.point(0, b, 8).point(8, b).point(16, b, 24);
      d.root(b, 8);
      d.finalizer(b);
      const bucket = d.bucket(1024, ["main.mk", "m.go", 7]);
      d.sample(b, bucket, 8);
      return { a, b: b as Slot };
    },
    { version: "go1.24.4" },
  );
  const big = heap.findObject(drawn.b.address);
  expect(heap.types.names[heap.objects.type[big]!]).toBe("main.Big");
  expect(Array.from(heap.edges.interiorOffset)).toEqual([24]);
  expect(heap.statistics.interiorPointers).toBe(1);
  expect(Array.from(heap.roots.finalizedObjects)).toEqual([big]);
  expect(Array.from(heap.memoryProfile.samples.object)).toEqual([big]);
});

/** What reading costs: each byte of a dump is read once. */
import { describe, expect, test } from "vitest";
import { readHeap } from "../../src/heap/read.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { DumpBuilder, type DumpOptions } from "../support/dump-builder.ts";
import { sampleBytes, sampleNames } from "../support/sample-dumps.ts";
import { countingSource, virtualSource } from "../support/virtual-source.ts";

const MIB = 1 << 20;

/** The least that is read at a time, ends and frames excepted. */
const PIECE = MIB / 4;

/** Bytes read, more than the dump has. */
async function readTwice(d: DumpBuilder): Promise<{ extra: number; size: number; reads: number }> {
  const source = countingSource(virtualSource(d.parts()));
  await readHeap(source);
  return { extra: source.bytesRead - source.size, size: source.size, reads: source.reads };
}

/** Stacks are read so many bytes at a time. */
const STACKS_PIECE = 1 << 16;

// Frames into which pointers lead are looked into once more when all is read: the stated exception. What stands between them is read with them.
test.each(sampleNames())("%s is read once, in large pieces, but for some frames", async (name) => {
  const source = countingSource(memorySource(await sampleBytes(name)));
  const { goroutines } = await readHeap(source);
  const { position, size } = goroutines.frames;
  const stackBytes = position.reduce((end, at, frame) => Math.max(end, at + size[frame]!), 0) - Math.min(...position);
  expect(source.bytesRead).toBeGreaterThanOrEqual(source.size);
  expect(source.bytesRead - source.size).toBeLessThanOrEqual(stackBytes);
  expect(stackBytes).toBeLessThan(source.size / 10);
  const pieces = Math.ceil(source.size / PIECE) + 2 * Math.ceil(stackBytes / STACKS_PIECE);
  expect(source.reads).toBeLessThanOrEqual(2 + pieces);
});

const objects = (d: DumpBuilder, count: number, size: number, pointers: number) => {
  for (let i = 0; i < count; i++) {
    const slot = d.object(size, { address: 0xc0_0000_0000 + i * 2 * MIB });
    for (let k = 0; k < pointers; k++) slot.point(8 + k * 64, slot);
  }
};

describe.each<[string, DumpOptions]>([
  ["go1.7", {}],
  ["go1.4", { header: 4 }],
])("a dump of several windows, header %s", (_, options) => {
  test("of objects up to 1 MiB is read once", async () => {
    const d = new DumpBuilder(options);
    objects(d, 40, MIB / 2, 50);
    objects(d, 0, 64, 1);
    const { extra, size, reads } = await readTwice(d);
    expect(size).toBeGreaterThan(20 * MIB);
    expect(extra).toBe(0);
    expect(reads).toBeLessThanOrEqual(2 + size / PIECE);
  });

  // Their field list stands behind contents that do not stay in the window: the stated exception.
  test("of objects above 1 MiB with pointers is read twice there, and no more than that", async () => {
    const d = new DumpBuilder(options);
    objects(d, 8, 3 * MIB, 1000);
    const { extra, size } = await readTwice(d);
    expect(extra).toBeLessThanOrEqual(size);
  });

  test("of objects above 1 MiB without pointers is not even read once", async () => {
    const d = new DumpBuilder(options);
    objects(d, 4, 64 * MIB, 0);
    const { extra, size } = await readTwice(d);
    expect(extra).toBeLessThan(-size / 2);
  });
});

// Segments and frames are passed over and then looked into; what of them was in the window already is read again.
test("globals of many MiB are read once, but for a window", async () => {
  const d = new DumpBuilder();
  const a = d.object(32);
  for (let i = 0; i < (10 * MIB) / 8; i += 997) d.data.point(i * 8, a);
  d.data.size = 10 * MIB;
  const { extra } = await readTwice(d);
  expect(extra).toBeLessThanOrEqual(8 * MIB);
});

/** Whether bytes can be the beginning of a dump: any real one's can, up to its end, and nothing behind damage. */
import { expect, test } from "vitest";
import { mayBeginDump } from "../../../src/format/records/beginning.ts";
import { DumpReader } from "../../../src/format/records/reader.ts";
import { FieldKind, Tag } from "../../../src/format/records/tags.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { sampleBytes, sampleNames } from "../../support/sample-dumps.ts";
import { SMALL_DUMPS, smallDump } from "../../support/small-dumps.ts";

const may = (bytes: Uint8Array): boolean => mayBeginDump(memorySource(bytes));

test.each(Object.keys(SMALL_DUMPS))("of %s, cut anywhere", (name) => {
  const bytes = smallDump(name);
  for (let end = 0; end < bytes.length; end++) expect([end, may(bytes.subarray(0, end))]).toEqual([end, true]);
  // Of what Go 1.5 damages only the end tells what it is.
  const isDamaged = /go1\.5/.test(name);
  expect(may(bytes)).toBe(isDamaged);
  expect(may(Buffer.concat([bytes, Buffer.alloc(1000)]))).toBe(isDamaged);
});

test("of samples of all versions, cut here and there", async () => {
  for (const name of sampleNames(/amd64|mips/)) {
    const bytes = await sampleBytes(name);
    for (let part = 1; part < 8; part++) expect(may(bytes.subarray(0, (bytes.length * part) / 8))).toBe(true);
  }
});

test("not of anything else behind a header", async () => {
  const bytes = await sampleBytes("sessions-after.1.27.amd64");
  const header = bytes.subarray(0, 16);
  expect(may(Buffer.concat([header, Buffer.alloc(1 << 20)]))).toBe(false);
  expect(may(Buffer.concat([header, Buffer.alloc(1 << 20, "yes\n")]))).toBe(false);
  expect(may(Buffer.concat([Buffer.from("go1.9 heap dump\n"), bytes.subarray(16)]))).toBe(false);
  const damaged = bytes.slice();
  damaged.fill(0xff, 300_000, 400_000);
  expect(may(damaged)).toBe(false);
});

test("not of an object whose list of pointers has no end, and no kinds that there are", async () => {
  const bytes = await sampleBytes("sessions-after.1.27.amd64");
  const reader = new DumpReader(memorySource(bytes));
  reader.next();
  const start = bytes.subarray(0, reader.cursor.position);
  // Tag, address and no contents, then pairs of kind and offset.
  const object = Buffer.concat([start, Buffer.of(Tag.OBJECT, 16, 0)]);
  expect(may(Buffer.concat([object, Buffer.alloc(1 << 16, FieldKind.POINTER)]))).toBe(true);
  expect(may(Buffer.concat([object, Buffer.alloc(1 << 16, FieldKind.EFACE + 1)]))).toBe(false);
});

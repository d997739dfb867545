/**
 * The writer is the reader's inverse: what is read and written again is the same bytes, what is written and read again
 * the same records. Proves that nothing of a record is dropped or misplaced.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Layout } from "../../../src/format/records/layout.ts";
import { DumpReader } from "../../../src/format/records/reader.ts";
import type { Contents, DumpRecord } from "../../../src/format/records/records.ts";
import { Tag } from "../../../src/format/records/tags.ts";
import { DumpWriter } from "../../../src/format/records/writer.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import type { ByteSource } from "../../../src/io/sources/source.ts";
import { concat } from "../../support/dump-builder.ts";
import { sampleBytes, sampleNames } from "../../support/sample-dumps.ts";
import { dumpRecords, LAYOUTS } from "./record-arbitraries.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_141_009);

function readAll(source: ByteSource): { layout: Layout; records: DumpRecord[] } {
  const reader = new DumpReader(source);
  const records: DumpRecord[] = [];
  do records.push(reader.next());
  while (records.at(-1)!.tag !== Tag.EOF);
  return { layout: reader.layout, records };
}

function writeAll(layout: Layout, records: readonly DumpRecord[], source?: ByteSource): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const writer = new DumpWriter((chunk) => chunks.push(chunk.slice()), layout, source);
  for (const record of records) writer.write(record);
  writer.flush();
  return concat(...chunks);
}

/** Records with their contents in place of the ranges where these are. */
function withContents(records: readonly DumpRecord[], source: ByteSource): unknown[] {
  const load = (contents: Contents): Uint8Array => {
    if (contents instanceof Uint8Array) return contents;
    const bytes = new Uint8Array(contents.present);
    source.read(bytes, 0, bytes.length, contents.position);
    return bytes;
  };
  return records.map((record) => ("contents" in record ? { ...record, contents: load(record.contents) } : record));
}

function layoutName({ header, gccgo13 }: Layout): string {
  return `go1.${header}${gccgo13 ? " of gccgo" : ""}`;
}

describe.each(sampleNames())("%s", (name) => {
  test("is the same bytes when it is read and written again", async () => {
    const bytes = await sampleBytes(name);
    const source = memorySource(bytes);
    const { layout, records } = readAll(source);
    expect(Buffer.compare(writeAll(layout, records, source), bytes)).toBe(0);
  });
});

describe.each(LAYOUTS.map((layout) => [layoutName(layout), layout] as const))("random records of %s", (_, layout) => {
  test("are the same when they are written and read again", () => {
    fc.assert(
      fc.property(dumpRecords(layout), (records) => {
        const bytes = writeAll(layout, records);
        const source = memorySource(bytes);
        const read = readAll(source);
        expect(read.layout.header).toBe(layout.header);
        expect(withContents(read.records, source)).toEqual(records);
        expect(Buffer.compare(writeAll(read.layout, read.records, source), bytes)).toBe(0);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test("are the same wherever the reader's window ends", () => {
    // A long object in front moves each byte of the records over the window's end, 4 MiB from the beginning.
    const dumps = fc.sample(dumpRecords(layout), { seed: SEED + 1, numRuns: 12 });
    const rest = dumps.flatMap((records) => records.slice(1, -1));
    const params = dumps[0]![0]!;
    rest.push({ tag: Tag.EOF });
    const short = writeAll(layout, rest).length;
    for (let shift = 0; shift < short; shift += 1 + Math.floor(short / 60)) {
      const contents = new Uint8Array((4 << 20) - 40 - shift);
      const fields = { kind: new Uint8Array(0), offset: new Float64Array(0) };
      const filler: DumpRecord = {
        tag: Tag.OBJECT,
        address: 8,
        contents,
        ...(layout.header === 3 ? { type: 0, kind: 0 } : { fields }),
      };
      const source = memorySource(writeAll(layout, [params, filler, ...rest]));
      const read = readAll(source).records;
      expect(withContents(read.slice(2), source)).toEqual(rest);
    }
  }, 30_000);
});

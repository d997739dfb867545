/** A heap that was restored from its index is the same to every converter: what they write is the same, byte for byte. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import type { AnyConverter, ConverterTable } from "../../src/converter/load.ts";
import type { Heap } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { type IndexedSample, indexSample, restore } from "./indexed-sample.ts";

/** Old and new layouts of maps, channels, stacks, headers; 32 bits; the other byte order. */
const SAMPLES: readonly { readonly dump: string; readonly executable?: string }[] = [
  { dump: "cache.1.27.amd64", executable: "cache.1.27.amd64" },
  { dump: "dominators.1.19.amd64", executable: "dominators.1.19.amd64" },
  { dump: "queue.1.22.amd64", executable: "queue.1.22.amd64" },
  { dump: "workers.1.24.amd64", executable: "workers.1.24.amd64" },
  { dump: "dominators.1.15.amd64" },
  { dump: "dominators.1.27.386" },
  { dump: "dominators.1.27.mips" },
  { dump: "dominators.1.22.s390x" },
];

/** A database is laid out as its threads come along; its tables are those of parquet. */
const NAMES = Object.keys(BUILT_IN_CONVERTERS).filter((name) => name !== "duckdb");

async function outputOf(converter: AnyConverter, heap: Heap): Promise<Record<string, string>> {
  if (converter.output.kind === "directory") return readAll(await convertToPath(converter, heap));
  const { bytes, warnings } = await convertToBytes(converter, heap);
  return { "": Buffer.from(bytes).toString("latin1"), warnings: warnings.join() };
}

function readAll(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}

describe.each(SAMPLES)("$dump, typed by $executable", ({ dump, executable }) => {
  let sample: IndexedSample;
  beforeAll(async () => {
    sample = await indexSample(dump, executable);
  }, 60_000);

  test.each(NAMES)("to %s", async (name) => {
    const table: ConverterTable = BUILT_IN_CONVERTERS;
    const { default: converter } = await table[name]!();
    // A heap of which nothing has been computed yet: places, for one, are numbered as they are met.
    const expected = await outputOf(converter, { ...sample.heap });
    const found = await outputOf(converter, restore(sample));
    // Compared file by file: what differs would not fit on a screen.
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    expect(Object.keys(expected).filter((file) => found[file] !== expected[file])).toEqual([]);
  });
});

/** What typing costs in reads, counted: one walk over the contents, in large pieces, and a word here and there. */
import { expect, test } from "vitest";
import { openExecutable } from "../../src/binary/index.ts";
import { readHeap } from "../../src/heap/read.ts";
import { typeHeap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";
import { countingSource } from "../support/virtual-source.ts";

test.each([
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
  ["queue.1.22.amd64", "queue.1.22.amd64"],
])(
  "the contents of %s are read little more than once",
  async (name, program) => {
    const bytes = await sampleBytes(name);
    const source = countingSource(memorySource(bytes, name));
    const heap = await readHeap(source, { keepShapes: true });
    const before = { bytes: source.bytesRead, reads: source.reads };
    await typeHeap(heap, openExecutable(await openSource(executablePath(program))));
    expect(source.bytesRead - before.bytes).toBeLessThan(2 * bytes.length);
    expect(source.reads - before.reads).toBeLessThan(bytes.length / 4096);
  },
  60_000,
);

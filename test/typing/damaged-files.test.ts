/**
 * Executables and symbol files with wrong bytes anywhere, and cut ones: they name less, or are refused with a reason; typing
 * neither fails otherwise nor hangs.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { type Executable, openDebugFile, openExecutable } from "../../src/binary/index.ts";
import { ExecutableError } from "../../src/errors.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { readHeap } from "../../src/heap/read.ts";
import { rootVertexName } from "../../src/heap/roots/root-names.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { type TypedHeap, typeHeap } from "../../src/typing/type-heap.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { executablePath } from "../support/typed-samples.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_261_120);
const NAME = "workers.1.24.amd64";
/** What one byte decides much in: the headers of an ELF file, and of its sections, which this one has at its end. */
const HEADER_SIZE = 0x400;
const SECTION_HEADER_SIZE = 64;

let file = new Uint8Array(0);
let sectionHeaders = 0;
let heap: Heap;

beforeAll(async () => {
  const source = await openSource(executablePath(NAME));
  file = new Uint8Array(source.size);
  source.read(file, 0, file.length, 0);
  source.close();
  sectionHeaders = Number(new DataView(file.buffer).getBigUint64(40, true));
  heap = await readHeap(memorySource(await sampleBytes(NAME)), { keepShapes: true });
});

/** A few wrong bytes where they do most harm, or many anywhere; some files are cut. */
function damage(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const bytes = file.slice();
  const place = seed % 4;
  const count = place < 2 ? 1 + random(4) : 1 + random(400);
  for (let i = 0; i < count; i++) {
    const at =
      place === 0
        ? random(HEADER_SIZE)
        : place === 1
          ? sectionHeaders + random(30 * SECTION_HEADER_SIZE)
          : random(bytes.length);
    if (at < bytes.length) bytes[at] = random(2) === 0 ? random(256) : bytes[at]! ^ (1 << random(8));
  }
  return random(10) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** The same executable as -ldflags="-s -w" leaves it. */
function strip(executable: Executable): Executable {
  const none = { ...executable.symbols(), count: 0, find: () => -1 };
  return { ...executable, symbols: () => none, debugSection: () => undefined };
}

/** All the names that outputs ask for. */
function readNames({ heap: { roots, types }, heap: typed }: TypedHeap): number {
  let length = 0;
  for (let edge = 0; edge < roots.count; edge++) length += roots.edgeName?.(edge)?.length ?? 0;
  for (let vertex = 0; vertex < roots.vertices.count; vertex++) length += rootVertexName(typed, vertex).length;
  for (let row = 0; row < types.count; row++) length += types.details?.(row)?.fields.length ?? 0;
  return length;
}

describe.each([
  ["an executable", (damaged: Uint8Array) => [openExecutable(memorySource(damaged))] as const],
  [
    "an executable that is used all the same",
    (damaged: Uint8Array) => [openExecutable(memorySource(damaged)), { force: true }] as const,
  ],
  [
    "a symbol file",
    (damaged: Uint8Array) =>
      [strip(openExecutable(memorySource(file))), { symbols: openDebugFile(memorySource(damaged)) }] as const,
  ],
])("%s", (_, open) => {
  test.each(Array.from({ length: 8 }, (_, round) => SEED + round))("seed %i", { timeout: 30_000 }, async (seed) => {
    const warnings: string[] = [];
    const progress = { ...NO_PROGRESS, warn: (code: string) => void warnings.push(code) };
    try {
      const [executable, options = {}] = open(damage(seed));
      const typed = await typeHeap(heap, executable, { ...options, progress });
      expect(readNames(typed)).toBeGreaterThan(0);
      // Damage to the name of a field looks like a later Go's.
      const usual = ["damaged-debug-information", "unknown-runtime"];
      expect(warnings.filter((code) => !usual.includes(code))).toEqual([]);
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error;
      expect(error.message).not.toBe("");
    }
  });
});

test("without damage the file names everything", async () => {
  const symbols = openDebugFile(memorySource(file));
  const typed = await typeHeap(heap, strip(openExecutable(memorySource(file))), { symbols });
  expect(typed.names.source).toBe("debug information");
  expect(readNames(typed)).toBeGreaterThan(5000);
});

/** Debug information with damage in it, at random: names get lost, nothing else. */
import { expect, test } from "vitest";
import { type Executable, openExecutable } from "../../src/binary/index.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { TypeSource } from "../../src/heap/objects.ts";
import { readHeap } from "../../src/heap/read.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { typeHeap } from "../../src/typing/type-heap.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { executablePath } from "../support/typed-samples.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_261_120);
const ROUNDS = 8;

/** The same executable, whose debug sections have one byte in so many changed, or are cut. */
function damage(executable: Executable, seed: number): Executable {
  const random = seededRandom(seed);
  return {
    ...executable,
    debugSection(name) {
      const section = executable.debugSection(name)?.slice();
      if (section === undefined || random(3) === 0) return section;
      for (let i = section.length >>> (4 + random(8)); i > 0; i--) section[random(section.length)] = random(256);
      return random(4) === 0 ? section.subarray(0, random(section.length)) : section;
    },
  };
}

function countTyped({ objects }: Heap): number {
  return objects.typeSource.reduce((count, source) => count + (source === TypeSource.NONE ? 0 : 1), 0);
}

test.each(Array.from({ length: ROUNDS }, (_, round) => SEED + round))("seed %i", { timeout: 60_000 }, async (seed) => {
  const executable = openExecutable(await openSource(executablePath("workers.1.24.amd64")));
  const heap = await readHeap(memorySource(await sampleBytes("workers.1.24.amd64")), { keepShapes: true });
  const warnings: string[] = [];
  const progress = { ...NO_PROGRESS, warn: (code: string) => void warnings.push(code) };
  const typed = await typeHeap(heap, damage(executable, seed), { progress });
  const { objects, roots } = typed.heap;
  const stripped = await typeHeap(heap, { ...executable, debugSection: () => undefined });
  expect(countTyped(typed.heap)).toBeGreaterThan(countTyped(stripped.heap) - 0.02 * objects.count);
  for (let edge = 0; edge < roots.count; edge++) {
    const name = roots.edgeName?.(edge);
    expect(name === undefined || name.length < 5000).toBe(true);
  }
  expect(warnings.every((code) => code === "damaged-debug-information")).toBe(true);
});

test("debug information of which nothing can be read is not said to name anything", async () => {
  const executable = openExecutable(await openSource(executablePath("workers.1.24.amd64")));
  const heap = await readHeap(memorySource(await sampleBytes("workers.1.24.amd64")), { keepShapes: true });
  const noise: Executable = { ...executable, debugSection: (name) => executable.debugSection(name)?.fill(0xa5) };
  const { names } = await typeHeap(heap, noise);
  expect(names.source).toBe("symbols");
  expect(names.explanation).toMatch(/^names from symbols of .*: its debug information cannot be read$/);
});

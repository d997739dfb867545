import { expect, test } from "vitest";
import { openExecutable } from "../../src/binary/index.ts";
import { readHeap } from "../../src/heap/read.ts";
import { NO_PROGRESS, typeHeap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";

test("typing tells how far it is, however small the heap", async () => {
  const name = "sessions-after.1.27.amd64";
  const heap = await readHeap(memorySource(await sampleBytes(name), name), { keepShapes: true });
  const executable = openExecutable(await openSource(executablePath("sessions.1.27.amd64")));
  const phases: { readonly name: string; readonly total: number | undefined; readonly told: number[] }[] = [];
  const progress = {
    ...NO_PROGRESS,
    phase: (phase: string, total?: number) => void phases.push({ name: phase, total, told: [] }),
    update: (done: number) => void phases.at(-1)?.told.push(done),
  };
  await typeHeap(heap, executable, { progress });
  for (const phase of ["assigning types", "guessing types"]) {
    const { total, told } = phases.find((each) => each.name === phase)!;
    expect(told.length, phase).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeGreaterThan(0);
    expect(told.at(-1)).toBeLessThanOrEqual(total!);
  }
}, 60_000);

test("what only typing needs of a heap is not kept with the typed one", async () => {
  const name = "sessions-after.1.27.amd64";
  const heap = await readHeap(memorySource(await sampleBytes(name), name), { keepShapes: true });
  const executable = openExecutable(await openSource(executablePath("sessions.1.27.amd64")));
  const { heap: typed } = await typeHeap(heap, executable);
  const only = ["shapes", "panicArguments", "globalPointers"];
  expect(Object.keys(heap)).toEqual(expect.arrayContaining(only));
  expect(Object.keys(typed).filter((key) => only.includes(key))).toEqual([]);
}, 60_000);

/** Memoisation: one run per heap, whoever asks, and none that failed is remembered. */
import { describe, expect, test } from "vitest";
import type { Heap } from "../../src/heap/heap.ts";
import { borrowing, keepAnalyses, listAnalyses, memoise } from "../../src/heap/memo.ts";

const heap = {} as Heap;

describe("memoise", () => {
  test("runs once for all who ask while it runs, and for those who come later", async () => {
    let runs = 0;
    const analysis = memoise(async () => ({ run: ++runs }));
    const [a, b] = await Promise.all([analysis(heap), analysis(heap)]);
    expect(a).toBe(b);
    expect(await analysis(heap)).toBe(a);
    expect(await analysis({} as Heap)).toEqual({ run: 2 });
  });

  test("forgets a run that failed", async () => {
    let runs = 0;
    const analysis = memoise(async () => {
      if (++runs === 1) throw new Error("the first fails");
      return { run: runs };
    });
    await expect(analysis(heap)).rejects.toThrow("the first fails");
    expect(await analysis(heap)).toEqual({ run: 2 });
  });
});

test("results are let go of one by one, of one heap", async () => {
  const [some, other] = [{}, {}] as [Heap, Heap];
  let runs = 0;
  const kept = memoise(async () => ++runs);
  const left = memoise(async () => ++runs);
  await kept(some);
  await left(some);
  await left(other);
  expect(listAnalyses(some)).toEqual([kept, left]);
  keepAnalyses(some, new Set([kept]));
  expect(listAnalyses(some)).toEqual([kept]);
  expect(listAnalyses(other)).toEqual([left]);
  expect([await kept(some), await left(some), await left(other)]).toEqual([1, 4, 3]);
});

test("what is borrowed goes with the work for which it was computed, also where that fails, and stays where it was there before", async () => {
  const some = { objects: { count: 0 } } as Heap;
  let runs = 0;
  const analysis = memoise(async () => ++runs);
  const work = (): Promise<number> =>
    borrowing(analysis, some, async () => {
      // Whoever borrows it meanwhile leaves it.
      await borrowing(analysis, some, () => analysis(some));
      return analysis(some);
    });
  expect(await work()).toBe(1);
  expect(listAnalyses(some)).toEqual([]);
  const failing = borrowing(analysis, some, async () => {
    await analysis(some);
    throw new Error("it fails");
  });
  await expect(failing).rejects.toThrow("it fails");
  expect(listAnalyses(some)).toEqual([]);
  expect(await analysis(some)).toBe(3);
  expect(await work()).toBe(3);
  expect(listAnalyses(some)).toEqual([analysis]);
  keepAnalyses(some, new Set());
  expect(await work()).toBe(4);
  expect(listAnalyses(some)).toEqual([]);
  // Somebody will ask for it later.
  keepAnalyses(some, new Set([analysis]));
  expect(await work()).toBe(5);
  expect(listAnalyses(some)).toEqual([analysis]);
});

/** Memoisation: one run per heap, whoever asks, and none that failed is remembered. */
import { describe, expect, test } from "vitest";
import type { Heap } from "../../src/heap/heap.ts";
import { type Analysis, forgetAnalyses, listAnalyses, memoise, memoiseWhileUsed } from "../../src/heap/memo.ts";

interface Run {
  readonly run: number;
}
type Memoise = (compute: () => Promise<Run>) => Analysis<Run>;

const heap = {} as Heap;

describe.each<[string, Memoise]>([
  ["memoise", memoise],
  ["memoiseWhileUsed", memoiseWhileUsed],
])("%s", (_, makeAnalysis) => {
  test("runs once for all who ask while it runs, and for those who come while the result is used", async () => {
    let runs = 0;
    const analysis = makeAnalysis(async () => ({ run: ++runs }));
    const [a, b] = await Promise.all([analysis(heap), analysis(heap)]);
    expect(a).toBe(b);
    expect(await analysis(heap)).toBe(a);
    expect(await analysis({} as Heap)).toEqual({ run: 2 });
  });

  test("forgets a run that failed", async () => {
    let runs = 0;
    const analysis = makeAnalysis(async () => {
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
  forgetAnalyses(some, new Set([kept]));
  expect(listAnalyses(some)).toEqual([kept]);
  expect(listAnalyses(other)).toEqual([left]);
  expect([await kept(some), await left(some), await left(other)]).toEqual([1, 4, 3]);
});

/** The sampling rate, inferred from heaps that were sampled by the runtime's rule. Real ones: test/clients. */
import { describe, expect, test } from "vitest";
import {
  chooseSamplingRate,
  DEFAULT_SAMPLING_RATE,
  estimateBytes,
  estimateObjects,
  estimateSamplingRate,
  type Heap,
  NO_PROGRESS,
} from "../../src/index.ts";
import { seededRandom } from "../support/seeded-random.ts";

const SIZES = [16, 16, 32, 48, 64, 96, 128, 256, 512, 1024, 4096, 32768, 65536];

interface Sampled {
  readonly count: number;
  readonly rate: number;
  /** How many objects were allocated before the rate was set. */
  readonly before?: number;
  /** Further objects that were not sampled. */
  readonly unsampled?: readonly number[];
}

/** A heap of so many objects, each sampled with probability 1 - exp(-size/rate). */
function sampledHeap({ count, rate, before = 0, unsampled = [] }: Sampled, seed = 1): Heap {
  const random = seededRandom(seed);
  const sizes: number[] = [...unsampled];
  const samples: number[] = [];
  for (let i = 0; i < count; i++) {
    const size = SIZES[random(SIZES.length)]!;
    const chance = rate === 0 || i < before ? 0 : rate === 1 ? 1 : 1 - Math.exp(-size / rate);
    if (random(2 ** 31) / 2 ** 31 < chance) samples.push(sizes.length);
    sizes.push(size);
  }
  return heapOf(sizes, samples);
}

function heapOf(sizes: readonly number[], samples: readonly number[], rate?: number): Heap {
  const objects = { count: sizes.length, size: Uint32Array.from(sizes), hugeSize: new Map() };
  const memoryProfile = {
    samples: { count: samples.length, object: Int32Array.from(samples) },
    ...(rate === undefined ? {} : { rate }),
  };
  return { objects, memoryProfile } as unknown as Heap;
}

async function choose(heap: Heap, given = 0) {
  const warnings: string[] = [];
  const progress = { ...NO_PROGRESS, warn: (code: string) => warnings.push(code) };
  return { ...(await chooseSamplingRate(heap, given, progress)), warnings };
}

describe("the inferred sampling rate", () => {
  test.each([1, 512, 4096, 100_000, DEFAULT_SAMPLING_RATE])("is the true one: %i", async (rate) => {
    for (const seed of [1, 2, 3]) {
      const estimate = (await estimateSamplingRate(sampledHeap({ count: 100_000, rate }, seed)))!;
      expect(estimate.low).toBeLessThanOrEqual(rate);
      expect(estimate.high).toBeGreaterThanOrEqual(rate);
      expect(estimate.rate).toBe(rate);
      expect(estimate.disagreement).toBeLessThan(4);
      // No object is of half a MB: the rate could be less, and most of them older.
      expect(estimate.high / Math.max(estimate.low, 1)).toBeLessThan(rate === DEFAULT_SAMPLING_RATE ? 12 : 3.5);
    }
  });

  test("fewer samples are less sure", async () => {
    const range = async (count: number) => {
      const { low, high } = (await estimateSamplingRate(sampledHeap({ count, rate: 4096 })))!;
      expect(low).toBeLessThanOrEqual(4096);
      expect(high).toBeGreaterThanOrEqual(4096);
      return high / low;
    };
    expect(await range(500)).toBeGreaterThan(1.5 * (await range(50_000)));
  });

  test("0 if nothing was sampled of much, undefined of little", async () => {
    expect(await estimateSamplingRate(sampledHeap({ count: 20_000, rate: 0 }))).toMatchObject({ rate: 0, samples: 0 });
    expect(await estimateSamplingRate(sampledHeap({ count: 100, rate: 0 }))).toBeUndefined();
    expect(await estimateSamplingRate(heapOf([], []))).toBeUndefined();
  });

  test("large objects from before the rate was set do not spoil it", async () => {
    const unsampled = [3 << 20, 1 << 20, 65536, 65536, 8192];
    const estimate = await estimateSamplingRate(sampledHeap({ count: 20_000, rate: 4096, unsampled }));
    expect(estimate).toMatchObject({ rate: 4096 });
    const early = await estimateSamplingRate(sampledHeap({ count: 50_000, rate: 4096, before: 5000 }));
    expect(early).toMatchObject({ rate: 4096 });
  });

  test("sizes that were allocated at different times make it less sure, not wrong", async () => {
    const random = seededRandom(7);
    // The smallest are from before the rate was set, but for a few; the largest from after it.
    const sizes = Array.from({ length: 20_000 }, () => SIZES[random(SIZES.length)]!);
    const samples = sizes.flatMap((size, i) => {
      const chance = (size <= 256 ? 0.05 : size <= 1024 ? 0.5 : 1) * (1 - Math.exp(-size / 4096));
      return random(2 ** 31) / 2 ** 31 < chance ? [i] : [];
    });
    const estimate = (await estimateSamplingRate(heapOf(sizes, samples)))!;
    expect(estimate.rate).not.toBe(4096);
    expect(estimate.low).toBeLessThanOrEqual(4096);
    expect(estimate.high).toBeGreaterThanOrEqual(4096);
    expect(estimate.disagreement).toBeGreaterThan(2);
    expect((await choose(heapOf(sizes, samples))).warnings).toEqual(["uncertain-sampling-rate"]);
  });

  test("objects of 4 GiB, and samples that are no objects, are borne", async () => {
    const heap = heapOf([0xffff_ffff, 64, 64], [-1, -1, 0]);
    (heap.objects.hugeSize as Map<number, number>).set(0, 2 ** 33);
    expect(await estimateSamplingRate(heap)).toMatchObject({ samples: 1 });
  });
});

describe("the sampling rate that is used", () => {
  test("is the user's, then the dump's", async () => {
    const heap = heapOf([64], [], 8192);
    expect(await choose(heap, 100)).toMatchObject({ bytes: 100, source: "given", warnings: [] });
    expect(await choose(heap)).toMatchObject({ bytes: 8192, source: "read", warnings: [] });
  });

  test("is the inferred one if that contradicts the default, with a warning", async () => {
    const chosen = await choose(sampledHeap({ count: 20_000, rate: 4096 }));
    expect(chosen).toMatchObject({ bytes: 4096, source: "inferred", warnings: ["inferred-sampling-rate"] });
    expect(chosen.explanation).toMatch(/^MemProfileRate 4096, inferred from \d+ samples \(\d+ to \d+ fit\)$/);
  });

  test("is the default if that fits, or nothing is known", async () => {
    const fitting = await choose(sampledHeap({ count: 50_000, rate: DEFAULT_SAMPLING_RATE }));
    expect(fitting).toMatchObject({ bytes: DEFAULT_SAMPLING_RATE, source: "default", warnings: [] });
    expect(fitting.explanation).toContain("agree");
    // Nearly all objects of one size and hardly any of the others: as if set very late, but no rate at all explains it.
    const classes = [
      [16, 6864, 1],
      [48, 3941, 1],
      [64, 2451, 1],
      [288, 1005, 1],
      [1024, 153, 1],
      [4096, 41, 40],
      [57_344, 20, 1],
    ] as const;
    const sizes: number[] = [];
    const samples: number[] = [];
    for (const [size, count, sampled] of classes) {
      for (let i = 0; i < sampled; i++) samples.push(sizes.length + i);
      for (let i = 0; i < count; i++) sizes.push(size);
    }
    const doubtful = await choose(heapOf(sizes, samples));
    expect(doubtful).toMatchObject({ bytes: DEFAULT_SAMPLING_RATE, source: "default" });
    expect(doubtful.explanation).toContain("no rate fits");
    expect(doubtful.warnings).toEqual(["uncertain-sampling-rate"]);
    for (const heap of [sampledHeap({ count: 50_000, rate: 0 }), heapOf([64], []), heapOf([1 << 30, 64], [1])]) {
      const chosen = await choose(heap);
      expect(chosen).toMatchObject({ bytes: DEFAULT_SAMPLING_RATE, source: "default", warnings: [] });
      expect(chosen.explanation).toContain("does not tell");
    }
  });
});

test("scaled figures are runtime/pprof's", () => {
  // scaleHeapSample(3, 3*1024, 512*1024), by Go.
  expect(estimateObjects(3, 1024, 524_288)).toBe(1537);
  expect(estimateBytes(3, 1024, 524_288)).toBe(1_574_400);
  expect([estimateObjects(3, 1024, 1), estimateBytes(3, 1024, 1)]).toEqual([3, 3072]);
  expect([estimateObjects(0, 1024, 512), estimateBytes(5, 0, 512)]).toEqual([0, 0]);
});

import { describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import type { Heap } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { type BucketSketch, drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";
import { type ReadProfile, readProfile } from "../../support/readers/profile-reader.ts";

async function convert(heap: Heap, rate = 524_288): Promise<ReadProfile & { warnings: readonly string[] }> {
  const { bytes, warnings } = await convertToBytes(pprof, heap, { profile: "heap", "mem-profile-rate": rate });
  return { ...readProfile(bytes), warnings };
}

const SITES: BucketSketch["sites"] = [
  ["runtime.mallocgc", "runtime/malloc.go", 900],
  ["main.leaf", "main.go", 3],
  ["main.main", "main.go", 10],
  ["runtime.goexit", "runtime/asm_amd64.s", 1700],
];

function draw(buckets: readonly BucketSketch[], more: (s: HeapSketch) => void = () => {}): Heap {
  return drawHeap((s) => {
    for (const bucket of buckets) s.bucket(bucket);
    more(s);
  });
}

describe("--profile heap", () => {
  const heap = draw([
    { size: 1024, allocations: 5, frees: 2, sites: SITES },
    { size: 16, allocations: 3, frees: 3, sites: SITES },
    { size: 64, allocations: 0, frees: 0, sites: SITES.slice(0, 1) },
  ]);

  test("has the runtime's four values, one sample per bucket in its order, with its label", async () => {
    const profile = await convert(heap);
    expect(profile).toMatchObject({
      sampleTypes: ["alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"],
      periodType: "space/bytes",
      period: 524_288,
      warnings: [],
    });
    // scaleHeapSample(5, 5*1024, 524288), and (3, 3*1024, 524288), of runtime/pprof.
    const scale = (size: number): number => 1 / (1 - Math.exp(-size / 524_288));
    expect(profile.samples.map(({ values }) => values)).toEqual([
      [5, 5 * 1024, 3, 3 * 1024].map((value) => Math.trunc(value * scale(1024))),
      [...[3, 48].map((value) => Math.trunc(value * scale(16))), 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(profile.samples[0]!.values).toEqual([2562, 2_624_000, 1537, 1_574_400]);
    expect(profile.samples.map(({ labels }) => labels)).toEqual([{ bytes: 1024 }, { bytes: 16 }, { bytes: 64 }]);
  });

  test("has the stacks that runtime/pprof shows, with files and lines", async () => {
    const { samples } = await convert(heap);
    expect(samples[0]!.stack).toEqual([
      { name: "main.main", file: "main.go", line: 10 },
      { name: "main.leaf", file: "main.go", line: 3 },
    ]);
    expect(samples[2]!.stack.map(({ name }) => name)).toEqual(["runtime.mallocgc"]);
  });

  test("does not scale when everything was sampled", async () => {
    const { samples, period } = await convert(heap, 1);
    expect(samples[0]!.values).toEqual([5, 5120, 3, 3072]);
    expect(period).toBe(1);
  });

  test("says which rate it took, and whose names inlined calls have", async () => {
    expect((await convert(heap, 4096)).comments).toEqual(
      expect.arrayContaining([
        "MemProfileRate 4096, as given by --mem-profile-rate",
        expect.stringMatching(/inlined calls .* --exe/),
      ]),
    );
    const withNames = { ...heap, memoryProfile: { ...heap.memoryProfile, namesInlined: true } };
    expect((await convert(withNames)).comments.join()).not.toContain("inlined");
    expect((await convert(heap, 0)).comments.join()).toMatch(/MemProfileRate 524288, Go's default, assumed/);
  });

  test("counts the sampled objects when no garbage collection had finished", async () => {
    const lagging = drawHeap((s) => {
      const objects = [0, 1, 2].map(() => s.object({ size: 1024 }));
      s.bucket({ size: 1024, allocations: 0, frees: 0, sites: SITES, live: objects });
      s.bucket({ size: 16, allocations: 0, frees: 0, sites: SITES });
    });
    const { samples, comments } = await convert(lagging, 1);
    expect(samples.map(({ values }) => values)).toEqual([
      [3, 3072, 3, 3072],
      [0, 0, 0, 0],
    ]);
    expect(comments.join()).toContain("counted from the sampled objects");
    expect((await convert(heap)).comments.join()).not.toContain("counted from the sampled objects");
  });

  test("believes the runtime's own counts where there are any, as /debug/pprof/heap does", async () => {
    const partly = drawHeap((s) => {
      const objects = [0, 1].map(() => s.object({ size: 1024 }));
      s.bucket({ size: 1024, allocations: 0, frees: 0, sites: SITES, live: objects });
      s.bucket({ size: 16, allocations: 1, frees: 0, sites: SITES });
    });
    expect((await convert(partly, 1)).totals).toEqual([1, 16, 1, 16]);
  });

  test("warns of a dump without a profile, and writes an empty one", async () => {
    const { samples, warnings } = await convert(draw([], (s) => s.global(s.object())));
    expect([samples, warnings]).toEqual([[], ["no-samples"]]);
    // Nor is there one of the program.
    const started = drawHeap((s) => {
      s.runtimeStart();
      s.global(s.object({ size: 2 ** 21 }), 8);
    });
    expect((await convert(started)).warnings).toEqual(["no-samples"]);
  });

  test("warns if the samples stand for much more or less than is on the heap", async () => {
    const warnings = async (live: number, rate: number): Promise<readonly string[]> => {
      const heap = drawHeap((s) => {
        const objects = Array.from({ length: 2048 }, () => s.object({ size: 1024 }));
        objects.forEach((object, i) => {
          s.global(object, 8 * i);
        });
        s.bucket({ size: 1024, allocations: live, frees: 0, sites: SITES, live: objects.slice(0, live) });
      });
      return (await convertToBytes(pprof, heap, { profile: "heap", "mem-profile-rate": rate })).warnings;
    };
    expect(await warnings(2048, 1)).toEqual([]);
    expect(await warnings(1024, 1)).toEqual([]);
    expect(await warnings(1023, 1)).toEqual(["few-samples"]);
    // At the right rate, and at one that is four times too large.
    expect(await warnings(32, 1024 * 64)).toEqual([]);
    expect(await warnings(32, 1024 * 256)).toEqual(["few-samples"]);
  });

  test("a damaged dump's counts, below zero and beyond 64 bits, are numbers still", async () => {
    const { samples } = await convert(
      draw([
        { size: 8, allocations: 1, frees: 3, sites: SITES },
        { size: 2 ** 60, allocations: 2 ** 60, frees: 0, sites: SITES },
      ]),
      1,
    );
    expect(samples[0]!.values).toEqual([1, 8, -2, -16]);
    expect(samples[1]!.values[1]).toBeCloseTo(2 ** 63, -10);
  });
});

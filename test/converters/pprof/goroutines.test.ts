import { describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { GoroutineStatus, type Heap } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { type ReadProfile, readProfile, showSample } from "../../support/readers/profile-reader.ts";

async function convert(heap: Heap, options: { "max-samples"?: number } = {}): Promise<ReadProfile> {
  return readProfile((await convertToBytes(pprof, heap, { profile: "goroutine", ...options })).bytes);
}

const drawn = drawHeap((s) => {
  for (const id of [3, 4]) {
    const buffer = s.object({ size: 4096 });
    s.goroutine({
      id,
      waitReason: "chan receive",
      frames: [
        { name: "runtime.gopark" },
        { name: "main.(*Pool).work", slots: [[buffer, 8]] },
        { name: "main.main.func1" },
        { name: "runtime.goexit" },
      ],
    });
  }
  s.goroutine({ id: 5, status: GoroutineStatus.RUNNING, frames: [{ name: "main.main" }, { name: "runtime.goexit" }] });
  s.goroutine({ id: 6, status: GoroutineStatus.SYSCALL, frames: [] });
});
const heap: Heap = {
  ...drawn,
  goroutines: {
    ...drawn.goroutines,
    system: Uint8Array.of(0, 0, 0, 1),
    frames: { ...drawn.goroutines.frames, size: Float64Array.of(64, 128, 96, 8, 64, 128, 96, 8, 256, 8) },
  },
};

describe("--profile goroutine", () => {
  test("has a sample per goroutine: what it retains, its stack, itself", async () => {
    const profile = await convert(heap);
    expect(profile).toMatchObject({
      sampleTypes: ["retained_space/bytes", "stack_space/bytes", "goroutine/count"],
      periodType: "goroutine/count",
      period: 1,
    });
    expect(profile.samples.map(showSample)).toEqual([
      "main.main.func1 › main.(*Pool).work › runtime.gopark 4096 296 1",
      "main.main.func1 › main.(*Pool).work › runtime.gopark 4096 296 1",
      "main.main 0 264 1",
      " 0 0 1",
    ]);
    expect(profile.samples.map(({ labels }) => labels)).toEqual([
      { goroutine: 3, state: "chan receive" },
      { goroutine: 4, state: "chan receive" },
      { goroutine: 5, state: "running" },
      { goroutine: 6, state: "syscall", system: "yes" },
    ]);
    expect(profile.comments.join()).toContain("--exe");
  });

  test("shows the calls that frames stand for, where the executable tells", async () => {
    // Frame 1, of main.(*Pool).work, has main.take inlined; that of main.main.func1 is a wrapper in goroutine 4.
    const names = ["runtime.gopark", "main.take", "main.(*Pool).work", "main.main.func1", "main.main", "x", "pool.go"];
    const calls = {
      start: Uint32Array.of(0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11),
      function: Int32Array.of(0, 1, 2, 3, 5, 0, 2, 3, 5, 4, 5),
      file: Int32Array.of(6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6),
      line: Int32Array.of(1, 20, 30, 40, 0, 1, 31, 40, 0, 50, 0),
      isHidden: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
      origin: { function: new Int32Array(9), file: new Int32Array(9), line: new Int32Array(9) },
      names,
    };
    const { samples, comments } = await convert({ ...heap, goroutines: { ...heap.goroutines, calls } });
    expect(samples[0]!.stack).toEqual([
      { name: "main.main.func1", file: "pool.go", line: 40 },
      { name: "main.(*Pool).work", file: "pool.go", line: 30 },
      { name: "main.take", file: "pool.go", line: 20 },
      { name: "runtime.gopark", file: "pool.go", line: 1 },
    ]);
    expect(samples[1]!.stack).toEqual([
      { name: "main.(*Pool).work", file: "pool.go", line: 31 },
      { name: "runtime.gopark", file: "pool.go", line: 1 },
    ]);
    expect(comments.join()).not.toContain("--exe");
  });

  test("puts alike ones together where there are too many, and says so", async () => {
    const profile = await convert(heap, { "max-samples": 3 });
    expect(profile.samples.map(showSample)).toEqual([
      "main.main.func1 › main.(*Pool).work › runtime.gopark 8192 592 2",
      "main.main 0 264 1",
      " 0 0 1",
    ]);
    expect(profile.samples[0]!.labels).toEqual({ state: "chan receive" });
    expect(profile.comments.join()).toContain("more than 3 goroutines");
  });
});

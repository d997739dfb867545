import { describe, expect, test } from "vitest";
import heapprofile from "../../../converters/heapsnapshot/heapprofile.ts";
import type { Heap } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

/** As in the DevTools protocol. */
interface ProfileNode {
  readonly callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly ProfileNode[];
}

async function convert(heap: Heap, options = {}) {
  const { bytes, warnings } = await convertToBytes(heapprofile, heap, options);
  const text = Buffer.from(bytes).toString("latin1");
  expect(text).not.toMatch(/[\x80-\xff]/);
  const file = JSON.parse(text) as { head: ProfileNode; samples: { size: number; nodeId: number; ordinal: number }[] };
  return { ...file, warnings };
}

const heap = drawHeap((s) => {
  const objects = Array.from({ length: 5 }, () => s.object({ size: 1024 }));
  s.bucket({
    size: 1024,
    allocations: 100,
    frees: 50,
    sites: [
      ["runtime.mallocgc", "runtime/malloc.go", 1],
      ["main.bü", "main.go", 7],
      ["main.main", "main.go", 3],
    ],
    live: objects.slice(0, 3),
  });
  s.bucket({ size: 1024, allocations: 9, frees: 9, sites: [["main.main", "main.go", 4]] });
  s.bucket({ size: 1024, allocations: 0, frees: 0, sites: [["main.main", "", 0]], live: objects.slice(3) });
});

describe("heapprofile", () => {
  test("has the bytes in use by call site", async () => {
    const { head, samples, warnings } = await convert(heap, { "mem-profile-rate": 1 });
    expect(warnings).toEqual([]);
    expect(head.callFrame.functionName).toBe("(root)");
    expect(head.children.map((n) => [n.callFrame.functionName, n.callFrame.lineNumber, n.selfSize])).toEqual([
      ["main.main", 2, 0],
      ["main.main", 3, 0],
      ["main.main", -1, 2048],
    ]);
    const [leaf] = head.children[0]!.children;
    expect(leaf).toMatchObject({
      selfSize: 3072,
      children: [],
      callFrame: { functionName: "main.bü", url: "main.go" },
    });
    expect(leaf!.callFrame.scriptId).not.toBe("0");
    expect(head.children[2]!.callFrame.scriptId).toBe("0");
    expect(samples).toEqual([
      { size: 3072, nodeId: leaf!.id, ordinal: 1 },
      { size: 2048, nodeId: head.children[2]!.id, ordinal: 3 },
    ]);
  });

  test("scales sampled objects as runtime/pprof does", async () => {
    const { head } = await convert(heap);
    // scaleHeapSample(3, 3*1024, 512*1024): 3072 / (1 - exp(-1024/524288)), truncated.
    expect(head.children[0]!.children[0]!.selfSize).toBe(Math.trunc(3072 / (1 - Math.exp(-1 / 512))));
    expect(head.children[0]!.children[0]!.selfSize).toBe(1_574_400);
  });

  test("takes the sampling rate that the samples tell", async () => {
    // Every one of a thousand objects was sampled: at Go's default it would have been two of them.
    const sampled = drawHeap((s) => {
      const live = Array.from({ length: 1000 }, () => s.object({ size: 1024 }));
      s.bucket({ size: 1024, allocations: 1000, frees: 0, sites: [["main.main", "main.go", 4]], live });
    });
    const { head, warnings } = await convert(sampled);
    expect(warnings).toEqual(["inferred-sampling-rate"]);
    expect(head.children[0]!.selfSize).toBe(1_024_000);
    const given = await convert(sampled, { "mem-profile-rate": 524_288 });
    expect(given.warnings).toEqual([]);
    expect(given.head.children[0]!.selfSize).toBe(Math.trunc(1_024_000 * (1 / (1 - Math.exp(-1 / 512)))));
  });

  test("warns if the samples stand for less than half of the heap", async () => {
    const late = drawHeap((s) => {
      const object = s.object({ size: 1024 });
      s.global(object);
      s.global(s.object({ size: 2 ** 21 }), 8);
      s.bucket({ size: 1024, allocations: 1, frees: 0, sites: [["main.main", "main.go", 4]], live: [object] });
    });
    expect((await convert(late, { "mem-profile-rate": 1 })).warnings).toEqual(["few-samples"]);
    expect((await convert(late, { "mem-profile-rate": 2 ** 21 })).warnings).toEqual([]);
  });

  test("says so when the dump has no samples", async () => {
    const { head, samples, warnings } = await convert(drawHeap((s) => s.global(s.object())));
    expect(warnings).toEqual(["no-samples"]);
    expect([head.children, samples]).toEqual([[], []]);
    // Nor is there one of the program.
    const started = drawHeap((s) => {
      s.runtimeStart();
      s.global(s.object({ size: 2 ** 21 }), 8);
    });
    expect((await convert(started)).warnings).toEqual(["no-samples"]);
  });
});

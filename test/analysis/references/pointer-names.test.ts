/** Names of many pointers at once are those of each. */
import { describe, expect, test } from "vitest";
import { PointerNames } from "../../../src/analysis/references/pointer-names.ts";
import { edgeName } from "../../../src/heap/edge-names.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

function sourcesOf({ objects, edges }: Heap): Int32Array {
  const sources = new Int32Array(edges.count);
  for (let i = 0; i < objects.count; i++) sources.fill(i, edges.start[i], edges.start[i + 1]);
  return sources;
}

describe.each(["workers.1.24.amd64", "queue.1.22.amd64", "sessions-after.1.27.amd64"])("%s", (name) => {
  test.each([1, 5, 2048])("names of %i pointers at a time are those that edgeName gives", async (batch) => {
    const heap = await typedSample(name, name.replace("-after", ""));
    const names = new PointerNames(heap);
    const sources = sourcesOf(heap);
    const out = new Int32Array(batch);
    let named = 0;
    for (let from = 0; from < sources.length; from += batch) {
      const count = Math.min(batch, sources.length - from);
      names.ofEdges(sources.subarray(from, from + count), from, count, out);
      for (let i = 0; i < count; i++) {
        const expected = edgeName(heap, sources[from + i]!, from + i, false) || undefined;
        if (expected !== undefined) named++;
        const found = names.names[out[i]!];
        if (found !== expected) expect([from + i, found]).toEqual([from + i, expected?.replaceAll(/\[\d+\]/g, "[]")]);
      }
    }
    expect(named).toBeGreaterThan(sources.length / 2);
  });
});

test("without types nothing has a name", async () => {
  const heap = await sampleHeap("workers.1.24.amd64");
  const names = new PointerNames(heap);
  const out = new Int32Array(3);
  names.ofEdges(sourcesOf(heap), 0, 3, out);
  expect([...out]).toEqual([-1, -1, -1]);
});

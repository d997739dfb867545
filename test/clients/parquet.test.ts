/** Python's readers of Parquet and ClickHouse's engine (chdb): all of them have to see what the heap has. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import parquet from "../../converters/parquet/index.ts";
import { computeHistogram, computeRetainedSizes, type Heap, REACHABLE, ROOT_KIND_NAMES } from "../../src/index.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { sampleHeap } from "../support/sample-dumps.ts";
import { typedSample } from "../support/typed-samples.ts";
import { PYTHON } from "./python/environment.ts";

const SCRIPT = join(import.meta.dirname, "python/parquet_figures.py");

const HEAPS: Readonly<Record<string, () => Promise<Heap>>> = {
  typed: () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"),
  "of 32 bits": () => sampleHeap("dominators.1.27.386"),
  "of big endian": () => sampleHeap("dominators.1.27.s390x"),
};

/** The figures that the script prints. */
async function figuresOf(heap: Heap) {
  const { objects, roots, types } = heap;
  const retained = await computeRetainedSizes(heap);
  const { reachableObjects, reachableBytes, bytes } = await computeHistogram(heap);
  const isLive = (i: number): boolean => (objects.flags[i]! & REACHABLE) !== 0;
  const byName = new Map<string, [count: number, bytes: number]>();
  for (const [type, name] of types.names.entries()) {
    if (reachableObjects[type] === 0) continue;
    const [count, size] = byName.get(name) ?? [0, 0];
    byName.set(name, [count + reachableObjects[type]!, size + reachableBytes[type]!]);
  }
  const top = [...byName].map(([name, sums]) => [name, ...sums] as const);
  const compare = (a: string, b: string): number => (a < b ? -1 : 1);
  return {
    objects: objects.count,
    size: bytes.reduce((a, b) => a + b, 0),
    retained: retained.subarray(0, objects.count).reduce((sum, size, i) => sum + (isLive(i) ? size : 0), 0),
    withoutDominator: 0,
    highest: heap.formatAddress(objects.address[objects.count - 1]!),
    roots: countBy([...roots.kind].map((kind) => ROOT_KIND_NAMES[kind]!)),
    types: top.sort((a, b) => b[2] - a[2] || compare(a[0], b[0])).slice(0, 10),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe.skipIf(PYTHON === undefined).each(["duckdb", "pyarrow", "pandas", "polars", "chdb"])("%s", (client) => {
  test.each(Object.keys(HEAPS).flatMap((heap) => ["v1", "v2"].map((version) => [heap, version] as const)))(
    "sees the heap %s, Parquet %s",
    { timeout: 120_000 },
    async (name, version) => {
      const heap = await HEAPS[name]!();
      const folder = await convertToPath(parquet, heap, { "parquet-version": version as "v1" | "v2" });
      const {
        version: _,
        highest,
        ...seen
      } = JSON.parse(execFileSync(PYTHON!, [SCRIPT, client, folder], { encoding: "utf8" }));
      const { highest: expected, ...figures } = await figuresOf(heap);
      expect(seen).toEqual(figures);
      expect(`0x${BigInt(highest).toString(16)}`).toBe(expected);
    },
  );
});

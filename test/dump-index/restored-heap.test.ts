/** What a restored heap is made of, and when it is read. */
import { beforeAll, expect, test } from "vitest";
import { computeDominators } from "../../src/analysis/dominators/dominators.ts";
import { computeHistogram } from "../../src/analysis/histogram.ts";
import { computeOwnerWays } from "../../src/analysis/ownership/owner-paths.ts";
import { computeOwnedSizes, computeOwnerTree } from "../../src/analysis/ownership/owner-tree.ts";
import { computeOwners } from "../../src/analysis/ownership/owners.ts";
import { computeLargestHolders } from "../../src/findings/holders/largest-holders.ts";
import { computeFindings } from "../../src/findings/inspect.ts";
import { computeReport } from "../../src/findings/report/report.ts";
import { computePackageGroups, computeTypeSums } from "../../src/findings/top/object-groups.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { computeContainers } from "../../src/values/values.ts";
import { countingProgress, type IndexedSample, indexSample, openIndex, restore } from "./indexed-sample.ts";

let sample: IndexedSample;
beforeAll(async () => {
  sample = await indexSample("cache.1.27.amd64", "cache.1.27.amd64");
}, 60_000);

test("all that was computed is taken, and no phase of any work begins", async () => {
  const heap = restore(sample);
  const { progress, phases } = countingProgress();
  const ofReport = [computeReport, computeFindings, computeLargestHolders];
  const ofOwners = [computeOwnerTree, computeOwners, computeOwnedSizes];
  const ofTypes = [computeHistogram, computeTypeSums, computePackageGroups];
  const ofObjects = [computeDominators, computeContainers, computeOwnerWays];
  for (const analysis of [...ofReport, ...ofOwners, ...ofTypes, ...ofObjects]) {
    expect(await analysis(heap, progress), String(phases)).toEqual(await analysis(sample.heap));
  }
  expect(phases).toEqual([]);
});

test("from when an index is distrusted, results are computed", async () => {
  const opened = openIndex(sample.index, sample);
  opened.giveResults(opened.heap);
  opened.distrust();
  const { progress, phases } = countingProgress();
  expect(await computeDominators(opened.heap, progress)).toEqual(await computeDominators(sample.heap));
  expect(phases).toEqual(["dominators"]);
});

test("objects, pointers, types and roots are those of the dump", () => {
  const heap = restore(sample);
  const { objects, edges, types, roots } = sample.heap;
  for (const name of ["address", "size", "position", "type", "typeSource", "flags"] as const) {
    expect(Buffer.compare(bytesOf(heap.objects[name]), bytesOf(objects[name])), name).toBe(0);
  }
  for (const name of ["start", "to", "offset", "interiorEdge", "interiorOffset"] as const) {
    expect(Buffer.compare(bytesOf(heap.edges[name]), bytesOf(edges[name])), name).toBe(0);
  }
  expect(heap.types.names).toEqual(types.names);
  expect(heap.types.packageNames).toEqual(types.packageNames);
  const rows = Array.from(types.names.keys());
  expect(rows.map((row) => heap.types.details!(row))).toEqual(rows.map((row) => types.details!(row)));
  for (const row of rows) {
    const offsets = [0, 1, 8, 9, 24, 1000];
    const namesOf = ({ fields }: typeof types) => offsets.map((offset) => fields!.name(row, offset));
    expect(namesOf(heap.types)).toEqual(namesOf(types));
    expect(heap.types.fields!.stride(row)).toBe(types.fields!.stride(row));
    expect(heap.types.fields!.entries!.has(row)).toBe(types.fields!.entries!.has(row));
    const layout = types.layouts!.of(row);
    const restored = heap.types.layouts!.of(row);
    const described = (of: typeof layout) =>
      of && { ...of, name: Array.from(of.offset.keys(), (word) => of.name(word)) };
    expect(described(restored)).toEqual(described(layout));
    expect(heap.types.layouts!.weakWords(row)).toEqual(types.layouts!.weakWords(row));
  }
  const edgesOfRoots = Array.from({ length: roots.count }, (_, edge) => edge);
  expect(edgesOfRoots.map((edge) => heap.roots.edgeName!(edge))).toEqual(edgesOfRoots.map((e) => roots.edgeName!(e)));
});

test("addresses and contents are found as in the dump", () => {
  const heap = restore(sample);
  const { objects } = sample.heap;
  for (let object = 0; object < objects.count; object += 97) {
    expect(heap.findObject(objects.address[object]! + 1)).toBe(sample.heap.findObject(objects.address[object]! + 1));
    expect(heap.readContents(object)).toEqual(sample.heap.readContents(object));
  }
});

test("nothing is read before it is asked for", () => {
  let bytes = 0;
  const source = memorySource(sample.index);
  const counting: typeof source = {
    ...source,
    read(target, offset, length, position) {
      bytes += length;
      return source.read(target, offset, length, position);
    },
  };
  const opened = openIndex(counting, sample);
  const atFirst = bytes;
  expect(atFirst).toBeLessThan(sample.index.length / 4);
  void opened.heap.objects.size;
  expect(bytes - atFirst).toBe(4 * sample.heap.objects.count);
  void opened.heap.objects.size;
  expect(bytes - atFirst).toBe(4 * sample.heap.objects.count);
});

test("keys of maps, which the report tells, cannot be read in the index", async () => {
  const { holders } = await computeReport(sample.heap);
  const paths = holders.flatMap(({ largest }) => largest.map(({ path }) => path)).join(" ");
  const key = /\["([^"]+)"\]/.exec(paths)![1]!;
  expect(Buffer.from(sample.index).includes(key)).toBe(false);
  // What is no contents can.
  expect(Buffer.from(sample.index).includes("runtime.main")).toBe(true);
  const damage: string[] = [];
  const opened = openIndex(sample.index, sample, {
    secret: new Uint8Array(32),
    onDamage: ({ message }) => damage.push(message),
  });
  opened.giveResults(opened.heap);
  const { progress, phases } = countingProgress();
  // Without the dump's key there is no report in it, so it is computed.
  expect(await computeReport(opened.heap, progress)).toEqual(await computeReport(sample.heap));
  expect(phases).toContain("dominators");
  expect(damage).toEqual(["it is damaged"]);
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

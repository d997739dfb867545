/** `--to dot --graph owners`, the default: what the report says, drawn. */
import { beforeAll, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import { computeReport, type Report } from "../../../src/findings/report/report.ts";
import type { Heap } from "../../../src/index.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { edgeTexts, nodeNamed, type ReadGraph, readDot } from "../../support/readers/dot-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

let heap: Heap;
let report: Report;

async function draw(options: Parameters<typeof convertToBytes<typeof dot.options>>[2] = {}): Promise<ReadGraph> {
  return readDot((await convertToBytes(dot, heap, options)).bytes);
}

beforeAll(async () => {
  heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  report = await computeReport(heap, NO_PROGRESS);
});

test("what things own is never called retained, as it is not what would be freed", async () => {
  for (const options of [{}, { "max-nodes": 5 }, { "min-retained": "0", "max-nodes": 1000 }]) {
    const owners = Buffer.from((await convertToBytes(dot, heap, options)).bytes).toString();
    expect(owners).not.toMatch(/retain|alive/);
    expect(owners).toMatch(/owned [\d,]+ bytes, [\d.]+ % of the heap/);
  }
  const dominators = Buffer.from((await convertToBytes(dot, heap, { graph: "dominators" })).bytes).toString();
  expect(dominators).not.toMatch(/owned=| owned |owns /);
  expect(dominators).toMatch(/retained [\d,]+ bytes, [\d.]+ % of the heap/);
});

test("a thing is one box with its figures, its length or entries, and what it owns", async () => {
  const graph = await draw();
  const [previews] = report.holders;
  expect(nodeNamed(graph, "map[string][]uint8")).toMatchObject({ retained: previews!.bytes });
  expect(nodeNamed(graph, "map[string][]uint8").label[1]).toBe("16 entries in 32 slots");
  expect(nodeNamed(graph, "the heap")).toMatchObject({
    retained: report.totals.live.bytes + report.totals.garbage.bytes,
  });
  expect(graph.nodes.flatMap(({ label }) => label).join()).toContain("len 53 of cap 600");
  expect(edgeTexts(graph)).toContain("map[string][]uint8 -[…]-> []uint8");
  expect(graph.nodes.flatMap(({ label }) => label).join()).not.toContain("map.bucket");
});

test("what it is made of is drawn on demand, with the same totals", async () => {
  const graph = await draw({ internals: true });
  expect(graph.nodes.flatMap(({ label }) => label).join()).toContain("map.bucket");
  expect(nodeNamed(graph, "map[string][]uint8")).toMatchObject({ retained: report.holders[0]!.bytes });
});

test("every arrow leads to a part of what its source owns", async () => {
  const { nodes, edges } = await draw({ "min-retained": "0", "max-nodes": 1000 });
  const sums = nodes.map(({ moreRetained }) => moreRetained);
  for (const { from, to } of edges) sums[from]! += nodes[to]!.retained!;
  for (const [i, { retained, shallow }] of nodes.entries()) expect(sums[i]! + shallow!).toBeCloseTo(retained!, 6);
});

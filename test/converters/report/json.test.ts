/** `--to json`: what it writes is what the schema in the package says, and holds no keys unless they are asked for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import json from "../../../converters/report/json.ts";
import type { Report } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

const SCHEMA = join(import.meta.dirname, "../../../src/findings/report/report.schema.json");
const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

async function write(...[heap, options]: Parameters<typeof readReport>): Promise<Report> {
  const report = await readReport(heap, options);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  return report;
}

async function readReport(
  heap: Awaited<ReturnType<typeof sampleHeap>>,
  options: Parameters<typeof convertToBytes<typeof json.options>>[2] = {},
): Promise<Report> {
  return JSON.parse(Buffer.from((await convertToBytes(json, heap, options)).bytes).toString());
}

describe("JSON", () => {
  it("is what the schema says, with and without types, contents and the tree", async () => {
    const typed = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const whole = await write(typed);
    expect(whole.ownerTree!.nodes.length).toBeGreaterThan(100);
    expect((await write(typed, { "max-nodes": 0 })).ownerTree).toBeUndefined();
    expect((await write(typed, { "max-nodes": 20 })).ownerTree!.nodes.length).toBeLessThanOrEqual(20);
    await write(typed, { contents: true });
    await write(await sampleHeap("dominators.1.22.386"));
    expect(validate({ ...whole, ownerTree: { nodes: [{ parent: "none" }], unfolded: 1 } })).toBe(false);
  });

  it("tells maps as one thing, with their entries", async () => {
    const { ownerTree } = await write(await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"));
    const map = ownerTree!.nodes.find(({ by }) => by === "byToken")!;
    expect(map).toMatchObject({ name: "map[string]*main.Session", kind: "objects", count: 1, entries: 450 });
    expect(map.objects).toBeGreaterThan(1);
    const sessions = ownerTree!.nodes.find(({ parent, by }) => ownerTree!.nodes[parent] === map && by === "[…]")!;
    expect(sessions).toMatchObject({ name: "main.Session", count: 450, objects: 450 });
    expect(sessions.largest.map(({ path }) => path)).toEqual(["", "", ""]);
    const sizes = sessions.largest.map(({ ownedBytes }) => ownedBytes);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });
});

/** The README's queries of many dumps: what they answer is what each heap says by itself. */
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import {
  computeFindings,
  computeHistogram,
  computeReport,
  computeShortestPaths,
  type Heap,
} from "../../../src/index.ts";
import { testTerminal } from "../../cli/test-terminal.ts";
import { temporaryFolder } from "../../support/directory-conversion.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { FLEET_PATTERN, type FleetDump, layOutFleet, listFleet } from "./fleet-dumps.ts";
import { documentedBlocks } from "./tables/read-me.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
const DUMPS = listFleet(["interned.1.19.amd64", "interned.1.27.amd64", "sessions.1.27.amd64"]);
let heaps: ReadonlyMap<FleetDump, Heap>;
let answers: readonly (readonly Record<string, string>[])[];

async function gohd(...args: readonly string[]): Promise<string> {
  const terminal = testTerminal({ directory: folder });
  expect(await runCommandLine(args, terminal), terminal.errorText()).toBe(0);
  return terminal.outputText();
}

beforeAll(async () => {
  const executables = layOutFleet(DUMPS, join(folder, "dumps"));
  const to = ["--to", "parquet", "--strings", "-o", join(folder, "fleet"), "--partition-from", FLEET_PATTERN];
  await gohd("convert", join(folder, "dumps"), ...executables, ...to);
  heaps = new Map(
    await Promise.all(DUMPS.map(async (dump) => [dump, await typedSample(dump.sample, dump.executable)] as const)),
  );
  answers = await Promise.all(
    documentedBlocks("sql fleet").map(async (query) =>
      JSON.parse(await gohd("sql", join(folder, "fleet"), "--json", query)),
    ),
  );
});

/** The heaps by the partitions of their dumps, in the order in which SQL sorts these. */
const sorted = () => [...heaps].sort(([a], [b]) => (keyOf(a) < keyOf(b) ? -1 : 1));
const keyOf = ({ service, host, hour }: Pick<FleetDump, "service" | "host" | "hour">) => `${service} ${host} ${hour}`;

test("there are two builds, and two hours of each process", () => {
  expect(DUMPS).toHaveLength(6);
  expect(answers).toHaveLength(6);
});

test("types by service and hour: as the histograms of their heaps add up to", async () => {
  const sums = new Map<string, { objects: number; bytes: number }>();
  for (const [{ service, hour }, heap] of heaps) {
    const { reachableObjects, reachableBytes } = await computeHistogram(heap);
    for (const [type, name] of heap.types.names.entries()) {
      const sum = sums.get(`${service} ${hour} ${name}`) ?? { objects: 0, bytes: 0 };
      sum.objects += reachableObjects[type]!;
      sum.bytes += reachableBytes[type]!;
      sums.set(`${service} ${hour} ${name}`, sum);
    }
  }
  expect(answers[0]).toHaveLength(4 * 3);
  for (const { service, hour, type, objects, bytes } of answers[0]!) {
    expect({ objects: Number(objects), bytes: Number(bytes) }, type).toEqual(sums.get(`${service} ${hour} ${type}`));
  }
  for (const service of ["interned", "sessions"]) {
    const largest = Math.max(
      ...[...sums].flatMap(([key, { bytes }]) => (key.startsWith(`${service} 10 `) ? [bytes] : [])),
    );
    expect(Number(answers[0]!.find((row) => row.service === service && row.hour === "10")!.bytes)).toBe(largest);
  }
});

test("growth: of each process from one hour to the next", async () => {
  const live = await Promise.all(sorted().map(async ([, heap]) => sum((await computeHistogram(heap)).reachableBytes)));
  expect(answers[1]).toEqual(
    sorted().map(([{ service, host, hour }], i) => ({
      service,
      host,
      hour,
      live_bytes: live[i],
      growth: hour === "10" ? live[i]! - live[i - 1]! : null,
    })),
  );
});

test("growth of holders: by what the reports say", async () => {
  const bytesOf = new Map<string, number>();
  for (const [dump, heap] of heaps) {
    for (const { path, bytes } of (await computeReport(heap)).holders) bytesOf.set(`${keyOf(dump)} ${path}`, bytes);
  }
  expect(answers[2]!.map(({ path }) => path)).toContain("main.store");
  for (const row of answers[2]!) {
    const { service, host, path, bytes, growth } = row as Record<string, string>;
    const at = (hour: string) => bytesOf.get(`${service} ${host} ${hour} ${path}`)!;
    expect([bytes, growth], path).toEqual([at("10"), at("10") - at("09")]);
  }
});

test("texts that are there many times: in both builds", () => {
  const copies = answers[3]!.filter(({ hosts }) => Number(hosts) === 2);
  expect(copies.length).toBeGreaterThan(5);
  for (const { copies: count, bytes, length } of answers[3]!) {
    expect(Number(count)).toBeGreaterThan(1);
    expect(Number(bytes)).toBeGreaterThanOrEqual(Number(count) * Number(length));
  }
});

test("findings by service: the largest of the dumps that have it", async () => {
  const found = new Map<string, number[]>();
  for (const [{ service }, heap] of heaps) {
    for (const { kind, holder, isLive, bytes } of await computeFindings(heap)) {
      if (!isLive) continue;
      const key = `${service} ${kind} ${holder}`;
      found.set(key, [...(found.get(key) ?? []), Math.round(bytes)]);
    }
  }
  expect(answers[4]!.length).toBe(Math.min(20, found.size));
  for (const { service, kind, holder, dumps, most_bytes: most } of answers[4]!) {
    const all = found.get(`${service} ${kind} ${holder}`)!;
    expect([dumps, most]).toEqual([all.length, Math.max(...all)]);
  }
});

test("the path to the root: the shortest, from the largest object", async () => {
  const steps = answers[5] as readonly Record<string, string | number | null>[];
  const [{ service, host, hour }] = steps as [Record<string, string>];
  const [, heap] = sorted().find(([dump]) => keyOf(dump) === keyOf({ service: service!, host: host!, hour: hour! }))!;
  const { objects } = heap;
  const { parent } = await computeShortestPaths(heap);
  const largest = objects.size.reduce((best, size, i) => (size > objects.size[best]! && parent[i]! >= 0 ? i : best), 0);
  expect(steps[0]!.name).toBe(heap.types.names[objects.type[largest]!]);
  let vertex = largest;
  for (const [step, row] of steps.entries()) {
    expect(row.step).toBe(step);
    if (step < steps.length - 1) expect(row.name).toBe(heap.types.names[objects.type[vertex]!]);
    if (step > 0) expect(Number(steps[step - 1]!.retained)).toBeGreaterThan(0);
    if (vertex < objects.count) vertex = parent[vertex]!;
  }
  expect(steps.at(-1)).toMatchObject({ retained: null });
  expect(steps).toHaveLength(1 + Number(steps.at(-1)!.step));
});

function sum(column: Float64Array): number {
  return column.reduce((a, b) => a + b, 0);
}

/** What programs for Java heaps make of our files, compared with what we know of the heap. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import hprof from "../../converters/hprof/index.ts";
import { computeDominators, computeRetainedSizes, type Heap, REACHABLE, RootKind } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { readHprof } from "../support/readers/hprof-reader.ts";
import { sampleHeap } from "../support/sample-dumps.ts";
import { typedSample } from "../support/typed-samples.ts";
import { MAT_COMMAND, MAT_JARS, queryMat, readWithMat, readWithMatParser } from "./java/mat.ts";
import { readWithVisualVm, VISUALVM } from "./java/visualvm.ts";

const SLURP = process.env.HPROF_SLURP ?? "hprof-slurp";
const hasSlurp = spawnSync(SLURP, ["--version"]).status === 0;

/** A folder with Shark's jars. */
const SHARK = process.env.GOHD_TEST_SHARK;

if (VISUALVM === undefined) console.warn("VisualVM tests skipped: install Debian's visualvm and a JDK");
if (!hasSlurp) console.warn("hprof-slurp tests skipped: cargo install hprof-slurp, or set HPROF_SLURP");

const HEAPS: Readonly<Record<string, () => Promise<Heap>>> = {
  sessions: () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"),
  workers: () => typedSample("workers.1.24.amd64", "workers.1.24.amd64"),
  untyped: () => sampleHeap("dominators.1.22.amd64"),
  "of 32 bits": () => sampleHeap("dominators.1.27.386"),
};
if (SHARK === undefined)
  console.warn("Shark tests skipped: set GOHD_TEST_SHARK to a folder with the jars of shark-graph");
if (MAT_JARS === undefined)
  console.warn("Tests with Eclipse MAT's parser skipped: set GOHD_TEST_MAT to a folder with the jar of haha 1.3");
if (MAT_COMMAND === undefined)
  console.warn("Tests with Eclipse MAT itself skipped: set GOHD_TEST_MAT_COMMAND to its ParseHeapDump.sh");

/** Ids of a heap that spans less than 4 GiB. */
const idOf = (heap: Heap, object: number): number => heap.objects.address[object]! % 2 ** 32;

describe.skipIf(VISUALVM === undefined).each(Object.entries(HEAPS))("VisualVM, %s", (_, load) => {
  test("has every object, retained sizes by its own dominators, stacks and locals", { timeout: 120_000 }, async () => {
    const heap = await load();
    const { objects, roots, goroutines } = heap;
    const { instances, stacks, locals, variables } = readWithVisualVm((await convertToBytes(hprof, heap)).bytes);
    const exact = await expectRetainedSizes(heap, instances);
    if (heap.dump.pointerSize === 8) expect(exact).toBeGreaterThan(0.9 * objects.count);
    expect(instances.size - objects.count).toBeGreaterThanOrEqual(3 * goroutines.count);
    const running = [...stacks.values()].filter((stack) => stack.length > 0);
    expect(running.length).toBe(goroutines.count);
    const inFrames = [...roots.kind].filter((kind) => kind === RootKind.FRAME || kind === RootKind.FRAME_CONSERVATIVE);
    const isFrame = ({ to }: { to: number }) => instances.get(to)!.className.startsWith("frame ");
    expect(locals.filter((local) => !isFrame(local)).length).toBe(inFrames.length);
    // Names come as fields of frames.
    for (const { to } of variables) expect(locals.some((local) => local.to === to)).toBe(true);
    expect(variables.length > 0).toBe(heap.types.details !== undefined);
    const targets = new Set(roots.to.filter((_, e) => roots.kind[e] === RootKind.FRAME).map((to) => idOf(heap, to)));
    for (const to of targets) expect(locals.some((local) => local.to === to)).toBe(true);
  });
});

/**
 * Expects of each object the size and the retained size that Java's rules and our dominators give.
 * @returns how many retain what they do in Go: all but those that have slots of less than 16 bytes below them
 */
async function expectRetainedSizes(
  heap: Heap,
  instances: ReadonlyMap<number, { readonly className: string; readonly size: number; readonly retained: number }>,
): Promise<number> {
  const { objects } = heap;
  const { immediateDominator } = await computeDominators(heap);
  const retained = await computeRetainedSizes(heap);
  const expected = new Float64Array(retained.length);
  const depth = depths(immediateDominator);
  const order = [...objects.type.keys()].sort((a, b) => depth[b]! - depth[a]!);
  let exact = 0;
  for (const object of order) {
    const instance = instances.get(idOf(heap, object))!;
    expect(instance, heap.formatAddress(objects.address[object]!)).toBeDefined();
    if (heap.dump.pointerSize === 8 && objects.size[object]! >= 16)
      expect(instance.size, `${instance.className} ${objects.size[object]}`).toBe(objects.size[object]);
    expected[object]! += instance.size;
    expected[immediateDominator[object]!]! += expected[object]!;
    expect(instance.retained, instance.className).toBe(expected[object]);
    if (instance.retained === retained[object]) exact++;
  }
  return exact;
}

function depths(immediateDominator: Int32Array): Int32Array {
  const depth = new Int32Array(immediateDominator.length).fill(-1);
  for (let vertex = 0; vertex < depth.length; vertex++) {
    const way: number[] = [];
    let at = vertex;
    for (; at >= 0 && depth[at] === -1 && immediateDominator[at] !== at; at = immediateDominator[at]!) way.push(at);
    let known = at >= 0 ? Math.max(0, depth[at]!) : 0;
    for (const passed of way.reverse()) depth[passed] = ++known;
  }
  return depth;
}

describe.skipIf(MAT_JARS === undefined).each(Object.entries(HEAPS))("Eclipse MAT's parser, %s", (_, load) => {
  test("has every object, retained sizes by its own dominators", { timeout: 60_000 }, async () => {
    const heap = await load();
    await expectRetainedSizes(heap, readWithMatParser((await convertToBytes(hprof, heap)).bytes));
  });
});

describe.skipIf(MAT_COMMAND === undefined).each(Object.entries(HEAPS))("Eclipse MAT, %s", (_, load) => {
  test("has every object, retained sizes by its own dominators", { timeout: 120_000 }, async () => {
    const heap = await load();
    await expectRetainedSizes(heap, readWithMat((await convertToBytes(hprof, heap)).bytes));
  });
});

describe.skipIf(MAT_COMMAND === undefined)("Eclipse MAT", () => {
  test("lists the entries of a map with their keys", { timeout: 120_000 }, async () => {
    const { bytes } = await convertToBytes(hprof, await HEAPS.sessions!(), { "whole-texts": true });
    const [titles, ...rows] = queryMat(bytes, "hash_entries .*main.Session..table.").trim().split("\n");
    expect(titles).toBe("Collection,Key,Value,");
    expect(rows.length).toBeGreaterThan(400);
    for (const row of rows)
      expect(row).toMatch(/^map\[string\]\*main\.Session \(table\) @ \w+,token-\d{8},main\.Session @/);
  });
});

describe.skipIf(SHARK === undefined)("Shark", () => {
  test("counts the objects of Go's types", { timeout: 60_000 }, async () => {
    const heap = await HEAPS.sessions!();
    const file = (await convertToBytes(hprof, heap)).bytes;
    const expected = new Map<string, number>();
    for (const { className } of readHprof(file).objects.values()) {
      const name = className.replaceAll("/", ".");
      expected.set(name, (expected.get(name) ?? 0) + 1);
    }
    const folder = mkdtempSync(join(tmpdir(), "gohd-test-shark-"));
    try {
      const path = join(folder, "heap.hprof");
      writeFileSync(path, file);
      const jars = readdirSync(SHARK!).map((jar) => join(SHARK!, jar));
      const program = join(import.meta.dirname, "java/SharkFigures.java");
      const { stdout } = spawnSync("java", ["-cp", jars.join(delimiter), program, path], { encoding: "utf8" });
      const rows = stdout.split("\n").map((line) => line.split("\t"));
      const counts = new Map(rows.filter(([what]) => what === "class").map(([, name, count]) => [name, Number(count)]));
      expect(counts).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!hasSlurp)("hprof-slurp", () => {
  test("counts the instances of Go's types", async () => {
    const heap = await HEAPS.sessions!();
    const folder = mkdtempSync(join(tmpdir(), "gohd-test-slurp-"));
    try {
      const path = join(folder, "heap.hprof");
      writeFileSync(path, (await convertToBytes(hprof, heap, { unreachable: false })).bytes);
      const { stdout, status } = spawnSync(SLURP, [path], { encoding: "utf8" });
      expect(status).toBe(0);
      const { types, objects } = heap;
      const type = types.names.indexOf("main.Session");
      const count = objects.type.filter((row, i) => row === type && (objects.flags[i]! & REACHABLE) !== 0).length;
      expect(stdout).toMatch(new RegExp(`\\b${count}\\b.*main\\.Session\\b`));
      expect(stdout).toContain("expireSessions");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

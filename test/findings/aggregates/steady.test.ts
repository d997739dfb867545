/**
 * Two processes of one program that does the same in both have the same aggregates, to the byte, but for what the runtime
 * decides anew in each run. What that is, samples/README.md lists; here it may be one per cent of the heap and no more.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import { packageFolder } from "../../../src/converter/running-package.ts";
import { type Aggregates, computeAggregatesWithRows } from "../../../src/findings/aggregates/aggregates.ts";
import { HAS_POINTERS, type Heap, NO_PROGRESS, openSource, readHeap, typeHeap } from "../../../src/index.ts";
import { GO, GO_ENVIRONMENT } from "../../clients/go.ts";
import { typedSample } from "../../support/typed-samples.ts";

if (GO === undefined) console.warn("test of steady heaps skipped: no go command; install it or set GOHD_TEST_GO");

/** A path, and what lies there; tiny blocks apart. */
interface Row {
  readonly text: string;
  /** Why two runs may differ in all of it. */
  readonly choice: "runtime" | "map tables" | undefined;
  readonly objects: number;
  readonly bytes: number;
  readonly tinyBytes: number;
}

/** What small things without pointers share. */
const TINY_SLOT = 16;
const MAP = /^(sync\.Map$|(\[\])?map[[.]|internal\/sync\.)/;

function listRows(heap: Heap, { paths }: Aggregates, rowOf: Int32Array): Map<string, Row> {
  const { tree, objects, bytes } = paths;
  const tiny = new Float64Array(tree.count);
  for (let i = 0; i < heap.objects.count; i++) {
    const isShared = heap.objects.size[i] === TINY_SLOT && (heap.objects.flags[i]! & HAS_POINTERS) === 0;
    if (isShared) tiny[rowOf[i]!]!++;
  }
  const rows = new Map<string, Row>();
  for (let row = 1; row < tree.count; row++) {
    const steps = tree.stepsOf(row);
    const types = steps.map(({ type }) => type);
    const isNameless = steps[0]!.kind === "segment" && /^obj\//.test(types[1] ?? "");
    const isNamed = steps.some(({ by, type }) => /\bruntime\./.test(`${by} ${type}`));
    const isRuntime = steps[0]!.kind === "other" || isNamed || isNameless;
    // Of maps without pointers the runtime keeps buckets beside the map; nothing tells their type.
    const isTable = MAP.test(types.at(-1)!) || (MAP.test(types.at(-2) ?? "") && /^noscan\//.test(types.at(-1)!));
    // Of goroutines of several functions that share a thing the one with the smallest number owns it: of all of them the sum is alike.
    const isGoroutine = steps[0]!.kind === "goroutine" && steps.length > 1;
    const key = isGoroutine ? JSON.stringify(steps.slice(1)) : tree.fingerprintOf(row);
    const known = rows.get(key) ?? { objects: 0, bytes: 0, tinyBytes: 0 };
    rows.set(key, {
      text: `${tree.textOf(row)} ${tree.typeOf(row)}`,
      choice: isRuntime ? "runtime" : isTable ? "map tables" : undefined,
      objects: known.objects + objects[row]! - tiny[row]!,
      bytes: known.bytes + bytes[row]! - TINY_SLOT * tiny[row]!,
      tinyBytes: known.tinyBytes + TINY_SLOT * tiny[row]!,
    });
  }
  return rows;
}

async function compare(first: Heap, second: Heap) {
  const { sums: a, rowOf: rowOfFirst } = await computeAggregatesWithRows(first, NO_PROGRESS);
  const { sums: b, rowOf: rowOfSecond } = await computeAggregatesWithRows(second, NO_PROGRESS);
  const sums = [a, b] as const;
  const [one, other] = [listRows(first, a, rowOfFirst), listRows(second, b, rowOfSecond)];
  const nothing = { objects: 0, bytes: 0, tinyBytes: 0 };
  const differing: string[] = [];
  const chosen = { runtime: 0, "map tables": 0, "tiny blocks": 0 };
  let steady = 0;
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const { text, choice } = (one.get(key) ?? other.get(key))!;
    const [a, b] = [one.get(key) ?? nothing, other.get(key) ?? nothing];
    chosen["tiny blocks"] += Math.abs(b.tinyBytes - a.tinyBytes);
    if (choice !== undefined) chosen[choice] += Math.abs(b.bytes - a.bytes);
    else if (a.objects !== b.objects || a.bytes !== b.bytes) differing.push(text);
    else steady += a.bytes;
  }
  // What groups own is among the paths; the runtime's own may be part of it. How large stacks are is the runtime's to decide.
  const groups = sums.map(({ goroutines }) =>
    goroutines.filter(({ isSystem }) => !isSystem).map((group) => ({ ...group, ownedBytes: 0, stackBytes: 0 })),
  );
  return { differing, chosen, steadyShare: steady / sums[0].live.bytes, live: sums[0].live.bytes, sums, groups };
}

function expectSteady({
  differing,
  chosen,
  steadyShare,
  live,
  sums,
  groups,
}: Awaited<ReturnType<typeof compare>>): void {
  expect(differing).toEqual([]);
  expect(steadyShare).toBeGreaterThan(0.6);
  expect((chosen["map tables"] + chosen["tiny blocks"]) / live).toBeLessThan(0.01);
  expect(groups[0]).toEqual(groups[1]);
  // All of them, whatever the goroutines that ended left behind.
  const leaked = groups[1]!.map(({ entry, leaked }) => [entry, leaked] as const);
  expect(Object.fromEntries(leaked)).toEqual({ "main.relay": 12, "main.work": 25, "main.drain": 12, "main.main": 0 });
  expect(sums[0].findings.map(({ fingerprint }) => fingerprint)).toEqual(
    sums[1].findings.map(({ fingerprint }) => fingerprint),
  );
}

describe.each(["1.22.amd64", "1.27.amd64"])("two processes of Go %s", (version) => {
  it("have the same aggregates, but for what the runtime decides", { timeout: 60_000 }, async () => {
    const load = (name: string): Promise<Heap> => typedSample(`steady-${name}.${version}`, `steady.${version}`);
    expectSteady(await compare(await load("before"), await load("after")));
  });
});

describe.skipIf(GO === undefined)("two processes at other addresses", { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gohd-steady-"));
  const executable = join(folder, "steady");
  beforeAll(() => {
    const programs = join(packageFolder(), "samples/programs");
    copyFileSync(join(programs, "steady/main.go"), join(folder, "main.go"));
    copyFileSync(join(programs, "truth.go"), join(folder, "truth.go"));
    const env = { ...process.env, ...GO_ENVIRONMENT };
    execFileSync(GO!, ["build", "-buildmode=pie", "-o", executable, "main.go", "truth.go"], { cwd: folder, env });
    for (const [name, ended] of ["3", "60"].entries()) execFileSync(executable, [join(folder, `${name}.dump`), ended]);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("have the same aggregates, but for what the runtime decides", async () => {
    const load = async (name: string): Promise<Heap> => {
      const heap = await readHeap(await openSource(join(folder, name)), { keepShapes: true });
      return (await typeHeap(heap, openExecutable(await openSource(executable)))).heap;
    };
    const [first, second] = [await load("0.dump"), await load("1.dump")];
    expect(first.segments[0]!.address).not.toBe(second.segments[0]!.address);
    expectSteady(await compare(first, second));
  });
});

/** `top`: its figures are those of the report, the profiles and the library, and of brute force. */
import { describe, expect, it } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { computeGoroutineGroups } from "../../../src/findings/goroutines/groups.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listLargestOwners } from "../../../src/findings/report/totals.ts";
import { computeTop, type Top, type TopRow } from "../../../src/findings/top/top.ts";
import type { TopKind } from "../../../src/findings/top/top-kinds.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize, REACHABLE } from "../../../src/heap/objects.ts";
import { packageOfRow } from "../../../src/heap/type-package.ts";
import { listedTypeName } from "../../../src/heap/types.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { type ReadProfile, readProfile } from "../../support/readers/profile-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

const all = (heap: Heap, by: TopKind): Promise<Top> =>
  computeTop(heap, { by, sort: "owned", limit: Number.POSITIVE_INFINITY });

const sum = (rows: readonly TopRow[], key: "ownedBytes" | "shallowBytes" | "count"): number =>
  rows.reduce((total, row) => total + row[key], 0);

/** Samples with and without types, with and without sampled allocations. */
const SAMPLES: readonly (readonly [name: string, open: () => Promise<Heap>])[] = [
  ["queue, typed", () => typedSample("queue.1.22.amd64", "queue.1.22.amd64")],
  ["workers, typed", () => typedSample("workers.1.24.amd64", "workers.1.24.amd64")],
  ["sessions, typed", () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64")],
  ["sessions, untyped", () => sampleHeap("sessions-after.1.24.amd64")],
  ["workers, untyped", () => sampleHeap("workers.1.15.amd64")],
];

async function profileOf(heap: Heap, profile: "types" | "sites" | "owned"): Promise<ReadProfile> {
  const { bytes } = await convertToBytes(pprof, heap, { profile, "run-lengths": false });
  return readProfile(bytes);
}

/** Bytes of samples by a text that each gives, "" for those that are left out. */
function sumBy(
  { samples }: ReadProfile,
  nameOf: (sample: ReadProfile["samples"][number]) => string,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of samples) {
    const name = nameOf(one);
    if (name !== "") sums.set(name, (sums.get(name) ?? 0) + one.values[1]!);
  }
  return sums;
}

const bytesByName = (rows: readonly TopRow[], key: "ownedBytes" | "shallowBytes"): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row.name, (sums.get(row.name) ?? 0) + row[key]);
  return sums;
};

/** Live bytes that hang below the objects of each name in the owner tree, each byte once, object by object. */
async function ownedByBruteForce(heap: Heap, nameOf: (object: number) => string): Promise<Map<string, number>> {
  const { objects } = heap;
  const { tree } = await computeOwnerTree(heap, NO_PROGRESS);
  const sums = new Map<string, number>();
  for (let i = 0; i < objects.count; i++) {
    if ((objects.flags[i]! & REACHABLE) === 0) continue;
    const names = new Set<string>();
    for (let above = i; above < objects.count; above = tree.immediateDominator[above]!) names.add(nameOf(above));
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + objectSize(objects, i));
  }
  return sums;
}

describe.each(SAMPLES)("%s", (_, open) => {
  it("has the types of the report", async () => {
    const heap = await open();
    const { live, rows, rowCount, matchCount } = await all(heap, "type");
    const { totals, types } = await computeReport(heap, NO_PROGRESS);
    expect(live).toEqual(totals.live);
    expect([rowCount, matchCount]).toEqual([rows.length, rows.length]);
    expect(sum(rows, "shallowBytes")).toBe(live.bytes);
    expect(sum(rows, "count")).toBe(live.count);
    for (const { name, count, bytes, ownedBytes, inferred } of types) {
      expect(rows).toContainEqual({
        name,
        count,
        shallowBytes: bytes,
        shallowShare: bytes / live.bytes,
        ownedBytes,
        ownedShare: ownedBytes / live.bytes,
        guessed: inferred,
      });
    }
  });

  it("has the packages of the profile of types", async () => {
    const heap = await open();
    const { live, rows } = await all(heap, "package");
    const found = bytesByName(rows, "shallowBytes");
    expect(found.size).toBe(rows.length);
    const expected = sumBy(await profileOf(heap, "types"), ({ stack, labels }) =>
      labels.garbage === "yes" ? "" : stack[0]!.file || stack[0]!.name.replaceAll("·", "."),
    );
    expect(found).toEqual(expected);
    expect(sum(rows, "shallowBytes")).toBe(live.bytes);
    const { objects, types } = heap;
    expect(bytesByName(rows, "ownedBytes")).toEqual(
      await ownedByBruteForce(heap, (object) => packageOfRow(types, objects.type[object]!)),
    );
  });

  it("has the sites of the profile of sites", async () => {
    const heap = await open();
    const { live, rows } = await all(heap, "site");
    expect(sum(rows, "shallowBytes")).toBe(live.bytes);
    // There, objects without a site are with the site of what holds them.
    const expected = sumBy(await profileOf(heap, "sites"), ({ stack, labels }) => {
      const leaf = stack.at(-1)!;
      if (stack[0]!.name === "unreachable" || !["sampled", "inferred", "several"].includes(labels.site as string))
        return "";
      return labels.site === "several"
        ? leaf.file || leaf.name
        : `${leaf.name} ${leaf.file.split("/").at(-1)}:${leaf.line}`;
    });
    const found = bytesByName(rows, "shallowBytes");
    found.delete("(no sampled site)");
    const spell = (sums: Map<string, number>): Map<string, number> =>
      new Map([...sums].map(([name, bytes]) => [name.replaceAll("·", "."), bytes]));
    expect(spell(found)).toEqual(spell(expected));
  });

  it("has the goroutines of the report, by their function", async () => {
    const heap = await open();
    const { rows } = await all(heap, "goroutine");
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    const { totals } = await computeReport(heap, NO_PROGRESS);
    for (const { name, count, shallowBytes, ownedBytes, system } of rows) {
      const mine = groups.filter(({ entry }) => (entry === "" ? "(no frames)" : entry) === name);
      const add = (pick: (group: (typeof groups)[number]) => number): number =>
        mine.reduce((total, group) => total + pick(group), 0);
      expect([count, shallowBytes, ownedBytes, system]).toEqual([
        add((group) => group.count),
        add(({ stackBytes }) => stackBytes),
        add((group) => group.ownedBytes),
        add((group) => (group.isSystem ? group.count : 0)),
      ]);
    }
    expect(sum(rows, "count")).toBe(heap.goroutines.count);
    expect(sum(rows, "ownedBytes")).toBe(totals.owned.goroutines);
  });

  it("has the owners of the report, and all of them", async () => {
    const heap = await open();
    const { live, rows } = await all(heap, "root");
    expect(sum(rows, "ownedBytes")).toBe(live.bytes);
    const { totals } = await computeReport(heap, NO_PROGRESS);
    const of = (kind: TopRow["kind"]): number =>
      sum(
        rows.filter((row) => row.kind === kind),
        "ownedBytes",
      );
    expect({
      variables: of("variable"),
      segments: of("segment"),
      goroutines: of("goroutine"),
      finalizers: of("finalizers"),
      other: of("other"),
    }).toEqual(totals.owned);
    const owners = new Map<string, number>();
    for (const { name, bytes } of await listLargestOwners(heap, 1000, NO_PROGRESS)) {
      if (name !== "(finalizers)") owners.set(name, (owners.get(name) ?? 0) + bytes);
    }
    const found = bytesByName(rows, "ownedBytes");
    for (const [name, bytes] of owners) if (bytes > 0) expect([name, found.get(name)]).toEqual([name, bytes]);
  });
});

it("has the variables of the profile of owners", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const { rows } = await all(heap, "root");
  const profile = await profileOf(heap, "owned");
  const globals = sumBy(profile, ({ stack }) =>
    stack[0]!.name === "globals" ? stack[1]!.file || stack[1]!.name.replaceAll("·", ".") : "",
  );
  expect(globals.size).toBeGreaterThan(5);
  for (const { name, kind, ownedBytes } of rows) {
    if (kind === "variable" && ownedBytes > 0)
      expect([name, globals.get(`global ${name}`)]).toEqual([name, ownedBytes]);
  }
});

it("owns each byte once per row, and nothing of the garbage, as counting object by object finds", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const heap = drawHeap((s) => drawRandomly(s, seed, 200));
    const { rows, live } = await all(heap, "type");
    const { objects, types } = heap;
    expect(bytesByName(rows, "ownedBytes"), `seed ${seed}`).toEqual(
      await ownedByBruteForce(heap, (object) => listedTypeName(types, objects.type[object]!)),
    );
    expect(live.count, `seed ${seed}`).toBeLessThan(objects.count);
  }
});

it("says why no sites are known, also if what the runtime allocates as it starts was sampled", async () => {
  const warningsOf = async (name: string): Promise<string[]> => {
    const warnings: string[] = [];
    const heap = drawHeap((s) => {
      const object = s.object({ size: 1152 });
      s.global(object);
      s.bucket({ size: 1152, allocations: 1, frees: 0, sites: [[name, "proc.go", 1046]], live: [object] });
    });
    const progress = { ...NO_PROGRESS, warn: (code: string, text: string) => warnings.push(`${code}: ${text}`) };
    await computeTop(heap, { by: "site", sort: "owned", limit: 9 }, progress);
    return warnings;
  };
  expect(await warningsOf("runtime.schedinit")).toEqual([
    expect.stringMatching(/^no-samples: .*import net\/http\/pprof/),
  ]);
  expect(await warningsOf("main.main")).toEqual([]);
});

describe("of a heap drawn by hand", () => {
  const draw = (): Heap =>
    drawHeap((s) => {
      const list = [0, 1, 2].map(() => s.object({ type: "main.Node", size: 32 }));
      s.global(list[0]!);
      s.pointer(list[0]!, list[1]!);
      s.pointer(list[1]!, list[2]!);
      s.pointer(list[2]!, s.object({ type: "main.Value", size: 96 }));
      const worker = s.object({ type: "main.Job", size: 64 });
      for (const id of [7, 8]) {
        s.goroutine({ id, waitReason: "select", frames: [{ name: "main.worker", slots: [[worker, 8]] }] });
      }
      const lost = s.object({ type: "main.Value", size: 96 });
      s.pointer(lost, s.object({ type: "main.Job", size: 64 }));
      const call = (name: string, line: number) => [name, "main.go", line] as const;
      s.bucket({
        size: 32,
        allocations: 1,
        frees: 0,
        sites: [call("main.add", 3), call("main.main", 9)],
        live: [list[0]!],
      });
    });

  it("counts what is live, and each byte once", async () => {
    const { rows, live } = await all(draw(), "type");
    expect(live).toEqual({ count: 5, bytes: 256 });
    expect(
      rows.map(({ name, count, shallowBytes, ownedBytes, ownedShare }) => [
        name,
        count,
        shallowBytes,
        ownedBytes,
        ownedShare,
      ]),
    ).toEqual([
      ["main.Node", 3, 96, 192, 0.75],
      ["main.Value", 1, 96, 96, 0.375],
      ["main.Job", 1, 64, 64, 0.25],
    ]);
  });

  it("tells sites by as many calls as are wanted", async () => {
    const site = async (callsPerSite: number): Promise<unknown> => {
      const { rows } = await computeTop(draw(), { by: "site", sort: "owned", limit: 1, callsPerSite });
      const [{ name, count, sampled }] = rows as [TopRow];
      return [name, count, sampled];
    };
    expect(await site(1)).toEqual(["main.add main.go:3", 3, 1]);
    expect(await site(2)).toEqual(["main.add main.go:3 ← main.main main.go:9", 3, 1]);
  });

  it("puts goroutines of one function together", async () => {
    const { rows } = await all(draw(), "goroutine");
    expect(rows.map(({ name, count, ownedBytes, shallowShare }) => [name, count, ownedBytes, shallowShare])).toEqual([
      ["main.worker", 2, 64, null],
    ]);
  });

  it("sorts, filters and limits", async () => {
    const names = async (options: Partial<Parameters<typeof computeTop>[1]>): Promise<string[]> => {
      const { rows } = await computeTop(draw(), { by: "type", sort: "owned", limit: 10, ...options });
      return rows.map(({ name }) => name);
    };
    expect(await names({ sort: "count" })).toEqual(["main.Node", "main.Value", "main.Job"]);
    expect(await names({ sort: "name" })).toEqual(["main.Job", "main.Node", "main.Value"]);
    expect(await names({ sort: "shallow" })).toEqual(["main.Node", "main.Value", "main.Job"]);
    expect(await names({ filter: /e$/ })).toEqual(["main.Node", "main.Value"]);
    const top = await computeTop(draw(), { by: "type", sort: "name", filter: /e$/, limit: 1 });
    expect([top.rowCount, top.matchCount, top.rows.length]).toEqual([3, 2, 1]);
  });
});

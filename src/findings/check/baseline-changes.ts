/** BaselineChanges: what a heap has that its baseline has not, and what of the baseline is not there any more. */
import { WHOLE_HEAP } from "../aggregates/path-tree.ts";
import type { BaselineHeap } from "./baseline.ts";
import type { BaselineChange, Tolerance } from "./baseline-change.ts";
import { allowedGrowth, listGrowth } from "./baseline-growth.ts";
import { type Expectation, isExpected } from "./expectation.ts";
import type { GoroutineCount, HeapSums } from "./heap-sums.ts";

/** Lists the changes: what breaks the check first, then what is expected, then what is gone. */
export function listChanges(
  baseline: BaselineHeap,
  sums: HeapSums,
  tolerance: Tolerance,
  expected: readonly Expectation[],
): readonly BaselineChange[] {
  const { changes: grown, expectedBytes } = listGrowth(baseline, sums, tolerance, expected);
  const goroutines = listGoroutines(baseline, sums, tolerance, expected);
  const live = compareLive(baseline.liveBytes, sums.ownedBytes[WHOLE_HEAP]!, expectedBytes, tolerance);
  const all = [...live, ...grown, ...goroutines];
  return [
    ...all.filter(({ isBroken }) => isBroken),
    ...all.filter(({ isBroken }) => !isBroken),
    ...listGone(baseline, sums),
    ...listUnused(sums, expected),
  ];
}

function compareLive(before: number, now: number, foreseen: number, tolerance: Tolerance): BaselineChange[] {
  if (now - before - foreseen <= allowedGrowth(before, tolerance)) return [];
  const nothing = {
    name: "",
    detail: "",
    isRest: false,
    fingerprint: null,
    listedFrom: null,
    objects: null,
    parts: [],
    reason: null,
  };
  return [{ kind: "grown", of: "live", ...nothing, before, now, isBroken: true }];
}

function listGoroutines(
  baseline: BaselineHeap,
  { goroutines }: HeapSums,
  { share }: Tolerance,
  expected: readonly Expectation[],
): BaselineChange[] {
  const known = new Map(baseline.goroutines.map((row) => [row.fingerprint, row]));
  return [...goroutines.values()].flatMap((row): BaselineChange[] => {
    const before = known.get(row.fingerprint);
    const count = before?.count ?? 0;
    if (row.count <= count + Math.floor(share * count)) return [];
    const expectation = expected.find((one) => isExpected(one, goroutineName(row)));
    return [
      {
        kind: before === undefined ? "new" : "grown",
        of: "goroutines",
        name: row.entry,
        detail: row.origin,
        isRest: false,
        fingerprint: row.fingerprint,
        before: count,
        now: row.count,
        listedFrom: null,
        objects: null,
        parts: [],
        isBroken: expectation === undefined,
        reason: expectation?.reason ?? before?.reason ?? null,
      },
    ];
  });
}

/** As paths call the root: what expectations are written in. */
function goroutineName({ entry }: Pick<GoroutineCount, "entry">): string {
  return `goroutine ${entry}`;
}

/** A path with no more than this part of `least` is gone. */
const LEFTOVER_SHARE = 1 / 16;

/** Whether a path goes on where another one ends that it begins with. */
function isBelow(path: string, above: string): boolean {
  return ".[:".includes(path[above.length] ?? "x");
}

/** Those of some paths that go on where another one ends. Linear in their lengths, after they are sorted. */
function findBelowOthers(paths: readonly string[]): ReadonlySet<string> {
  const below = new Set<string>();
  /** Those that the one at hand begins with, each of which begins with the one before. */
  const beginnings: string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    while (beginnings.length > 0 && !path.startsWith(beginnings.at(-1)!)) beginnings.pop();
    if (beginnings.some((above) => isBelow(path, above))) below.add(path);
    beginnings.push(path);
  }
  return below;
}

/** Paths that a baseline has at least, if that a heap has none of them is to mean anything. */
const LEAST_PATHS = 3;

/** What all programs have a goroutine for. */
const MAIN = "main.main";

/**
 * Whether a heap has none of the paths that its baseline lists, so that it may be another program's. One that has goroutines of the
 * same functions of the main package is the same: its paths are mended.
 */
export function sharesNothing(baseline: BaselineHeap, { tree, ownedBytes, goroutines }: HeapSums): boolean {
  const { paths } = baseline;
  if (paths.length < LEAST_PATHS) return false;
  const isOwn = (entry: string): boolean => entry.startsWith("main.") && entry !== MAIN;
  if (baseline.goroutines.some((row) => isOwn(row.entry) && goroutines.has(row.fingerprint))) return false;
  const listed = new Set(paths.map(({ fingerprint }) => fingerprint));
  for (let row = 1; row < tree.count; row++) {
    if (ownedBytes[row]! > 0 && listed.has(tree.fingerprintOf(row))) return false;
  }
  return true;
}

/** Entries that are not there any more, those above others only. */
function listGone(baseline: BaselineHeap, { tree, ownedBytes, goroutines }: HeapSums): BaselineChange[] {
  const present = new Set<string>();
  for (let row = 1; row < tree.count; row++) {
    if (ownedBytes[row]! > LEFTOVER_SHARE * baseline.least) present.add(tree.fingerprintOf(row));
  }
  const paths = baseline.paths.filter(({ fingerprint, bytes }) => bytes >= baseline.least && !present.has(fingerprint));
  // A variable and the thing that it holds have one path: the variable, which has no type here, goes without the thing.
  const variables = new Set(paths.filter(({ type }) => type === "").map(({ path }) => path));
  const below = findBelowOthers(paths.map(({ path }) => path));
  const tops = paths.filter(({ path, type }) => !below.has(path) && (type === "" || !variables.has(path)));
  return [
    ...tops.map(
      ({ path, type, fingerprint, bytes, objects, reason }): BaselineChange => ({
        kind: "gone",
        of: "path",
        name: path,
        detail: type,
        isRest: false,
        fingerprint,
        before: bytes,
        now: 0,
        listedFrom: null,
        objects: { before: objects, now: 0 },
        parts: [],
        isBroken: false,
        reason: reason ?? null,
      }),
    ),
    ...baseline.goroutines
      .filter(({ fingerprint }) => !goroutines.has(fingerprint))
      .map(
        ({ entry, origin, fingerprint, count, reason }): BaselineChange => ({
          kind: "gone",
          of: "goroutines",
          name: entry,
          detail: origin,
          isRest: false,
          fingerprint,
          before: count,
          now: 0,
          listedFrom: null,
          objects: null,
          parts: [],
          isBroken: false,
          reason: reason ?? null,
        }),
      ),
  ];
}

/** Expectations that nothing in the heap fits. */
function listUnused({ tree, ownedBytes, goroutines }: HeapSums, expected: readonly Expectation[]): BaselineChange[] {
  const unused = new Set(expected);
  const meet = (text: string): void => {
    for (const one of unused) if (isExpected(one, text)) unused.delete(one);
  };
  for (let row = 1; row < tree.count && unused.size > 0; row++) if (ownedBytes[row]! > 0) meet(tree.textOf(row));
  for (const row of goroutines.values()) meet(goroutineName(row));
  return [...unused].map(({ path, origin, reason }) => ({
    kind: "unused",
    of: "expectation",
    name: path,
    detail: origin,
    isRest: false,
    fingerprint: null,
    before: 0,
    now: 0,
    listedFrom: null,
    objects: null,
    parts: [],
    isBroken: false,
    reason,
  }));
}

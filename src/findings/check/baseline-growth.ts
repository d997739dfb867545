/**
 * BaselineGrowth: the paths that a heap has more on than its baseline. Growth is told where it accumulates, each byte once: neither all
 * paths above nor all below say it again.
 */
import { formatBytes } from "../../quantities.ts";
import { findAccumulatedPaths } from "../aggregates/accumulated-paths.ts";
import { type PathTree, WHOLE_HEAP } from "../aggregates/path-tree.ts";
import { type BaselineHeap, LISTED_SHARE } from "./baseline.ts";
import type { BaselineChange, Tolerance } from "./baseline-change.ts";
import { type Expectation, isExpected } from "./expectation.ts";
import type { HeapSums } from "./heap-sums.ts";

/** Parts of a growth that are told. */
const MOST_PARTS = 3;
/** A part with this share of the growth above it is where that part goes on. */
const MOSTLY = 0.7;

/** Growth by which a figure may differ. */
export function allowedGrowth(before: number, { share, bytes }: Tolerance): number {
  return Math.max(share * before, bytes);
}

/** What has grown on the paths of a heap. */
export interface GrownPaths {
  readonly changes: readonly BaselineChange[];
  /** By how much all together have grown that may. */
  readonly expectedBytes: number;
}

/**
 * Lists the paths that are new or have grown beyond the tolerance, the most first. What is expected is taken out of all that it is in
 * before anything is judged: else the path above would be told to have grown, wherever the way down ends there. Linear in the paths.
 */
export function listGrowth(
  baseline: BaselineHeap,
  { tree, ownedBytes, objects }: HeapSums,
  tolerance: Tolerance,
  expected: readonly Expectation[],
): GrownPaths {
  const known = new Map(baseline.paths.map((path) => [path.fingerprint, path]));
  const least = Math.max(tolerance.least, baseline.least);
  // What is too small to be listed, or to be new, needs no fingerprint.
  const listedFrom = LISTED_SHARE * baseline.least;
  const smallest = Math.min(least, listedFrom);
  const entries = Array.from({ length: tree.count }, (_, row) =>
    row !== WHOLE_HEAP && ownedBytes[row]! >= smallest ? known.get(tree.fingerprintOf(row)) : undefined,
  );
  const allBefore = Float64Array.from(entries, (path) => path?.bytes ?? 0);
  const expectations = findExpectations(expected, tree, ownedBytes);
  const rest = takeOut(tree, { now: ownedBytes, before: allBefore }, (row) => expectations[row] !== undefined);
  /** By how much a row has more than it may; 0 if it has not. */
  const excessOf = (row: number, now: number, before: number): number => {
    if (entries[row] === undefined) return now >= least ? now : 0;
    return now - before > allowedGrowth(before, tolerance) ? now - before : 0;
  };
  // Above what grew others may be within their tolerance, because they are larger: the way goes through all.
  const excess = raise(tree, (row) =>
    expectations[row] === undefined ? excessOf(row, rest.now[row]!, rest.before[row]!) : 0,
  );
  const parts = new GrowthParts(tree, excess);
  const told = findAccumulatedPaths(tree, excess, 1).map(
    (row): ToldGrowth => ({
      row,
      isRest: rest.isCut[row] === 1,
      isExpected: false,
      before: rest.before[row]!,
      now: rest.now[row]!,
      parts: parts.of(row),
    }),
  );
  told.push(...listRests(tree, rest, told, (row, now, before) => excessOf(row, now, Math.max(0, before)) > 0));
  // Of what is expected, the path where most of its growth accumulates.
  const expectedParts = new GrowthParts(
    tree,
    raise(tree, (row) => (expectations[row] === undefined ? 0 : excessOf(row, ownedBytes[row]!, allBefore[row]!))),
  );
  for (const top of rest.taken) {
    if (excessOf(top, ownedBytes[top]!, allBefore[top]!) === 0) continue;
    const row = expectedParts.bottomOf(top);
    const bytes = { before: allBefore[row]!, now: ownedBytes[row]! };
    told.push({ row, isRest: false, isExpected: true, ...bytes, parts: expectedParts.of(row) });
  }
  told.sort((a, b) => b.now - b.before - (a.now - a.before) || a.row - b.row);
  return {
    changes: told.map(({ row, isRest, isExpected, before, now, parts }): BaselineChange => {
      const path = entries[row];
      const reason = isExpected ? expectations[row]!.reason : findExceeded(expected, tree, row);
      return {
        kind: path === undefined ? "new" : "grown",
        of: "path",
        name: tree.textOf(row),
        detail: tree.typeOf(row),
        fingerprint: tree.fingerprintOf(row),
        before,
        now,
        isRest,
        listedFrom,
        objects: { before: path?.objects ?? 0, now: objects[row]! },
        parts: parts.map((part) => ({
          name: tree.textOf(part),
          detail: tree.typeOf(part),
          ...(isExpected
            ? { before: allBefore[part]!, now: ownedBytes[part]! }
            : { before: rest.before[part]!, now: rest.now[part]! }),
        })),
        isBroken: !isExpected,
        reason: reason ?? path?.reason ?? null,
      };
    }),
    expectedBytes: rest.taken.reduce((sum, row) => sum + ownedBytes[row]! - allBefore[row]!, 0),
  };
}

/** What is told of a path, and whether it is that without what is told of paths below, or is expected there. */
interface ToldGrowth {
  readonly row: number;
  readonly isRest: boolean;
  readonly isExpected: boolean;
  readonly before: number;
  readonly now: number;
  /** Rows below that have most of it. */
  readonly parts: readonly number[];
}

/** Bytes of each row, without what was taken out of it. */
interface Rest {
  readonly now: Float64Array;
  readonly before: Float64Array;
  /** Per row 1 if something was taken out of it. */
  readonly isCut: Uint8Array;
  /** The rows that were taken out, with all below them. */
  readonly taken: readonly number[];
}

/** Takes rows that have grown, and may, out of all that they are in. Of rows that may grow nothing is left. Linear in the paths. */
function takeOut(
  tree: PathTree,
  all: { readonly now: Float64Array; readonly before: Float64Array },
  mayGrow: (row: number) => boolean,
): Rest {
  const [now, before, isCut] = [all.now.slice(), all.before.slice(), new Uint8Array(tree.count)];
  const takenNow = new Float64Array(tree.count);
  const takenBefore = new Float64Array(tree.count);
  const taken: number[] = [];
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    const parent = tree.parentOf(row);
    if (!mayGrow(row)) {
      now[row]! -= takenNow[row]!;
      before[row] = Math.max(0, before[row]! - takenBefore[row]!);
    } else {
      [now[row], before[row]] = [0, 0];
      if (mayGrow(parent) || all.now[row]! <= all.before[row]!) continue;
      taken.push(row);
      [takenNow[row], takenBefore[row], isCut[row]] = [all.now[row]!, all.before[row]!, 1];
    }
    takenNow[parent]! += takenNow[row]!;
    takenBefore[parent]! += takenBefore[row]!;
    isCut[parent]! |= isCut[row]!;
  }
  return { now, before, isCut, taken: taken.reverse() };
}

/** Per row the largest excess of what is on it or below. */
function raise(tree: PathTree, excessOf: (row: number) => number): Float64Array {
  const excess = Float64Array.from({ length: tree.count }, (_, row) => (row === WHOLE_HEAP ? 0 : excessOf(row)));
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    const parent = tree.parentOf(row);
    if (excess[parent]! < excess[row]!) excess[parent] = excess[row]!;
  }
  return excess;
}

/**
 * Of the paths above what is told, those that have grown beside that as well: the way down went past them, for most of their growth is
 * below. Linear in the paths.
 */
function listRests(
  tree: PathTree,
  { now, before }: Rest,
  told: readonly ToldGrowth[],
  isGrown: (row: number, now: number, before: number) => boolean,
): ToldGrowth[] {
  /** Per row what is told of it and below. */
  const nowTold = new Float64Array(tree.count);
  const beforeTold = new Float64Array(tree.count);
  const isTold = new Uint8Array(tree.count);
  for (const growth of told) {
    nowTold[growth.row] = growth.now;
    beforeTold[growth.row] = growth.before;
    isTold[growth.row] = 1;
  }
  const rests: ToldGrowth[] = [];
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    if (isTold[row] === 0 && nowTold[row]! > 0) {
      const rest = { before: before[row]! - beforeTold[row]!, now: now[row]! - nowTold[row]! };
      if (isGrown(row, rest.now, rest.before)) {
        // What has grown below is told by itself.
        rests.push({ row, isRest: true, isExpected: false, ...rest, parts: [] });
        nowTold[row] = now[row]!;
        beforeTold[row] = before[row]!;
      }
    }
    nowTold[tree.parentOf(row)]! += nowTold[row]!;
    beforeTold[tree.parentOf(row)]! += beforeTold[row]!;
  }
  return rests;
}

/**
 * Per row the expectation that it, or else the path above it, is within. One that a path is too large for does not hold below it either,
 * where a pattern may fit as well: else the parts would excuse the whole. Linear in the paths and expectations.
 */
function findExpectations(
  expected: readonly Expectation[],
  tree: PathTree,
  ownedBytes: Float64Array,
): (Expectation | undefined)[] {
  const found = new Array<Expectation | undefined>(tree.count).fill(undefined);
  if (expected.length === 0) return found;
  /** Per row those that are left: the same list as above, mostly. */
  const left = new Array<readonly Expectation[]>(tree.count).fill(expected);
  for (let row = 1; row < tree.count; row++) {
    if (ownedBytes[row] === 0) continue;
    const text = tree.textOf(row);
    const parent = tree.parentOf(row);
    const bytes = ownedBytes[row]!;
    const fitting = left[parent]!.filter((one) => isExpected(one, text));
    const exceeded = fitting.filter(({ upTo }) => bytes > (upTo ?? Infinity));
    left[row] = exceeded.length === 0 ? left[parent]! : left[parent]!.filter((one) => !exceeded.includes(one));
    found[row] = fitting.find((one) => !exceeded.includes(one)) ?? found[parent];
  }
  return found;
}

/** Why a path, or one above it, was expected, of one that is larger than that. */
function findExceeded(expected: readonly Expectation[], tree: PathTree, row: number): string | undefined {
  for (let at = row; at > WHOLE_HEAP; at = tree.parentOf(at)) {
    const text = tree.textOf(at);
    const found = expected.find((one) => isExpected(one, text));
    if (found !== undefined) return `expected up to ${formatBytes(found.upTo!)}: ${found.reason}`;
  }
  return undefined;
}

/** Finds what has grown below a path. */
class GrowthParts {
  readonly #children = new Map<number, number[]>();
  readonly #excess: Float64Array;

  constructor(tree: PathTree, excess: Float64Array) {
    this.#excess = excess;
    for (let row = 1; row < tree.count; row++) {
      if (excess[row] === 0) continue;
      const parent = tree.parentOf(row);
      const known = this.#children.get(parent);
      if (known === undefined) this.#children.set(parent, [row]);
      else known.push(row);
    }
  }

  /** The rows below `row` whose growth is most of it, each as far down as one thing has it; none if it is the row's own. */
  of(row: number): number[] {
    return this.#below(row)
      .slice(0, MOST_PARTS)
      .map((part) => this.bottomOf(part));
  }

  /** The row at or below `row` down to which one thing has most of its growth. */
  bottomOf(row: number): number {
    let at = row;
    for (let next = this.#below(at)[0]; next !== undefined; next = this.#below(at)[0]) {
      if (this.#excess[next]! < MOSTLY * this.#excess[at]!) break;
      at = next;
    }
    return at;
  }

  #below(row: number): number[] {
    return [...(this.#children.get(row) ?? [])].sort((a, b) => this.#excess[b]! - this.#excess[a]! || a - b);
  }
}

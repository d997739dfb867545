/**
 * BaselineGrowth: the paths that a heap has more on than its baseline. Growth is told where it accumulates, each byte once: neither all
 * paths above nor all below say it again.
 */
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

/** Lists the paths that are new or have grown beyond the tolerance, the most first. Linear in the paths. */
export function listGrowth(
  baseline: BaselineHeap,
  { tree, ownedBytes, objects }: HeapSums,
  tolerance: Tolerance,
  expected: readonly Expectation[],
): BaselineChange[] {
  const known = new Map(baseline.paths.map((path) => [path.fingerprint, path]));
  const least = Math.max(tolerance.least, baseline.least);
  // What is too small to be listed, or to be new, needs no fingerprint.
  const listedFrom = LISTED_SHARE * baseline.least;
  const smallest = Math.min(least, listedFrom);
  const before = Array.from({ length: tree.count }, (_, row) =>
    row !== WHOLE_HEAP && ownedBytes[row]! >= smallest ? known.get(tree.fingerprintOf(row)) : undefined,
  );
  /** By how much a row has more than it may; 0 if it has not. */
  const excess = ownedBytes.map((bytes, row) => {
    const path = before[row];
    if (path === undefined) return bytes >= least ? bytes : 0;
    const growth = bytes - path.bytes;
    return growth > allowedGrowth(path.bytes, tolerance) ? growth : 0;
  });
  // Above what grew others may be within their tolerance, because they are larger: the way goes through all.
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    const parent = tree.parentOf(row);
    if (excess[parent]! < excess[row]!) excess[parent] = excess[row]!;
  }
  const found = findAccumulatedPaths(tree, excess, 1);
  const parts = new GrowthParts(tree, excess);
  const told = found.map((row): ToldGrowth => {
    return { row, isRest: false, before: before[row]?.bytes ?? 0, now: ownedBytes[row]! };
  });
  const isGrown = (row: number, rest: { readonly before: number; readonly now: number }): boolean =>
    before[row] === undefined
      ? rest.now >= least
      : rest.now - rest.before > allowedGrowth(Math.max(0, rest.before), tolerance);
  told.push(...listRests(tree, ownedBytes, (row) => before[row]?.bytes ?? 0, told, isGrown));
  told.sort((a, b) => b.now - b.before - (a.now - a.before) || a.row - b.row);
  return told.map(({ row, isRest, ...bytes }): BaselineChange => {
    const path = before[row];
    const expectation = findExpectation(expected, { tree, ownedBytes }, row);
    return {
      kind: path === undefined ? "new" : "grown",
      of: "path",
      name: tree.textOf(row),
      detail: tree.typeOf(row),
      fingerprint: tree.fingerprintOf(row),
      ...bytes,
      isRest,
      listedFrom,
      objects: { before: path?.objects ?? 0, now: objects[row]! },
      // What has grown below is told by itself then.
      parts: (isRest ? [] : parts.of(row)).map((part) => ({
        name: tree.textOf(part),
        detail: tree.typeOf(part),
        before: before[part]?.bytes ?? 0,
        now: ownedBytes[part]!,
      })),
      isBroken: expectation === undefined,
      reason: expectation?.reason ?? path?.reason ?? null,
    };
  });
}

/** What is told of a path, and whether it is that without what is told of paths below. */
interface ToldGrowth {
  readonly row: number;
  readonly isRest: boolean;
  readonly before: number;
  readonly now: number;
}

/**
 * Of the paths above what is told, those that have grown beside that as well: the way down went past them, for most of their growth is
 * below. Linear in the paths.
 */
function listRests(
  tree: PathTree,
  ownedBytes: Float64Array,
  bytesBefore: (row: number) => number,
  told: readonly ToldGrowth[],
  isGrown: (row: number, rest: { readonly before: number; readonly now: number }) => boolean,
): ToldGrowth[] {
  /** Per row what is told of it and below. */
  const nowTold = new Float64Array(tree.count);
  const beforeTold = new Float64Array(tree.count);
  const isTold = new Uint8Array(tree.count);
  for (const { row, before, now } of told) {
    nowTold[row] = now;
    beforeTold[row] = before;
    isTold[row] = 1;
  }
  const rests: ToldGrowth[] = [];
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    if (isTold[row] === 0 && nowTold[row]! > 0) {
      const rest = { before: bytesBefore(row) - beforeTold[row]!, now: ownedBytes[row]! - nowTold[row]! };
      if (isGrown(row, rest)) {
        rests.push({ row, isRest: true, ...rest });
        nowTold[row] = ownedBytes[row]!;
        beforeTold[row] = bytesBefore(row);
      }
    }
    nowTold[tree.parentOf(row)]! += nowTold[row]!;
    beforeTold[tree.parentOf(row)]! += beforeTold[row]!;
  }
  return rests;
}

/** The expectation that a path, or one above it, is within. */
function findExpectation(
  expected: readonly Expectation[],
  { tree, ownedBytes }: Pick<HeapSums, "tree" | "ownedBytes">,
  row: number,
): Expectation | undefined {
  for (let at = row; at > WHOLE_HEAP; at = tree.parentOf(at)) {
    const text = tree.textOf(at);
    const found = expected.find((one) => isExpected(one, text) && ownedBytes[at]! <= (one.upTo ?? Infinity));
    if (found !== undefined) return found;
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
      .map((part) => {
        let at = part;
        for (let next = this.#below(at)[0]; next !== undefined; next = this.#below(at)[0]) {
          if (this.#excess[next]! < MOSTLY * this.#excess[at]!) break;
          at = next;
        }
        return at;
      });
  }

  #below(row: number): number[] {
    return [...(this.#children.get(row) ?? [])].sort((a, b) => this.#excess[b]! - this.#excess[a]! || a - b);
  }
}

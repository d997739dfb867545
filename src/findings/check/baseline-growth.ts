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
  return found.map((row): BaselineChange => {
    const path = before[row];
    const expectation = findExpectation(expected, { tree, ownedBytes }, row);
    return {
      kind: path === undefined ? "new" : "grown",
      of: "path",
      name: tree.textOf(row),
      detail: tree.typeOf(row),
      fingerprint: tree.fingerprintOf(row),
      before: path?.bytes ?? 0,
      now: ownedBytes[row]!,
      listedFrom,
      objects: { before: path?.objects ?? 0, now: objects[row]! },
      parts: parts.of(row).map((part) => ({
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

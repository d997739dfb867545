/**
 * HeapSums: what of a heap is compared with a baseline: bytes by owner path, and goroutines by what they were started for. Left out is
 * what is a matter of the moment: where goroutines wait, and what the runtime has for itself, threads and descriptors, of which
 * the scheduler makes now more and now less. What only the runtime leads to, as a timer to its function, is not its own.
 */
import type { Heap } from "../../heap/heap.ts";
import { NO_PACKAGE, packageOf } from "../../heap/type-package.ts";
import type { Progress } from "../../progress.ts";
import { computeOwnerPathSums } from "../aggregates/owner-path-sums.ts";
import { PathTree, WHOLE_HEAP } from "../aggregates/path-tree.ts";
import { fingerprint } from "../fingerprint.ts";
import { computeGoroutineGroups } from "../goroutines/groups.ts";
import { stableName } from "../stable-names.ts";
import { median } from "./median.ts";

export interface HeapSums {
  readonly tree: PathTree;
  /** Of each row of the tree, what is below it included: of the first row of all. Without garbage, and what is the runtime's own. */
  readonly ownedBytes: Float64Array;
  /** Objects that each path ends at. */
  readonly objects: Float64Array;
  /** The program's own, by fingerprint. */
  readonly goroutines: ReadonlyMap<string, GoroutineCount>;
}

export interface GoroutineCount {
  readonly fingerprint: string;
  /** "main.worker", and the function of their go statement; "" if it is not known. */
  readonly entry: string;
  readonly origin: string;
  readonly count: number;
}

/** Sums a heap up. Costs the owner tree and its groups. */
export async function sumHeap(heap: Heap, progress: Progress): Promise<HeapSums> {
  const { tree, bytes, objects } = await computeOwnerPathSums(heap, progress);
  const ownedBytes = new Float64Array(tree.count);
  const counts = new Float64Array(tree.count);
  const isLeftOut = findLeftOut(tree);
  // From below: what is below a row stands behind it.
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) {
    if (isLeftOut[row] === 0) {
      ownedBytes[row]! += bytes[row]!;
      counts[row] = objects[row]!;
    }
    ownedBytes[tree.parentOf(row)]! += ownedBytes[row]!;
  }
  return { tree, ownedBytes, objects: counts, goroutines: await countGoroutines(heap, progress) };
}

/** The sums whose every figure is the median of those of several dumps. There has to be one. */
export function medianSums(all: readonly HeapSums[]): HeapSums {
  if (all.length === 1) return all[0]!;
  const tree = new PathTree();
  const rows = all.map((sums) => tree.include(sums.tree));
  /** Per dump the column, over the rows of the common tree. */
  const spread = (column: (sums: HeapSums) => Float64Array): Float64Array[] =>
    all.map((sums, dump) => {
      const here = new Float64Array(tree.count);
      column(sums).forEach((value, row) => {
        here[rows[dump]![row]!] = value;
      });
      return here;
    });
  const merge = (columns: readonly Float64Array[]): Float64Array =>
    Float64Array.from({ length: tree.count }, (_, row) => median(columns, (column) => column[row]!)[row]!);
  const goroutines = new Map<string, GoroutineCount>();
  for (const one of all.flatMap((sums) => [...sums.goroutines.values()])) {
    if (goroutines.has(one.fingerprint)) continue;
    const countIn = (sums: HeapSums): number => sums.goroutines.get(one.fingerprint)?.count ?? 0;
    goroutines.set(one.fingerprint, { ...one, count: countIn(median(all, countIn)) });
  }
  return {
    tree,
    ownedBytes: merge(spread((sums) => sums.ownedBytes)),
    objects: merge(spread((sums) => sums.objects)),
    goroutines,
  };
}

/** " main.go:42" at the end of a place. */
const LINE = / \S+:\d+$/;

async function countGoroutines(heap: Heap, progress: Progress): Promise<Map<string, GoroutineCount>> {
  const counts = new Map<string, GoroutineCount>();
  for (const group of (await computeGoroutineGroups(heap, progress)).groups) {
    if (group.isSystem) continue;
    const entry = stableName(group.entry);
    const origin = stableName(group.origin.replace(LINE, ""));
    const key = fingerprint("goroutine", entry, origin);
    const count = group.count + (counts.get(key)?.count ?? 0);
    counts.set(key, { fingerprint: key, entry, origin, count });
  }
  return counts;
}

/** Roots of the runtime's own: its variables and goroutines. */
const RUNTIME_ROOT = /^(?:goroutine |\*)?runtime\./;

/**
 * Per row 1 if what is on it is no business of a baseline: garbage, and under the runtime's own roots its own types, with what these have
 * of types that no package declares.
 */
function findLeftOut(tree: PathTree): Uint8Array {
  const isLeftOut = new Uint8Array(tree.count);
  for (let row = 1; row < tree.count; row++) {
    const { kind, by, type } = tree.stepOf(row);
    const above = tree.parentOf(row);
    if (above === WHOLE_HEAP) {
      isLeftOut[row] = kind === "garbage" || kind === "other" || RUNTIME_ROOT.test(by) ? 1 : 0;
    } else if (tree.stepOf(tree.rootOf(row)).kind === "garbage") {
      isLeftOut[row] = 1;
    } else if (isLeftOut[above] === 1) {
      const name = packageOf(type);
      isLeftOut[row] = name === "runtime" || name === NO_PACKAGE ? 1 : 0;
    }
  }
  return isLeftOut;
}

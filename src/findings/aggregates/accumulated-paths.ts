/** Accumulated paths: owner paths cut where the memory parts, so that each byte is told once and by the thing to name. */
import type { PathTree } from "./path-tree.ts";
import { WHOLE_HEAP } from "./path-tree.ts";

/** The share of its parent's worth that a path has to have for the way to go on; as in `holders/accumulation.ts`. */
const MOSTLY = 0.7;

/**
 * Finds the paths that are worth at least `least`, each cut at its accumulation point: from a root the way goes down as long as one
 * path below has most of what the one above is worth; where it passes others that are worth as much as `least`, it goes there, too. No
 * path that is found is below another. The largest first. Linear in the rows.
 * @param worth of each row, what is below it included: `ownedBytes`, or by how much they grew
 */
export function findAccumulatedPaths(tree: PathTree, worth: Float64Array, least: number): number[] {
  const { count } = tree;
  const largest = new Int32Array(count).fill(-1);
  for (let row = 1; row < count; row++) {
    const parent = tree.parentOf(row);
    if (largest[parent]! < 0 || worth[row]! > worth[largest[parent]!]!) largest[parent] = row;
  }
  /** Rows that the way comes to. */
  const isPassed = new Uint8Array(count);
  isPassed[WHOLE_HEAP] = 1;
  const found: number[] = [];
  for (let row = 1; row < count; row++) {
    if (isPassed[tree.parentOf(row)] === 0 || !(worth[row]! >= least)) continue;
    const below = largest[row]!;
    const goesOn = below >= 0 && worth[below]! >= least && worth[below]! >= MOSTLY * worth[row]!;
    if (goesOn) isPassed[row] = 1;
    else found.push(row);
  }
  return found.sort((a, b) => worth[b]! - worth[a]! || a - b);
}

/** What `gohd info` tells of the largest holders: one line for each. */
import { beginOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { computeLargestHolders, type HolderName, nameHolders } from "../../findings/holders/largest-holders.ts";
import type { Heap } from "../../heap/heap.ts";
import { isKnown } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";

export interface HolderLine {
  /** "main.store.sessions". */
  readonly path: string;
  /** "" if it is a root whose type is not known. */
  readonly type: string;
  readonly bytes: number;
  /** Of the live bytes, 0 … 1. */
  readonly share: number;
}

/** Lists the holders, the largest first. Costs the owner tree, unless more is known of them. */
export async function listHolders(heap: Heap, progress: Progress): Promise<HolderLine[]> {
  const holders = isKnown(computeLargestHolders, heap)
    ? (await computeLargestHolders(heap, progress)).holders
    : await nameLargest(heap, progress);
  return holders.map(({ pathWithoutKeys: path, type, bytes, share }) => ({ path, type, bytes, share }));
}

async function nameLargest(heap: Heap, progress: Progress): Promise<readonly HolderName[]> {
  beginOwnerTree(heap, progress);
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  return nameHolders(heap, { container }, progress);
}

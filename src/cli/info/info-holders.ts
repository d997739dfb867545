/** What `gohd info` tells of the largest holders: one line for each. */
import { beginOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { nameHolders } from "../../findings/holders/holder.ts";
import type { Heap } from "../../heap/heap.ts";
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

/** Lists the holders, the largest first. */
export async function listHolders(heap: Heap, progress: Progress): Promise<HolderLine[]> {
  beginOwnerTree(heap, progress);
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  const holders = await nameHolders(heap, { container }, progress);
  return holders.map(({ pathWithoutKeys: path, type, bytes, share }) => ({ path, type, bytes, share }));
}

/** The holders that answers name: of things whole, with what is in use of them and who else leads there; or their names alone. */
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, memoise } from "../../heap/memo.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { computeContainers, computeValues } from "../../values/values.ts";
import { type AccumulationRule, DEFAULT_RULE } from "./accumulation.ts";
import { chooseLargest, findHolders, type Holder, type HolderOptions, type Holders } from "./holder.ts";
import { HolderNames } from "./holder-names.ts";

/** Finds them by the default rule; memoised per heap. Costs as `findHolders` does, and containers and values of a typed heap. */
export const computeLargestHolders: Analysis<Holders> = memoise((heap: Heap, progress: Progress) =>
  findLargestHolders(heap, DEFAULT_RULE, progress),
);

/** The same by any rule; not memoised. */
export async function findLargestHolders(heap: Heap, rule: AccumulationRule, progress: Progress): Promise<Holders> {
  if (heap.types.layouts === undefined) return findHolders(heap, { rule }, progress);
  const container = await computeContainers(heap, progress);
  const values = await computeValues(heap, progress);
  return findHolders(heap, { container, values, rule }, progress);
}

/** A holder's name and size. */
export type HolderName = Pick<Holder, "pathWithoutKeys" | "type" | "bytes" | "share">;

/** Names what holds the memory, the largest first, and no more. Costs the owner tree and its children (8 bytes a vertex). */
export async function nameHolders(
  heap: Heap,
  options: Pick<HolderOptions, "container"> = {},
  progress: Progress = NO_PROGRESS,
): Promise<readonly HolderName[]> {
  return withOwnerChildren(heap, progress, async (children) => {
    const owners = await computeOwnerTree(heap, progress);
    const { liveBytes, chosen } = chooseLargest(heap, owners, children, options);
    const names = new HolderNames(heap, owners, options.container);
    return chosen.map(({ point, bytes }) => ({
      pathWithoutKeys: names.pathTo(point).pathWithoutKeys,
      type: names.typeOf(point),
      bytes,
      share: bytes / liveBytes,
    }));
  });
}

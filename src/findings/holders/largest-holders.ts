/** The holders that answers name: of things whole, with what is in use of them and who else leads there. */
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, memoise } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers, computeValues } from "../../values/values.ts";
import { type AccumulationRule, DEFAULT_RULE } from "./accumulation.ts";
import { findHolders, type Holders } from "./holder.ts";

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

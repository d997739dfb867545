/** The holders that every answer names: of things whole, with what is in use of them and who else leads there. */
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, memoise } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers, computeValues } from "../../values/values.ts";
import { findHolders, type Holders } from "./holder.ts";

/** Finds them by the default rule; memoised per heap. Costs as `findHolders` does, and containers and values of a typed heap. */
export const computeLargestHolders: Analysis<Holders> = memoise(async (heap: Heap, progress: Progress) => {
  if (heap.types.layouts === undefined) return findHolders(heap, {}, progress);
  const container = await computeContainers(heap, progress);
  const values = await computeValues(heap, progress);
  return findHolders(heap, { container, values }, progress);
});

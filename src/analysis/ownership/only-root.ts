/** OnlyRoot: whether one root alone leads to an object, which the dominator tree tells at once, where that is known. */
import type { Heap } from "../../heap/heap.ts";
import { isKnown } from "../../heap/memo.ts";
import { isRootGroup } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { computeDominators } from "../dominators/dominators.ts";
import { listHeapTimers } from "./heap-timers.ts";
import { findRootsByCertainty, type LeadingRoots } from "./leading-roots.ts";
import { isRuntimeVariable } from "./owner-tiers.ts";
import { ownerVertex } from "./owners.ts";

/**
 * The roots that lead to an object, as `findRootsByCertainty` finds them; but one that alone does may be told as certain, though it
 * does so only by what may be stale.
 */
export async function findRootsOf(heap: Heap, object: number, progress: Progress): Promise<LeadingRoots> {
  const only = isKnown(computeDominators, heap) ? await findOnlyRoot(heap, object, progress) : undefined;
  if (only !== undefined) return { all: [only], certain: [only], timers: [] };
  const [roots] = await findRootsByCertainty(heap, [object], progress);
  return roots!;
}

/** The root through which all ways to an object lead; undefined if there are several. Linear in the dominators of the object. */
async function findOnlyRoot(heap: Heap, object: number, progress: Progress): Promise<number | undefined> {
  const { immediateDominator } = await computeDominators(heap, progress);
  const { count } = heap.objects;
  let vertex = object;
  while (vertex >= 0 && vertex < count) vertex = immediateDominator[vertex]!;
  const root = vertex - count;
  if (vertex < 0 || isRootGroup(heap.roots.vertices.kind[root]!)) return undefined;
  // The runtime's variables lead to processors, and these to timers: which of them lead there has to be looked for.
  const mayBeByTimers = heap.roots.vertices.kind[root] === RootVertexKind.SEGMENT || isRuntimeVariable(heap, root);
  const isByTimers = mayBeByTimers && listHeapTimers(heap).count > 0;
  return isByTimers ? undefined : ownerVertex(heap, root);
}

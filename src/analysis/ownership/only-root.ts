/** OnlyRoot: whether one root alone leads to an object, which the dominator tree tells at once, where that is known. */
import type { Heap } from "../../heap/heap.ts";
import { isKnown } from "../../heap/memo.ts";
import { isRootGroup } from "../../heap/roots/root-names.ts";
import type { Progress } from "../../progress.ts";
import { computeDominators } from "../dominators/dominators.ts";
import { findRootsByCertainty, type LeadingRoots } from "./leading-roots.ts";
import { ownerVertex } from "./owners.ts";

/**
 * The roots that lead to an object, as `findRootsByCertainty` finds them; but one that alone does may be told as certain, though it
 * does so only by what may be stale.
 */
export async function findRootsOf(heap: Heap, object: number, progress: Progress): Promise<LeadingRoots> {
  const only = isKnown(computeDominators, heap) ? await findOnlyRoot(heap, object, progress) : undefined;
  if (only !== undefined) return { all: [only], certain: [only] };
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
  return vertex < 0 || isRootGroup(heap.roots.vertices.kind[root]!) ? undefined : ownerVertex(heap, root);
}

/**
 * Dominator groups: the dominator tree with what is alike put together, small enough to be drawn. Vertices that one group
 * dominates, by the same field and of the same type, are one group; a vertex of the same type as the group that dominates
 * it joins that group by whatever field, so that lists and trees collapse.
 *
 * Every group is a row, and so is what was too deep or too small for one of its own: own values add up to the heap's
 * totals exactly, and a row's retained size is its own plus that of the rows below.
 */
import { makeRoom } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { computeDominators, type Dominators } from "../dominators/dominators.ts";
import { computeOwnerTree } from "../ownership/owner-tree.ts";
import { DominatorGroupBuilder } from "./dominator-group-builder.ts";
import { foldSmallGroups } from "./dominator-group-folding.ts";
import type { DominatorGroupOptions, DominatorGroups } from "./dominator-group-rows.ts";

/**
 * Groups the dominator tree; computes dominators first. Two passes over the objects, and one over the edges if they
 * have names: 0.8 s of CPU for 5.8 M objects, 1.7 s with the names of 15.9 M edges (Node 20, 2026-11, a busy machine). 8
 * bytes per vertex and about 60 per group while it runs.
 * @throws HeapDumpError too-large, as `computeDominators`
 */
export async function computeDominatorGroups(
  heap: Heap,
  options: DominatorGroupOptions,
  progress: Progress = NO_PROGRESS,
): Promise<DominatorGroups> {
  return groupTree(heap, await computeDominators(heap, progress), options, progress);
}

/**
 * Groups the owner tree instead: what is alike of what each thing owns. `retained` of its rows is what they own. Costs the owner
 * tree, and as much as `computeDominatorGroups` after that.
 * @throws HeapDumpError too-large, as `computeOwnerTree`
 */
export async function computeOwnerGroups(
  heap: Heap,
  options: DominatorGroupOptions,
  progress: Progress = NO_PROGRESS,
): Promise<DominatorGroups> {
  return groupTree(heap, (await computeOwnerTree(heap, progress)).tree, options, progress);
}

async function groupTree(
  heap: Heap,
  tree: Dominators,
  options: DominatorGroupOptions,
  progress: Progress,
): Promise<DominatorGroups> {
  makeRoom();
  const groups = await new DominatorGroupBuilder(heap, tree, options).build(progress);
  return foldSmallGroups(groups, options.maxGroups);
}

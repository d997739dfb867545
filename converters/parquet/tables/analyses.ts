/** What the tables together ask for beyond the heap. */
import {
  type Analysis,
  computeContainers,
  computeDominatorDepths,
  computeDominatorIntervals,
  computeDominators,
  computeFindings,
  computeGoroutineGroups,
  computeHistogram,
  computeHolders,
  computeLargestHolders,
  computeOwnerTree,
  computeRetainedSizes,
  computeShortestPaths,
  computeTypePlaces,
  computeTypeRetainedSizes,
  computeValues,
} from "../../../src/index.ts";

export const TABLE_ANALYSES: readonly Analysis<unknown>[] = [
  computeDominators,
  computeDominatorIntervals,
  computeDominatorDepths,
  computeRetainedSizes,
  computeTypeRetainedSizes,
  computeShortestPaths,
  computeOwnerTree,
  computeContainers,
  computeValues,
  computeHolders,
  computeHistogram,
  computeGoroutineGroups,
  computeLargestHolders,
  computeFindings,
  // What findings are made with, while they know who holds what.
  computeTypePlaces,
];

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
  computeLargestHolders,
  computeOwnerTree,
  computeRetainedSizes,
  computeShortestPaths,
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
  computeHistogram,
  computeGoroutineGroups,
  computeLargestHolders,
  computeFindings,
];

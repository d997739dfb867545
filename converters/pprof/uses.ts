/** What each profile asks for beyond the heap. */
import {
  type Analysis,
  computeContainers,
  computeDominators,
  computeHistogram,
  computeOwnerTree,
  computeRetainedSizes,
  computeValues,
  estimateSamplingRate,
} from "../../src/index.ts";

const USES: Readonly<Record<string, readonly Analysis<unknown>[]>> = {
  retained: [computeDominators, computeHistogram],
  owned: [computeOwnerTree, computeContainers, computeHistogram],
  heap: [estimateSamplingRate],
  goroutine: [computeDominators, computeRetainedSizes],
  types: [computeHistogram],
  sites: [computeDominators],
};

/** What frames need to tell lengths, of the two profiles that do. */
const LENGTHS: readonly Analysis<unknown>[] = [computeContainers, computeValues];

/** Lists the analyses of a profile. */
export function listUses(options: {
  readonly profile: string;
  readonly "run-lengths": boolean;
}): readonly Analysis<unknown>[] {
  const tellsLengths = options["run-lengths"] && (options.profile === "retained" || options.profile === "owned");
  return [...USES[options.profile]!, ...(tellsLengths ? LENGTHS : [])];
}

/**
 * The allocation profile as runtime/pprof sees it: which counts are valid, and the stacks of its buckets.
 */
import {
  collectCallSites,
  countLiveSamples,
  findShownCallSites,
  type Heap,
  type MemoryProfile,
  NO_STACK,
  StackTree,
} from "../../src/index.ts";
import { FrameTable } from "./frames.ts";

/** Counts of sampled objects per bucket, not scaled. */
export interface SampledCounts {
  readonly allocated: Float64Array;
  readonly inUse: Float64Array;
  /** Undefined where they are the runtime's own. */
  readonly comment: string | undefined;
}

/**
 * Counts what was sampled. The runtime publishes allocations two garbage collections later; before the first ones its
 * profile is empty, and then it looks into what is not yet published (runtime.memProfileInternal), which dumps do not have.
 * But nothing was freed then either, so the live samples are all there were.
 */
export function countSampled(profile: MemoryProfile): SampledCounts {
  const { allocations, frees } = profile.buckets;
  const isEmpty = allocations.every((count, bucket) => count === 0 && frees[bucket] === 0);
  if (!isEmpty || profile.samples.count === 0) {
    return {
      allocated: allocations,
      inUse: allocations.map((count, bucket) => count - frees[bucket]!),
      comment: undefined,
    };
  }
  const live = countLiveSamples(profile);
  return {
    allocated: live,
    inUse: live,
    comment:
      "the dump's own profile is empty, as before the first garbage collections: all figures are counted from the sampled objects that are on the heap",
  };
}

/** The stack of each bucket, as runtime/pprof shows it. */
export interface BucketStacks {
  readonly frames: FrameTable;
  readonly stacks: StackTree;
  /** Per bucket. */
  readonly of: Int32Array;
}

/** Builds the stacks. O(call sites of all buckets). */
export function buildBucketStacks(profile: MemoryProfile): BucketStacks {
  const { names, buckets } = profile;
  const sites = collectCallSites(profile);
  const { start, end } = findShownCallSites(profile);
  const frames = new FrameTable(true);
  const stacks = new StackTree();
  const location = Int32Array.from({ length: sites.count }, (_, site) =>
    frames.find(names[sites.function[site]!]!, names[sites.file[site]!]!, sites.line[site]!),
  );
  const of = new Int32Array(buckets.count);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    let stack = NO_STACK;
    for (let row = end[bucket]! - 1; row >= start[bucket]!; row--) {
      stack = stacks.find(stack, location[sites.siteOfRow[row]!]!);
    }
    of[bucket] = stack;
  }
  return { frames, stacks, of };
}

/** Says whose names call sites have. */
export function describeNames({ memoryProfile }: Heap): string[] {
  if (memoryProfile.namesInlined === true) return [];
  return ["inlined calls have the name of the function they were inlined into: the dump knows no other, --exe does"];
}

/**
 * `--profile heap`: what /debug/pprof/heap would have said: allocations and what is in use of them, by call stack, scaled
 * up from the sampled ones. One sample per bucket, in the runtime's order, with its label.
 */

import {
  chooseSamplingRate,
  compareEstimate,
  estimateBytes,
  estimateObjects,
  type Heap,
  hasProgramBuckets,
  type Progress,
  WHY_NO_SAMPLES,
} from "../../src/index.ts";
import { buildBucketStacks, countSampled, describeNames } from "./allocations.ts";
import { describeOrigin } from "./origin.ts";
import { IN_USE, type Profile, SPACE } from "./profile.ts";

/** Makes the profile. @param givenRate MemProfileRate, 0 if the user does not say. One pass over the objects. */
export async function buildAllocationProfile(heap: Heap, givenRate: number, progress: Progress): Promise<Profile> {
  const profile = heap.memoryProfile;
  const { size, count } = profile.buckets;
  const isSampled = hasProgramBuckets(profile);
  if (!isSampled) {
    progress.warn("no-samples", `the dump has no allocation profile of the program. ${WHY_NO_SAMPLES}`);
  }
  const rate = await chooseSamplingRate(heap, givenRate, progress);
  const { allocated, inUse, comment } = countSampled(profile);
  const { frames, stacks, of } = buildBucketStacks(profile);
  const objects = (counts: Float64Array): Float64Array =>
    counts.map((sampled, bucket) => estimateObjects(sampled, size[bucket]!, rate.bytes));
  const bytes = (counts: Float64Array): Float64Array =>
    counts.map((sampled, bucket) => estimateBytes(sampled, size[bucket]!, rate.bytes));
  const bytesInUse = bytes(inUse);
  if (isSampled) compareEstimate(heap, bytesInUse, progress);
  return {
    sampleTypes: [{ type: "alloc_objects", unit: "count" }, { type: "alloc_space", unit: "bytes" }, ...IN_USE],
    periodType: SPACE,
    period: rate.bytes,
    comments: [
      ...describeOrigin(heap, "the allocation profile, as /debug/pprof/heap"),
      rate.explanation,
      ...(comment === undefined ? [] : [comment]),
      ...describeNames(heap),
    ],
    frames,
    stacks,
    samples: {
      count,
      stack: of,
      values: [objects(allocated), bytes(allocated), objects(inUse), bytesInUse],
      labels: [{ key: "bytes", kind: "number", values: size }],
    },
  };
}

/**
 * `--profile sites`: what the objects of each allocation site retain. Sampled objects tell sites, dominators tell retained
 * sizes, and types carry the one over to the other: what all objects of a type retain together is known exactly, and is
 * shared out among the sites that allocate the type, in proportion to what their sampled objects retain. So no figure is
 * greater than what is on the heap, and no sampling rate is needed.
 *
 * Retained sizes of sites overlap: a list's nodes and what they point to are retained by both their sites.
 */
import {
  chooseSamplingRate,
  computeRetainedSizes,
  computeTypeRetainedSizes,
  estimateBytes,
  estimateObjects,
  formatBytes,
  formatCount,
  type Heap,
  type MemoryProfile,
  type Progress,
} from "../../src/index.ts";
import { buildBucketStacks, countSampled, describeNames } from "./allocations.ts";
import { describeOrigin } from "./origin.ts";
import { IN_USE, type Profile, SPACE } from "./profile.ts";

/** Makes the profile; computes retained sizes. @param givenRate MemProfileRate, 0 if the user does not say */
export async function buildSitesProfile(heap: Heap, givenRate: number, progress: Progress): Promise<Profile> {
  const profile = heap.memoryProfile;
  const { size, count } = profile.buckets;
  if (profile.samples.count === 0) {
    progress.warn("no-samples", "the dump has no sampled objects (runtime.MemProfileRate was 0): the profile is empty");
  }
  const rate = await chooseSamplingRate(heap, givenRate, progress);
  const { inUse, comment } = countSampled(profile);
  const { frames, stacks, of } = buildBucketStacks(profile);
  const retained = await computeRetainedSizes(heap, progress);
  const ofType = await computeTypeRetainedSizes(heap, progress);
  const { ofBucket, withoutSamples } = shareOut(heap, profile, retained, ofType);
  return {
    sampleTypes: [...IN_USE, { type: "retained_space", unit: "bytes" }],
    periodType: SPACE,
    period: rate.bytes,
    comments: [
      ...describeOrigin(heap, "allocation sites by what their objects retain"),
      "retained_space: what all objects of a type retain, shared out by the sampled ones; sites overlap, so sums say nothing",
      ...(withoutSamples.types > 0
        ? [
            `${formatCount(withoutSamples.types)} types without sampled objects are left out; none retains more than ${formatBytes(withoutSamples.most)}`,
          ]
        : []),
      `inuse_objects, inuse_space: ${rate.explanation}`,
      ...(comment === undefined ? [] : [comment]),
      ...describeNames(heap),
    ],
    frames,
    stacks,
    samples: {
      count,
      stack: of,
      values: [
        inUse.map((sampled, bucket) => estimateObjects(sampled, size[bucket]!, rate.bytes)),
        inUse.map((sampled, bucket) => estimateBytes(sampled, size[bucket]!, rate.bytes)),
        ofBucket,
      ],
      labels: [{ key: "bytes", kind: "number", values: size }],
    },
  };
}

interface Shares {
  /** Bytes per bucket. */
  readonly ofBucket: Float64Array;
  /** Types on the heap that no sampled object has. */
  readonly withoutSamples: { readonly types: number; readonly most: number };
}

/** Shares out what types retain; the shares of a type add up to it, rounded down. Linear in samples and types. */
function shareOut(
  { objects, types }: Heap,
  { buckets, samples }: MemoryProfile,
  retained: Float64Array,
  ofType: Float64Array,
): Shares {
  const sampledOfType = new Float64Array(types.count);
  for (let i = 0; i < samples.count; i++) {
    const object = samples.object[i]!;
    if (object < 0 || samples.bucket[i]! < 0) continue;
    const type = objects.type[object]!;
    sampledOfType[type] = sampledOfType[type]! + retained[object]!;
  }
  const shares = new Float64Array(buckets.count);
  for (let i = 0; i < samples.count; i++) {
    const object = samples.object[i]!;
    const bucket = samples.bucket[i]!;
    if (object < 0 || bucket < 0) continue;
    const type = objects.type[object]!;
    shares[bucket] = shares[bucket]! + (retained[object]! / sampledOfType[type]!) * ofType[type]!;
  }
  const left = ofType.filter((bytes, type) => bytes > 0 && sampledOfType[type] === 0);
  return {
    // Less than a byte is lost in adding up fractions, and should not look like one.
    ofBucket: shares.map((bytes) => Math.floor(bytes + 1e-3)),
    withoutSamples: { types: left.length, most: left.reduce((most, bytes) => Math.max(most, bytes), 0) },
  };
}

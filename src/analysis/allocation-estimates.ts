/**
 * Estimates of all allocations from the sampled ones, with the formula of runtime/pprof (scaleHeapSample): an allocation
 * of size S is sampled with probability 1 - exp(-S/rate).
 */

import type { MemoryProfile } from "../heap/facts/memory-profile.ts";
import type { Heap } from "../heap/heap.ts";
import { objectSize, REACHABLE } from "../heap/objects.ts";
import type { Progress } from "../progress.ts";

/** Smaller heaps are too small to be estimated well: at Go's default rate they have two samples. */
const WORTH_COMPARING = 2 ** 20;

/** Estimates that are off by this factor are not what people expect of them. */
const FAR = 2;

/**
 * Counts each bucket's live sampled objects: allocations minus frees lag behind by a GC cycle or two, these do not.
 * Float64Array of length buckets.count. O(samples).
 */
export function countLiveSamples({ buckets, samples }: MemoryProfile): Float64Array {
  const live = new Float64Array(buckets.count);
  for (let i = 0; i < samples.count; i++) {
    const bucket = samples.bucket[i]!;
    if (bucket >= 0) live[bucket]!++;
  }
  return live;
}

/**
 * Estimates how many objects of `size` bytes were allocated if `count` were sampled; whole, as runtime/pprof rounds.
 * @param rate runtime.MemProfileRate in bytes
 */
export function estimateObjects(count: number, size: number, rate: number): number {
  return count === 0 || size === 0 ? 0 : Math.trunc(count * samplingScale(size, rate));
}

/**
 * Estimates how many bytes were allocated in objects of `size` bytes if `count` were sampled; whole, as runtime/pprof
 * rounds.
 * @param rate runtime.MemProfileRate in bytes
 */
export function estimateBytes(count: number, size: number, rate: number): number {
  return count === 0 || size === 0 ? 0 : Math.trunc(count * size * samplingScale(size, rate));
}

/**
 * Compares estimated bytes in use with those that are on the heap, and warns if they are far apart (`few-samples`): less
 * than half, or more than double. Garbage may or may not be among them, for profiles lag behind. O(objects).
 * @param inUse bytes per bucket
 */
export function compareEstimate({ objects }: Heap, inUse: Float64Array, progress: Progress): void {
  let live = 0;
  let all = 0;
  for (let i = 0; i < objects.count; i++) {
    const bytes = objectSize(objects, i);
    all += bytes;
    if ((objects.flags[i]! & REACHABLE) !== 0) live += bytes;
  }
  const estimate = inUse.reduce((sum, bytes) => sum + bytes, 0);
  const isFar = estimate * FAR < live || estimate > all * FAR;
  if (all < WORTH_COMPARING || !isFar) return;
  progress.warn(
    "few-samples",
    `the sampled allocations stand for ${mebibytes(estimate)} in use, but ${mebibytes(all)} are on the heap: too few were ` +
      "sampled, or runtime.MemProfileRate was 0, was set late, or is not the rate that is assumed (--mem-profile-rate); " +
      "what is on the heap itself is exact in other outputs",
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** How many allocations of `size` bytes stand behind a sampled one. */
function samplingScale(size: number, rate: number): number {
  return rate <= 1 ? 1 : 1 / (1 - Math.exp(-size / rate));
}

/**
 * Estimates of all allocations from the sampled ones, with the formula of runtime/pprof (scaleHeapSample): an allocation
 * of size S is sampled with probability 1 - exp(-S/rate).
 */
import type { MemoryProfile } from "../heap/memory-profile.ts";

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

/** How many allocations of `size` bytes stand behind a sampled one. */
function samplingScale(size: number, rate: number): number {
  return rate <= 1 ? 1 : 1 / (1 - Math.exp(-size / rate));
}

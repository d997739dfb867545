/** The sampled allocation profile inside the dump: buckets (MemProf records) and live samples (AllocSample records). */

export interface MemoryProfile {
  readonly buckets: ProfileBuckets;
  readonly samples: ProfileSamples;
  /** Function and file names, each once. */
  readonly names: readonly string[];
  /**
   * Whether `siteFunction` names the functions that were inlined. A dump names the function they were inlined into;
   * only an executable tells better.
   */
  readonly namesInlined?: boolean;
  /** runtime.MemProfileRate in bytes: only where the dump has the variable, and an executable tells where. */
  readonly rate?: number;
}

/** One row per allocation site and size, in the dump's order. Counts are of sampled allocations, unscaled. */
export interface ProfileBuckets {
  readonly count: number;
  /** Size of one allocation in bytes (its size class). */
  readonly size: Float64Array;
  readonly allocations: Float64Array;
  readonly frees: Float64Array;
  /** Length count + 1: call sites of bucket i are siteStart[i] … siteStart[i+1]-1, innermost first. */
  readonly siteStart: Uint32Array;
  /** Index into `names`. */
  readonly siteFunction: Int32Array;
  /** Index into `names`. */
  readonly siteFile: Int32Array;
  readonly siteLine: Int32Array;
  /** Per bucket: call sites on the innermost side that profiles leave out; there only if an executable told. */
  readonly hiddenSites?: Uint32Array;
}

/** One row per live sampled object. */
export interface ProfileSamples {
  readonly count: number;
  /** Object, or NO_OBJECT where the address is in none. */
  readonly object: Int32Array;
  /** Row in `buckets`, or -1 where the dump has no such bucket. */
  readonly bucket: Int32Array;
}

/** Where the runtime starts: since Go 1.23 what it allocates there is sampled, before it reads that the program wants no samples. */
const START = "runtime.schedinit";

/** Whether a bucket is of what the runtime allocates as it starts. O(call sites of the bucket). */
function isOfStart({ buckets, names }: MemoryProfile, bucket: number): boolean {
  const { siteStart, siteFunction } = buckets;
  for (let site = siteStart[bucket]!; site < siteStart[bucket + 1]!; site++) {
    if (names[siteFunction[site]!] === START) return true;
  }
  return false;
}

/** Whether live objects of the program were sampled, and not only what the runtime allocates as it starts. Linear in the latter. */
export function hasProgramSamples(profile: MemoryProfile): boolean {
  const { count, bucket } = profile.samples;
  for (let i = 0; i < count; i++) if (bucket[i]! < 0 || !isOfStart(profile, bucket[i]!)) return true;
  return false;
}

/** The same of all allocations that were sampled, live or not. */
export function hasProgramBuckets(profile: MemoryProfile): boolean {
  for (let bucket = 0; bucket < profile.buckets.count; bucket++) if (!isOfStart(profile, bucket)) return true;
  return false;
}

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

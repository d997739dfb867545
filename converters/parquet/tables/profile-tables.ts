/** The tables of the sampled allocation profile: `memprof_buckets`, `memprof_frames`, `alloc_samples`. */
import { findShownCallSites } from "../../../src/index.ts";
import { idColumn, rowNumberColumn, unsignedColumn, valuesOf } from "./column.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

const bucketNumber = (name: string, column: "size" | "allocations" | "frees") =>
  unsignedColumn(
    name,
    valuesOf(({ heap }) => heap.memoryProfile.buckets[column]),
  );

export const memprofBucketsTable: Table = {
  name: "memprof_buckets",
  rowCount: ({ heap }) => heap.memoryProfile.buckets.count,
  columns: [
    rowNumberColumn("id"),
    bucketNumber("size", "size"),
    bucketNumber("allocations", "allocations"),
    bucketNumber("frees", "frees"),
  ],
};

export const memprofFramesTable: Table = {
  name: "memprof_frames",
  rowCount: ({ heap: { memoryProfile } }) => memoryProfile.buckets.siteStart[memoryProfile.buckets.count] ?? 0,
  columns: [
    numberColumn("bucket_id", "INTEGER", (source) => {
      const bucket = source.once(bucketOfRow);
      return (row) => bucket[row]!;
    }),
    numberColumn("depth", "INTEGER", (source) => {
      const bucket = source.once(bucketOfRow);
      const { siteStart } = source.heap.memoryProfile.buckets;
      return (row) => row - siteStart[bucket[row]!]!;
    }),
    textColumn("function", ({ heap: { memoryProfile } }) => (row) => {
      return memoryProfile.names[memoryProfile.buckets.siteFunction[row]!];
    }),
    textColumn("file", ({ heap: { memoryProfile } }) => (row) => {
      return memoryProfile.names[memoryProfile.buckets.siteFile[row]!] || undefined;
    }),
    numberColumn(
      "line",
      "INTEGER",
      ({ heap }) =>
        (row) =>
          heap.memoryProfile.buckets.siteLine[row] || undefined,
    ),
    booleanColumn("shown", (source) => {
      const bucket = source.once(bucketOfRow);
      const { start, end } = findShownCallSites(source.heap.memoryProfile);
      return (row) => row >= start[bucket[row]!]! && row < end[bucket[row]!]!;
    }),
  ],
};

export const allocSamplesTable: Table = {
  name: "alloc_samples",
  rowCount: ({ heap }) => heap.memoryProfile.samples.count,
  columns: (["object", "bucket"] as const).map((column) =>
    idColumn(`${column}_id`, ({ heap }) => {
      const values = heap.memoryProfile.samples[column];
      return (from, count, out) => out.set(values.subarray(from, from + count));
    }),
  ),
};

/** The bucket that each call site is of. */
function bucketOfRow({ heap }: TableSource): Int32Array {
  const { buckets } = heap.memoryProfile;
  const bucketOf = new Int32Array(buckets.siteStart[buckets.count] ?? 0);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    bucketOf.fill(bucket, buckets.siteStart[bucket]!, buckets.siteStart[bucket + 1]!);
  }
  return bucketOf;
}

/** Intervals: stretches of many things, in any order, become stretches that ascend and are apart. */
import { longColumn } from "../column-memory.ts";

/** Those of thing k are `start[k]` … `start[k+1]-1`. */
export interface Intervals {
  /** Length count + 1. */
  readonly start: Uint32Array;
  readonly from: Float64Array;
  readonly end: Float64Array;
  /** Per thing, what they are long together. */
  readonly total: Float64Array;
}

/**
 * Merges the stretches of each thing that overlap or touch; empty ones are left out.
 * @param count number of things
 * @param owner the thing that each stretch is of
 */
export function mergeIntervals(count: number, owner: Int32Array, from: Float64Array, end: Float64Array): Intervals {
  const first = new Uint32Array(count + 1);
  for (let i = 0; i < owner.length; i++) first[owner[i]! + 1]!++;
  for (let k = 0; k < count; k++) first[k + 1]! += first[k]!;
  const order = new Uint32Array(owner.length);
  const next = first.slice();
  for (let i = 0; i < owner.length; i++) order[next[owner[i]!]!++] = i;

  const start = new Uint32Array(count + 1);
  const total = new Float64Array(count);
  const mergedFrom = longColumn(Float64Array, owner.length);
  const mergedEnd = longColumn(Float64Array, owner.length);
  let merged = 0;
  for (let k = 0; k < count; k++) {
    const after = first[k + 1]!;
    // Most things have one.
    if (after - first[k]! > 1) order.subarray(first[k], after).sort((a, b) => from[a]! - from[b]!);
    for (let at = first[k]!; at < after; at++) {
      const i = order[at]!;
      if (from[i]! >= end[i]!) continue;
      const last = merged - 1;
      if (last >= start[k]! && from[i]! <= mergedEnd[last]!) {
        mergedEnd[last] = Math.max(mergedEnd[last]!, end[i]!);
      } else {
        mergedFrom[merged] = from[i]!;
        mergedEnd[merged++] = end[i]!;
      }
    }
    start[k + 1] = merged;
    for (let i = start[k]!; i < merged; i++) total[k]! += mergedEnd[i]! - mergedFrom[i]!;
  }
  return { start, from: mergedFrom.subarray(0, merged), end: mergedEnd.subarray(0, merged), total };
}

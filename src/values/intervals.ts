/** Intervals: stretches of many things, in any order, become stretches that ascend and are apart. */

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
  for (const k of owner) first[k + 1]!++;
  for (let k = 0; k < count; k++) first[k + 1]! += first[k]!;
  const order = new Uint32Array(owner.length);
  const next = first.slice();
  for (let i = 0; i < owner.length; i++) order[next[owner[i]!]!++] = i;

  const start = new Uint32Array(count + 1);
  const total = new Float64Array(count);
  const mergedFrom: number[] = [];
  const mergedEnd: number[] = [];
  for (let k = 0; k < count; k++) {
    const own = order.subarray(first[k]!, first[k + 1]!).sort((a, b) => from[a]! - from[b]!);
    for (const i of own) {
      if (from[i]! >= end[i]!) continue;
      const last = mergedFrom.length - 1;
      if (last >= start[k]! && from[i]! <= mergedEnd[last]!) {
        mergedEnd[last] = Math.max(mergedEnd[last]!, end[i]!);
      } else {
        mergedFrom.push(from[i]!);
        mergedEnd.push(end[i]!);
      }
    }
    start[k + 1] = mergedFrom.length;
    for (let i = start[k]!; i < mergedFrom.length; i++) total[k]! += mergedEnd[i]! - mergedFrom[i]!;
  }
  return { start, from: Float64Array.from(mergedFrom), end: Float64Array.from(mergedEnd), total };
}

/** Bisecting in ascending numbers. */

/** First index whose value is not below `value`; the length if all are. O(log n). */
export function lowerBound(values: Uint32Array | Int32Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bisecting in ascending numbers. */

/** Index of a number in ascending ones; -1 if it is not there. O(log n). */
export function indexInSorted(values: Uint32Array | Int32Array, value: number): number {
  const index = lowerBound(values, value);
  return values[index] === value ? index : -1;
}

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

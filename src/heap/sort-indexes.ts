/** Sorts indexes of objects: what is asked of objects in the order of their columns costs a fraction of what it does at random. */

/** With fewer indexes than this share of their range, comparing them costs less than going through that. */
const FEW = 1 / 256;

/** Sorts indexes, each of which comes once, in place, ascending. Linear if there are many; a bit for each index in their range. */
export function sortIndexes(indexes: Int32Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = -1;
  let isSorted = true;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    if (index < most) isSorted = false;
    else most = index;
    if (index < least) least = index;
  }
  if (isSorted) return;
  const range = most - least + 1;
  if (indexes.length < FEW * range) {
    indexes.sort();
    return;
  }
  const bits = new Int32Array((range + 31) >>> 5);
  for (let i = 0; i < indexes.length; i++) {
    const bit = indexes[i]! - least;
    bits[bit >>> 5]! |= 1 << (bit & 31);
  }
  let at = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word]!; left !== 0; left &= left - 1) {
      indexes[at++] = least + word * 32 + 31 - Math.clz32(left & -left);
    }
  }
}

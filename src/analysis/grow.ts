/** A column twice as long that begins with the old one's elements. Linear. */
export function grow(column: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * column.length);
  longer.set(column);
  return longer;
}

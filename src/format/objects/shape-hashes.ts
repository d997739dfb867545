/** Hashes by which shapes are found: quick ones of their first fields, and those that stand for masks that are not kept. */

/** Bits of `recentIndex`. */
const RECENT_BITS = 12;
/** One more than the largest `recentIndex`. */
export const RECENT_LENGTH = 1 << RECENT_BITS;

/**
 * Where in `recent` a shape is looked for: by the slot's size and the offsets of its first four fields.
 * @param first four bytes of the field list, little-endian
 * @param second the four behind them
 */
export function recentIndex(size: number, first: number, second: number): number {
  // All ones where the list has so many fields: its kinds are odd, its end is zero, and what follows must not count.
  const two = (first << 15) >> 31;
  const three = two & ((second << 31) >> 31);
  const four = three & ((second << 15) >> 31);
  const offsets =
    ((first >>> 8) & 0xff) |
    ((first >>> 16) & 0xff00 & two) |
    ((second << 8) & 0xff_0000 & three) |
    (second & 0xff00_0000 & four);
  return Math.imul(Math.imul(size, 0x85eb_ca6b) ^ offsets, 0x9e37_79b1) >>> (32 - RECENT_BITS);
}

/** Spreads a hash over the lower bits, which choose a place in a table. */
export function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  return mixed ^ (mixed >>> 15);
}

/** A hash of bytes that has nothing in common with that of their fields (FNV-1a, 32 bits). */
export function secondHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
  return hash;
}

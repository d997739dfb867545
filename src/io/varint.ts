/** Varints as Protocol Buffers have them: seven bits a byte, the lowest first. */

/** The greatest int64 that a double holds. */
export const MAX_INT64 = 2 ** 63 - 1024;

/**
 * Puts a whole number as a varint, as int64 is encoded; returns the position after it. What is beyond an int64 becomes the
 * nearest. The caller sees to the room, 10 bytes at the most.
 */
export function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  if (rest < 0) return putNegative(bytes, at, rest);
  if (rest > MAX_INT64) rest = MAX_INT64;
  while (rest >= 0x8000_0000) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Two's complement in 64 bits. Only a damaged dump has more frees than allocations. */
function putNegative(bytes: Uint8Array, from: number, value: number): number {
  return putBigVarint(bytes, from, BigInt.asUintN(64, BigInt(Math.max(value, -MAX_INT64))));
}

/** The same for what no double holds exactly, from 0 to 2^64-1; for what there are few of. */
export function putBigVarint(bytes: Uint8Array, from: number, value: bigint): number {
  let at = from;
  let rest = value;
  while (rest >= 0x80n) {
    bytes[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  bytes[at++] = Number(rest);
  return at;
}

/** Unsigned LEB128, the only number encoding of a heap dump. Reading is the cursor's work. */
import type { Uint64 } from "./records.ts";

/** Most bytes a number can take. */
export const MAX_VARINT_LENGTH = 10;

/**
 * Writes `value` minimally at `offset`.
 * @param value a safe integer or a bigint below 2^64, not negative
 * @returns the offset after it
 */
export function encodeUvarint(value: Uint64, bytes: Uint8Array, offset: number): number {
  let at = offset;
  if (typeof value === "bigint") {
    let rest = value;
    while (rest >= 0x80n) {
      bytes[at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    bytes[at++] = Number(rest);
    return at;
  }
  let rest = value;
  while (rest >= 0x80) {
    bytes[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

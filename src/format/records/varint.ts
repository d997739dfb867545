/** Unsigned LEB128, the only number encoding of a heap dump. Reading is the cursor's work. */
import { putBigVarint, putVarint } from "../../io/varint.ts";
import type { Uint64 } from "./records.ts";

/** Most bytes a number can take. */
export const MAX_VARINT_LENGTH = 10;

/**
 * Writes `value` minimally at `offset`.
 * @param value a safe integer or a bigint below 2^64, not negative
 * @returns the offset after it
 */
export function encodeUvarint(value: Uint64, bytes: Uint8Array, offset: number): number {
  return typeof value === "bigint" ? putBigVarint(bytes, offset, value) : putVarint(bytes, offset, value);
}

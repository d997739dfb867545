/**
 * Resynchronisation after Go 1.5's damage. Go 1.5.0–1.5.4 misread the name of a named, pointer-shaped type in an itab: a
 * huge name length and then raw process memory follow, sometimes megabytes. What follows that is right again: the type's
 * flag, and always the Itab record that the type was written for.
 */
import type { Cursor } from "./cursor.ts";
import type { Uint64 } from "./records.ts";
import { Tag } from "./tags.ts";
import { encodeUvarint, MAX_VARINT_LENGTH } from "./varint.ts";

const CHUNK_SIZE = 1 << 20;

/**
 * Finds where the damaged type record goes on: at the flag 1 that is followed by an Itab record of this very type.
 * @param from where the damage begins
 * @throws HeapDumpError "bad-length" if there is no such place
 */
export function findDamageEnd(cursor: Cursor, from: number, typeAddress: Uint64): number {
  const { source } = cursor;
  const scratch = new Uint8Array(MAX_VARINT_LENGTH);
  const needle = scratch.subarray(0, encodeUvarint(typeAddress, scratch, 0));
  // An Itab in front of the needle: flag, tag, up to ten bytes of its address.
  const reach = 2 + MAX_VARINT_LENGTH;
  const overlap = reach + needle.length;
  const chunk = new Uint8Array(CHUNK_SIZE + overlap);
  for (let position = from; position < source.size; position += CHUNK_SIZE) {
    const available = source.read(chunk, 0, chunk.length, position);
    const bytes = chunk.subarray(0, available);
    for (let at = find(bytes, needle, 0); at >= 0; at = find(bytes, needle, at + 1)) {
      const flag = flagBefore(bytes, at);
      if (flag >= 0) return position + flag;
    }
  }
  throw cursor.error("bad-length", "a damaged type name (known of Go 1.5), and no place where the records go on", {
    position: from,
  });
}

/** Offset of the first `needle` at or behind `from`, or -1. */
function find(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(needle[0]!, from); at >= 0; at = bytes.indexOf(needle[0]!, at + 1)) {
    if (needle.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** Offset of the flag in front of an itab address that ends just before `at`, or -1. */
function flagBefore(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= MAX_VARINT_LENGTH; length++) {
    const start = at - length;
    if (start < 2) return -1;
    // Seen backwards, a number is one byte below 0x80 and before it bytes of 0x80 and more.
    if (length === 1 ? bytes[start]! >= 0x80 : bytes[start]! < 0x80) return -1;
    if (bytes[start - 1] === Tag.ITAB && bytes[start - 2] === 1) return start - 2;
  }
  return -1;
}

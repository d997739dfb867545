/**
 * Strings that come again and again: names of functions and files, reasons to wait. Each is decoded once while it is
 * remembered, and is then one string for all, which has no garbage and is found in maps without being looked at.
 */
import { decodeGoString } from "./go-string.ts";

/** Strings that are remembered, a power of two: together at most 4 MB. */
const SLOTS = 1 << 12;
/** Longer ones are rare, and not worth comparing. */
const MAX_LENGTH = 256;

/** Decodes Go strings as `decodeGoString` does. */
export class RecentStrings {
  readonly #slots = new Array<string>(SLOTS).fill("");

  /** Decodes bytes start…end-1. */
  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length === 0 || length > MAX_LENGTH) return decodeGoString(bytes, start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash, 31) + bytes[i]!;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot]!;
    if (isText(known, bytes, start, length)) return known;
    const text = decodeGoString(bytes, start, end);
    this.#slots[slot] = text;
    return text;
  }
}

/** Whether `text` is the ASCII string at `start`: of others, bytes and UTF-16 differ. */
function isText(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i]!;
    if (byte >= 0x80 || text.charCodeAt(i) !== byte) return false;
  }
  return true;
}

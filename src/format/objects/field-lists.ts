/**
 * FieldLists: field lists taken apart. A list is the run of (kind, offset) pairs behind an object's contents that says where
 * its pointers are. A dump has millions of them and a few hundred different ones, so a list is taken apart when its shape is
 * new, and its offsets are kept for all others.
 */

import { FieldKind } from "../records/tags.ts";
import type { ObjectFormat } from "./object-format.ts";

/** Multiplier of the lists' hash. */
const HASH_FACTOR = 0x9e37_79b1;

/** In `offsets`: the pointer is in the second of the field's two words (interfaces of go1.4). Offsets themselves are even. */
export const SECOND_WORD = 1;

export class FieldLists {
  /** Offsets in the slot, list after list: first those kept, behind them the one parsed last. */
  offsets = new Int32Array(1 << 12);
  /** End of those that are kept. */
  kept = 0;

  /** Of the list parsed last: its fields, … */
  count = 0;
  /** … its first offset, … */
  firstOffset = 0;
  /** … and a hash of kinds and offsets. */
  hash = 0;

  /**
   * Takes a list apart that lies in a window.
   * @param size of the slot, at most MAX_WINDOW_CONTENTS
   * @param limit end of the window
   * @returns where the list's end (the zero) is; -1 if the list is damaged, unusual or not wholly in the window
   */
  parse(bytes: Uint8Array, list: number, limit: number, size: number, format: ObjectFormat): number {
    const { header, pointerSize } = format;
    this.#reserve(size / pointerSize);
    const { offsets, kept } = this;
    let count = 0;
    let hash = 0;
    // Offset behind the last field.
    let after = 0;
    let at = list;
    // A field takes at most five bytes here, as offsets are below 2^28.
    while (at + 5 < limit && bytes[at] !== FieldKind.END) {
      const kind = bytes[at++]!;
      let offset = bytes[at++]!;
      if (offset >= 0x80) {
        let last = bytes[at++]!;
        offset = (offset & 0x7f) | ((last & 0x7f) << 7);
        if (last >= 0x80) {
          last = bytes[at++]!;
          offset |= (last & 0x7f) << 14;
          if (last >= 0x80) {
            last = bytes[at++]!;
            offset |= last << 21;
          }
        }
        // Longer than it need be: the same list written otherwise must not become another shape.
        if (last === 0) return -1;
      }
      let words = 1;
      if (kind !== FieldKind.POINTER) {
        // go1.4 lists an interface once, at its type word; only the data word can point into the heap.
        if (header !== 4 || kind > FieldKind.EFACE) return -1;
        words = 2;
      }
      if (offset < after || (offset & (pointerSize - 1)) !== 0 || offset + words * pointerSize > size) return -1;
      hash = hashField(hash, kind, offset);
      offsets[kept + count++] = words === 1 ? offset : offset | SECOND_WORD;
      after = offset + words * pointerSize;
    }
    if (at >= limit || bytes[at] !== FieldKind.END) return -1;
    this.count = count;
    this.firstOffset = offsets[kept]!;
    this.hash = hash;
    return at;
  }

  /** Keeps the list parsed last; returns where its offsets begin. */
  keep(): number {
    const start = this.kept;
    this.kept += this.count;
    return start;
  }

  #reserve(count: number): void {
    if (this.kept + count <= this.offsets.length) return;
    const larger = new Int32Array(Math.max(this.offsets.length * 2, this.kept + Math.ceil(count)));
    larger.set(this.offsets);
    this.offsets = larger;
  }
}

/** Adds a field to the hash of a list. */
export function hashField(hash: number, kind: number, offset: number): number {
  return Math.imul(hash ^ offset ^ (kind << 24), HASH_FACTOR);
}

/**
 * PointerDecoder: one slot's field list and the pointers it tells of, out of the decoder's window. The inner half of the
 * hot path; on its own because a function of this size is what the compiler optimises well.
 */
import { addressFromWords, readAddress, WIDE_HIGH_WORD } from "./address.ts";
import type { ObjectColumns, ObjectFormat } from "./object-columns.ts";
import { FieldKind } from "./tags.ts";

export class PointerDecoder {
  /** Of the list decoded last: its fields, … */
  fieldCount = 0;
  /** … a hash of kinds and offsets, … */
  hash = 0;
  /** … and the first field's offset, exact below 128. */
  firstOffset = 0;

  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #format: ObjectFormat;
  readonly #columns: ObjectColumns;

  constructor(bytes: Uint8Array, view: DataView, format: ObjectFormat, columns: ObjectColumns) {
    this.#bytes = bytes;
    this.#view = view;
    this.#format = format;
    this.#columns = columns;
  }

  /**
   * Decodes a list that is not empty, and adds an edge for every pointer that is not nil.
   * @param contents where the slot's contents begin in the window
   * @param length of the contents; the window holds them and the longest list they can have, with offsets of three bytes
   * @param list where the list begins
   * @returns where its end (the zero) is, or -1 if the list is damaged
   */
  decode(contents: number, length: number, list: number): number {
    const { header, pointerSize, bigEndian, addressBaseHigh, interfaceTypes } = this.#format;
    const bytes = this.#bytes;
    const view = this.#view;
    const columns = this.#columns;
    const { target, offset } = columns;
    const littleEndian = !bigEndian;
    const wide = pointerSize === 8;
    const alignment = pointerSize - 1;
    const interfaceMin = interfaceTypes.min;
    const interfaceMax = interfaceTypes.max;

    let { edgeCount } = columns;
    let hash = 0;
    let fieldCount = 0;
    // Offset behind the last field, and the value of the last word that was read as a pointer.
    let after = 0;
    let last = 0;
    let at = list;
    let kind = bytes[at++]!;
    // Whether it is below the size of a word is all that matters.
    this.firstOffset = bytes[at]!;
    do {
      let fieldOffset = bytes[at++]!;
      if (fieldOffset >= 0x80) {
        const next = bytes[at++]!;
        fieldOffset = (fieldOffset & 0x7f) | ((next & 0x7f) << 7);
        if (next >= 0x80) fieldOffset |= bytes[at++]! << 14;
      }
      if (fieldOffset < after || (fieldOffset & alignment) !== 0 || fieldOffset + pointerSize > length) return -1;
      hash = Math.imul(hash ^ fieldOffset ^ (kind << 24), 0x9e37_79b1);
      fieldCount++;

      let wordOffset = fieldOffset;
      let word = contents + fieldOffset;
      let before = 0;
      if (kind !== FieldKind.POINTER) {
        // go1.4 lists an interface once, at its type word; only the data word can point into the heap.
        if (header !== 4 || kind > FieldKind.EFACE || fieldOffset + 2 * pointerSize > length) return -1;
        before = readAddress(view, word, wide, littleEndian, addressBaseHigh);
        wordOffset += pointerSize;
        word += pointerSize;
      } else if (fieldOffset === after) {
        before = last;
      } else if (wide) {
        // The word before is no pointer: it can be the type word of an interface.
        const high = view.getUint32(littleEndian ? word - 4 : word - 8, littleEndian);
        const low = view.getUint32(littleEndian ? word - 8 : word - 4, littleEndian);
        before = high < WIDE_HIGH_WORD ? high * 0x1_0000_0000 + low : 0;
      } else {
        before = view.getUint32(word - 4, littleEndian);
      }

      let value: number;
      if (wide) {
        const high = view.getUint32(littleEndian ? word + 4 : word, littleEndian);
        const low = view.getUint32(littleEndian ? word : word + 4, littleEndian);
        value = high < WIDE_HIGH_WORD ? high * 0x1_0000_0000 + low : addressFromWords(high, low, addressBaseHigh);
      } else {
        value = view.getUint32(word, littleEndian);
      }
      if (value !== 0) {
        target[edgeCount] = value;
        offset[edgeCount] = wordOffset;
        if (before >= interfaceMin && before <= interfaceMax) {
          const type = interfaceTypes.get(before);
          if (type >= 0) columns.addInterface(edgeCount, type);
        }
        edgeCount++;
      }
      last = value;
      after = wordOffset + pointerSize;
      kind = bytes[at++]!;
    } while (kind !== 0);

    columns.edgeCount = edgeCount;
    columns.pointerSlots += fieldCount;
    this.hash = hash;
    this.fieldCount = fieldCount;
    return at - 1;
  }
}

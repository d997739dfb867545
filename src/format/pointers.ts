/**
 * PointerDecoder: one slot's field list and the pointers it tells of, out of the decoder's window. The inner half of the
 * hot path. The common case, 64-bit little-endian and nothing but plain pointers, has a function of its own, short and
 * without calls, which is what the compiler needs to keep it in registers: a third of the time of the general one.
 */
import { readAddress, WIDE_HIGH_WORD } from "./address.ts";
import { MAX_WINDOW_CONTENTS, type ObjectColumns, type ObjectFormat } from "./object-columns.ts";
import { FieldKind } from "./tags.ts";

/** What the decoding functions leave in `results`. */
const FIELD_COUNT = 0;
const HASH = 1;
const EDGE_COUNT = 2;
const CANDIDATES = 3;

/** Multiplier of the lists' hash. */
export const MASK_HASH_FACTOR = 0x9e37_79b1;

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
  readonly #isCommon: boolean;
  readonly #results = new Float64Array(4);
  /** Words that can be type words of interfaces, and the edges behind them; as many as a slot in the window has words. */
  readonly #candidateEdge: Float64Array;
  readonly #candidateWord: Float64Array;

  constructor(bytes: Uint8Array, view: DataView, format: ObjectFormat, columns: ObjectColumns) {
    this.#bytes = bytes;
    this.#view = view;
    this.#format = format;
    this.#columns = columns;
    const words = Math.ceil(Math.min(MAX_WINDOW_CONTENTS, bytes.length) / 4);
    this.#candidateEdge = new Float64Array(words);
    this.#candidateWord = new Float64Array(words);
    this.#isCommon = format.pointerSize === 8 && !format.bigEndian;
  }

  /**
   * Decodes a list that is not empty, and adds an edge for every pointer that is not nil.
   * @param contents where the slot's contents begin in the window
   * @param length of the contents; the window holds them and the longest list they can have, with offsets of three bytes
   * @param list where the list begins
   * @returns where its end (the zero) is, or -1 if the list is damaged
   */
  decode(contents: number, length: number, list: number): number {
    const columns = this.#columns;
    const results = this.#results;
    const { interfaceTypes } = this.#format;
    const candidateEdge = this.#candidateEdge;
    const candidateWord = this.#candidateWord;
    let end = -1;
    if (this.#isCommon) {
      end = decodeCommon(
        this.#bytes,
        contents,
        length,
        list,
        columns.target,
        columns.offset,
        columns.edgeCount,
        interfaceTypes.min,
        interfaceTypes.max,
        candidateEdge,
        candidateWord,
        results,
      );
    }
    if (end < 0) end = this.#decodeAny(contents, length, list);
    if (end < 0) return -1;
    const candidates = results[CANDIDATES]!;
    for (let i = 0; i < candidates; i++) {
      const type = interfaceTypes.get(candidateWord[i]!);
      if (type >= 0) columns.addInterface(candidateEdge[i]!, type);
    }
    this.fieldCount = results[FIELD_COUNT]!;
    this.hash = results[HASH]! | 0;
    this.firstOffset = this.#bytes[list + 1]!;
    columns.edgeCount = results[EDGE_COUNT]!;
    columns.pointerSlots += results[FIELD_COUNT]!;
    return end;
  }

  /** Any pointer size and byte order, and the interface fields of go1.4. */
  #decodeAny(contents: number, length: number, list: number): number {
    const { header, pointerSize, bigEndian, addressBaseHigh, interfaceTypes } = this.#format;
    const bytes = this.#bytes;
    const view = this.#view;
    const { target, offset } = this.#columns;
    const wide = pointerSize === 8;
    const { min, max } = interfaceTypes;
    let { edgeCount } = this.#columns;
    let candidates = 0;
    let hash = 0;
    let fieldCount = 0;
    // Offset behind the last field, and the value of the last word that was read.
    let after = 0;
    let last = 0;
    let at = list;
    for (let kind = bytes[at++]!; kind !== 0; kind = bytes[at++]!) {
      let fieldOffset = bytes[at++]!;
      if (fieldOffset >= 0x80) {
        const next = bytes[at++]!;
        fieldOffset = (fieldOffset & 0x7f) | ((next & 0x7f) << 7);
        if (next >= 0x80) fieldOffset |= bytes[at++]! << 14;
      }
      if (fieldOffset < after || fieldOffset % pointerSize !== 0 || fieldOffset + pointerSize > length) return -1;
      hash = Math.imul(hash ^ fieldOffset ^ (kind << 24), MASK_HASH_FACTOR);
      fieldCount++;

      let wordOffset = fieldOffset;
      if (kind !== FieldKind.POINTER) {
        // go1.4 lists an interface once, at its type word; only the data word can point into the heap.
        if (header !== 4 || kind > FieldKind.EFACE || fieldOffset + 2 * pointerSize > length) return -1;
        last = readAddress(view, contents + fieldOffset, wide, !bigEndian, addressBaseHigh);
        wordOffset += pointerSize;
        after = wordOffset;
      }
      const word = contents + wordOffset;
      const value = readAddress(view, word, wide, !bigEndian, addressBaseHigh);
      if (value !== 0) {
        const before =
          wordOffset === after ? last : readAddress(view, word - pointerSize, wide, !bigEndian, addressBaseHigh);
        if (before >= min && before <= max) {
          this.#candidateEdge[candidates] = edgeCount;
          this.#candidateWord[candidates++] = before;
        }
        target[edgeCount] = value;
        offset[edgeCount++] = wordOffset;
      }
      last = value;
      after = wordOffset + pointerSize;
    }
    this.#results[FIELD_COUNT] = fieldCount;
    this.#results[HASH] = hash;
    this.#results[EDGE_COUNT] = edgeCount;
    this.#results[CANDIDATES] = candidates;
    return at - 1;
  }
}

/** 64-bit little-endian, nothing but plain pointers below 2^53; -1 for all else. See `PointerDecoder.decode`. */
function decodeCommon(
  bytes: Uint8Array,
  contents: number,
  length: number,
  list: number,
  target: Float64Array,
  offset: Uint32Array,
  firstEdge: number,
  interfaceMin: number,
  interfaceMax: number,
  candidateEdge: Float64Array,
  candidateWord: Float64Array,
  results: Float64Array,
): number {
  let edgeCount = firstEdge;
  let candidates = 0;
  let hash = 0;
  let fieldCount = 0;
  let after = 0;
  let last = 0;
  let at = list;
  while (bytes[at] === FieldKind.POINTER) {
    let fieldOffset = bytes[at + 1]!;
    at += 2;
    if (fieldOffset >= 0x80) {
      const next = bytes[at++]!;
      fieldOffset = (fieldOffset & 0x7f) | ((next & 0x7f) << 7);
      if (next >= 0x80) fieldOffset |= bytes[at++]! << 14;
    }
    if (fieldOffset < after || (fieldOffset & 7) !== 0 || fieldOffset + 8 > length) return -1;
    hash = Math.imul(hash ^ fieldOffset ^ (FieldKind.POINTER << 24), MASK_HASH_FACTOR);
    fieldCount++;

    const word = contents + fieldOffset;
    const low = bytes[word]! | (bytes[word + 1]! << 8) | (bytes[word + 2]! << 16) | (bytes[word + 3]! << 24);
    const high = bytes[word + 4]! | (bytes[word + 5]! << 8) | (bytes[word + 6]! << 16) | (bytes[word + 7]! << 24);
    if ((low | high) !== 0) {
      if (high >>> 0 >= WIDE_HIGH_WORD) return -1;
      const value = high * 0x1_0000_0000 + (low >>> 0);
      // The word in front, a pointer or not, can be the type word of an interface.
      let before = last;
      if (fieldOffset !== after) {
        const lowBefore =
          bytes[word - 8]! | (bytes[word - 7]! << 8) | (bytes[word - 6]! << 16) | (bytes[word - 5]! << 24);
        const highBefore =
          bytes[word - 4]! | (bytes[word - 3]! << 8) | (bytes[word - 2]! << 16) | (bytes[word - 1]! << 24);
        before = highBefore * 0x1_0000_0000 + (lowBefore >>> 0);
      }
      if (before >= interfaceMin && before <= interfaceMax) {
        candidateEdge[candidates] = edgeCount;
        candidateWord[candidates++] = before;
      }
      target[edgeCount] = value;
      offset[edgeCount++] = fieldOffset;
      last = value;
    } else {
      last = 0;
    }
    after = fieldOffset + 8;
  }
  if (bytes[at] !== 0) return -1;
  results[FIELD_COUNT] = fieldCount;
  results[HASH] = hash;
  results[EDGE_COUNT] = edgeCount;
  results[CANDIDATES] = candidates;
  return at;
}

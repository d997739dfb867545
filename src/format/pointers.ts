/**
 * PointerReader: the pointers of decoded objects, out of the decoder's window, where the objects' shapes say that they are.
 * The inner half of the hot path.
 *
 * On the way it takes note of what costs a second reading otherwise: pointers whose preceding word is a known itab or type,
 * the data words of interfaces.
 */
import { readAddress, WIDE_HIGH_WORD } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { SECOND_WORD } from "./field-lists.ts";
import type { ObjectColumns, ObjectFormat } from "./object-columns.ts";
import { SHAPE_FIELD_COUNT, SHAPE_FIELDS, SHAPE_STRIDE } from "./shapes.ts";

const TWO_32 = 2 ** 32;

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const STRIDE = SHAPE_STRIDE;
const FIELDS = SHAPE_FIELDS;
const FIELD_COUNT = SHAPE_FIELD_COUNT;
const WIDE_HIGH = WIDE_HIGH_WORD;

/** No heap has so little of a dump for each pointer; how much room is made at first. */
const BYTES_PER_POINTER = 32;

export class PointerReader {
  readonly #cursor: Cursor;
  readonly #format: ObjectFormat;
  readonly #columns: ObjectColumns;
  readonly #isCommon: boolean;
  /** Words that can be type words of interfaces, and the edges behind them. */
  #candidateEdge = new Float64Array(0);
  #candidateWord = new Float64Array(0);
  #candidates = 0;

  constructor(cursor: Cursor, format: ObjectFormat, columns: ObjectColumns) {
    this.#cursor = cursor;
    this.#format = format;
    this.#columns = columns;
    this.#isCommon =
      format.pointerSize === 8 && !format.bigEndian && format.header !== 4 && format.addressBaseHigh === 0;
  }

  /**
   * Makes edges of the pointers, those that are not nil, of the objects from `first` on, whose contents are in the window.
   * @param slots pointers, nil ones included, that these objects have
   */
  read(first: number, slots: number): void {
    const columns = this.#columns;
    columns.reserveEdges(columns.edgeCount + slots, this.#cursor.source.size / BYTES_PER_POINTER);
    if (slots > this.#candidateEdge.length) {
      this.#candidateEdge = new Float64Array(slots);
      this.#candidateWord = new Float64Array(slots);
    }
    if (!this.#isCommon || !this.#readCommon(first)) this.#readAny(first);
    this.#askInterfaces();
  }

  #askInterfaces(): void {
    const columns = this.#columns;
    const { interfaceTypes } = this.#format;
    const edges = this.#candidateEdge;
    const words = this.#candidateWord;
    let known = Number.NaN;
    let type = -1;
    for (let i = 0; i < this.#candidates; i++) {
      const word = words[i]!;
      // Neighbours are often of one type.
      if (word !== known) {
        known = word;
        type = interfaceTypes.get(word);
      }
      if (type >= 0) columns.addInterface(edges[i]!, type);
    }
  }

  /**
   * 64-bit little-endian, without the interface fields of go1.4: nearly every dump there is.
   * @returns false if there is a word of 2^53 or more among the pointers; nothing is done then
   */
  #readCommon(first: number): boolean {
    const { base, view } = this.#cursor;
    const { min, max } = this.#format.interfaceTypes;
    const minHigh = (min / TWO_32) | 0;
    const maxHigh = (max / TWO_32) | 0;
    const { count, position, shape, shapes, edgeStart, target, offset } = this.#columns;
    const { rows, lists } = shapes;
    const { offsets } = lists;
    const candidateEdge = this.#candidateEdge;
    const candidateWord = this.#candidateWord;
    let candidates = 0;
    let edgeCount = this.#columns.edgeCount;
    let highBits = 0;
    for (let i = first; i < count; i++) {
      const row = shape[i]! * STRIDE;
      const fieldCount = rows[row + FIELD_COUNT]!;
      if (fieldCount > 0) {
        const contents = (position[i]! - base) | 0;
        const firstField = rows[row + FIELDS]!;
        const fieldEnd = firstField + fieldCount;
        for (let field = firstField; field < fieldEnd; field++) {
          const fieldOffset = offsets[field]!;
          const word = contents + fieldOffset;
          const low = view.getInt32(word, true);
          const high = view.getInt32(word + 4, true);
          if ((low | high) === 0) continue;
          highBits |= high;
          if (fieldOffset !== 0) {
            // The word in front, a pointer or not, can be the type word of an interface.
            const beforeHigh = view.getInt32(word - 4, true);
            if (beforeHigh >= minHigh && beforeHigh <= maxHigh) {
              const before = beforeHigh * TWO_32 + (view.getInt32(word - 8, true) >>> 0);
              if (before >= min && before <= max) {
                candidateEdge[candidates] = edgeCount;
                candidateWord[candidates++] = before;
              }
            }
          }
          target[edgeCount] = high * TWO_32 + (low >>> 0);
          offset[edgeCount++] = fieldOffset;
        }
      }
      edgeStart[i + 1] = edgeCount;
    }
    if (highBits >>> 0 >= WIDE_HIGH) return false;
    this.#candidates = candidates;
    this.#columns.edgeCount = edgeCount;
    return true;
  }

  /** Any pointer size and byte order, and the interface fields of go1.4. */
  #readAny(first: number): void {
    const { base, view } = this.#cursor;
    const { pointerSize, bigEndian, addressBaseHigh, interfaceTypes } = this.#format;
    const { min, max } = interfaceTypes;
    const wide = pointerSize === 8;
    const littleEndian = !bigEndian;
    const { count, position, shape, shapes, edgeStart, target, offset } = this.#columns;
    const { rows, lists } = shapes;
    const { offsets } = lists;
    let candidates = 0;
    let edgeCount = this.#columns.edgeCount;
    for (let i = first; i < count; i++) {
      const row = shape[i]! * STRIDE;
      const contents = position[i]! - base;
      const firstField = rows[row + FIELDS]!;
      const fieldEnd = firstField + rows[row + FIELD_COUNT]!;
      for (let field = firstField; field < fieldEnd; field++) {
        const fieldOffset = offsets[field]!;
        const wordOffset = (fieldOffset & SECOND_WORD) === 0 ? fieldOffset : fieldOffset - SECOND_WORD + pointerSize;
        const word = contents + wordOffset;
        const value = +readAddress(view, word, wide, littleEndian, addressBaseHigh);
        if (value === 0) continue;
        if (wordOffset !== 0) {
          const before = +readAddress(view, word - pointerSize, wide, littleEndian, addressBaseHigh);
          if (before >= min && before <= max) {
            this.#candidateEdge[candidates] = edgeCount;
            this.#candidateWord[candidates++] = before;
          }
        }
        target[edgeCount] = value;
        offset[edgeCount++] = wordOffset;
      }
      edgeStart[i + 1] = edgeCount;
    }
    this.#candidates = candidates;
    this.#columns.edgeCount = edgeCount;
  }
}

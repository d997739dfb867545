/**
 * PointerReader: the pointers of decoded objects, out of the decoder's window, where the objects' shapes say that they are.
 * The inner half of the hot path.
 *
 * On the way it takes note of what costs a second reading otherwise: pointers whose preceding word is a known itab or type,
 * the data words of interfaces.
 */
import { highHalf, lowHalf, readAddress, UNADDRESSABLE, WIDE_HIGH_WORD } from "../records/address.ts";
import { FILTER_LENGTH } from "../records/address-map.ts";
import type { Cursor } from "../records/cursor.ts";
import { SECOND_WORD } from "./field-lists.ts";
import type { ObjectColumns } from "./object-columns.ts";
import type { ObjectFormat } from "./object-format.ts";
import { SHAPE_FIELD_COUNT, SHAPE_FIELDS, SHAPE_STRIDE } from "./shapes.ts";

const TWO_32 = 2 ** 32;

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const STRIDE = SHAPE_STRIDE;
const FIELDS = SHAPE_FIELDS;
const FIELD_COUNT = SHAPE_FIELD_COUNT;
const WIDE_HIGH = WIDE_HIGH_WORD;
const LOW_OUT_OF_REACH = lowHalf(UNADDRESSABLE);
const HIGH_OUT_OF_REACH = highHalf(UNADDRESSABLE);
const FILTER_MASK = FILTER_LENGTH - 1;

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
    if (this.#isCommon) this.#readCommon(first);
    else this.#readAny(first);
    this.#askInterfaces();
  }

  #askInterfaces(): void {
    const columns = this.#columns;
    columns.reserveInterfaces(columns.interfaceCount + this.#candidates);
    const { interfaceEdge, interfaceType } = columns;
    const { interfaceTypes } = this.#format;
    const edges = this.#candidateEdge;
    const words = this.#candidateWord;
    const candidates = this.#candidates;
    let { interfaceCount: count, interfaceTypeCount: typeCount } = columns;
    let known = Number.NaN;
    let type = -1;
    for (let i = 0; i < candidates; i++) {
      const word = words[i]!;
      // Neighbours are often of one type.
      if (word !== known) {
        known = word;
        type = interfaceTypes.get(word);
        if (type >= typeCount) typeCount = type + 1;
      }
      if (type < 0) continue;
      interfaceEdge[count] = edges[i]!;
      interfaceType[count++] = type;
    }
    columns.interfaceCount = count;
    columns.interfaceTypeCount = typeCount;
  }

  /** 64-bit little-endian, below 2^53, without the interface fields of go1.4: nearly every dump there is. */
  #readCommon(first: number): void {
    const { base, view } = this.#cursor;
    const { filter } = this.#format.interfaceTypes;
    const { count, position, shape, shapes, edgeStart, target, offset } = this.#columns;
    const { rows, lists } = shapes;
    const { offsets } = lists;
    const candidateEdge = this.#candidateEdge;
    const candidateWord = this.#candidateWord;
    let candidates = 0;
    let edgeCount = this.#columns.edgeCount;
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
          if (fieldOffset !== 0) {
            // The word in front, a pointer or not, can be the type word of an interface.
            const before = view.getInt32(word - 8, true);
            if (((filter[(before >>> 9) & FILTER_MASK]! >>> (before >>> 4)) & 1) !== 0) {
              candidateEdge[candidates] = edgeCount;
              candidateWord[candidates++] = view.getInt32(word - 4, true) * TWO_32 + (before >>> 0);
            }
          }
          const isWide = high >>> 0 >= WIDE_HIGH;
          target[2 * edgeCount] = isWide ? LOW_OUT_OF_REACH : low;
          target[2 * edgeCount + 1] = isWide ? HIGH_OUT_OF_REACH : high;
          offset[edgeCount++] = fieldOffset;
        }
      }
      edgeStart[i + 1] = edgeCount;
    }
    this.#candidates = candidates;
    this.#columns.edgeCount = edgeCount;
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
        target[2 * edgeCount] = lowHalf(value);
        target[2 * edgeCount + 1] = highHalf(value);
        offset[edgeCount++] = wordOffset;
      }
      edgeStart[i + 1] = edgeCount;
    }
    this.#candidates = candidates;
    this.#columns.edgeCount = edgeCount;
  }
}

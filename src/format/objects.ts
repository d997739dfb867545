/**
 * Objects → columns: the hot path of the whole program. Object records are nearly all of a dump's bytes; this decodes them
 * in runs, straight from the cursor's window into growable columns, in the dump's order. One function, numbers and typed
 * arrays only; see the benchmark before touching it.
 *
 * On the way it takes note of what costs a second reading otherwise: the slot's shape (nil pointers are part of the mask,
 * but no edges), and pointers whose preceding word is a known itab or type: the data words of interfaces.
 */
import { addressFromUint64, addressFromWords, readAddress, WIDE_HIGH_WORD } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { decodeLongObject } from "./long-objects.ts";
import { hasHeader, MAX_HEADER_SIZE, type ObjectColumns, type ObjectFormat } from "./object-columns.ts";
import { ShapeKind } from "./shapes.ts";
import { FieldKind, Tag } from "./tags.ts";

/** Contents of more bytes than this are decoded by the slow path, out of the window. */
const MAX_WINDOW_CONTENTS = 1 << 20;

/**
 * Decodes Object records of go1.4 and later until another record comes or `maxBytes` are consumed.
 * @param cursor at a record's tag; left at a record's tag
 * @throws HeapDumpError
 */
export function decodeObjects(cursor: Cursor, format: ObjectFormat, columns: ObjectColumns, maxBytes: number): void {
  const { header, pointerSize, bigEndian, addressBaseHigh, headerMinSize, interfaceTypes } = format;
  const littleEndian = !bigEndian;
  const wide = pointerSize === 8;
  const alignment = pointerSize - 1;
  const { bytes, source } = cursor;
  const { shapes } = columns;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const interfaceMin = interfaceTypes.min;
  const interfaceMax = interfaceTypes.max;
  const { noscanShapes } = columns;
  const stopAt = cursor.position + maxBytes;

  let { address, size, position, shape, edgeStart, target, offset } = columns;
  let count = columns.count;
  let edgeCount = columns.edgeCount;
  let pointerSlots = 0;
  let objectCapacity = address.length;
  let edgeCapacity = target.length;
  let at = cursor.offset;
  let { end } = cursor;
  let base = cursor.base;

  for (;;) {
    // A tag, an address and a length take 21 bytes at the most.
    let inWindow = true;
    if (end - at < 32) {
      cursor.offset = at;
      inWindow = cursor.ensure(32);
      at = cursor.offset;
      end = cursor.end;
      base = cursor.base;
      if (end === at) break;
    }
    if (bytes[at] !== Tag.OBJECT || base + at >= stopAt) break;
    const recordStart = at;
    at++;

    // The address: in practice six bytes (0xc0…), or seven where the heap's base is random.
    let slotAddress: number;
    const b4 = bytes[at + 4]!;
    const b5 = bytes[at + 5]!;
    const b6 = bytes[at + 6]!;
    const allMore = bytes[at]! & bytes[at + 1]! & bytes[at + 2]! & bytes[at + 3]! & b4;
    if (allMore >= 0x80 && (b5 < 0x80 || b6 < 0x80) && inWindow) {
      const low =
        (bytes[at]! & 0x7f) |
        ((bytes[at + 1]! & 0x7f) << 7) |
        ((bytes[at + 2]! & 0x7f) << 14) |
        ((bytes[at + 3]! & 0x7f) << 21);
      let high = (b4 & 0x7f) | ((b5 & 0x7f) << 7);
      at += 6;
      if (b5 >= 0x80) {
        high |= b6 << 14;
        at++;
      }
      slotAddress = low + high * 0x1000_0000;
    } else {
      cursor.offset = at;
      slotAddress = addressFromUint64(cursor.uvarint(), addressBaseHigh);
      at = cursor.offset;
    }

    // The length; of one or two bytes in practice.
    let length = bytes[at]!;
    let lengthEnd = at + 1;
    if (length >= 0x80) {
      const next = bytes[lengthEnd++]!;
      length = (length & 0x7f) | ((next & 0x7f) << 7);
      if (next >= 0x80) {
        const third = bytes[lengthEnd++]!;
        length |= (third & 0x7f) << 14;
        if (third >= 0x80) inWindow = false;
      }
    }

    // Contents, and a field list: a kind and at most three bytes of offset a word. What is longer than the window, or at
    // the very end of the file, goes the slow way.
    const words = length / pointerSize;
    const needed = lengthEnd - recordStart + length + 5 * words + 32;
    if (length > MAX_WINDOW_CONTENTS) inWindow = false;
    if (inWindow && end - recordStart < needed) {
      cursor.offset = recordStart;
      inWindow = cursor.ensure(needed);
      const moved = cursor.offset - recordStart;
      at += moved;
      lengthEnd += moved;
      end = cursor.end;
      base = cursor.base;
    }
    if (count === objectCapacity || edgeCount + words > edgeCapacity || !inWindow) {
      columns.count = count;
      columns.edgeCount = edgeCount;
      columns.reserveObjects(count + 1, extrapolate(count, base + at, source.size));
      if (inWindow) columns.reserveEdges(edgeCount + words, extrapolate(edgeCount, base + at, source.size));
      else {
        cursor.offset = at;
        cursor.beginRecord("Object", base + recordStart);
        decodeLongObject(cursor, slotAddress, format, columns);
        count = columns.count;
        edgeCount = columns.edgeCount;
        at = cursor.offset;
        end = cursor.end;
        base = cursor.base;
      }
      ({ address, size, position, shape, edgeStart, target, offset } = columns);
      objectCapacity = address.length;
      edgeCapacity = target.length;
      if (!inWindow) continue;
    }

    const contents = lengthEnd;
    at = contents + length;
    address[count] = slotAddress;
    size[count] = length;
    position[count] = base + contents;

    let kind = bytes[at++]!;
    if (kind === 0) {
      // No pointers: the size is all there is to the shape.
      let found = length <= MAX_HEADER_SIZE ? noscanShapes[length >>> 3]! : -1;
      if (found < 0 || (length & 7) !== 0) {
        found = shapes.ofMask(length, bytes, at, at, 0, 0);
        if (length <= MAX_HEADER_SIZE && (length & 7) === 0) noscanShapes[length >>> 3] = found;
      }
      shape[count++] = found;
      edgeStart[count] = edgeCount;
      continue;
    }

    const listStart = at - 1;
    let hash = 0;
    let fieldCount = 0;
    let firstOffset = -1;
    // Offset after the last field, and the value of the last word that was read as a pointer.
    let after = 0;
    let last = 0;
    do {
      let fieldOffset = bytes[at++]!;
      if (fieldOffset >= 0x80) {
        const next = bytes[at++]!;
        fieldOffset = (fieldOffset & 0x7f) | ((next & 0x7f) << 7);
        if (next >= 0x80) fieldOffset |= bytes[at++]! << 14;
      }
      hash = Math.imul(hash ^ fieldOffset ^ (kind << 24), 0x9e37_79b1) | 0;
      if (firstOffset < 0) firstOffset = fieldOffset;
      let wordOffset = fieldOffset;
      let word = contents + fieldOffset;
      let before = fieldOffset === after ? last : 0;
      const isInterface = kind !== FieldKind.POINTER;
      if (
        fieldOffset < after ||
        (fieldOffset & alignment) !== 0 ||
        fieldOffset + pointerSize > length ||
        (isInterface && (header !== 4 || kind > FieldKind.EFACE || fieldOffset + 2 * pointerSize > length))
      ) {
        cursor.offset = at;
        cursor.beginRecord("Object", base + recordStart);
        throw cursor.error(
          "bad-field-list",
          `field of kind ${kind} at offset ${fieldOffset} of a slot of ${length} bytes`,
          {
            hint: "The file is damaged here. --salvage converts what comes before.",
          },
        );
      }
      if (isInterface) {
        // go1.4 lists an interface once, at its type word; only the data word can point into the heap.
        before = readAddress(view, word, wide, littleEndian, addressBaseHigh);
        wordOffset += pointerSize;
        word += pointerSize;
      } else if (fieldOffset !== after && fieldOffset > 0) {
        // The word before is no pointer: it can be the type word of an interface.
        if (wide) {
          const high = view.getUint32(littleEndian ? word - 4 : word - 8, littleEndian);
          if (high < WIDE_HIGH_WORD)
            before = high * 0x1_0000_0000 + view.getUint32(littleEndian ? word - 8 : word - 4, littleEndian);
        } else {
          before = view.getUint32(word - 4, littleEndian);
        }
      }
      fieldCount++;

      let value: number;
      if (wide) {
        const low = view.getUint32(littleEndian ? word : word + 4, littleEndian);
        const high = view.getUint32(littleEndian ? word + 4 : word, littleEndian);
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

    pointerSlots += fieldCount;
    let found: number;
    const firstWord = length > headerMinSize ? readAddress(view, contents, wide, littleEndian, addressBaseHigh) : 0;
    if (length > headerMinSize && hasHeader(format, length, firstOffset, firstWord)) {
      found = shapes.ofType(ShapeKind.HEADER, length, firstWord, 0, fieldCount);
    } else {
      found = shapes.ofMask(length, bytes, listStart, at - 1, fieldCount, hash);
    }
    shape[count++] = found;
    edgeStart[count] = edgeCount;
  }

  columns.count = count;
  columns.edgeCount = edgeCount;
  columns.pointerSlots += pointerSlots;
  cursor.offset = at;
}

/** How many rows the whole file will have if it goes on like this; a tenth more, so that it seldom falls short. */
function extrapolate(rows: number, position: number, fileSize: number): number {
  return position < 1 << 20 ? 0 : Math.ceil(((rows * fileSize) / position) * 1.1);
}

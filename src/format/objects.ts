/**
 * Objects → columns: the hot path of the whole program. Object records are nearly all of a dump's bytes; this decodes them
 * in runs, straight from the cursor's window into growable columns, in the dump's order. One function, numbers and typed
 * arrays only; see the benchmark before touching it.
 *
 * On the way it takes note of what costs a second reading otherwise: the slot's shape (nil pointers are part of the mask,
 * but no edges), and pointers whose preceding word is a known itab or type: the data words of interfaces.
 */
import { addressFromUint64, readAddress } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { decodeLongObject } from "./long-objects.ts";
import {
  hasHeader,
  MAX_HEADER_SIZE,
  MAX_WINDOW_CONTENTS,
  type ObjectColumns,
  type ObjectFormat,
} from "./object-columns.ts";
import type { PointerDecoder } from "./pointers.ts";
import { ShapeKind } from "./shapes.ts";
import { Tag } from "./tags.ts";
import { uvarintLength } from "./varint.ts";

/** No heap has so little of a dump for each object and each pointer; how much room is made at first. */
const BYTES_PER_OBJECT = 64;
const BYTES_PER_POINTER = 32;

/**
 * Decodes Object records of go1.4 and later until another record comes or `maxBytes` are consumed.
 * @param cursor at a record's tag; left at a record's tag
 * @param pointers of the same cursor, format and columns
 * @throws HeapDumpError
 */
export function decodeObjects(
  cursor: Cursor,
  format: ObjectFormat,
  columns: ObjectColumns,
  pointers: PointerDecoder,
  maxBytes: number,
): void {
  const { pointerSize, bigEndian, addressBaseHigh, headerMinSize } = format;
  const littleEndian = !bigEndian;
  const wide = pointerSize === 8;
  const { bytes, view, source } = cursor;
  const { shapes } = columns;
  const { noscanShapes } = columns;
  const stopAt = cursor.position + maxBytes;

  let { address, size, position, shape, edgeStart, target } = columns;
  let count = columns.count;
  let edgeCount = columns.edgeCount;
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
    let recordStart = at;
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
      columns.count = count;
      // The unary plus keeps the compiler from boxing every address because of this call.
      slotAddress = +addressFromUint64(cursor.uvarint(), addressBaseHigh);
      at = cursor.offset;
    }

    // The length; of one or two bytes in practice.
    let addressEnd = at;
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
      recordStart += moved;
      at += moved;
      addressEnd += moved;
      lengthEnd += moved;
      end = cursor.end;
      base = cursor.base;
    }
    if (count === objectCapacity || edgeCount + words > edgeCapacity || !inWindow) {
      columns.count = count;
      columns.reserveObjects(count + 1, source.size / BYTES_PER_OBJECT);
      if (inWindow) columns.reserveEdges(edgeCount + words, source.size / BYTES_PER_POINTER);
      else {
        cursor.offset = at;
        noteLastObject(cursor, columns);
        cursor.beginRecord("Object", base + recordStart);
        decodeLongObject(cursor, slotAddress, format, columns);
        count = columns.count;
        edgeCount = columns.edgeCount;
        at = cursor.offset;
        end = cursor.end;
        base = cursor.base;
      }
      ({ address, size, position, shape, edgeStart, target } = columns);
      objectCapacity = address.length;
      edgeCapacity = target.length;
      if (!inWindow) continue;
    }

    const contents = lengthEnd;
    at = contents + length;
    address[count] = slotAddress;
    size[count] = length;
    position[count] = base + contents;

    if (bytes[at++] === 0) {
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

    const listEnd = pointers.decode(contents, length, at - 1);
    if (listEnd < 0) {
      // Damaged, which the slow way says, and where; or its numbers are not the shortest, which no runtime writes.
      columns.count = count;
      noteLastObject(cursor, columns);
      cursor.beginRecord("Object", base + recordStart);
      cursor.offset = addressEnd;
      decodeLongObject(cursor, slotAddress, format, columns);
      count = columns.count;
      edgeCount = columns.edgeCount;
      at = cursor.offset;
      end = cursor.end;
      base = cursor.base;
      ({ address, size, position, shape, edgeStart, target } = columns);
      objectCapacity = address.length;
      edgeCapacity = target.length;
      continue;
    }
    edgeCount = columns.edgeCount;
    const { fieldCount } = pointers;
    let found: number;
    const firstWord = length > headerMinSize ? readAddress(view, contents, wide, littleEndian, addressBaseHigh) : 0;
    if (length > headerMinSize && hasHeader(format, length, pointers.firstOffset, firstWord)) {
      found = shapes.ofType(ShapeKind.HEADER, length, firstWord, 0, fieldCount);
    } else {
      found = shapes.ofMask(length, bytes, at - 1, listEnd, fieldCount, pointers.hash);
    }
    at = listEnd + 1;
    shape[count++] = found;
    edgeStart[count] = edgeCount;
  }

  columns.count = count;
  cursor.offset = at;
  noteLastObject(cursor, columns);
}

/** Tells the cursor, for errors, where the record of the last object is: worked out backwards, so that the loop need not. */
function noteLastObject(cursor: Cursor, { count, address, size, position }: ObjectColumns): void {
  const last = count - 1;
  if (last < 0 || address[last]! < 0 || size[last] === 0xffff_ffff) return;
  const prefix = 1 + uvarintLength(address[last]!) + uvarintLength(size[last]!);
  cursor.beginRecord("Object", position[last]! - prefix);
}

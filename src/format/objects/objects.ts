/**
 * Objects → columns: the hot path of the whole program. Object records are nearly all of a dump's bytes; this decodes them
 * straight from the cursor's window into growable columns, in the dump's order.
 *
 * Two loops take turns over a batch that the processor's cache can hold: `frameObjects` finds where each record's parts are,
 * `PointerReader` reads the pointers. Each is short enough for the compiler to keep it in registers, calls nothing in the
 * usual case, and works on numbers and typed arrays only; see the benchmark before touching them. Whatever is unusual goes
 * through `decodeUnusual`, one object at a time.
 */
import { addressFromUint64, readAddress } from "../records/address.ts";
import { type Cursor, WINDOW_SIZE } from "../records/cursor.ts";
import { Tag } from "../records/tags.ts";
import { decodeLongObject } from "./long-objects.ts";
import { MAX_WINDOW_CONTENTS, type ObjectColumns } from "./object-columns.ts";
import { hasHeader, type ObjectFormat } from "./object-format.ts";
import type { PointerReader } from "./pointers.ts";
import { recentIndex } from "./shape-hashes.ts";
import {
  MAX_NOSCAN_SIZE,
  SHAPE_FIELD_COUNT,
  SHAPE_MASK,
  SHAPE_MASK_LENGTH,
  SHAPE_MASK_TAIL,
  SHAPE_SIZE,
  SHAPE_STRIDE,
  SHAPE_TAIL_BITS,
} from "./shapes.ts";

/** No heap has so little of a dump for each object; how much room is made at first. */
const BYTES_PER_OBJECT = 64;

/** Objects of a batch. */
const BATCH = 2048;

/** Bytes that are in the window before an object counts as unusual: more than a small object's record takes. */
const COMFORTABLE = 64 << 10;

/** Bytes read at once: so few that they are still in the processor's cache when they are decoded. */
const READ_SIZE = 256 << 10;

/** The longest beginning of a record: a tag, an address and a length; and what `recentIndex` looks at. */
const MAX_HEAD = 32;

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
  pointers: PointerReader,
  maxBytes: number,
): void {
  const stopAt = cursor.position + maxBytes;
  while (cursor.ensure(1, READ_SIZE) && cursor.bytes[cursor.offset] === Tag.OBJECT && cursor.position < stopAt) {
    const { count: first, pointerSlots } = columns;
    columns.reserveObjects(first + 1, cursor.source.size / BYTES_PER_OBJECT);
    const limit = Math.min(columns.address.length, first + BATCH);
    while (frameObjects(cursor, columns, limit, format, stopAt)) {}
    pointers.read(first, columns.pointerSlots - pointerSlots);
    if (columns.count > first) continue;
    if (cursor.end - cursor.offset < COMFORTABLE && cursor.ensure(COMFORTABLE, READ_SIZE)) continue;
    decodeUnusual(cursor, format, columns, pointers);
  }
}

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const OBJECT = Tag.OBJECT;
const MAX_NOSCAN = MAX_NOSCAN_SIZE;
const STRIDE = SHAPE_STRIDE;
const SIZE = SHAPE_SIZE;
const MASK = SHAPE_MASK;
const MASK_LENGTH = SHAPE_MASK_LENGTH;
const MASK_TAIL = SHAPE_MASK_TAIL;
const TAIL_BITS = SHAPE_TAIL_BITS;
const FIELD_COUNT = SHAPE_FIELD_COUNT;

/**
 * Finds address, position and shape of the objects that follow, up to the first that is unusual in any way, begins at
 * `stopAt` or later or would be number `countLimit`. Leaves `edgeStart` to `PointerReader`.
 * @returns whether there is more to be had by calling it again, now that another shape is known
 */
function frameObjects(
  cursor: Cursor,
  columns: ObjectColumns,
  countLimit: number,
  format: ObjectFormat,
  stopAt: number,
): boolean {
  const { bytes, view, end, base } = cursor;
  // Larger slots with pointers can have a malloc header.
  const maxScanSize = Math.min(format.headerMinSize, MAX_WINDOW_CONTENTS) | 0;
  const { address, position, shape, shapes } = columns;
  const { noscan, recent, rows, maskView } = shapes;
  const atLimit = Math.min(end - MAX_HEAD, stopAt - base) | 0;
  let at = cursor.offset;
  let last = -1;
  let count = columns.count;
  let fields = 0;
  let unknownList = 0;
  let unknownSize = 0;
  // No calls in this loop: after one, the compiler trusts nothing it knows of the arrays.
  while (at < atLimit && count < countLimit && bytes[at] === OBJECT) {
    // The address: in practice six bytes (0xc0…), or seven where the heap's base is random; five on 32-bit machines.
    const low =
      (bytes[at + 1]! & 0x7f) |
      ((bytes[at + 2]! & 0x7f) << 7) |
      ((bytes[at + 3]! & 0x7f) << 14) |
      ((bytes[at + 4]! & 0x7f) << 21);
    if ((bytes[at + 1]! & bytes[at + 2]! & bytes[at + 3]! & bytes[at + 4]!) < 0x80) break;
    let high = bytes[at + 5]!;
    let next = at + 6;
    if (high >= 0x80) {
      const sixth = bytes[next++]!;
      high = (high & 0x7f) | ((sixth & 0x7f) << 7);
      if (sixth >= 0x80) {
        const seventh = bytes[next++]!;
        if (seventh >= 0x80) break;
        high |= seventh << 14;
      }
    }

    // The length; of one or two bytes in practice.
    let length = bytes[next++]!;
    if (length >= 0x80) {
      const second = bytes[next++]!;
      length = (length & 0x7f) | ((second & 0x7f) << 7);
      if (second >= 0x80) {
        const third = bytes[next++]!;
        if (third >= 0x80) break;
        length |= third << 14;
      }
    }

    const list = next + length;
    if (list + MAX_HEAD > end) break;
    let found: number;
    let after = list + 1;
    if (bytes[list] === 0) {
      if (length > MAX_NOSCAN || (length & 7) !== 0) break;
      found = noscan[length >>> 3]!;
      if (found < 0) break;
    } else {
      if (length > maxScanSize) break;
      found = recent[recentIndex(length, view.getInt32(list, true), view.getInt32(list + 4, true))]!;
      const row = found * STRIDE;
      after = list + rows[row + MASK_LENGTH]!;
      if (after + 4 > end) break;
      let mask = rows[row + MASK]!;
      const tail = mask + rows[row + MASK_TAIL]!;
      const distance = list - mask;
      while (mask < tail && maskView.getInt32(mask, true) === view.getInt32(mask + distance, true)) mask += 4;
      const difference = maskView.getInt32(mask, true) ^ view.getInt32(mask + distance, true);
      if (mask !== tail || (difference & rows[row + TAIL_BITS]!) !== 0 || rows[row + SIZE] !== length) {
        unknownList = list;
        unknownSize = length;
        break;
      }
      fields += rows[row + FIELD_COUNT]!;
    }
    address[count] = low + high * 0x1000_0000;
    position[count] = base + next;
    shape[count++] = found;
    last = at;
    at = after;
  }
  if (last >= 0) cursor.beginRecord("Object", base + last);
  cursor.offset = at;
  columns.count = count;
  columns.pointerSlots += fields;
  return unknownList > 0 && shapes.learn(unknownSize, cursor, unknownList, end, format);
}

/** Decodes one Object record, whatever it is; the cursor stands at its tag. */
function decodeUnusual(cursor: Cursor, format: ObjectFormat, columns: ObjectColumns, pointers: PointerReader): void {
  const { pointerSize, addressBaseHigh } = format;
  cursor.tag();
  const slotAddress = addressFromUint64(cursor.uvarint(), addressBaseHigh);
  const { position } = cursor;
  const length = cursor.count("contents length");
  const needed = length + 5 * (length / pointerSize) + MAX_HEAD;
  if (length <= MAX_WINDOW_CONTENTS) cursor.ensure(Math.min(needed, WINDOW_SIZE), READ_SIZE);
  const { bytes, offset: contents } = cursor;
  const list = contents + length;
  const { shapes } = columns;
  const { lists } = shapes;
  const listEnd =
    length <= MAX_WINDOW_CONTENTS && list < cursor.end ? lists.parse(bytes, list, cursor.end, length, format) : -1;
  if (listEnd < 0) {
    // Longer than the window, with its list or without, at the very end of the file, or damaged.
    cursor.seek(position);
    decodeLongObject(cursor, slotAddress, format, columns);
    return;
  }
  const object = columns.count++;
  columns.address[object] = slotAddress;
  columns.position[object] = cursor.position;
  columns.pointerSlots += lists.count;
  const mayHaveHeader = lists.count > 0 && length > format.headerMinSize;
  const firstWord = mayHaveHeader
    ? readAddress(cursor.view, contents, pointerSize === 8, !format.bigEndian, addressBaseHigh)
    : 0;
  columns.shape[object] =
    mayHaveHeader && hasHeader(format, length, lists.firstOffset, firstWord)
      ? shapes.ofHeader(length, firstWord)
      : shapes.ofList(length, bytes, list, listEnd);
  cursor.offset = listEnd + 1;
  pointers.read(object, lists.count);
}

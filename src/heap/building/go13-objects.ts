/**
 * Objects of go1.3 → columns. These records name the object's type and leave the pointers to the Type records, so they are
 * expanded here.
 */

import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import type { ObjectFormat } from "../../format/objects/object-format.ts";
import { ShapeKind } from "../../format/objects/shapes.ts";
import { addressFromUint64 } from "../../format/records/address.ts";
import { ContentsWords } from "../../format/records/contents-words.ts";
import type { Cursor } from "../../format/records/cursor.ts";
import type { ContentsRange, ObjectRecord } from "../../format/records/records.ts";
import { Go13ObjectKind } from "../../format/records/tags.ts";
import type { DynamicTypes } from "../facts/dynamic-types.ts";
import { visitPointers } from "./pointer-fields.ts";

/** Adds one object, whose record the cursor has just passed. */
export function addGo13Object(
  cursor: Cursor,
  record: ObjectRecord,
  format: ObjectFormat,
  channelHeaderSize: number,
  types: DynamicTypes,
  columns: ObjectColumns,
): void {
  const { pointerSize, addressBaseHigh } = format;
  const contents = record.contents as ContentsRange;
  const typeAddress = addressFromUint64(record.type ?? 0, addressBaseHigh);
  const kind = Number(record.kind ?? 0);
  const object = columns.count;
  columns.reserveObjects(object + 1, 0);
  columns.address[object] = addressFromUint64(record.address, addressBaseHigh);
  columns.position[object] = contents.position;
  if (contents.length >= 0xffff_ffff) columns.hugeSize.set(object, contents.length);
  if (contents.present < contents.length) columns.presentSize.set(object, contents.present);

  const words = new ContentsWords(cursor, contents, format);
  let fieldCount = 0;
  const visit = (offset: number, value: number): void => columns.addEdge(value, offset);
  const type = typeAddress === 0 ? undefined : types.at(typeAddress);
  if (kind === Go13ObjectKind.CONSERVATIVE) {
    fieldCount = Math.floor(words.size / pointerSize);
    for (let i = 0; i < fieldCount; i++) {
      const value = words.at(i * pointerSize);
      if (value !== 0) visit(i * pointerSize, value);
    }
  } else if (type?.fields !== undefined && type.fields.kind.length > 0) {
    const start = kind === Go13ObjectKind.CHANNEL ? channelHeaderSize : 0;
    const size = type.size ?? 0;
    const repeat =
      kind === Go13ObjectKind.VALUE ? 1 : size === 0 ? 0 : Math.max(0, Math.floor((words.size - start) / size));
    for (let i = 0; i < repeat; i++) {
      visitPointers(words, type.fields, start + i * size, pointerSize, format.header, types, visit);
    }
    fieldCount = repeat * type.fields.kind.length;
  }
  columns.pointerSlots += fieldCount;
  columns.shape[object] = columns.shapes.ofType(ShapeKind.GO13, contents.length, typeAddress, kind, fieldCount);
  columns.count++;
  columns.edgeStart[columns.count] = columns.edgeCount;
}

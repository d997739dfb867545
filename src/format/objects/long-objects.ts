/**
 * The slow way for single Object records: contents longer than the decoder's window (up to many GiB), and the last bytes
 * of a file. The field list stands behind the contents, so what it points at is read a second time, by position and in
 * pieces; memory stays small whatever the size.
 */
import { ContentsWords } from "../records/contents-words.ts";
import type { Cursor } from "../records/cursor.ts";
import { FieldKind } from "../records/tags.ts";
import { encodeUvarint, MAX_VARINT_LENGTH } from "../records/varint.ts";
import { hashField } from "./field-lists.ts";
import { MAX_WINDOW_CONTENTS, type ObjectColumns } from "./object-columns.ts";
import { hasHeader, type ObjectFormat } from "./object-format.ts";
import { ShapeKind } from "./shapes.ts";

/** Kept of the field list for the shape where the contents are longer than the window; such masks are told apart by hash. */
const MASK_CAPACITY = 2048;

/** Decodes one Object record of go1.4 and later; the cursor stands behind the address. */
export function decodeLongObject(
  cursor: Cursor,
  slotAddress: number,
  format: ObjectFormat,
  columns: ObjectColumns,
): void {
  const { header, pointerSize } = format;
  const contents = cursor.contents("fields");
  const object = columns.count;
  columns.address[object] = slotAddress;
  columns.position[object] = contents.position;
  if (contents.length >= 0xffff_ffff) columns.hugeSize.set(object, contents.length);
  if (contents.present < contents.length) columns.presentSize.set(object, contents.present);

  const words = new ContentsWords(cursor, contents, format);

  // What fits the window is decoded here only at the end of a file, and must get the shape that its likes have.
  const maskLimit = contents.length > MAX_WINDOW_CONTENTS ? MASK_CAPACITY : Number.POSITIVE_INFINITY;
  let mask = new Uint8Array(MASK_CAPACITY);
  let maskLength = 0;
  let hash = 0;
  let after = 0;
  let firstOffset = -1;
  let fieldCount = 0;
  let missing = 0;
  for (;;) {
    const start = cursor.position;
    const kind = cursor.count("field kind");
    if (kind === 0) break;
    const fieldOffset = cursor.count("field offset");
    const isInterface = kind !== FieldKind.POINTER;
    const fieldWords = isInterface ? 2 : 1;
    if (
      fieldOffset < after ||
      fieldOffset % pointerSize !== 0 ||
      fieldOffset + fieldWords * pointerSize > contents.length ||
      (isInterface && (header !== 4 || kind > FieldKind.EFACE))
    ) {
      throw cursor.error(
        "bad-field-list",
        `field of kind ${kind} at offset ${fieldOffset} of a slot of ${contents.length} bytes`,
        { position: start, hint: "the file is damaged here; --salvage converts what comes before" },
      );
    }
    // The same hash and mask bytes as the fast way has, so that equal slots get equal shapes.
    hash = hashField(hash, kind, fieldOffset);
    if (maskLength + 1 + MAX_VARINT_LENGTH > mask.length && mask.length < maskLimit) {
      const larger = new Uint8Array(mask.length * 2);
      larger.set(mask);
      mask = larger;
    }
    if (maskLength + 1 + MAX_VARINT_LENGTH <= mask.length) {
      mask[maskLength] = kind;
      maskLength = encodeUvarint(fieldOffset, mask, maskLength + 1);
    }

    if (firstOffset < 0) firstOffset = fieldOffset;
    const wordOffset = isInterface ? fieldOffset + pointerSize : fieldOffset;
    if (wordOffset + pointerSize > contents.present || wordOffset > 0xffff_ffff) {
      missing++;
    } else {
      const value = words.at(wordOffset);
      if (value !== 0) {
        const before = wordOffset >= pointerSize ? words.at(wordOffset - pointerSize) : 0;
        const type = format.interfaceTypes.get(before);
        if (type >= 0) columns.addInterface(columns.edgeCount, type);
        columns.addEdge(value, wordOffset);
      }
    }
    fieldCount++;
    after = wordOffset + pointerSize;
  }

  columns.pointerSlots += fieldCount;
  columns.missingPointers += missing;
  const firstWord = fieldCount > 0 && contents.present >= pointerSize ? words.at(0) : 0;
  columns.shape[object] =
    fieldCount > 0 &&
    contents.length > format.headerMinSize &&
    hasHeader(format, contents.length, firstOffset, firstWord)
      ? columns.shapes.ofType(ShapeKind.HEADER, contents.length, firstWord, 0, fieldCount)
      : columns.shapes.ofMask(contents.length, mask, 0, maskLength, fieldCount, hash);
  columns.count++;
  columns.edgeStart[columns.count] = columns.edgeCount;
}

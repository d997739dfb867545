/** Whether some bytes can be the beginning of a dump: before a disk is filled with a stream that never ends. */
import { HeapDumpError } from "../../errors.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import type { Cursor } from "./cursor.ts";
import { HEADER_LENGTH } from "./layout.ts";
import { DumpReader } from "./reader.ts";
import { FieldKind, Tag } from "./tags.ts";

/** Errors that more bytes can mend: what follows contents tells how long very long ones are. */
const MENDED_BY_MORE: ReadonlySet<string> = new Set(["truncated", "bad-length"]);

/** Reads the records of the first bytes of a dump. @returns false if they are damaged, or the dump has ended in them */
export function mayBeginDump(soFar: ByteSource): boolean {
  if (soFar.size < HEADER_LENGTH) return true;
  try {
    const reader = new DumpReader(soFar);
    // Go 1.5 itself writes damaged records; only what follows tells how long they are.
    if (reader.layout.header === 5) return true;
    if (reader.next().tag !== Tag.PARAMS) return false;
    const { cursor } = reader;
    for (let tag = cursor.tag(); tag !== Tag.EOF; tag = cursor.tag()) {
      if (tag !== Tag.OBJECT || reader.layout.header === 3) reader.decode(tag);
      else if (!skipObject(cursor)) return false;
    }
    return false;
  } catch (error) {
    if (error instanceof HeapDumpError) return MENDED_BY_MORE.has(error.code);
    throw error;
  }
}

/** Passes over the rest of an Object record without a record for it: nearly all are. @returns false if its list is damaged */
function skipObject(cursor: Cursor): boolean {
  cursor.uvarint();
  cursor.contents("fields");
  for (let kind = cursor.uvarint(); kind !== 0; kind = cursor.uvarint()) {
    if (kind > FieldKind.EFACE) return false;
    cursor.uvarint();
  }
  return true;
}

/** String tables: NUL-terminated texts one behind the other, which all containers have for their names. */
import { decodeText } from "./image.ts";

/** Reads the string at `offset`; "" if that is outside. It ends at the table's end if nothing else ends it. */
export function stringAt(table: Uint8Array, offset: number): string {
  if (offset >= table.length) return "";
  const end = table.indexOf(0, offset);
  return decodeText(table.subarray(offset, end < 0 ? table.length : end));
}

/** Reads a string from a field of fixed length, which a name that fills it does not terminate. */
export function readFixedString(view: DataView, offset: number, length: number): string {
  return stringAt(new Uint8Array(view.buffer, view.byteOffset + offset, length), 0);
}

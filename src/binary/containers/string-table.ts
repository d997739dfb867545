/** String tables: NUL-terminated texts one behind the other, which all containers have for their names. */
import { decodeText } from "./image.ts";

/** Names of generic functions are long; in a damaged table one may reach to the end of the file. */
const MAX_LENGTH = 1 << 16;

/**
 * Reads the string at `offset`; "" if that is outside. It ends at the table's end, or after `limit` bytes, if nothing
 * else ends it.
 */
export function stringAt(table: Uint8Array, offset: number, limit: number = MAX_LENGTH): string {
  if (offset >= table.length) return "";
  const rest = table.subarray(offset, offset + limit);
  const end = rest.indexOf(0);
  return decodeText(end < 0 ? rest : rest.subarray(0, end));
}

/** Reads a string from a field of fixed length, which a name that fills it does not terminate. */
export function readFixedString(view: DataView, offset: number, length: number): string {
  return stringAt(new Uint8Array(view.buffer, view.byteOffset + offset, length), 0);
}

import { type ColumnType, longColumn } from "../column-memory.ts";

/** A column twice as long that begins with the old one's elements. Linear. */
export function grow<T extends Int32Array | Uint32Array>(column: T): T {
  const longer = longColumn(column.constructor as unknown as ColumnType<T>, 2 * column.length);
  longer.set(column);
  return longer;
}

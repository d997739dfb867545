/** What threads return as parts of a column, as one. */
import type { ColumnType } from "../../column-memory.ts";
import { newColumn } from "../../workers/current.ts";

type Column = Float64Array | Int32Array | Uint32Array;

/** Joins the parts that `columnOf` takes from each of a list, in its order. */
export function joinColumns<T extends Column, P>(
  Type: ColumnType<T>,
  parts: readonly P[],
  columnOf: (part: P) => T,
): T {
  let length = 0;
  for (const part of parts) length += columnOf(part).length;
  const joined = newColumn(Type, length);
  let at = 0;
  for (const part of parts) {
    joined.set(columnOf(part) as never, at);
    at += columnOf(part).length;
  }
  return joined;
}

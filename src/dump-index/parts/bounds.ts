/** Bounds of columns that are indexes: what is beyond them would lead nowhere, or round in circles. */
import { UnusableIndexError } from "../file/unusable-index.ts";

/** The column, if all of it is from `least` to `end` - 1. Linear. @throws UnusableIndexError */
export function checkBelow<T extends Int32Array | Uint16Array>(column: T, least: number, end: number): T {
  let low = 0;
  let high = -1;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < least || high >= end) throw new UnusableIndexError("it is damaged");
  return column;
}

/** The column, if it ascends from 0 to `end`. Linear. @throws UnusableIndexError */
export function checkStarts(column: Uint32Array, end: number): Uint32Array {
  let isAscending = column[0] === 0 && column[column.length - 1] === end;
  for (let i = 1; i < column.length; i++) if (column[i]! < column[i - 1]!) isAscending = false;
  if (!isAscending) throw new UnusableIndexError("it is damaged");
  return column;
}

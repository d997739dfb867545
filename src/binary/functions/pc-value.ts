/** Values by PC: the run-length tables of pclntab, pairs of varints (delta of the value, delta of the PC). */
import type { Image } from "../containers/image.ts";

/** More steps than any function has; a damaged table may have no end. */
const MAX_STEPS = 1 << 20;

/** A whole table: `value[i]` holds from `end[i - 1]` up to `end[i]`, which are offsets into the function. */
export interface PcValues {
  readonly end: readonly number[];
  readonly value: readonly number[];
}

/**
 * Decodes a table; what is damaged ends it. Linear in the function's size.
 * @param table address of the table
 * @param quantum what PC deltas are multiplied by
 */
export function decodePcValues(image: Image, table: number, quantum: number): PcValues {
  const ends: number[] = [];
  const values: number[] = [];
  let at = table;
  let value = -1;
  let end = 0;

  /** A varint of up to 32 bits; −1 where nothing is mapped. */
  function varint(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = image.uint8(at++);
      if (byte < 0) return -1;
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
    return -1;
  }

  for (let step = 0; step < MAX_STEPS; step++) {
    const zigzag = varint();
    // A delta of zero ends the table; only the first may be real.
    if (zigzag < 0 || (zigzag === 0 && step > 0)) break;
    const delta = varint();
    if (delta < 0) break;
    value += zigzag % 2 === 1 ? -((zigzag + 1) / 2) : zigzag / 2;
    end += delta * quantum;
    ends.push(end);
    values.push(value | 0);
  }
  return { end: ends, value: values };
}

/** Finds the value at an offset; undefined behind the table's end. O(log n). */
export function findPcValue({ end, value }: PcValues, offset: number): number | undefined {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return value[low];
}

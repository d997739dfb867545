/** Values by PC: the run-length tables of pclntab, pairs of varints (delta of the value, delta of the PC). */
import type { Image } from "./image.ts";

/** More steps than any function has; a damaged table may have no end. */
const MAX_STEPS = 1 << 20;

/**
 * Finds the value at `offset` bytes into the function. Linear in the function's size.
 * @param table address of the table
 * @param quantum what PC deltas are multiplied by
 */
export function decodePcValue(image: Image, table: number, offset: number, quantum: number): number | undefined {
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
    if (zigzag < 0 || (zigzag === 0 && step > 0)) return undefined;
    const delta = varint();
    if (delta < 0) return undefined;
    value += zigzag % 2 === 1 ? -((zigzag + 1) / 2) : zigzag / 2;
    end += delta * quantum;
    if (offset < end) return value | 0;
  }
  return undefined;
}

/**
 * Addresses of the dumped process as JavaScript numbers. Nearly all are below 2^53 and are simply themselves. AIX and
 * Solaris keep their heaps above: such an address is held as a negative number, relative to a base near the heap, so that
 * every address in use is exact and address order is kept within each half.
 */
import type { Uint64 } from "./records.ts";

/** What an address becomes that is above 2^53 and not within 2^52 of the base: garbage, such as all ones. */
export const UNADDRESSABLE = -(2 ** 53);

const TWO_32 = 2 ** 32;
const TWO_52 = 2 ** 52;
/** High words from here on make 2^53 and more. */
export const WIDE_HIGH_WORD = 0x20_0000;

/** The base's high word; its low word is 0. Zero when the heap is below 2^53. */
export function addressBaseHigh(heapStart: Uint64): number {
  return typeof heapStart === "bigint" ? Number(heapStart >> 32n) : 0;
}

/** An address from its two halves, both unsigned. */
export function addressFromWords(high: number, low: number, baseHigh: number): number {
  if (high < WIDE_HIGH_WORD) return high * TWO_32 + low;
  const relative = (high - baseHigh) * TWO_32 + low;
  return relative > -TWO_52 && relative < TWO_52 ? relative - TWO_52 : UNADDRESSABLE;
}

export function addressFromUint64(value: Uint64, baseHigh: number): number {
  if (typeof value === "number") return value;
  return addressFromWords(Number(value >> 32n), Number(value & 0xffff_ffffn), baseHigh);
}

/** The real address; "0x…". */
export function formatAddress(address: number, baseHigh: number): string {
  if (address >= 0) return `0x${address.toString(16)}`;
  if (address === UNADDRESSABLE) return "0x?";
  return `0x${(BigInt(address + TWO_52) + (BigInt(baseHigh) << 32n)).toString(16)}`;
}

/** Reads one word of contents as an address. */
export function readAddress(
  view: DataView,
  at: number,
  wide: boolean,
  littleEndian: boolean,
  addressBaseHigh: number,
): number {
  if (!wide) return view.getUint32(at, littleEndian);
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
  return addressFromWords(high, low, addressBaseHigh);
}

/** The lower half of an address, 32 bits. */
export function lowHalf(address: number): number {
  return address | 0;
}

/** The upper half, signed as the address is. */
export function highHalf(address: number): number {
  return Math.floor(address / TWO_32);
}

/** The address of two halves. */
export function joinHalves(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0);
}

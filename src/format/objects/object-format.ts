/** ObjectFormat: what must be known of a dump to decode its objects, and which of them have a malloc header. */
import type { AddressMap } from "../records/address-map.ts";

/** What the contents mean; from the Params record and the Go version. */
export interface ObjectFormat {
  readonly header: number;
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  /** High word of the address base, see `address.ts`. */
  readonly addressBaseHigh: number;
  /** Go ≥ 1.22: slots above this size that hold pointers begin with a malloc header. Infinity before. */
  readonly headerMinSize: number;
  readonly heapStart: number;
  readonly heapEnd: number;
  /** Known itab and type addresses → number of the dynamic type. */
  readonly interfaceTypes: AddressMap;
}

/** Bytes of a malloc header, on every architecture. */
export const HEADER_SIZE = 8;

/** Largest slot that can have a malloc header. */
export const MAX_HEADER_SIZE = 32768;

/**
 * Whether a slot with pointers, longer than headerMinSize, begins with a malloc header. Only at MAX_HEADER_SIZE is that a
 * question: such a slot is of a size class, with a header, or a large object of its own, without.
 * @param firstOffset of the field list
 * @param firstWord the first word of the contents, as an address
 */
export function hasHeader(format: ObjectFormat, length: number, firstOffset: number, firstWord: number): boolean {
  if (length > MAX_HEADER_SIZE || firstOffset < HEADER_SIZE) return false;
  if (length < MAX_HEADER_SIZE) return true;
  return firstWord !== 0 && !(firstWord >= format.heapStart && firstWord < format.heapEnd);
}

/**
 * AddressLookup: address → object, for who may ask for one address or for millions. The first are bisected for; only then is it worth
 * making an index, which takes a look at every object.
 */
import { NO_OBJECT } from "../objects.ts";
import { type AddressIndex, indexAddresses } from "./address-index.ts";
import type { IndexedObjects } from "./page-slots.ts";

/** Addresses that are bisected for. */
const MOST_BISECTED = 256;

/**
 * Makes the look-up: the object whose slot holds an address, or NO_OBJECT.
 * @param objects asked for when the first address is looked up
 */
export function lookUpAddresses(objects: () => IndexedObjects): (address: number) => number {
  let index: AddressIndex | undefined;
  let left = MOST_BISECTED;
  return (address) => {
    if (index === undefined && left-- > 0) return bisect(objects(), address);
    index ??= indexAddresses(objects());
    return index.find(address);
  };
}

/** O(log n). */
function bisect({ count, address: starts, size, hugeSize }: IndexedObjects, address: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  const object = low - 1;
  if (object < 0) return NO_OBJECT;
  return address < starts[object]! + (hugeSize.get(object) ?? size[object]!) ? object : NO_OBJECT;
}

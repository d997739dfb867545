/**
 * AddressLookup: address → object, for who may ask for one address or for millions. The first are bisected for; only then is it worth
 * making an index, which takes a look at every object.
 */
import { type AddressIndex, bisectAddress, indexAddresses } from "./address-index.ts";
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
    if (index === undefined && left-- > 0) {
      const all = objects();
      return bisectAddress(all, all.count, address);
    }
    index ??= indexAddresses(objects());
    return index.find(address);
  };
}

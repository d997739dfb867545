/** DumpAccess: what a heap asks its dump, and its addresses, after it was built: the functions of `Heap`. */
import { formatAddress } from "../format/records/address.ts";
import type { ByteSource } from "../io/sources/source.ts";
import type { AddressIndex } from "./addresses/address-index.ts";
import type { Heap } from "./heap.ts";
import type { Objects } from "./objects.ts";

export type DumpAccess = Pick<
  Heap,
  "findObject" | "readContents" | "readBytes" | "descriptor" | "formatAddress" | "close"
>;

/**
 * Makes the functions; `close` closes the source. They keep no other columns of objects alive.
 * @param index asked for when the first address is looked up
 */
export function accessDump(
  source: ByteSource,
  { position, size, hugeSize, presentSize }: Pick<Objects, "position" | "size" | "hugeSize" | "presentSize">,
  index: () => AddressIndex,
  addressBaseHigh: number,
): DumpAccess {
  const read: Heap["readBytes"] = (from, length, into) => {
    const room = Math.max(0, Math.min(length, source.size - from));
    const bytes = into === undefined || into.length < room ? new Uint8Array(room) : into.subarray(0, room);
    return bytes.subarray(0, source.read(bytes, 0, bytes.length, from));
  };
  return {
    findObject: (address) => index().find(address),
    readContents(object, from = 0, length = Number.POSITIVE_INFINITY) {
      const present = presentSize?.get(object) ?? hugeSize.get(object) ?? size[object]!;
      return read(position[object]! + from, Math.min(length, present - from));
    },
    readBytes: read,
    descriptor: source.descriptor,
    formatAddress: (address) => formatAddress(address, addressBaseHigh),
    close: () => source.close(),
  };
}

/** DumpAccess: what a heap asks its dump, and its addresses, after it was built: the functions of `Heap`. */
import { formatAddress } from "../format/records/address.ts";
import type { ByteSource } from "../io/sources/source.ts";
import type { Heap } from "./heap.ts";
import type { Objects } from "./objects.ts";

export type DumpAccess = Pick<
  Heap,
  "findObject" | "readContents" | "readBytes" | "descriptor" | "formatAddress" | "close"
>;

/** Where contents are. */
export type ContentColumns = Pick<Objects, "position" | "size" | "hugeSize" | "presentSize">;

/**
 * Makes the functions; `close` closes the source.
 * @param findObject as of `Heap`
 */
export function accessDump(
  source: ByteSource,
  objects: ContentColumns,
  findObject: Heap["findObject"],
  addressBaseHigh: number,
): DumpAccess {
  const read: Heap["readBytes"] = (position, length, into) => {
    const size = Math.max(0, Math.min(length, source.size - position));
    const bytes = into === undefined || into.length < size ? new Uint8Array(size) : into.subarray(0, size);
    return bytes.subarray(0, source.read(bytes, 0, bytes.length, position));
  };
  return {
    findObject,
    readContents(object, from = 0, length = Number.POSITIVE_INFINITY) {
      const present = objects.presentSize?.get(object) ?? objects.hugeSize.get(object) ?? objects.size[object]!;
      return read(objects.position[object]! + from, Math.min(length, present - from));
    },
    readBytes: read,
    descriptor: source.descriptor,
    formatAddress: (address) => formatAddress(address, addressBaseHigh),
    close: () => source.close(),
  };
}

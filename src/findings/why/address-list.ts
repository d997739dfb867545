/** Lists of addresses that somebody asks about, as a query of gohd sql writes them. */
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { isAddress, parseAddress } from "./addresses.ts";
import type { Targets } from "./targets.ts";

/** What CSV has above a column of addresses: its name, or how it is computed: "printf('0x%x', address)". */
const HEADER = /^(?:address|"?\w+\(.*\baddress\b.*\)"?)$/i;

/** Addresses to ask about, one a line. */
export interface AddressList {
  /** Where they are from: the name of a file. */
  readonly name: string;
  readonly text: string;
}

/**
 * The objects at the addresses of a list, or around them. Empty lines do not count, nor does the heading of CSV. Linear in the list; a
 * byte for each object of the heap.
 * @throws UsageError if the list is empty, or has anything else; if there is no object at one of them
 */
export function findListed(heap: Heap, { name, text }: AddressList): Targets {
  const found = new MarkedObjects(heap.objects.count);
  const types = new Set<number>();
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || (found.count === 0 && HEADER.test(line))) continue;
    if (!isAddress(line)) {
      throw new UsageError(`line ${i + 1} of ${name} is not an address: ${line}`, {
        hint: 'one address a line: gohd sql app.dump --csv "SELECT address FROM named_objects WHERE …"',
      });
    }
    const object = heap.findObject(parseAddress(heap, line));
    if (object === NO_OBJECT) {
      throw new UsageError(`there is no object at ${line}, line ${i + 1} of ${name}`, {
        hint: "addresses hold for one dump only",
      });
    }
    found.add(object);
    types.add(heap.objects.type[object]!);
  }
  if (found.count === 0) throw new UsageError(`there are no addresses in ${name}`);
  const [type] = types;
  const what = types.size === 1 ? heap.types.names[type!]! : "object";
  return { description: `${what} of ${name}`, objects: found.list(), isPath: false };
}

/** Lists of addresses that somebody asks about, as a query of gohd sql writes them. */
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { isAddress, parseAddress } from "./addresses.ts";
import type { Targets } from "./targets.ts";

/** Addresses to ask about, one a line. */
export interface AddressList {
  /** Where they are from: the name of a file. */
  readonly name: string;
  readonly text: string;
}

/** The name of a column in SQL; names of Go have a dot. */
const COLUMN = /^"?[a-z_]\w*"?$/i;
/** Lines between two breaths. */
const SLICE = 1 << 15;

/**
 * The objects at the addresses of a list, or around them. Empty lines do not count, nor does the heading of CSV. Linear in the list; a
 * byte for each object of the heap.
 * @throws UsageError if the list is empty, or has anything else; if there is no object at one of them
 */
export async function findListed(heap: Heap, { name, text }: AddressList, progress: Progress): Promise<Targets> {
  const found = new MarkedObjects(heap.objects.count);
  const types = new Set<number>();
  let isFirst = true;
  let number = 0;
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    if (++number % SLICE === 0) await breathe(progress);
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).trim();
    if (line === "") continue;
    const isSkipped = isFirst && isHeading(line);
    isFirst = false;
    if (isSkipped) continue;
    if (!isAddress(line)) {
      throw new UsageError(`line ${number} of ${name} is not an address: ${line}`, {
        hint: 'one address a line: gohd sql app.dump --csv "SELECT address FROM named_objects WHERE …"',
      });
    }
    const object = heap.findObject(parseAddress(heap, line));
    if (object === NO_OBJECT) {
      throw new UsageError(`there is no object at ${line}, line ${number} of ${name}`, {
        hint: "addresses hold for one dump only",
      });
    }
    found.add(object);
    types.add(heap.objects.type[object]!);
  }
  if (found.count === 0) throw new UsageError(`there are no addresses in ${name}`);
  const [type] = types;
  const what = types.size === 1 ? heap.types.names[type!]! : "object";
  const targets = { description: `${what} of ${name}`, objects: found.list(), isPath: false };
  return types.size === 1 ? { ...targets, isNamedByType: true } : targets;
}

/** Whether a line is what CSV has above a column of addresses: its name, or how it is computed: "('0x' || to_hex(address))". */
function isHeading(line: string): boolean {
  if (COLUMN.test(line)) return true;
  const at = line.search(/\baddress\b/i);
  return at > 0 && line.lastIndexOf("(", at) >= 0 && line.indexOf(")", at) > 0;
}

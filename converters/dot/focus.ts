/** Focus: the objects that `--focus` means, by address or by type. */
import { formatBytes, type Heap, NO_OBJECT, UsageError } from "../../src/index.ts";
import { shortenName } from "./names.ts";

/** What the picture is about: one object, or types. */
export interface Focus {
  /** The one object, or NO_OBJECT if types were asked for. */
  readonly object: number;
  /** Rows of the type table, ascending; empty if an object was asked for. */
  readonly types: readonly number[];
  /** What it is, for people: "main.Session", `3 types with "session" in their names: …`. */
  readonly description: string;
}

/** Types that are listed by name. */
const LISTED_TYPES = 4;

/**
 * Finds what `text` means. An address ("0x…") is the object that has it, also in its middle. Else the types of exactly
 * that name; if there are none, those of that name in a package of a longer path; then those that contain it; then those
 * that contain it in other case. Only types that objects have count.
 * @param objectsOfType objects per type
 * @throws UsageError if there is no such object or type
 */
export function findFocus(heap: Heap, text: string, objectsOfType: Float64Array): Focus {
  if (isAddress(text)) return findAddress(heap, text);
  const { names } = heap.types;
  const lower = text.toLowerCase();
  for (const matches of [
    (name: string) => name === text,
    (name: string) => name.endsWith(`/${text}`),
    (name: string) => name.includes(text),
    (name: string) => name.toLowerCase().includes(lower),
  ]) {
    const types = names.flatMap((name, type) => (objectsOfType[type]! > 0 && matches(name) ? [type] : []));
    if (types.length > 0) return { object: NO_OBJECT, types, description: describeTypes(heap, types, text) };
  }
  throw new UsageError(`no object's type has ${JSON.stringify(text)} in its name`, {
    hint: heap.types.fields
      ? "gohd info lists the types that take most"
      : "without --exe few types have names; an address works as well",
  });
}

/** Whether a focus is an address, and not a type. */
export function isAddress(text: string): boolean {
  return /^0x/i.test(text);
}

function findAddress(heap: Heap, text: string): Focus {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    throw new UsageError(`${JSON.stringify(text)} is no address`, { hint: "for example --focus 0xc000012340" });
  }
  const object = heap.findObject(Number(BigInt(text) - heap.dump.addressBase));
  if (object === NO_OBJECT) {
    throw new UsageError(`there is no object at ${text}`, { hint: "the tooltips of pictures tell addresses" });
  }
  const type = heap.types.names[heap.objects.type[object]!]!;
  return { object, types: [], description: `${type} at ${heap.formatAddress(heap.objects.address[object]!)}` };
}

/** The type whose objects take most bytes: what is worth a look if nothing was asked for. */
export function largestType(heap: Heap, bytes: Float64Array): Focus {
  let type = 0;
  for (let row = 1; row < bytes.length; row++) if (bytes[row]! > bytes[type]!) type = row;
  const name = heap.types.names[type] ?? "nothing";
  return {
    object: NO_OBJECT,
    types: heap.types.count > 0 ? [type] : [],
    description: `${name}, the type with most bytes (${formatBytes(bytes[type] ?? 0)}); choose another with --focus`,
  };
}

function describeTypes(heap: Heap, types: readonly number[], text: string): string {
  const names = [...new Set(types.map((type) => shortenName(heap.types.names[type]!)))];
  if (names.length === 1) return heap.types.names[types[0]!]!;
  const more = names.length - LISTED_TYPES;
  const listed = names.slice(0, LISTED_TYPES).join(", ");
  return `${names.length} types with ${JSON.stringify(text)} in their names: ${listed}${more > 0 ? ` and ${more} more` : ""}`;
}

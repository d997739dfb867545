/** Focus: the objects that `--focus` means, by address, by type, or by the variable or function that holds them. */
import { formatBytes, type Heap, NO_OBJECT, UsageError } from "../../src/index.ts";
import { type FocusRoot, listFocusRoots } from "./focus-roots.ts";
import { shortenName } from "./names.ts";

/** What the picture is about: one object, types, or what roots hold. */
export interface Focus {
  /** The one object, or NO_OBJECT if something else was asked for. */
  readonly object: number;
  /** Rows of the type table, ascending; empty if something else was asked for. */
  readonly types: readonly number[];
  /** Root vertices that were asked for by name. */
  readonly vertices: readonly number[];
  /** The objects that roots that were asked for point to, each once. */
  readonly targets: readonly number[];
  /** What it is, for people: "main.Session", `3 types with "session" in their names: …`. */
  readonly description: string;
}

const NOTHING = { object: NO_OBJECT, types: [], vertices: [], targets: [] } as const;

/** Types, or roots, that are listed by name. */
const LISTED_NAMES = 4;

/**
 * Finds what `text` means. An address ("0x…") is the object that has it, also in its middle. Else it is what has exactly
 * that name; if there is nothing, what has it in a package of a longer path; then what contains it; then what contains it
 * in other case. Each time types that objects have come first; then package variables, functions on stacks and their local
 * variables ("main.cache", "main.serve", "main.serve buf"), which mean the objects that they point to.
 * @param objectsOfType objects per type
 * @throws UsageError if there is nothing of that name
 */
export function findFocus(heap: Heap, text: string, objectsOfType: Float64Array): Focus {
  if (isAddress(text)) return findAddress(heap, text);
  const { names } = heap.types;
  const lower = text.toLowerCase();
  let roots: readonly FocusRoot[] | undefined;
  for (const matches of [
    (name: string) => name === text,
    (name: string) => name.endsWith(`/${text}`),
    (name: string) => name.includes(text),
    (name: string) => name.toLowerCase().includes(lower),
  ]) {
    const types = names.flatMap((name, type) => (objectsOfType[type]! > 0 && matches(name) ? [type] : []));
    if (types.length > 0) return { ...NOTHING, types, description: describeTypes(heap, types, text) };
    roots ??= listFocusRoots(heap);
    const found = roots.filter(({ name }) => matches(name));
    if (found.length > 0) return focusRoots(heap, found, text);
  }
  throw new UsageError(
    `no type of an object, variable or function on a stack has ${JSON.stringify(text)} in its name`,
    {
      hint: heap.types.fields
        ? "types (main.Session), package variables (main.cache), functions on stacks (main.serve), their local variables (main.serve buf) and addresses (0xc000012340) can be named"
        : "without --exe few types and no variables have names; a function on a stack (main.serve) or an address works as well",
    },
  );
}

function focusRoots(heap: Heap, found: readonly FocusRoot[], text: string): Focus {
  const targets = new Set<number>();
  const { to } = heap.roots;
  for (const { edges } of found) for (const edge of edges) targets.add(to[edge]!);
  const names = [...new Set(found.map(({ name }) => name))];
  const listed = listNames(names.map(shortenName));
  return {
    ...NOTHING,
    vertices: found.flatMap(({ vertex, isWhole }) => (isWhole ? [vertex] : [])),
    targets: [...targets],
    description:
      names.length === 1
        ? `what ${names[0]} points to`
        : `what ${names.length} roots with ${JSON.stringify(text)} in their names point to: ${listed}`,
  };
}

/** Whether a focus is an address, and not a type. */
export function isAddress(text: string): boolean {
  return /^0x/i.test(text);
}

function findAddress(heap: Heap, text: string): Focus {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    throw new UsageError(`${JSON.stringify(text)} is not an address`, { hint: "for example --focus 0xc000012340" });
  }
  const object = heap.findObject(Number(BigInt(text) - heap.dump.addressBase));
  if (object === NO_OBJECT) {
    throw new UsageError(`there is no object at ${text}`, { hint: "the tooltips of pictures tell addresses" });
  }
  const type = heap.types.names[heap.objects.type[object]!]!;
  return { ...NOTHING, object, description: `${type} at ${heap.formatAddress(heap.objects.address[object]!)}` };
}

/** The type whose objects take most bytes: what is worth a look if nothing was asked for. */
export function largestType(heap: Heap, bytes: Float64Array): Focus {
  let type = 0;
  for (let row = 1; row < bytes.length; row++) if (bytes[row]! > bytes[type]!) type = row;
  const name = heap.types.names[type] ?? "nothing";
  return {
    ...NOTHING,
    types: heap.types.count > 0 ? [type] : [],
    description: `${name}, the type with most bytes (${formatBytes(bytes[type] ?? 0)}); choose another with --focus`,
  };
}

function describeTypes(heap: Heap, types: readonly number[], text: string): string {
  const names = [...new Set(types.map((type) => shortenName(heap.types.names[type]!)))];
  if (names.length === 1) return heap.types.names[types[0]!]!;
  return `${names.length} types with ${JSON.stringify(text)} in their names: ${listNames(names)}`;
}

function listNames(names: readonly string[]): string {
  const more = names.length - LISTED_NAMES;
  return `${names.slice(0, LISTED_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

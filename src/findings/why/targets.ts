/** Targets: the objects that somebody asks about, by address, by type, or by a pattern over the names of types. */
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";

export interface Targets {
  /** What was asked for, for people: "main.Session", "main.Session at 0xc000012340". */
  readonly description: string;
  /** Ascending. */
  readonly objects: Int32Array;
}

/**
 * Finds what `text` means: an address ("0x…", also one inside an object), a pattern between slashes, or the name of a type, with or
 * without the path of its package.
 * @throws UsageError if there is no such object
 */
export function findTargets(heap: Heap, text: string): Targets {
  if (/^0x/i.test(text)) return findAddress(heap, text);
  const { names } = heap.types;
  const pattern = /^\/(.*)\/$/.exec(text)?.[1];
  const isAsked = pattern === undefined ? (name: string) => isCalled(name, text) : matcher(pattern);
  const rows = names.map((name) => isAsked(name));
  const { type, count } = heap.objects;
  let found = 0;
  for (let i = 0; i < count; i++) if (rows[type[i]!]) found++;
  if (found === 0) {
    throw new UsageError(`no object is of a type ${pattern === undefined ? "called" : "that matches"} ${text}`, {
      hint: heap.types.fields
        ? "gohd report lists types; /pattern/ searches their names"
        : "--exe gives objects their types",
    });
  }
  const objects = new Int32Array(found);
  for (let i = 0, at = 0; i < count; i++) if (rows[type[i]!]) objects[at++] = i;
  const types = [...new Set(names.filter((_, row) => rows[row]))];
  return { description: types.length === 1 ? types[0]! : `objects of types that match ${text}`, objects };
}

/** "main.Session" is called main.Session; "example.com/app/store.Session" is called store.Session, too. */
function isCalled(name: string, text: string): boolean {
  return name === text || name.endsWith(`/${text}`);
}

function matcher(pattern: string): (name: string) => boolean {
  try {
    const expression = new RegExp(pattern);
    return (name) => expression.test(name);
  } catch (error) {
    throw new UsageError(`/${pattern}/ is no pattern: ${(error as Error).message}`);
  }
}

function findAddress(heap: Heap, text: string): Targets {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text))
    throw new UsageError(`${text} is no address`, { hint: "for example 0xc000012340" });
  const object = heap.findObject(Number(BigInt(text) - heap.dump.addressBase));
  if (object === NO_OBJECT) throw new UsageError(`there is no object at ${text}`);
  const type = heap.types.names[heap.objects.type[object]!]!;
  return {
    description: `${type} at ${heap.formatAddress(heap.objects.address[object]!)}`,
    objects: Int32Array.of(object),
  };
}

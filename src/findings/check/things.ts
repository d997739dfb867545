/**
 * Things: what a budget names: all objects of a type, a package variable, what a path leads to, the goroutines of a function. What
 * is nowhere in the dump is nothing, and no mistake: a budget has to hold before anybody makes the first object.
 */
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { REACHABLE } from "../../heap/objects.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { isWrittenAs, shortenImports } from "../../heap/short-names.ts";
import { listedTypeName } from "../../heap/types.ts";
import { findNearest } from "../../nearest.ts";
import type { Progress } from "../../progress.ts";
import { readNamePattern } from "../name-pattern.ts";
import { findOwnerPathTargets } from "../why/owner-targets.ts";
import { findTargets } from "../why/targets.ts";

export interface Thing {
  /** Live objects that are meant, ascending. */
  readonly objects: Int32Array;
  /** Root vertices whose owned bytes are meant in place of what the objects own; none for types and paths. */
  readonly roots: readonly number[];
  /** Whether the roots are not what was named, but values that it leads to beside the heap. */
  readonly isBesideHeap?: true;
  /** Whether the objects are meant by their type. */
  readonly isOfTypes?: true;
  /** What to tell because nothing is called so; null if something is. */
  readonly missing: string | null;
}

/** An entry's key or an element's index in a path. */
const KEY = /\[["\d-]/;
/** Before the names of goroutines, as top and diff print them. */
const GOROUTINE = "goroutine ";

/**
 * Finds what `text` means. Names may be without import paths, and without type arguments; /patterns/ are over types. What nothing else
 * is called may be an owner path, which costs what sums of these do.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export async function findThing(
  heap: Heap,
  text: string,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<Thing> {
  const listed = findListedType(heap, text);
  if (listed !== undefined) return { objects: listed, roots: [], isOfTypes: true, missing: null };
  const variables = findVariables(heap, text);
  try {
    const { objects, isOfTypes } = findTargets(heap, text, container);
    const live = objects.filter((object) => isLive(heap, object));
    return { objects: live, ...variables, ...(isOfTypes === true ? { isOfTypes } : {}), missing: null };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (variables.roots.length > 0) return { objects: new Int32Array(0), ...variables, missing: null };
    const goroutines = findGoroutines(heap, text);
    if (goroutines.length > 0) return { objects: new Int32Array(0), roots: goroutines, missing: null };
    const onPath = (await findOwnerPathTargets(heap, text, container, progress)).filter((object) =>
      isLive(heap, object),
    );
    if (onPath.length > 0) return { objects: Int32Array.from(onPath), roots: [], missing: null };
    // Keys like the one that was asked for are contents of the memory, which builds do not print.
    const hint = error.hint === undefined || KEY.test(text) ? "" : `; ${error.hint}`;
    return { objects: new Int32Array(0), roots: [], missing: `${error.message}${hint}` };
  }
}

/** The goroutines that were started for a function, as numbers; `name` may be a /pattern/. Linear in goroutines and frames. */
export function matchEntries(
  { goroutines }: Heap,
  name: string,
): { readonly found: number[]; readonly missing: string | null } {
  const isMeant = readNamePattern(name) ?? ((entry) => isCalled(entry, name));
  const entries = new Set<string>();
  const found: number[] = [];
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    const entry = findEntryFunction(goroutines, goroutine);
    if (entry === undefined) continue;
    const printed = printedFunctionName(entry);
    entries.add(printed);
    if (isMeant(printed)) found.push(goroutine);
  }
  if (found.length > 0) return { found, missing: null };
  const nearest = findNearestEntry(name, entries);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return { found, missing: `no goroutine was started for ${name}${hint}` };
}

/** A receiver in the name of a method, as in "main.(*Server).serve". */
const RECEIVER = /\.(?:\(\*?[^)]*\)|\w+(?:\[.*\])?)(?=\.\w)/;

/** Nobody means a longer name; and looking for its receiver would take the square of its length. */
const LONGEST_MEANT = 1000;

/** What somebody may have meant by a name or /pattern/: one that is missing only its receiver, else one that is spelt alike. */
function findNearestEntry(name: string, entries: ReadonlySet<string>): string | undefined {
  const wanted = name.replaceAll(/^\/\^?|\$?\/$|\\/g, "");
  const names = [...entries]
    .flatMap((entry) => [entry, shortenImports(entry)])
    .filter((entry) => entry.length <= LONGEST_MEANT);
  if (wanted.length > LONGEST_MEANT) return undefined;
  const withoutReceiver = (text: string): string => text.replace(RECEIVER, "");
  const plain = withoutReceiver(wanted);
  const bare = new Map<string, string>();
  for (const one of names) if (!bare.has(withoutReceiver(one))) bare.set(withoutReceiver(one), one);
  const spelt = (): string | undefined => {
    const nearest = findNearest(plain, [...bare.keys()]);
    return nearest === undefined ? undefined : bare.get(nearest);
  };
  return bare.get(plain) ?? findNearest(wanted, names) ?? spelt();
}

/** Objects of a type as lists call it where its name alone is not unique: "string (its bytes)". */
function findListedType({ objects, types }: Heap, text: string): Int32Array | undefined {
  const isMeant = types.names.map((name, row) => name !== text && listedTypeName(types, row) === text);
  if (!isMeant.includes(true)) return undefined;
  const found: number[] = [];
  for (let object = 0; object < objects.count; object++) {
    if (isMeant[objects.type[object]!] && (objects.flags[object]! & REACHABLE) !== 0) found.push(object);
  }
  return Int32Array.from(found);
}

/** Variables that are called so; of a pointer or slice that leads to no object itself, the values beside the heap that it leads to. */
function findVariables({ roots, variables }: Heap, text: string): Pick<Thing, "roots" | "isBesideHeap"> {
  const { kind, item, count } = roots.vertices;
  const found: number[] = [];
  const values: number[] = [];
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] !== RootVertexKind.VARIABLE) continue;
    const { name } = variables![item[vertex]!]!;
    if (isWrittenAs(name, text)) found.push(vertex);
    else if (isBehind(name, text)) values.push(vertex);
  }
  return found.length > 0 || values.length === 0 ? { roots: found } : { roots: values, isBesideHeap: true };
}

/** Whether a value without a name of its own is called by a way from `asked`: "*main.hub", "*main.hub.cache", "main.hub.rows[:]". */
function isBehind(name: string, asked: string): boolean {
  if (!name.startsWith("*") && !name.endsWith("[:]")) return false;
  const way = name.replace(/^\*/, "");
  return [way, shortenImports(way)].some((each) => {
    // A package alone is no variable.
    const variable = each.indexOf(".", each.lastIndexOf("/")) + 1;
    if (asked.length <= variable || !each.startsWith(asked)) return false;
    return each.length === asked.length || /^[.[]/.test(each.slice(asked.length));
  });
}

/** Goroutines that were started for a function, or are called so: "main.worker", "goroutine main.worker [chan receive]". */
function findGoroutines(heap: Heap, text: string): number[] {
  const { kind, item, count } = heap.roots.vertices;
  const isFullName = text.startsWith(GOROUTINE);
  const entry = isFullName ? text.slice(GOROUTINE.length) : text;
  const meant = new Set(matchEntries(heap, entry).found);
  const found: number[] = [];
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] !== RootVertexKind.GOROUTINE) continue;
    if (meant.has(item[vertex]!) || (isFullName && isWrittenAs(rootVertexName(heap, vertex), text))) found.push(vertex);
  }
  return found;
}

/** "main.worker" is called so; "example.com/app/v2.worker" app.worker, too. */
function isCalled(name: string, text: string): boolean {
  return isWrittenAs(name, text) || name.startsWith(`${text}[`);
}

function isLive({ objects }: Heap, object: number): boolean {
  return (objects.flags[object]! & REACHABLE) !== 0;
}

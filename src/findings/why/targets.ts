/** Targets: the objects that somebody asks about, by address, type, a pattern over the names of types, or a path. */
import { wholeMapName } from "../../analysis/paths/map-parts.ts";
import { writeOutRepeated } from "../../analysis/paths/repeated-steps.ts";
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { isWrittenAs, shortenImports } from "../../heap/short-names.ts";
import { listedTypeName } from "../../heap/types.ts";
import { findNearest } from "../../nearest.ts";
import type { Progress } from "../../progress.ts";
import { formatCount, formatNumber } from "../../quantities.ts";
import { readNamePattern } from "../name-pattern.ts";
import { stableName } from "../stable-names.ts";
import { looksLikeAddress, parseAddress } from "./addresses.ts";
import { type FrameTargets, findFrameTargets } from "./frame-targets.ts";
import { findOwnerPathTargets, findRootTargets } from "./owner-targets.ts";
import { findPathTargets, type PathTargets } from "./path-targets.ts";
import { findPlaceTargets } from "./place-targets.ts";

/** Names that an error lists. */
const LISTED = 8;

export interface Targets {
  /** What was asked for, for people: "main.Session", "main.Session at 0xc000012340". */
  readonly description: string;
  /** Ascending. */
  readonly objects: Int32Array;
  /** Whether a path was asked for, and not an address or type. */
  readonly isPath: boolean;
  /** Whether these are all objects of the types that were asked for. */
  readonly isOfTypes?: true;
  /** Whether the description calls them by their type. */
  readonly isNamedByType?: true;
}

/**
 * Finds what `text` means: an address ("0x…" or decimal, also one inside an object), a pattern between slashes, the name of a type, with or
 * without the path of its package, or a variable and what follows it (`findPathTargets`).
 * @param container per object what stands for it where it is part of a map, channel or list
 * @throws UsageError if there is no such object
 */
export function findTargets(heap: Heap, text: string, container: Int32Array | undefined): Targets {
  const found = findDirectly(heap, text, container);
  if ("objects" in found) return found;
  throw missing(heap, text, found.path, container);
}

/**
 * Finds what `text` means, also as the name of a function or goroutine, for what is on its stack, of another root, of an owner path, or
 * of a place: whatever `report`, `top` and `diff` print. Only the last two of these cost more than a look at objects and roots.
 * @throws UsageError if there is no such object
 */
export async function findAnyTargets(
  heap: Heap,
  text: string,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<Targets> {
  const found = findDirectly(heap, text, container);
  if ("objects" in found) return found;
  const onStacks = findFrameTargets(heap, text);
  if (onStacks.objects.length > 0) return collect(`what ${text} has on its stack`, onStacks.objects);
  const ofRoots = findRootTargets(heap, text);
  if (ofRoots.length > 0) return collect(`objects of ${text}`, ofRoots);
  if (onStacks.goroutineCount > 0) throw withoutObjects(text, onStacks);
  const onPath = await findOwnerPathTargets(heap, text, container, progress);
  if (onPath.length > 0) return collect(`objects of ${text}`, onPath);
  const inPlace = await findPlaceTargets(heap, text, container, progress);
  if (inPlace.length > 0) return collect(`objects in ${text}`, inPlace);
  throw missing(heap, text, found.path, container);
}

function collect(description: string, objects: Iterable<number>): Targets {
  return { description, objects: Int32Array.from(objects), isPath: false };
}

/** By an address, a pattern, a type or an expression; else how much of it is known as an expression. */
function findDirectly(
  heap: Heap,
  text: string,
  container: Int32Array | undefined,
): Targets | { readonly path: PathTargets } {
  if (looksLikeAddress(text)) return findAddress(heap, text);
  const place = SEGMENT_PLACE.exec(text);
  if (place !== null) {
    const found = findSegmentWord(heap, place[1]!);
    if (found !== undefined) return found;
  }
  const pattern = readNamePattern(text);
  const found = findTypes(heap, text, pattern ?? ((name) => isCalled(name, text)), container);
  if (found !== undefined) return found;
  if (pattern !== undefined) {
    throw new UsageError(`no object is of a type that matches ${text}`, { hint: hintForTypes(heap) });
  }
  const path = findPathTargets(heap, text, container);
  return path.objects.length === 0 ? { path } : { description: text, objects: path.objects, isPath: true };
}

/** Of a function that is on stacks, whose frames lead to nothing. */
function withoutObjects(text: string, { goroutineCount, goroutines }: FrameTargets): UsageError {
  const [first] = goroutines;
  const several =
    goroutines.size === 1
      ? `${formatCount(goroutineCount)} × ${first}`
      : `${formatNumber(goroutineCount, "goroutine")}, such as ${first}`;
  const where = goroutineCount === 1 ? `the stack of ${first}` : `the stacks of ${several}`;
  return new UsageError(`${text} is on ${where}, but nothing there is known to point to the heap`, {
    hint: `for all that is on such a stack: '${first}'`,
  });
}

/** All objects of the types that are asked for; undefined if there are none. */
function findTypes(
  { objects, types }: Heap,
  text: string,
  isAsked: (name: string) => boolean,
  container: Int32Array | undefined,
): Targets | undefined {
  // Lists tell a slice from its three words, and a string from its bytes.
  const rows = types.names.map((name, row) => isAsked(name) || listedTypeName(types, row) === text);
  // What stands for a map whose header is on a stack is called as the map is, and no part of another one.
  const wholes = types.names.map((name, row) => {
    if (rows[row] || container === undefined) return false;
    const whole = wholeMapName(name);
    return whole !== name && isAsked(whole);
  });
  const found: number[] = [];
  const isFound = new Uint8Array(types.count);
  for (let i = 0; i < objects.count; i++) {
    const type = objects.type[i]!;
    if (!rows[type] && !(wholes[type] && container![i] === i)) continue;
    found.push(i);
    isFound[type] = 1;
  }
  if (found.length === 0) return undefined;
  const names = [...new Set(types.names.filter((_, row) => isFound[row] === 1))];
  const isListed = types.names.some(
    (name, row) => isFound[row] === 1 && name !== text && listedTypeName(types, row) === text,
  );
  return {
    description: names.length > 1 ? `objects of types that match ${text}` : isListed ? text : names[0]!,
    objects: Int32Array.from(found),
    isPath: false,
    isOfTypes: true,
    isNamedByType: true,
  };
}

/** How comparisons call closures, whose numbers differ between builds: "func main.accept.func…". */
const ANY_CLOSURE = "func…";
/** What stands before a type's name: no bracket, star or word of another type. */
const IMPORT_PATH = /^[^\s*[\](){},;]*$/;

/** "main.Session" is called so; "example.com/app/store/v2.Session" store.Session, too; and "main.Pair[int]" main.Pair. */
function isCalled(name: string, text: string): boolean {
  if (text === "") return false;
  if (name === text || name.startsWith(`${text}[`)) return true;
  if (text.includes(ANY_CLOSURE) && [name, shortenImports(name)].some((each) => stableName(each) === text)) return true;
  // Of the whole name, and not of what a map or pointer is of.
  if (name.endsWith(`/${text}`) && IMPORT_PATH.test(name.slice(0, -text.length))) return true;
  return isWrittenAs(name, text);
}

function missing(
  heap: Heap,
  asked: string,
  { known, next }: PathTargets,
  container: Int32Array | undefined,
): UsageError {
  const text = writeOutRepeated(asked);
  if (text === undefined) {
    return new UsageError(`${asked} has more steps than can be gone along`, {
      hint: "the address of an object finds it, as gohd report prints it",
    });
  }
  const knownOf = (path: string): string => {
    const found = findPathTargets(heap, path, container);
    return found.objects.length > 0 ? path : found.known;
  };
  if (heap.variables?.some(({ name }) => isWrittenAs(name, text))) {
    return new UsageError(`${text} points to no object`);
  }
  if (text.replaceAll("[…]", "").includes("…")) {
    return new UsageError(`"…" in ${text} stands for what has no name, or is left out`, {
      hint: "the address of an object finds it, as gohd report prints it",
    });
  }
  if (known === "") {
    const parts = findWholes(heap, text);
    if (parts.length > 0) {
      const listed = `${parts.slice(0, LISTED).join(", ")}${parts.length > LISTED ? ", …" : ""}`;
      return new UsageError(`no object is of type ${text} alone`, { hint: `values of it are in ${listed}` });
    }
    const names = [...next, ...nameVariables(heap)];
    const nearest =
      findNearest(text, names) ??
      nearestBeginning(text, next, knownOf) ??
      addPackage(text, [...names, ...heap.types.names]);
    const hint = nearest === undefined ? hintForTypes(heap) : `did you mean ${nearest}?`;
    return new UsageError(`no type, variable or path is called ${text}`, { hint });
  }
  const wanted = text.slice(known.length);
  const all = [...new Set(next)].sort();
  // Fields to those who asked for one, and entries likewise.
  const alike = all.filter((name) => name.startsWith(wanted.slice(0, 1)));
  const names = alike.length > 0 ? alike : all;
  const nearest =
    findNearest(wanted, names) ??
    nearestBeginning(wanted, names, (rest) => knownOf(`${known}${rest}`).slice(known.length));
  const listed = `${names.slice(0, LISTED).join(", ")}${names.length > LISTED ? ", …" : ""}`;
  return new UsageError(`${known} has no pointer ${wanted}`, {
    hint:
      nearest !== undefined
        ? `did you mean ${known}${nearest}?`
        : names.length > 0
          ? `it has ${listed}`
          : "it has none",
  });
}

/** What values of a type are part of: types of objects, and variables. Types that are deeper in these are not known here. */
function findWholes({ types, variables = [] }: Heap, text: string): readonly string[] {
  const wholes = new Set<string>();
  for (let row = 0; row < types.count; row++) {
    const details = types.details?.(row);
    if (details === undefined) continue;
    const { kind, element, fields } = details;
    const parts = [
      ...fields.map(({ type }) => type),
      ...(element === undefined || kind === "pointer" ? [] : [element]),
    ];
    if (parts.some(({ name }) => isCalled(name, text))) wholes.add(types.names[row]!);
  }
  for (const { name, type } of variables) if (type !== undefined && isCalled(type, text)) wholes.add(name);
  return [...wholes].map(shortenImports).sort();
}

/**
 * With a mistake in its first names: "main.stor.sessions", "sesions.first". Of what follows as much as there is; but dots in the
 * names of composite types have nothing behind them.
 * @param knownOf as much of an expression as there is
 */
function nearestBeginning(
  text: string,
  names: readonly string[],
  knownOf: (text: string) => string,
): string | undefined {
  for (let end = text.lastIndexOf("."); end > 0; end = text.lastIndexOf(".", end - 1)) {
    const beginning = text.slice(0, end);
    const nearest = findNearest(beginning, names);
    if (nearest === undefined) continue;
    const corrected = nearest + text.slice(end);
    const known = knownOf(corrected);
    if (known === corrected || (known.startsWith(nearest) && IMPORT_PATH.test(beginning))) return known;
  }
  return undefined;
}

/** What variables are called from which a pointer or an element leads on: of values beside the heap the pointers to these. */
function nameVariables({ variables = [] }: Heap): readonly string[] {
  return variables.map(({ name }) => name.replace(/^\*|\[:\]$/g, "")).flatMap((name) => [name, shortenImports(name)]);
}

/** With the package that is left out: main.Session for "Session". */
function addPackage(text: string, names: readonly string[]): string | undefined {
  return names.find((name) => name.endsWith(`.${text}`) && IMPORT_PATH.test(name.slice(0, -text.length)));
}

function hintForTypes(heap: Heap): string {
  return heap.types.fields
    ? "gohd top lists types; /pattern/ searches their names"
    : "--exe gives objects their types, and variables their names";
}

/** A word of a segment, as ways are said to begin at: "bss at 0x58cbc0". */
const SEGMENT_PLACE = /^(?:data|bss) at (0x[0-9a-f]{1,16})$/;

/** What the pointer at an address of data or bss leads to; undefined if there is none. */
function findSegmentWord(heap: Heap, text: string): Targets | undefined {
  const { roots, segments } = heap;
  const { vertices } = roots;
  const address = parseAddress(heap, text);
  const segment = segments.find((each) => address >= each.address && address < each.address + each.size);
  if (segment === undefined) return undefined;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const start = startOf(heap, vertex);
    for (let row = vertices.edgeStart[vertex]!; start >= 0 && row < vertices.edgeStart[vertex + 1]!; row++) {
      if (start + roots.offset[row]! !== address) continue;
      return { description: `${segment.kind} at ${text}`, objects: Int32Array.of(roots.to[row]!), isPath: false };
    }
  }
  return undefined;
}

/** Where the offsets of the root edges of a segment or variable count from; -1 of other roots. */
function startOf({ roots, segments, variables }: Heap, vertex: number): number {
  const { kind, item } = roots.vertices;
  if (kind[vertex] === RootVertexKind.SEGMENT) return segments[item[vertex]!]!.address;
  return kind[vertex] === RootVertexKind.VARIABLE ? (variables?.[item[vertex]!]?.address ?? -1) : -1;
}

function findAddress(heap: Heap, text: string): Targets {
  const object = heap.findObject(parseAddress(heap, text));
  const inSegment = object === NO_OBJECT ? findSegmentWord(heap, text) : undefined;
  if (inSegment !== undefined) return inSegment;
  if (object === NO_OBJECT) throw new UsageError(`there is no object at ${text}`);
  const type = heap.types.names[heap.objects.type[object]!]!;
  return {
    description: `${type} at ${heap.formatAddress(heap.objects.address[object]!)}`,
    objects: Int32Array.of(object),
    isPath: false,
    isNamedByType: true,
  };
}

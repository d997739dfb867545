/**
 * Pointer paths: how a GC root leads to an object, pointer by pointer, and the same as an expression that Go's readers
 * know: main.store.sessions["u17"].history[3].Body. What a map, channel or list is made of inside is left out.
 */
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { joinVariable, rootEdgeName, rootVertexName, splitFunction } from "../../heap/roots/root-names.ts";
import { ROOT_KIND_NAMES, RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { TypeKind } from "../../heap/types.ts";
import { Structure } from "../../heap/value-layouts.ts";
import type { ShortestPaths } from "../references/shortest-paths.ts";
import { isLibraryMap, libraryMapName, withoutLibraryMap } from "./library-maps.ts";
import { wholeMapName } from "./map-parts.ts";
import { repeatStep } from "./repeated-steps.ts";

/** One pointer of a path. */
export interface Pointer {
  /** The vertex that has it: an object, or objects.count + root vertex. */
  readonly from: number;
  /** Row of `heap.edges`, or of `heap.roots` if `from` is a root vertex. */
  readonly edge: number;
}

/** The pointers of an object's shortest path, the root's first. Linear in its length. */
export function tracePath(
  { objects }: Heap,
  { parent, edge }: Pick<ShortestPaths, "parent" | "edge">,
  object: number,
): Pointer[] {
  const pointers: Pointer[] = [];
  for (let vertex = object; vertex < objects.count; vertex = parent[vertex]!) {
    pointers.push({ from: parent[vertex]!, edge: edge[vertex]! });
  }
  return pointers.reverse();
}

/** Where a pointer leads. O(1). */
export function pointerTarget({ objects, edges, roots }: Heap, { from, edge }: Pointer): number {
  return from < objects.count ? edges.to[edge]! : roots.to[edge]!;
}

/** A path in words. */
export interface PathText {
  /** `main.store.sessions["u17"]`, `r.outgoing.elems[41]`. */
  readonly expression: string;
  /**
   * Where the expression's first name is known: "main.main main.go:87"; "" for package variables; of one without a name its
   * address: "bss at 0x58cbc0".
   */
  readonly where: string;
}

export interface PathOptions {
  /** Per object the one that stands for what it is a part of (`src/values`); left out, every object is shown. */
  readonly container?: Int32Array | undefined;
  /** Whether elements and entries are told apart by index and key; else all are `[…]`. */
  readonly withElements: boolean;
  /** False where entries of maps are `[…]` even so: their keys are contents of the process's memory. Indexes and turns are not. */
  readonly withKeys?: boolean;
  /** Whether a path from a word without a name begins with a type: "main.relay.outgoing" in place of "sp+0x28.outgoing". */
  readonly namesTypes?: boolean;
}

/** Longer expressions, of chains without end, are told from their ends. */
const LONGEST_EXPRESSION = 4096;

/** Writes the expression of a path. Asks the dump for the keys of maps if elements are told apart. */
export function writePath(heap: Heap, pointers: readonly Pointer[], options: PathOptions): PathText {
  const [first, ...rest] = pointers;
  if (first === undefined) return { expression: "", where: "" };
  const vertex = first.from - heap.objects.count;
  let expression = withoutLibraryMap(
    writeRoot(heap, vertex, first.edge),
    "",
    typeName(heap, pointerTarget(heap, first)),
  );
  let where = isVariable(heap, vertex) ? "" : (segmentPlace(heap, vertex, first.edge) ?? rootVertexName(heap, vertex));
  // Of an inlined variable the root's own name tells the function: "w (main.(*Watcher).loop)".
  const inlined = splitFunction(expression);
  if (inlined !== undefined && where !== "") {
    expression = inlined.name;
    where = `${inlined.of} in ${where}`;
  }
  let from = 0;
  if (options.namesTypes === true && rootEdgeName(heap, vertex, first.edge) === undefined) {
    // Elements of what has no name say nothing: the first struct does.
    from = rest.findIndex((pointer) => isStruct(heap, pointer.from));
    if (from < 0) from = firstKnown(heap, first, rest);
    const type = typeName(heap, rest[from]?.from ?? pointerTarget(heap, rest.at(-1) ?? first));
    expression = libraryMapName(type) ?? type;
  }
  let beginning = "";
  const written = new AlikeSteps();
  for (let i = from; i < rest.length; i++) {
    expression = written.append(expression, stepName(heap, rest[i]!, options));
    // Each append copies what is there, so that of a chain without end only the ends may be kept.
    if (expression.length <= 2 * LONGEST_EXPRESSION) continue;
    if (beginning === "") beginning = expression.slice(0, LONGEST_EXPRESSION / 2);
    expression = expression.slice(-LONGEST_EXPRESSION);
  }
  return { expression: shorten(beginning, expression), where };
}

/** More steps of one name in a row are told by their number: "ctx.(250,000 × Context).children". */
const MOST_ALIKE = 8;

/** Writes the steps of one expression, one after the other. */
class AlikeSteps {
  /** The expression in front of the steps of one name that it ends with, … */
  #before = "";
  #name = "";
  /** … and how many these are. */
  #count = 0;

  /** The expression with one more step behind it, "" for none. Steps without a name need not be alike. */
  append(expression: string, name: string): string {
    if (name === "") return expression;
    if (name !== this.#name || name === UNNAMED) {
      this.#before = expression;
      this.#name = name;
      this.#count = 0;
    }
    this.#count++;
    return this.#count <= MOST_ALIKE
      ? appendName(expression, name)
      : appendName(this.#before, repeatStep(this.#count, name));
  }
}

/** Where no struct is on a way: the pointer from which on it is told, of what has a type; the length where that is what it leads to. */
function firstKnown(heap: Heap, first: Pointer, rest: readonly Pointer[]): number {
  const { types, objects } = heap;
  if (isHalfKnown(typeName(heap, pointerTarget(heap, first)))) return rest.length;
  const isShape = (object: number): boolean => types.kind[objects.type[object]!] === TypeKind.SHAPE;
  const known = rest.findIndex(({ from }) => !isShape(from));
  if (known >= 0) return known;
  return isShape(pointerTarget(heap, rest.at(-1) ?? first)) ? 0 : rest.length;
}

/** From its ends, if it is too long, or its beginning was cut off. */
function shorten(beginning: string, expression: string): string {
  if (beginning === "" && expression.length <= LONGEST_EXPRESSION) return expression;
  const half = LONGEST_EXPRESSION / 2;
  return `${beginning || expression.slice(0, half)}…${expression.slice(-half)}`;
}

/** A word of a segment in which no variable is known, by its address; undefined for other roots. */
function segmentPlace(heap: Heap, vertex: number, edge: number): string | undefined {
  const { vertices, offset } = heap.roots;
  if (vertices.kind[vertex] !== RootVertexKind.SEGMENT) return undefined;
  const { kind, address } = heap.segments[vertices.item[vertex]!]!;
  return `${kind} at ${heap.formatAddress(address + offset[edge]!)}`;
}

/** The name of a root edge, or what kind of root it is: "main.store", "jobs", "sp+0x28", "finalizer referent". */
export function writeRoot(heap: Heap, vertex: number, edge: number): string {
  const { roots } = heap;
  const name = rootEdgeName(heap, vertex, edge);
  if (name !== undefined) return name;
  const kind = roots.kind[edge]!;
  const place = `+0x${roots.offset[edge]!.toString(16)}`;
  if (kind === RootKind.FRAME || kind === RootKind.FRAME_CONSERVATIVE) return `sp${place}`;
  const text = ROOT_KIND_NAMES[kind]!;
  return kind === RootKind.DATA || kind === RootKind.BSS ? text + place : text;
}

/** Appends a pointer of an object to an expression; "…" stands for what has no name. */
export function appendPointer(heap: Heap, expression: string, pointer: Pointer, options: PathOptions): string {
  return appendName(expression, stepName(heap, pointer, options));
}

/** What stands for a pointer that has no name. */
const UNNAMED = "…";

/** What a pointer of an object adds to an expression; "" if that is nothing. */
function stepName(heap: Heap, { from, edge }: Pointer, options: PathOptions): string {
  const { objects, types, edges } = heap;
  const { container, withKeys = true } = options;
  if (container !== undefined && container[from] === container[edges.to[edge]!]) return "";
  const type = types.names[objects.type[from]!]!;
  const hidesKey = !withKeys && (MAP_ENTRIES.test(type) || isLibraryMap(type));
  const withElements = options.withElements && !hidesKey;
  const name = edgeName(heap, from, edge, withElements);
  if (name === undefined) return UNNAMED;
  const alike = withElements ? entryName(type, name) : alikeName(type, name);
  return withoutLibraryMap(alike, type, typeName(heap, edges.to[edge]!));
}

function appendName(expression: string, name: string): string {
  return name === UNNAMED ? `${expression}.${UNNAMED}` : joinVariable(expression, name);
}

/** Map groups (Go ≥ 1.24) and buckets: which of eight entries it is. */
const MAP_ENTRIES = /^map\.(group|bucket)\[|^\[\]map\.(group|bucket)\[/;
const ENTRY_VALUE = /^(\[\d*\]\.)?(slots\[\d*\]\.elem|elems\[\d*\])/;
const ENTRY_KEY = /^(\[\d*\]\.)?(slots\[\d*\]\.key|keys\[\d*\])/;

/**
 * The name of a pointer with all elements and entries called alike: "[3].next" → "[…].next", of a map's group
 * "[].slots[2].elem.Name" → "[…].Name".
 * @param type name of the type of the object that has it
 */
export function alikeName(type: string, name: string): string {
  return entryName(type, name).replaceAll(/\[\d*\]/g, "[…]");
}

/** The same of a map's group alone: in which of its slots an entry is whose key has no text, is nothing to people. */
function entryName(type: string, name: string): string {
  return MAP_ENTRIES.test(type) ? name.replace(ENTRY_VALUE, "[…]").replace(ENTRY_KEY, "[key]") : name;
}

function typeName({ objects, types }: Heap, object: number): string {
  return wholeMapName(types.names[objects.type[object]!]!);
}

/** Whether a type's name says that a part of it is not known, as `map[string]?` does: its fields are nobody's words. */
function isHalfKnown(name: string): boolean {
  return name.endsWith("?");
}

/** Whether an object is a value with named fields, and no array of them or part of a map or channel. */
function isStruct({ objects, types }: Heap, object: number): boolean {
  const type = objects.type[object]!;
  const layout = types.layouts?.of(type);
  if (layout === undefined || layout.isMany || layout.kind.length === 0) return false;
  // Parts of maps whose elements are not known have no structure. No package can be called map.
  if (/^map[.[]/.test(types.names[type]!)) return false;
  return types.layouts!.structure[type] === Structure.NONE && !layout.name(0).isEnding;
}

function isVariable({ roots }: Heap, vertex: number): boolean {
  return roots.vertices.kind[vertex] === RootVertexKind.VARIABLE;
}

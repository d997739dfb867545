/**
 * PathTargets: the objects that an expression means, as the report and `why` print them: `main.store.sessions["u17"]`,
 * `r.outgoing.elems`, `main.relay.outgoing[…]`. It begins with a variable or a type, and goes on along names of pointers.
 */
import {
  isLibraryMap,
  isLibraryMapBox,
  isLibraryMapEntry,
  isReadHalf,
  withoutLibraryMap,
} from "../../analysis/paths/library-maps.ts";
import { alikeName, type Pointer, writeRoot } from "../../analysis/paths/pointer-path.ts";
import { writeOutRepeated } from "../../analysis/paths/repeated-steps.ts";
import { int32Column } from "../../heap/columns.ts";
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { frameFunctionName, joinVariable, rootEdgeName, splitFunction } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { isWrittenAs, shortenImports } from "../../heap/short-names.ts";
import { Structure } from "../../heap/value-layouts.ts";

/** Names kept of what could have followed. */
const MOST_NAMES = 20_000;

/** In a way: no pointer. */
const NOWHERE = -1;

/** How an object was found: by a name of the text, … */
const NAMED = 1;
/** … or on the way through a map, channel or list, which takes no text. */
const WALKED = 2;

/** Any element or entry, as people write it: "[]", "[*]", "[...]" behind something, and not before a type's name. */
const ANY_ELEMENT = /(?<=[\w\]"…])\[(?:\*|\.\.\.)?\](?=$|[.[])/g;

export interface PathTargets {
  /** Ascending; none if the expression leads nowhere. */
  readonly objects: Int32Array;
  /** As much of the expression as there is, steps of one name in a row written out. */
  readonly known: string;
  /** What could have followed; names to begin with if nothing of it is known. */
  readonly next: readonly string[];
}

/**
 * Finds the objects that `text` leads to: a pointer of that name, or all pointers in a value of that name. `[]`, `[*]`,
 * `[...]` and `[…]` mean every element and entry. Of a local variable the function may stand before or behind: "main.run r",
 * "r (main.run)". Package variables and types may be without import paths.
 * One look at every root, and at the pointers of the objects on the way; 1 byte an object for each step.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export function findPathTargets(heap: Heap, text: string, container: Int32Array | undefined): PathTargets {
  return new PathSearch(heap, text, container).search();
}

/**
 * The pointers by which `text` leads to one of its targets, the root's first; where it begins with a type, the first is one of an object.
 * Searches again; 20 bytes for each object that it comes by.
 */
export function traceExpression(
  heap: Heap,
  text: string,
  target: number,
  container: Int32Array | undefined,
): readonly Pointer[] {
  return new PathSearch(heap, text, container, new Ways(heap.objects.count)).trace(target);
}

/** How a search came to each object, by how much of the text led there: rows in the order in which they were found. */
class Ways {
  readonly #objectCount: number;
  readonly #object = int32Column();
  /** How much of the text led to the object, and to where its pointer is from. */
  readonly #length = int32Column();
  readonly #before = int32Column();
  /** The pointer; NOWHERE if the way begins with the object. */
  readonly #from = int32Column();
  readonly #edge = int32Column();

  constructor(objectCount: number) {
    this.#objectCount = objectCount;
  }

  /** To be called once for each object and length, and for what `pointer` is from before that. */
  note(object: number, length: number, pointer: Pointer | undefined, before: number): void {
    this.#object.push(object);
    this.#length.push(length);
    this.#before.push(before);
    this.#from.push(pointer?.from ?? NOWHERE);
    this.#edge.push(pointer?.edge ?? NOWHERE);
  }

  /** The way to an object to which `whole` of the text led. One look at all rows: what leads to a row is above it. */
  trace(target: number, whole: number): readonly Pointer[] {
    const pointers: Pointer[] = [];
    let [at, length] = [target, whole];
    for (let row = this.#object.count - 1; row >= 0 && at < this.#objectCount; row--) {
      if (this.#object.get(row) !== at || this.#length.get(row) !== length) continue;
      const from = this.#from.get(row);
      if (from === NOWHERE) break;
      pointers.push({ from, edge: this.#edge.get(row) });
      at = from;
      length = this.#before.get(row);
    }
    return pointers.reverse();
  }
}

class PathSearch {
  readonly #heap: Heap;
  readonly #text: string;
  /** The function whose local variable is meant; "" if none is named. */
  readonly #function: string;
  readonly #container: Int32Array | undefined;
  readonly #targets: MarkedObjects;
  /** Objects to which the whole text leads, as far as the way there was noted. */
  readonly #ends: MarkedObjects | undefined;
  /** By how much of the text leads there: objects found, and whether they were. */
  readonly #found = new Map<number, { readonly objects: number[]; readonly isFound: Uint8Array }>();
  /** What follows the part of the text that is known, of the longest such part. */
  #known = 0;
  readonly #next = new Set<string>();

  /** Maps of the library's that the whole text leads to, by what has them. */
  readonly #halves = new Map<string, number>();

  readonly #ways: Ways | undefined;

  /** @param ways where to note how each object was found */
  constructor(heap: Heap, asked: string, container: Int32Array | undefined, ways?: Ways) {
    const text = writeOutRepeated(asked) ?? asked;
    this.#ways = ways;
    this.#targets = new MarkedObjects(heap.objects.count);
    this.#ends = ways === undefined ? undefined : new MarkedObjects(heap.objects.count);
    const before = splitFunction(text) === undefined ? /^([^\s"[]+) (\S.*)$/.exec(text) : null;
    const local = before === null ? splitInlined(text) : { name: before[2]!, of: before[1]! };
    this.#heap = heap;
    this.#text = local.name.replaceAll(ANY_ELEMENT, "[…]");
    this.#function = local.of;
    this.#container = container;
  }

  search(): PathTargets {
    this.#enterTypes();
    this.#enterRoots();
    return this.#finish();
  }

  /** Searches, and tells by which pointers it came to a target. */
  trace(target: number): readonly Pointer[] {
    this.search();
    return this.#ways?.trace(target, this.#text.length) ?? [];
  }

  /** Objects whose type the text begins with. */
  #enterTypes(): void {
    if (this.#function !== "") return;
    const { objects, types } = this.#heap;
    const ends = types.names.map((name) => {
      const end = this.#match(0, [name, shortenImports(name)]);
      return end < this.#text.length ? end : 0;
    });
    for (let object = 0; object < objects.count; object++) {
      const end = ends[objects.type[object]!]!;
      if (end > 0) this.#reach(object, end);
    }
  }

  /** What variables and frames point to, by names that the text begins with. */
  #enterRoots(): void {
    const { roots } = this.#heap;
    const { vertices } = roots;
    // A word of a stack or segment without a name, as it is printed.
    const isPlace = /^(sp|data|bss)\+0x[0-9a-f]/.test(this.#text);
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const isMeant = this.#isMeant(vertex);
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const name =
          rootEdgeName(this.#heap, vertex, edge) ?? (isPlace ? writeRoot(this.#heap, vertex, edge) : undefined);
        if (name === undefined) continue;
        const own = splitInlined(name);
        if (!isMeant && !this.#isFunction(own.of)) continue;
        const shown = withoutLibraryMap(own.name, "", this.#typeOf(roots.to[edge]!));
        const names = [own.name, shown];
        // What a pointer in a variable leads to outside the heap: nothing else can be meant by the pointer.
        if (own.name.startsWith("*")) names.unshift(own.name.slice(1), shown.slice(1));
        const end = this.#match(0, [...names.map(shortenImports), ...names]);
        if (end > 0) this.#reach(roots.to[edge]!, end, NAMED, { from: this.#heap.objects.count + vertex, edge });
      }
    }
  }

  #finish(): PathTargets {
    const lengths = (): number => Math.min(...[...this.#found.keys()].filter((length) => length < this.#text.length));
    for (let length = lengths(); length < Infinity; length = lengths()) {
      const { objects, isFound } = this.#found.get(length)!;
      // More of them come while the search is in a map or list, which names nothing.
      for (let i = 0; i < objects.length; i++) this.#follow(objects[i]!, length, isFound[objects[i]!] === WALKED);
      this.#found.delete(length);
    }
    return {
      objects: this.#targets.list(),
      known: this.#text.slice(0, this.#known),
      next: [...this.#next],
    };
  }

  #isMeant(vertex: number): boolean {
    const { kind, item } = this.#heap.roots.vertices;
    if (this.#function === "") return true;
    if (kind[vertex] !== RootVertexKind.FRAME) return false;
    return this.#isFunction(frameFunctionName(this.#heap.goroutines, item[vertex]!));
  }

  #typeOf(object: number): string {
    const { objects, types } = this.#heap;
    return types.names[objects.type[object]!]!;
  }

  #isFunction(name: string): boolean {
    return isWrittenAs(name, this.#function);
  }

  /** @param isWalked whether only the inside of a map or list leads to it */
  #follow(from: number, at: number, isWalked: boolean): void {
    const { edges, objects, types } = this.#heap;
    const type = this.#typeOf(from);
    // Nodes have fields of the program's, which may be named one by one; what a map or channel is made of is the runtime's.
    const isNamed = !isWalked && types.layouts?.structure[objects.type[from]!] === Structure.NONE;
    for (let edge = edges.start[from]!; edge < edges.start[from + 1]!; edge++) {
      const to = edges.to[edge]!;
      if (this.#container !== undefined && this.#container[from] === this.#container[to]) {
        this.#reach(to, at, WALKED, { from, edge }, at);
        if (!isNamed) continue;
      }
      const shown = (name: string): string => withoutLibraryMap(name, type, this.#typeOf(to));
      const exact = shown(edgeName(this.#heap, from, edge, true) ?? "…");
      const alike = shown(alikeName(type, edgeName(this.#heap, from, edge, false) ?? "…"));
      const end =
        exact === "" || alike === "" ? at : this.#match(at, [joinVariable("", exact), joinVariable("", alike)]);
      if (end >= at) this.#reach(to, end, NAMED, { from, edge }, at);
    }
  }

  #reach(object: number, length: number, how = NAMED, pointer?: Pointer, before = -1): void {
    if (length === this.#text.length) {
      if (isLibraryMap(this.#typeOf(object)) && pointer !== undefined && this.#isOtherHalf(object, pointer)) return;
      this.#noteEnd(object, pointer, before);
      for (const target of this.#valuesOf(object)) this.#targets.add(target);
    } else {
      let found = this.#found.get(length);
      if (found === undefined) {
        found = { objects: [], isFound: new Uint8Array(this.#heap.objects.count) };
        this.#found.set(length, found);
      }
      if (found.isFound[object] !== 0) return;
      found.isFound[object] = how;
      found.objects.push(object);
      this.#ways?.note(object, length, pointer, before);
    }
  }

  /** Whether an object is the half of a sync.Map of whose other half more is known; forgets the other if this one has more. */
  #isOtherHalf(object: number, { from, edge }: Pointer): boolean {
    const heap = this.#heap;
    const { count } = heap.objects;
    const name = from < count ? edgeName(heap, from, edge, true) : rootEdgeName(heap, from - count, edge);
    const key = `${from} ${withoutLibraryMap(name ?? "", "", this.#typeOf(object))}`;
    const other = this.#halves.get(key);
    if (other !== undefined && isReadHalf(this.#typeOf(object))) return true;
    if (other !== undefined && isReadHalf(this.#typeOf(other))) this.#targets.remove(other);
    this.#halves.set(key, object);
    return false;
  }

  #noteEnd(object: number, pointer: Pointer | undefined, before: number): void {
    if (this.#ends?.add(object) !== true) return;
    this.#ways!.note(object, this.#text.length, pointer, before);
  }

  /** What somebody means who names an object: itself, or the value if it is an entry of a library's map. */
  #valuesOf(object: number): readonly number[] {
    const entry = this.#typeOf(object);
    if (!isLibraryMapEntry(entry)) return [object];
    const values: number[] = [];
    for (const value of this.#valuesIn(object, (name) => withoutLibraryMap(name, entry, "") === "")) {
      const boxed = isLibraryMapBox(entry, this.#typeOf(value)) ? this.#valuesIn(value, () => true) : [];
      if (boxed.length === 0) values.push(value);
      else for (const each of boxed) values.push(each);
    }
    return values.length > 0 ? values : [object];
  }

  /** What the pointers of an entry, or of its box, lead to whose names are a value's. */
  #valuesIn(object: number, isValue: (name: string) => boolean): readonly number[] {
    const { start, to } = this.#heap.edges;
    const values: number[] = [];
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const name = edgeName(this.#heap, object, edge, false);
      if (name === undefined || !isValue(name)) continue;
      this.#noteEnd(to[edge]!, { from: object, edge }, this.#text.length);
      values.push(to[edge]!);
    }
    return values;
  }

  /** How much of the text is behind one of `names` that stands at `at`; -1 if none does. All of it if it ends within one. */
  #match(at: number, names: readonly string[]): number {
    const text = this.#text;
    for (const name of names) {
      const end = at + name.length;
      if (text.startsWith(name, at) && isBoundary(text, end)) return end;
      if (end > text.length && name.startsWith(text.slice(at)) && isBoundary(name, text.length - at))
        return text.length;
    }
    // Of elements the very ones only to those who asked for one.
    this.#suggest(at, /^\[["\d-]/.test(text.slice(at, at + 2)) ? names[0]! : names.at(-1)!);
    return -1;
  }

  #suggest(at: number, name: string): void {
    if (at < this.#known) return;
    if (at > this.#known) {
      this.#known = at;
      this.#next.clear();
    }
    if (this.#next.size < MOST_NAMES) this.#next.add(name);
  }
}

/** Whether a component ends before `at`. */
function isBoundary(text: string, at: number): boolean {
  return at === text.length || text[at] === "." || text[at] === "[";
}

/** "r.queue (main.run)": a local variable, and the function that it is of. A key may have parentheses, too. */
function splitInlined(text: string): { readonly name: string; readonly of: string } {
  return splitFunction(text, text.lastIndexOf(" (")) ?? { name: text, of: "" };
}

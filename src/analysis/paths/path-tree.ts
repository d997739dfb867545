/**
 * PathTree: the paths of many objects, merged: what a million sessions have in common is one line, with their
 * number. Steps are alike if they lead from alike steps by a pointer of one name to an object of one type; elements and
 * entries all have one name, and what a map or list is made of inside is one step; so are pointers of one name in a row. Where a way
 * comes to a node itself and not to the header of its list, those that hang on it are a step of their own; so are, from the third on, things
 * of a type that takes turns with others below one another.
 */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, TypeSource } from "../../heap/objects.ts";
import { joinVariable, rootVertexName, withoutOwnFunction } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { NAMELESS, PointerNames } from "../references/pointer-names.ts";
import type { ShortestPaths } from "../references/shortest-paths.ts";
import { isLibraryMap, isLibraryMapBox, isLibraryMapEntry, withoutLibraryMap } from "./library-maps.ts";
import { alikeName } from "./pointer-path.ts";

export interface PathNode {
  /** What the pointer that leads here is called: "main.store", "sessions", "[…]"; "" where one word is all there is. */
  readonly name: string;
  /** For roots where the name is known: "main.worker main.go:42"; "" for package variables and below roots. */
  readonly where: string;
  /** Row of the type table. */
  readonly type: number;
  /** There if it is the nodes that hang on the one above, by the pointers that `name` lists. */
  readonly isLinked?: true;
  /** Objects asked for whose paths lead through here, this step's own included; and their shallow sizes in bytes. */
  count: number;
  bytes: number;
  /** Of these, those that are at this very step. */
  own: number;
  /** Objects at this very step, asked for or passed by; what a map or list is made of inside is not counted. */
  things: number;
  /** Of these, those whose type is guessed. */
  guessed: number;
  /** Of these, those to which a pointer of something leads whose type is guessed, so that the pointer's name is, too. */
  namesGuessed: number;
  /** Steps behind this one, most objects first once the tree is built. */
  readonly children: PathNode[];
}

/** Steps kept; behind so many different ones, paths end at the last that is known. */
const MAX_NODES = 100_000;
const NOT_ASKED = -1;
/** Steps that may take turns, of one type each. */
const LONGEST_TURN = 4;
/** Names of pointers that a step of linked nodes lists. */
const MOST_LINKS = 3;

type Node = { -readonly [Key in keyof PathNode]: PathNode[Key] };

/**
 * Merges the paths of `targets`. Linear in the targets and in the objects on their paths; 4 bytes an object.
 * @param container per object the one that stands for what it is a part of; left out, every object is a step
 */
export function buildPathTree(
  heap: Heap,
  paths: Pick<ShortestPaths, "parent" | "edge">,
  targets: Iterable<number>,
  container: Int32Array | undefined,
): readonly PathNode[] {
  const tree = new TreeBuilder(heap, paths, container);
  for (const target of targets) tree.add(target);
  return tree.finish();
}

class TreeBuilder {
  readonly #heap: Heap;
  readonly #paths: Pick<ShortestPaths, "parent" | "edge">;
  readonly #container: Int32Array | undefined;
  readonly #names: PointerNames;
  readonly #nodes: Node[] = [];
  readonly #parent: number[] = [];
  readonly #roots: PathNode[] = [];
  /** Node by step: parent node, name and type. */
  readonly #index = new Map<string, number>();
  /** Per type: 1 if its objects may be nodes of the program's own, and not what maps are made of. */
  readonly #mayLink: Uint8Array;
  /** Per object: its node, or NOT_ASKED. */
  readonly #node: Int32Array;

  constructor(heap: Heap, paths: Pick<ShortestPaths, "parent" | "edge">, container: Int32Array | undefined) {
    this.#heap = heap;
    this.#paths = paths;
    this.#container = container;
    this.#names = new PointerNames(heap);
    const { names, layouts } = heap.types;
    const isOwn = (name: string): boolean => !isLibraryMap(name) && !isLibraryMapEntry(name);
    this.#mayLink = Uint8Array.from(names, (name, row) =>
      layouts?.structure[row] === Structure.NONE && isOwn(name) ? 1 : 0,
    );
    this.#node = new Int32Array(heap.objects.count).fill(NOT_ASKED);
  }

  add(target: number): void {
    const { objects } = this.#heap;
    const at = this.#place(target);
    const node = this.#nodes[at]!;
    node.own++;
    node.count++;
    node.bytes += objectSize(objects, target);
  }

  finish(): readonly PathNode[] {
    // Whatever a node is below was made before it.
    for (let at = this.#nodes.length - 1; at >= 0; at--) {
      const above = this.#nodes[this.#parent[at]!];
      if (above === undefined) continue;
      above.count += this.#nodes[at]!.count;
      above.bytes += this.#nodes[at]!.bytes;
    }
    // What has no object any more: entries of the library's maps, in whose place their values are told.
    for (const { children } of this.#nodes) {
      const kept = children.filter(({ count }) => count > 0).sort(byCount);
      for (const [i, child] of kept.entries()) children[i] = child;
      children.length = kept.length;
    }
    return this.#roots.filter(({ count }) => count > 0).sort(byCount);
  }

  /** The node of an object, which is made together with those above it. */
  #place(object: number): number {
    const { parent } = this.#paths;
    const pending: number[] = [];
    let vertex = object;
    while (vertex < this.#node.length && this.#node[vertex] === NOT_ASKED) {
      pending.push(vertex);
      vertex = parent[vertex]!;
    }
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) this.#node[next] = this.#step(next);
    return this.#node[object]!;
  }

  /** Counts an object at a step; not where there was no room for a step of its own, which has another type then. */
  #pass(at: number, object: number): number {
    const { objects } = this.#heap;
    const node = this.#nodes[at]!;
    if (node.type !== objects.type[object]) return at;
    const above = this.#paths.parent[object]!;
    node.things++;
    if (objects.typeSource[object] === TypeSource.INFERRED) node.guessed++;
    if (above < objects.count && objects.typeSource[above] === TypeSource.INFERRED) node.namesGuessed++;
    return at;
  }

  #step(object: number): number {
    const { objects } = this.#heap;
    const { parent, edge } = this.#paths;
    const above = parent[object]!;
    const type = objects.type[object]!;
    if (above >= objects.count) return this.#pass(this.#enter(above - objects.count, edge[object]!, type), object);
    const node = this.#node[above]!;
    const container = this.#container;
    if (container !== undefined && container[above] === container[object]) {
      return this.#isLink(node, above, type) ? this.#pass(this.#link(node, above, edge[object]!), object) : node;
    }
    if (this.#isBox(above)) return this.#pass(this.#standIn(node, type), object);
    const again = this.#mayLink[objects.type[above]!] === 1 ? this.#findTurn(node, type) : undefined;
    if (again !== undefined) return this.#pass(this.#link(again, above, edge[object]!), object);
    const number = this.#names.ofEdge(above, edge[object]!);
    const key = `${node} ${number} ${type}`;
    const known = this.#index.get(key);
    if (known !== undefined) return this.#pass(known, object);
    const text = number === NAMELESS ? "" : this.#names.names[number]!;
    const holder = this.#typeName(above);
    const alike = alikeName(holder, text);
    const name = withoutLibraryMap(alike, holder, this.#typeName(object));
    if (name === "" && alike !== "") {
      return isLibraryMapEntry(holder) ? this.#pass(this.#standIn(node, type), object) : node;
    }
    // A list's next node is the same step again.
    const { name: nameAbove, type: typeAbove } = this.#nodes[node]!;
    if (type === typeAbove && name === nameAbove) return this.#pass(node, object);
    // Pointers of several names may be called alike, as those of a map's buckets and of their overflow are.
    const found = this.#find(node, `${node}\n${name}\n${type}`, () => ({ name, where: "", type }));
    // Where there is no room for more steps, there is none for more names either.
    if (found !== node) this.#index.set(key, found);
    return this.#pass(found, object);
  }

  /** Whether a step is a node of the program's own list or tree, to whose like the pointer leads. */
  #isLink(node: number, above: number, type: number): boolean {
    return this.#mayLink[type] === 1 && this.#nodes[node]!.type === type && this.#heap.objects.type[above] === type;
  }

  /**
   * Where steps of a few types take turns below one another, such as handlers that wrap one another: the second of those of this type, on
   * which the others hang, or the step of these.
   */
  #findTurn(above: number, type: number): number | undefined {
    if (this.#mayLink[type] !== 1) return undefined;
    for (let length = 2; length <= LONGEST_TURN; length++) {
      const last = this.#above(above, length - 1);
      if (last < 0) return undefined;
      const { type: typeOfLast, isLinked } = this.#nodes[last]!;
      if (typeOfLast !== type) continue;
      if (isLinked === true || this.#nodes[this.#above(last, length)]?.type === type) return last;
    }
    return undefined;
  }

  #above(node: number, steps: number): number {
    let at = node;
    for (let i = 0; i < steps && at >= 0; i++) at = this.#parent[at]!;
    return at;
  }

  /** The step of the nodes that hang on one, however far behind it. */
  #link(node: number, above: number, edge: number): number {
    const number = this.#names.ofEdge(above, edge);
    const key = `${node} ${number} linked`;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const { type, isLinked } = this.#nodes[node]!;
    const links = { name: "", where: "", type, isLinked: true } as const;
    const found = isLinked === true ? node : this.#find(node, `${node}\nlinked`, () => links);
    const step = this.#nodes[found]!;
    if (step.isLinked === true)
      step.name = addLink(step.name, alikeName(this.#typeName(above), this.#names.names[number] ?? ""));
    this.#index.set(key, found);
    return found;
  }

  /** The step to the value of an entry of a library's map: in place of the entry's, and called like it. */
  #standIn(entry: number, type: number): number {
    const above = this.#parent[entry]!;
    const { name, where } = this.#nodes[entry]!;
    return this.#find(above, `${above < 0 ? where : above}\n${name}\n${type}`, () => ({ name, where, type }));
  }

  #isBox(object: number): boolean {
    const above = this.#paths.parent[object]!;
    return above < this.#heap.objects.count && isLibraryMapBox(this.#typeName(above), this.#typeName(object));
  }

  #typeName(object: number): string {
    const { objects, types } = this.#heap;
    return types.names[objects.type[object]!]!;
  }

  #enter(vertex: number, edge: number, type: number): number {
    const { kind } = this.#heap.roots.vertices;
    const isVariable = kind[vertex] === RootVertexKind.VARIABLE;
    const known = this.#names.ofRootEdge(edge, kind[vertex]!, true);
    const path = known === NAMELESS ? "" : this.#names.names[known]!;
    const vertexName = rootVertexName(this.#heap, vertex);
    const whole = isVariable ? joinVariable(vertexName, path) : withoutOwnFunction(path, vertexName);
    const name = withoutLibraryMap(alikeName("", whole), "", this.#heap.types.names[type]!);
    const where = isVariable ? "" : vertexName;
    return this.#find(-1, `${where}\n${name}\n${type}`, () => ({ name, where, type }));
  }

  #find(parent: number, key: string, describe: () => Pick<PathNode, "name" | "where" | "type" | "isLinked">): number {
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    if (this.#nodes.length >= MAX_NODES && parent >= 0) return parent;
    const counts = { count: 0, bytes: 0, own: 0, things: 0, guessed: 0, namesGuessed: 0 };
    const node: Node = { ...describe(), ...counts, children: [] };
    const at = this.#nodes.length;
    this.#nodes.push(node);
    this.#parent.push(parent);
    this.#index.set(key, at);
    if (parent < 0) this.#roots.push(node);
    else this.#nodes[parent]!.children.push(node);
    return at;
  }
}

/** "next" and "prev" make "next, prev"; of many there are the first. */
function addLink(names: string, name: string): string {
  const known = names === "" ? [] : names.split(", ");
  if (name === "" || known.includes(name) || known.length > MOST_LINKS) return names;
  return [...known, known.length < MOST_LINKS ? name : "…"].join(", ");
}

function byCount(a: PathNode, b: PathNode): number {
  return b.count - a.count || b.bytes - a.bytes;
}

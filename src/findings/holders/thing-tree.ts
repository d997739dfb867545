/** ThingTree: the owner tree with its children, as things: what a map or list is made of is one of them. */
import type { DominatorTree } from "../../analysis/dominators/dominator-tree.ts";
import type { SizeColumn } from "../../analysis/dominators/retained-size.ts";
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { type GrowingColumn, int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, type Objects, objectSize } from "../../heap/objects.ts";
import { sortIndexes } from "../../heap/sort-indexes.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Vertices: objects, or objects.count + root vertex. A column, since a map has millions below it. */
export type Vertices = Int32Array;

/** What a thing is made of, itself first, and what hangs right below that, ascending. */
export interface Below {
  readonly parts: Vertices;
  readonly children: Vertices;
}

/** Objects of one type among some vertices. */
export interface TypeSum {
  /** Row of the type table. */
  readonly type: number;
  readonly count: number;
  /** What they own. */
  readonly bytes: number;
}

export interface TypeSums {
  /** By row of the type table, in the order in which the first of each comes. */
  readonly of: ReadonlyMap<number, TypeSum>;
  /** That with most bytes; of two alike the one that has them first. Undefined if no vertex is an object. */
  readonly largest: TypeSum | undefined;
}

/** Objects between two breaths. */
const SLICE = 1 << 16;
/** How far above an object one is near: beyond a map, or an array of entries, and two structs. */
const NEAR = 8;

export class ThingTree {
  readonly #objectCount: number;
  readonly #children: DominatorTree;
  readonly #above: Int32Array;
  readonly #size: SizeColumn;
  readonly #container: Int32Array | undefined;
  readonly #objects: Objects;
  readonly #type: Int32Array;
  /** For `addChildren`. */
  readonly #parts = int32Column();

  /** @param container per object the one that stands for what it is a part of; left out, every object is a thing */
  constructor(heap: Heap, { tree, ownedSize }: OwnerTree, children: DominatorTree, container: Int32Array | undefined) {
    this.#objectCount = heap.objects.count;
    this.#children = children;
    this.#above = tree.immediateDominator;
    this.#size = ownedSize;
    this.#container = container;
    this.#objects = heap.objects;
    this.#type = heap.objects.type;
  }

  /** Bytes that a vertex owns, its own included. O(1). */
  sizeOf(vertex: number): number {
    return this.#size[vertex]!;
  }

  /** Bytes that several vertices own, none of which is below another. Linear. */
  sumOf(vertices: Vertices): number {
    const size = this.#size;
    let bytes = 0;
    for (let i = 0; i < vertices.length; i++) bytes += size[vertices[i]!]!;
    return bytes;
  }

  /** Whether an object is, or hangs a few steps below, another one. O(1). */
  isNear(object: number, above: number): boolean {
    let at = object;
    for (let step = 0; step < NEAR && at !== NO_OBJECT && at !== above; step++) at = this.#above[at]!;
    return at === above;
  }

  /** The few objects among vertices that own most, the largest first; of two alike the one with the lower number. Linear while there are few. */
  largestOf(vertices: Vertices, most: number): number[] {
    const size = this.#size;
    const largest: number[] = [];
    for (let i = 0; i < vertices.length; i++) {
      const vertex = vertices[i]!;
      if (vertex >= this.#objectCount) continue;
      let at = largest.length;
      while (at > 0) {
        const before = largest[at - 1]!;
        const isBehind = size[before]! > size[vertex]! || (size[before] === size[vertex] && before < vertex);
        if (isBehind) break;
        at--;
      }
      if (at >= most) continue;
      largest.splice(at, 0, vertex);
      if (largest.length > most) largest.pop();
    }
    return largest;
  }

  /**
   * Sums up objects by their types; vertices that are none do not count. Linear.
   * @param except a type that does not count either
   */
  sumByType(vertices: Vertices, except = -1): TypeSums {
    const type = this.#type;
    const size = this.#size;
    const of = new Map<number, { readonly type: number; count: number; bytes: number }>();
    let sum = { type: -1, count: 0, bytes: 0 };
    let largest: TypeSum | undefined;
    for (let i = 0; i < vertices.length; i++) {
      const vertex = vertices[i]!;
      if (vertex >= this.#objectCount) continue;
      const row = type[vertex]!;
      if (row === except) continue;
      // Neighbours are mostly of one type.
      if (row !== sum.type) {
        sum = of.get(row) ?? { type: row, count: 0, bytes: 0 };
        of.set(row, sum);
      }
      sum.count++;
      sum.bytes += size[vertex]!;
      if (largest === undefined || sum.bytes > largest.bytes) largest = sum;
    }
    return { of, largest };
  }

  /** The objects of a sum among the vertices that it is of, in their order. Linear. */
  objectsOf(sum: TypeSum, vertices: Vertices): Vertices {
    const type = this.#type;
    const found = new Int32Array(sum.count);
    let at = 0;
    for (let i = 0; i < vertices.length; i++) {
      const vertex = vertices[i]!;
      if (vertex < this.#objectCount && type[vertex] === sum.type) found[at++] = vertex;
    }
    return found;
  }

  /** The vertices right below a thing, ascending: those of its parts that are no parts of it themselves. Linear in the parts. */
  childrenOf(vertex: number): Vertices {
    return this.partsAndChildrenOf(vertex).children;
  }

  /**
   * The same with the vertices that the thing is made of, itself among them.
   * @param nodeTypes types of objects that are parts, too, wherever they hang below other parts
   */
  partsAndChildrenOf(vertex: number, nodeTypes?: ReadonlySet<number>): Below {
    const children = int32Column();
    const parts = int32Column();
    parts.push(vertex);
    this.#addBelow(vertex, nodeTypes, parts, children);
    // Some are kept for as long as holders are looked into: without the room to grow.
    const below = { parts: parts.finish(), children: children.finish() };
    sortIndexes(below.children);
    return below;
  }

  /** Adds what `childrenOf` gives, in any order, to others: for who asks of many things that have little below them each. */
  addChildren(vertex: number, to: GrowingColumn<Int32Array>): void {
    this.#parts.count = 0;
    this.#parts.push(vertex);
    this.#addBelow(vertex, undefined, this.#parts, to);
  }

  /** @param parts the thing itself; what it is made of is added, and what is below these to `children` */
  #addBelow(
    whole: number,
    nodeTypes: ReadonlySet<number> | undefined,
    parts: GrowingColumn<Int32Array>,
    children: GrowingColumn<Int32Array>,
  ): void {
    const { start, child } = this.#children;
    for (let done = 0; done < parts.count; done++) {
      const at = parts.get(done);
      const end = start[at + 1]!;
      for (let i = start[at]!; i < end; i++) {
        const below = child[i]!;
        if (this.#isPart(below, whole) || this.#isNode(below, at, nodeTypes)) parts.push(below);
        else children.push(below);
      }
    }
  }

  /** Whether two objects are parts of one thing, wherever they hang. */
  isOneThing(object: number, other: number): boolean {
    return this.#container !== undefined && this.#container[object] === this.#container[other];
  }

  /** The object that stands for the thing that an object is a part of. */
  wholeOf(object: number): number {
    return this.#container?.[object] ?? object;
  }

  /** Adds the vertices right below one to others, parts of the same thing or not. Makes nothing: there may be millions of vertices. */
  addRightBelow(vertex: number, to: GrowingColumn<Int32Array>): void {
    const { start, child } = this.#children;
    for (let i = start[vertex]!; i < start[vertex + 1]!; i++) to.push(child[i]!);
  }

  /**
   * How many objects hang behind some, each right below one of its own type: links of chains, nodes of trees. Linear in what is right
   * below all of these.
   */
  async countBehind(objects: Vertices, progress: Progress): Promise<number> {
    const { start, child } = this.#children;
    const behind = int32Column();
    const addBehind = (above: number): void => {
      for (let i = start[above]!; i < start[above + 1]!; i++) {
        const below = child[i]!;
        if (below < this.#objectCount && this.#type[below] === this.#type[above]) behind.push(below);
      }
    };
    for (const object of objects) addBehind(object);
    for (let done = 0; done < behind.count; done++) {
      if (done % SLICE === SLICE - 1) await breathe(progress);
      addBehind(behind.get(done));
    }
    return behind.count;
  }

  /**
   * Bytes of the objects among some vertices and all below them that have a mark. Linear in these.
   * @param marks per object, 1 for those that count
   */
  async sumMarked(vertices: Vertices, marks: Uint8Array, progress: Progress): Promise<number> {
    const open = int32Column();
    for (const vertex of vertices) open.push(vertex);
    let bytes = 0;
    for (let done = 1; open.count > 0; done++) {
      if (done % SLICE === 0) await breathe(progress);
      const vertex = open.get(--open.count);
      if (vertex < this.#objectCount && marks[vertex] === 1) bytes += objectSize(this.#objects, vertex);
      this.addRightBelow(vertex, open);
    }
    return bytes;
  }

  #isNode(vertex: number, above: number, nodeTypes: ReadonlySet<number> | undefined): boolean {
    if (nodeTypes === undefined || vertex >= this.#objectCount) return false;
    return nodeTypes.has(this.#type[vertex]!) || this.#isPart(vertex, above);
  }

  #isPart(vertex: number, whole: number): boolean {
    return vertex < this.#objectCount && whole < this.#objectCount && this.isOneThing(vertex, whole);
  }
}

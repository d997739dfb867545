/** ThingTree: the owner tree with its children, as things: what a map or list is made of is one of them. */
import type { DominatorTree } from "../../analysis/dominators/dominator-tree.ts";
import type { SizeColumn } from "../../analysis/dominators/retained-size.ts";
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { type GrowingColumn, int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, type Objects, objectSize } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";

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

  /** Whether an object is, or hangs a few steps below, another one. O(1). */
  isNear(object: number, above: number): boolean {
    let at = object;
    for (let step = 0; step < NEAR && at !== NO_OBJECT && at !== above; step++) at = this.#above[at]!;
    return at === above;
  }

  /** The few that own most, the largest first; of two alike the one with the lower number. Linear while there are few. */
  largestOf(vertices: readonly number[], most: number): number[] {
    const size = this.#size;
    const largest: number[] = [];
    for (const vertex of vertices) {
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

  /** The vertices right below a thing: those of its parts that are no parts of it themselves. Linear in the parts. */
  childrenOf(vertex: number): number[] {
    return this.partsAndChildrenOf(vertex).children;
  }

  /**
   * The same with the vertices that the thing is made of, itself among them.
   * @param nodeTypes types of objects that are parts, too, wherever they hang below other parts
   */
  partsAndChildrenOf(
    vertex: number,
    nodeTypes?: ReadonlySet<number>,
  ): { readonly parts: readonly number[]; readonly children: number[] } {
    const { start, child } = this.#children;
    const children: number[] = [];
    const parts = [vertex];
    for (let done = 0; done < parts.length; done++) {
      const at = parts[done]!;
      for (let i = start[at]!; i < start[at + 1]!; i++) {
        const below = child[i]!;
        (this.#isPart(below, vertex) || this.#isNode(below, at, nodeTypes) ? parts : children).push(below);
      }
    }
    return { parts, children };
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
  async countBehind(objects: readonly number[], progress: Progress): Promise<number> {
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
  async sumMarked(vertices: readonly number[], marks: Uint8Array, progress: Progress): Promise<number> {
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

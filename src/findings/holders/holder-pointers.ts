/** HolderPointers: the pointers that lead right from a holder, and from what it is made of, to what is below it. */

import { alikeName, type Pointer } from "../../analysis/paths/pointer-path.ts";
import { NAMELESS, PointerNames } from "../../analysis/references/pointer-names.ts";
import { longColumn } from "../../column-memory.ts";
import { Names } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Vertices } from "./thing-tree.ts";

/** No pointer of those taken last leads there. */
export const NO_POINTER = -2;

export class HolderPointers {
  readonly #heap: Heap;
  readonly #names: PointerNames;
  /** What they are called with all elements and entries alike; by number of the name and row of the type, as one number. */
  readonly #alike = new Names();
  readonly #alikeOf = new Map<number, number>();
  /** Per object: the number in `#alike` of the first pointer's name, less `NO_POINTER`, so that memory is only taken where there is one. */
  readonly #name: Uint32Array;
  #taken: Vertices = new Int32Array(0);

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#names = new PointerNames(heap);
    this.#name = longColumn(Uint32Array, heap.objects.count);
  }

  /**
   * Takes all pointers of some vertices: objects, or objects.count + root vertex. The first to an object counts; those that were
   * taken before count no more.
   */
  take(vertices: Vertices): void {
    const names = this.#name;
    this.#visit(this.#taken, (target) => {
      names[target] = 0;
      return true;
    });
    this.#taken = vertices;
    this.#visit(vertices, (target, from, edge) => {
      if (names[target] === 0) names[target] = this.#nameOf(from, edge) - NO_POINTER;
      return true;
    });
  }

  /** What the pointer to a vertex is called, elements alike: for `text`. NAMELESS, or NO_POINTER, too, if it is no object. O(1). */
  nameOf(vertex: number): number {
    return (this.#name[vertex] ?? 0) + NO_POINTER;
  }

  /** The name with a number; "" if it has none. */
  text(name: number): string {
    return name < 0 ? "" : this.#alike.values[name]!;
  }

  /** The pointers to a few objects, where one leads there. Linear in the pointers up to the last. */
  find(objects: readonly number[]): ReadonlyMap<number, Pointer> {
    const found = new Map<number, Pointer>();
    const wanted = new Set(objects.filter((object) => this.nameOf(object) !== NO_POINTER));
    if (wanted.size === 0) return found;
    this.#visit(this.#taken, (target, from, edge) => {
      if (!wanted.delete(target)) return true;
      found.set(target, { from, edge });
      return wanted.size > 0;
    });
    return found;
  }

  /** Visits the pointers of vertices until `visit` wants no more. */
  #visit(vertices: Vertices, visit: (target: number, from: number, edge: number) => boolean): void {
    const { objects, edges, roots } = this.#heap;
    for (let i = 0; i < vertices.length; i++) {
      const vertex = vertices[i]!;
      const isObject = vertex < objects.count;
      const start = isObject ? edges.start : roots.vertices.edgeStart;
      const to = isObject ? edges.to : roots.to;
      const row = isObject ? vertex : vertex - objects.count;
      const end = start[row + 1]!;
      for (let edge = start[row]!; edge < end; edge++) if (!visit(to[edge]!, vertex, edge)) return;
    }
  }

  /** Number in `#alike` of the name of a pointer, elements alike; or NAMELESS. */
  #nameOf(from: number, edge: number): number {
    const { objects, roots } = this.#heap;
    if (from < objects.count) return this.#alikeNumber(this.#names.ofEdge(from, edge), objects.type[from]!);
    return this.#alikeNumber(this.#names.ofRootEdge(edge, roots.vertices.kind[from - objects.count]!, true), -1);
  }

  /** @param type row of the type of what has the pointer; -1 of roots */
  #alikeNumber(name: number, type: number): number {
    if (name === NAMELESS) return NAMELESS;
    const { types } = this.#heap;
    const key = name * (types.count + 1) + type + 1;
    let number = this.#alikeOf.get(key);
    if (number === undefined) {
      number = this.#alike.number(alikeName(type < 0 ? "" : types.names[type]!, this.#names.names[name]!));
      this.#alikeOf.set(key, number);
    }
    return number;
  }
}

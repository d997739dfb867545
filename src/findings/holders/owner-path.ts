/** OwnerPath: the shortest way from an owner to a thing that it owns, through nothing that another owner has. */

import { ownerVertex } from "../../analysis/ownership/owners.ts";
import { type Pointer, tracePath } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";

/** Finds ways from owners to objects; keeps 12 bytes an object for all of them. */
export class OwnerPaths {
  readonly #heap: Heap;
  readonly #owner: Int32Array;
  readonly #parent: Int32Array;
  readonly #edge: Int32Array;
  readonly #queue: Int32Array;
  /** The owners whose objects' ways are known. */
  readonly #known = new Set<number>();

  /** @param owner the root vertex that owns each object (`computeOwners`) */
  constructor(heap: Heap, owner: Int32Array) {
    const { count } = heap.objects;
    this.#heap = heap;
    this.#owner = owner;
    this.#parent = new Int32Array(count).fill(NO_OBJECT);
    this.#edge = new Int32Array(count);
    this.#queue = new Int32Array(count);
  }

  /**
   * The pointers from an object's owner to it, the root's first. Breadth first through what the owner has; at once for further
   * objects of the same owner.
   */
  to(object: number): readonly Pointer[] {
    const owner = this.#owner[object]!;
    if (!this.#known.has(owner)) this.#search(owner);
    if (this.#parent[object] === NO_OBJECT) return [];
    return tracePath(this.#heap, { parent: this.#parent, edge: this.#edge }, object);
  }

  /** The last pointer of that way; undefined if there is none. O(1) after the first object of an owner. */
  last(object: number): Pointer | undefined {
    const owner = this.#owner[object]!;
    if (!this.#known.has(owner)) this.#search(owner);
    const from = this.#parent[object]!;
    return from === NO_OBJECT ? undefined : { from, edge: this.#edge[object]! };
  }

  #search(owner: number): void {
    const { objects, edges, roots } = this.#heap;
    const { vertices } = roots;
    const parent = this.#parent;
    const queue = this.#queue;
    const owners = this.#owner;
    let queued = 0;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (ownerVertex(this.#heap, vertex) !== owner) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        const target = roots.to[row]!;
        if (owners[target] !== owner || parent[target] !== NO_OBJECT) continue;
        parent[target] = objects.count + vertex;
        this.#edge[target] = row;
        queue[queued++] = target;
      }
    }
    for (let done = 0; done < queued; done++) {
      const from = queue[done]!;
      for (let edge = edges.start[from]!; edge < edges.start[from + 1]!; edge++) {
        const target = edges.to[edge]!;
        if (owners[target] !== owner || parent[target] !== NO_OBJECT) continue;
        parent[target] = from;
        this.#edge[target] = edge;
        queue[queued++] = target;
      }
    }
    this.#known.add(owner);
  }
}

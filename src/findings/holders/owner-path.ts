/** OwnerPath: the shortest way from an owner to a thing that it owns, through nothing that another owner has. */

import { type OwnerColumn, ownerVertex } from "../../analysis/ownership/owners.ts";
import type { Pointer } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootEdgeName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";

/** Objects that an owner's search has room for at first. */
const FIRST_ROOM = 1 << 10;

/** Finds ways from owners to objects. 4 bytes an object that the searches came to, and 4 more while they are open. */
export class OwnerPaths {
  readonly #heap: Heap;
  readonly #owner: OwnerColumn;
  /** One more than the vertex before on the way; 0 where no search came yet, so that memory is only taken where one does. */
  readonly #parent: Int32Array;
  readonly #searches = new Map<number, OwnerSearch>();
  /** By object that a way begins with: the root edge to it. Many ways begin alike, and of a frame's words a million may lead to one object. */
  readonly #rootEdges = new Map<number, number>();

  /**
   * @param owner the root vertex that owns each object (`computeOwners`)
   * @param scratch written over; an element per object
   */
  constructor(heap: Heap, owner: OwnerColumn, scratch?: Int32Array) {
    this.#heap = heap;
    this.#owner = owner;
    this.#parent = scratch?.fill(0) ?? new Int32Array(heap.objects.count);
  }

  /**
   * The pointers from an object's owner to it, the root's first; none if there is no way. Breadth first through what the owner
   * has, no further than to the object.
   */
  to(object: number): readonly Pointer[] {
    const pointers: Pointer[] = [];
    for (let at = object; at < this.#heap.objects.count; ) {
      const pointer = this.#last(at);
      if (pointer === undefined) return [];
      pointers.push(pointer);
      at = pointer.from;
    }
    return pointers.reverse();
  }

  /** The last pointer of that way; undefined if there is none. Linear in the pointers of the vertex before, if a search has been there. */
  #last(object: number): Pointer | undefined {
    if (this.#parent[object] === 0) this.#searchTo(object);
    if (this.#parent[object] === 0) return undefined;
    const from = this.#parent[object]! - 1;
    const { objects, edges } = this.#heap;
    if (from >= objects.count) return { from, edge: this.#rootEdge(from - objects.count, object) };
    // The first that leads there is the one by which the search came.
    return { from, edge: edges.to.indexOf(object, edges.start[from]!) };
  }

  #rootEdge(vertex: number, object: number): number {
    const known = this.#rootEdges.get(object);
    if (known !== undefined) return known;
    const edge = this.#findRootEdge(vertex, object);
    this.#rootEdges.set(object, edge);
    return edge;
  }

  /** Of a root's edges to an object one by a variable rather than by a word without a name, and rather by either than by a word that may be stale. */
  #findRootEdge(vertex: number, object: number): number {
    const { to, kind, vertices } = this.#heap.roots;
    const end = vertices.edgeStart[vertex + 1]!;
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let edge = to.indexOf(object, vertices.edgeStart[vertex]!); edge >= 0 && edge < end; ) {
      const isStale = kind[edge] === RootKind.FRAME_CONSERVATIVE;
      const rank = (isStale ? 2 : 0) + (rootEdgeName(this.#heap, vertex, edge) === undefined ? 1 : 0);
      if (rank < least) [best, least] = [edge, rank];
      if (rank === 0) break;
      edge = to.subarray(0, end).indexOf(object, edge + 1);
    }
    return best;
  }

  #searchTo(object: number): void {
    const owner = this.#owner[object]!;
    let search = this.#searches.get(owner);
    if (search === undefined) {
      search = { queue: new Int32Array(FIRST_ROOM), queued: 0, done: 0, takesWords: false };
      this.#searches.set(owner, search);
      this.#enter(search, owner);
    }
    this.#goOn(search, owner, object);
    if (this.#parent[object] !== 0 || search.takesWords) return;
    // Words of stacks that may be stale name only what nothing else leads to.
    search.takesWords = true;
    this.#enter(search, owner);
    this.#goOn(search, owner, object);
  }

  #goOn(search: OwnerSearch, owner: number, object: number): void {
    const { start, to } = this.#heap.edges;
    while (this.#parent[object] === 0 && search.done < search.queued) {
      const from = search.queue[search.done++]!;
      for (let edge = start[from]!; edge < start[from + 1]!; edge++) this.#reach(search, owner, to[edge]!, from);
    }
  }

  /**
   * Begins at what the root, or a goroutine's frames, lead to: for sure, or by words that may be stale. What variables of frames lead to
   * is theirs, also where a word of a younger frame does as well.
   */
  #enter(search: OwnerSearch, owner: number): void {
    const { objects, roots } = this.#heap;
    const { vertices } = roots;
    const unnamed: number[] = [];
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (ownerVertex(this.#heap, vertex) !== owner) continue;
      const isFrame = vertices.kind[vertex] === RootVertexKind.FRAME;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        if ((roots.kind[row] === RootKind.FRAME_CONSERVATIVE) !== search.takesWords) continue;
        if (this.#owner[roots.to[row]!] !== owner) continue;
        if (isFrame && rootEdgeName(this.#heap, vertex, row) === undefined) unnamed.push(vertex, row);
        else this.#reach(search, owner, roots.to[row]!, objects.count + vertex);
      }
    }
    for (let i = 0; i < unnamed.length; i += 2) {
      this.#reach(search, owner, roots.to[unnamed[i + 1]!]!, objects.count + unnamed[i]!);
    }
  }

  #reach(search: OwnerSearch, owner: number, target: number, from: number): void {
    if (this.#owner[target] !== owner || this.#parent[target] !== 0) return;
    this.#parent[target] = from + 1;
    if (search.queued === search.queue.length) {
      const larger = new Int32Array(2 * search.queued);
      larger.set(search.queue);
      search.queue = larger;
    }
    search.queue[search.queued++] = target;
  }
}

interface OwnerSearch {
  /** Objects in the order in which they were reached. */
  queue: Int32Array;
  queued: number;
  /** Those of them that have been gone on from. */
  done: number;
  /** Whether it has begun at words that may be stale, too. */
  takesWords: boolean;
}

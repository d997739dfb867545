/**
 * RootBuilder: collects what the GC roots are while the records come, as addresses, and turns them into the root vertices
 * and edges of `roots.ts` once the objects are known. Which things are roots: format.md §5.7.
 */
import type { AddressIndex } from "../addresses/address-index.ts";
import { float64Column, int32Column, uint8Column } from "../columns.ts";
import type { Edges } from "../objects.ts";
import type { Goroutines } from "../roots/goroutines.ts";
import { RootKind as Kind, ROOT_KIND_NAMES, type RootKind, type Roots, RootVertexKind } from "../roots/roots.ts";
import type { Segment } from "../roots/segments.ts";

type RootKindValue = (typeof RootKind)[keyof typeof RootKind];

/** Whose a root is, before vertices are numbered. */
export const Owner = { FINALIZERS: 0, OTHER: 1, SEGMENT: 2, GOROUTINE: 3, FRAME: 4, UNREACHABLE: 5 } as const;

/**
 * The vertices that every heap has, with their parents. They come first and in the order of RootVertexKind, so that the
 * kind of each is also its number.
 */
const GROUPS = [
  { kind: RootVertexKind.ROOT, parent: -1 },
  { kind: RootVertexKind.GC_ROOTS, parent: RootVertexKind.ROOT },
  { kind: RootVertexKind.UNREACHABLE, parent: RootVertexKind.ROOT },
  { kind: RootVertexKind.GLOBALS, parent: RootVertexKind.GC_ROOTS },
  { kind: RootVertexKind.GOROUTINES, parent: RootVertexKind.GC_ROOTS },
  { kind: RootVertexKind.FINALIZERS, parent: RootVertexKind.GC_ROOTS },
  { kind: RootVertexKind.OTHER, parent: RootVertexKind.GC_ROOTS },
];

export class RootBuilder {
  readonly #owner = uint8Column();
  readonly #item = int32Column();
  readonly #kind = uint8Column();
  readonly #offset = float64Column();
  /** Address, or the object where it is known already. */
  readonly #target = float64Column();
  readonly #finalized = float64Column();
  readonly #finalizedType = float64Column();

  /**
   * Adds a root; `address` may lead to no object.
   * @param item index of the segment, goroutine or frame; -1 for the other owners
   */
  add(owner: number, item: number, kind: RootKindValue, offset: number, address: number): void {
    if (address === 0) return;
    this.#owner.push(owner);
    this.#item.push(item);
    this.#kind.push(kind);
    this.#offset.push(offset);
    this.#target.push(address);
  }

  /** Notes an object with a registered finalizer: not a root itself, but all that it refers to is one. */
  addFinalized(address: number, pointerType: number): void {
    this.#finalized.push(address);
    this.#finalizedType.push(pointerType);
  }

  /** Replaces addresses by objects, and leaves out what leads to none. Call once, before `finish`. */
  resolve(index: AddressIndex, edges: Edges): ResolvedRoots {
    const finalized: { object: number; type: number }[] = [];
    for (let i = 0; i < this.#finalized.count; i++) {
      const object = index.find(this.#finalized.get(i));
      if (object < 0) continue;
      finalized.push({ object, type: this.#finalizedType.get(i) });
      for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
        // A cycle back to the object itself does not keep it alive.
        if (edges.to[edge] === object) continue;
        this.#pushResolved(Owner.FINALIZERS, -1, Kind.FINALIZER_REFERENT, edges.offset[edge]!, edges.to[edge]!);
      }
    }
    const resolved = new ResolvedRoots(finalized.sort((a, b) => a.object - b.object));
    for (let i = 0; i < this.#owner.count; i++) {
      const isObject = this.#kind.get(i) === Kind.FINALIZER_REFERENT;
      const object = isObject ? this.#target.get(i) : index.find(this.#target.get(i));
      if (object < 0) continue;
      resolved.add(this.#owner.get(i), this.#item.get(i), this.#kind.get(i), this.#offset.get(i), object);
    }
    return resolved;
  }

  #pushResolved(owner: number, item: number, kind: RootKindValue, offset: number, object: number): void {
    this.#owner.push(owner);
    this.#item.push(item);
    this.#kind.push(kind);
    this.#offset.push(offset);
    this.#target.push(object);
  }
}

type SortedEdges = Pick<Roots, "count" | "kind" | "to" | "offset"> & Pick<Roots["vertices"], "edgeStart">;

/** Roots that lead to objects; vertices are not numbered yet. */
export class ResolvedRoots {
  readonly #finalized: readonly { readonly object: number; readonly type: number }[];
  readonly #owner = uint8Column();
  readonly #item = int32Column();
  readonly #kind = uint8Column();
  readonly #offset = float64Column();
  readonly #to = int32Column();

  /** @param finalized objects with a finalizer, ascending */
  constructor(finalized: readonly { readonly object: number; readonly type: number }[]) {
    this.#finalized = finalized;
  }

  add(owner: number, item: number, kind: number, offset: number, object: number): void {
    this.#owner.push(owner);
    this.#item.push(item);
    this.#kind.push(kind);
    this.#offset.push(offset);
    this.#to.push(object);
  }

  /** All target objects, with repetitions. */
  targets(): Int32Array {
    return this.#to.finish();
  }

  /** Number of roots by RootKind. */
  countByKind(): Float64Array {
    const counts = new Float64Array(ROOT_KIND_NAMES.length);
    for (let i = 0; i < this.#kind.count; i++) counts[this.#kind.get(i)]!++;
    return counts;
  }

  /** Numbers the vertices breadth first and sorts the edges by vertex. Linear. */
  finish(segments: readonly Segment[], goroutines: Goroutines): Roots {
    const { frames } = goroutines;
    const firstSegment = GROUPS.length;
    const firstGoroutine = firstSegment + segments.length;
    const firstFrame = firstGoroutine + goroutines.count;
    const count = firstFrame + frames.count;

    const kind = new Uint8Array(count);
    const parent = new Int32Array(count);
    const item = new Int32Array(count).fill(-1);
    const firstChild = new Int32Array(count + 1);
    GROUPS.forEach((group, vertex) => {
      kind[vertex] = group.kind;
      parent[vertex] = group.parent;
    });
    fillVertices(firstSegment, segments.length, RootVertexKind.SEGMENT, () => RootVertexKind.GLOBALS);
    fillVertices(firstGoroutine, goroutines.count, RootVertexKind.GOROUTINE, () => RootVertexKind.GOROUTINES);
    let goroutine = 0;
    fillVertices(firstFrame, frames.count, RootVertexKind.FRAME, (frame) => {
      while (goroutines.frameStart[goroutine + 1]! <= frame) goroutine++;
      return firstGoroutine + goroutine;
    });
    function fillVertices(first: number, length: number, of: number, parentOf: (item: number) => number): void {
      for (let i = 0; i < length; i++) {
        kind[first + i] = of;
        item[first + i] = i;
        parent[first + i] = parentOf(i);
      }
    }
    // Breadth first: parents ascend, so the children of one vertex stand together and follow those of the one before.
    let child = 1;
    for (let vertex = 0; vertex < count; vertex++) {
      firstChild[vertex] = child;
      while (child < count && parent[child] === vertex) child++;
    }
    firstChild[count] = child;

    const firstOf: number[] = [];
    firstOf[Owner.FINALIZERS] = RootVertexKind.FINALIZERS;
    firstOf[Owner.OTHER] = RootVertexKind.OTHER;
    firstOf[Owner.UNREACHABLE] = RootVertexKind.UNREACHABLE;
    firstOf[Owner.SEGMENT] = firstSegment;
    firstOf[Owner.GOROUTINE] = firstGoroutine;
    firstOf[Owner.FRAME] = firstFrame;
    const { edgeStart, ...edges } = this.#sortEdges(count, firstOf);
    return {
      vertices: { count, kind, parent, firstChild, item, edgeStart },
      ...edges,
      finalizedObjects: Int32Array.from(this.#finalized, ({ object }) => object),
      finalizedType: Float64Array.from(this.#finalized, ({ type }) => type),
    };
  }

  /** Counting sort by vertex. */
  #sortEdges(vertexCount: number, firstOf: readonly number[]): SortedEdges {
    const count = this.#to.count;
    const edgeStart = new Uint32Array(vertexCount + 1);
    const vertexOf = (i: number): number => firstOf[this.#owner.get(i)]! + Math.max(0, this.#item.get(i));
    for (let i = 0; i < count; i++) edgeStart[vertexOf(i) + 1]!++;
    for (let vertex = 0; vertex < vertexCount; vertex++) edgeStart[vertex + 1]! += edgeStart[vertex]!;
    const next = edgeStart.slice();
    const kind = new Uint8Array(count);
    const to = new Int32Array(count);
    const offset = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const at = next[vertexOf(i)]!++;
      kind[at] = this.#kind.get(i);
      to[at] = this.#to.get(i);
      offset[at] = this.#offset.get(i);
    }
    return { edgeStart, count, kind, to, offset };
  }
}

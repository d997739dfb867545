/**
 * RootBuilder: collects what the GC roots are while the records come, as addresses, and turns them into the root vertices
 * and edges of `roots.ts` once the objects are known.
 */
import type { AddressIndex } from "../addresses/address-index.ts";
import { float64Column, int32Column, uint8Column } from "../columns.ts";
import type { Goroutines } from "../roots/goroutines.ts";
import { type FinalizerColumns, ROOT_KIND_NAMES, type RootKind, type Roots, RootVertexKind } from "../roots/roots.ts";
import type { Segment } from "../roots/segments.ts";

type RootKindValue = (typeof RootKind)[keyof typeof RootKind];

/** Whose a root is, before vertices are numbered. */
export const Owner = { OTHER: 0, SEGMENT: 1, GOROUTINE: 2, FRAME: 3, FINALIZER: 4, UNREACHABLE: 5 } as const;

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
  readonly #target = float64Column();

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

  /** Replaces addresses by objects, and leaves out what leads to none. Call once, before `finish`. */
  resolve(index: AddressIndex): ResolvedRoots {
    const resolved = new ResolvedRoots();
    for (let i = 0; i < this.#owner.count; i++) {
      const object = index.find(this.#target.get(i));
      if (object < 0) continue;
      resolved.add(this.#owner.get(i), this.#item.get(i), this.#kind.get(i), this.#offset.get(i), object);
    }
    return resolved;
  }
}

type SortedEdges = Pick<Roots, "count" | "kind" | "to" | "offset"> & Pick<Roots["vertices"], "edgeStart">;

/** Roots that lead to objects; vertices are not numbered yet. */
export class ResolvedRoots {
  readonly #owner = uint8Column();
  readonly #item = int32Column();
  readonly #kind = uint8Column();
  readonly #offset = float64Column();
  readonly #to = int32Column();

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
  finish(segments: readonly Segment[], goroutines: Goroutines, finalizers: FinalizerColumns): Roots {
    const { frames } = goroutines;
    const firstSegment = GROUPS.length;
    const firstGoroutine = firstSegment + segments.length;
    const firstFinalizer = firstGoroutine + goroutines.count;
    const firstFrame = firstFinalizer + finalizers.finalizers.length;
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
    const finalizerKind = RootVertexKind.FINALIZER;
    fillVertices(firstFinalizer, finalizers.finalizers.length, finalizerKind, () => RootVertexKind.FINALIZERS);
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
    firstOf[Owner.OTHER] = RootVertexKind.OTHER;
    firstOf[Owner.UNREACHABLE] = RootVertexKind.UNREACHABLE;
    firstOf[Owner.SEGMENT] = firstSegment;
    firstOf[Owner.GOROUTINE] = firstGoroutine;
    firstOf[Owner.FRAME] = firstFrame;
    firstOf[Owner.FINALIZER] = firstFinalizer;
    const { edgeStart, ...edges } = this.#sortEdges(count, firstOf);
    return {
      vertices: { count, kind, parent, firstChild, item, edgeStart },
      ...edges,
      ...finalizers,
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

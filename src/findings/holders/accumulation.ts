/**
 * Accumulation: where, going down the owner tree, the memory parts. A holder is what owns a good share of the live heap; from
 * there the way goes down as long as one child has most of its parent's bytes. Where none has, the memory accumulates: that is
 * the thing to name. What the way passes and is worth as much is a holder, too. The rule is Eclipse MAT's (leak suspects), on the
 * owner tree instead of the plain dominators.
 */
import type { DominatorTree } from "../../analysis/dominators/dominator-tree.ts";
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

/** A vertex that owns much, and where its memory accumulates. */
export interface Accumulation {
  /** Root vertex (not counted from objects.count): the owner. */
  readonly owner: number;
  /** The vertex where the walk ends: an object, or objects.count + root vertex. */
  readonly point: number;
  /** Bytes that the point owns. */
  readonly bytes: number;
}

export interface AccumulationRule {
  /** Least share of the live bytes that counts, 0 … 1. */
  readonly leastShare: number;
  /** The share of its parent's bytes that a child has to have for the walk to go on. */
  readonly mostlyShare: number;
}

export const DEFAULT_RULE: AccumulationRule = { leastShare: 0.1, mostlyShare: 0.7 };

/** The owner tree with its children, as things: what a map or list is made of is one of them. */
export class ThingTree {
  readonly #objectCount: number;
  readonly #children: DominatorTree;
  readonly #size: Float64Array;
  readonly #container: Int32Array | undefined;

  /** @param container per object the one that stands for what it is a part of; left out, every object is a thing */
  constructor(heap: Heap, { ownedSize }: OwnerTree, children: DominatorTree, container: Int32Array | undefined) {
    this.#objectCount = heap.objects.count;
    this.#children = children;
    this.#size = ownedSize;
    this.#container = container;
  }

  /** Bytes that a vertex owns, its own included. O(1). */
  sizeOf(vertex: number): number {
    return this.#size[vertex]!;
  }

  /** The vertices right below a thing: those of its parts that are no parts of it themselves. Linear in the parts. */
  childrenOf(vertex: number): number[] {
    return this.partsAndChildrenOf(vertex).children;
  }

  /** The same with the vertices that the thing is made of, itself among them. */
  partsAndChildrenOf(vertex: number): { readonly parts: readonly number[]; readonly children: number[] } {
    const { start, child } = this.#children;
    const children: number[] = [];
    const parts = [vertex];
    for (let done = 0; done < parts.length; done++) {
      const at = parts[done]!;
      for (let i = start[at]!; i < start[at + 1]!; i++) {
        const below = child[i]!;
        (this.#isPart(below, vertex) ? parts : children).push(below);
      }
    }
    return { parts, children };
  }

  #isPart(vertex: number, whole: number): boolean {
    if (this.#container === undefined || vertex >= this.#objectCount || whole >= this.#objectCount) return false;
    return this.#container[vertex] === this.#container[whole];
  }
}

/**
 * Finds what owns at least `leastShare` of `liveBytes`, the largest first. Variables and goroutines are owners by themselves; of
 * segments without names, and of groups of roots, it is what hangs right below them.
 */
export function findAccumulations(
  heap: Heap,
  tree: ThingTree,
  liveBytes: number,
  rule: AccumulationRule = DEFAULT_RULE,
): Accumulation[] {
  const { vertices } = heap.roots;
  const { count } = heap.objects;
  const least = Math.max(1, rule.leastShare * liveBytes);
  const found: Accumulation[] = [];
  for (let owner = 0; owner < vertices.count; owner++) {
    const vertex = count + owner;
    if (!OWNERS.has(vertices.kind[owner]!) || tree.sizeOf(vertex) < least) continue;
    const isNamed =
      vertices.kind[owner] === RootVertexKind.VARIABLE || vertices.kind[owner] === RootVertexKind.GOROUTINE;
    const starts = isNamed ? [vertex] : tree.childrenOf(vertex).filter((below) => below < count);
    for (const start of starts) {
      for (const point of goDown(tree, start, least, rule.mostlyShare)) {
        found.push({ owner, point, bytes: tree.sizeOf(point) });
      }
    }
  }
  return found.sort((a, b) => b.bytes - a.bytes);
}

/** Root vertices that objects may be owned by. */
const OWNERS: ReadonlySet<number> = new Set([
  RootVertexKind.VARIABLE,
  RootVertexKind.SEGMENT,
  RootVertexKind.GOROUTINE,
  RootVertexKind.FINALIZERS,
  RootVertexKind.OTHER,
]);

/**
 * Goes down while one child has most of its parent's bytes. Where the way passes other children that are worth as much as a holder
 * has to be, it goes down there, too.
 */
function goDown(tree: ThingTree, start: number, least: number, mostly: number): number[] {
  const points: number[] = [];
  const starts = [start];
  for (let vertex = starts.pop(); vertex !== undefined; vertex = starts.pop()) {
    if (tree.sizeOf(vertex) < least) continue;
    const children = tree.childrenOf(vertex);
    let largest = -1;
    for (const child of children) if (largest < 0 || tree.sizeOf(child) > tree.sizeOf(largest)) largest = child;
    if (largest < 0 || tree.sizeOf(largest) < mostly * tree.sizeOf(vertex)) points.push(vertex);
    else for (const child of children) if (tree.sizeOf(child) >= least) starts.push(child);
  }
  return points;
}

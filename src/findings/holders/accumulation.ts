/**
 * Accumulation: where, going down the owner tree, the memory parts. A holder is what owns a good share of the live heap; from
 * there the way goes down as long as one child has most of its parent's bytes. Where none has, the memory accumulates: that is
 * the thing to name. What the way passes and is worth as much is a holder, too. The rule is Eclipse MAT's (leak suspects), on the
 * owner tree instead of the plain dominators.
 */
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { findRecursion, type Recursion } from "./recursion.ts";
import type { Below, ThingTree, Vertices } from "./thing-tree.ts";

/** A vertex that owns much, and where its memory accumulates. */
export interface Accumulation {
  /** Root vertex (not counted from objects.count): the owner. */
  readonly owner: number;
  /** The vertex where the walk ends: an object, or objects.count + root vertex. */
  readonly point: number;
  /** Bytes that the point owns. */
  readonly bytes: number;
  /** The vertices that the thing is made of, the point first: of a tree of the program's own all nodes. */
  readonly parts: Vertices;
  /** What hangs right below these, ascending; of several words of a segment only what they share. */
  readonly below: Vertices;
  /** Whether that is not all that hangs there. */
  readonly isShared: boolean;
}

/** From which share on something counts as a holder, and how far the way goes down from there. */
export interface AccumulationRule {
  /** Least share of the live bytes that counts, 0 … 1. */
  readonly leastShare: number;
  /** The share of its parent's bytes that a child has to have for the walk to go on. */
  readonly mostlyShare: number;
}

/** A tenth of the live bytes, and down while one child has 70 % of its parent. */
export const DEFAULT_RULE: AccumulationRule = { leastShare: 0.1, mostlyShare: 0.7 };

/**
 * Finds what owns at least `leastShare` of `liveBytes`, the largest first. Variables and goroutines are owners by themselves; of
 * segments without names, and of groups of roots, it is what hangs right below them; and what several words of a segment share, together.
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
    const starts = isNamed ? Int32Array.of(vertex) : tree.childrenOf(vertex).filter((below) => below < count);
    for (const start of starts) {
      if (tree.sizeOf(start) < least) continue;
      const ways = goDown(tree, start, least, rule.mostlyShare);
      const trees = new Map<number, Recursion>();
      const lasts = new Map<number, Below>();
      for (const { way, last } of ways) {
        lasts.set(way.at(-1)!, last);
        const recursion = findRecursion(heap, tree, way, last.children);
        if (recursion !== undefined) trees.set(recursion.top, recursion);
      }
      const ends = ways.map(({ way, isFading }) => (isFading ? firstAlike(heap, way) : way.at(-1)!));
      // What lies below the first node of a tree, or the first link of a chain, is counted with these.
      const tops = new Set([...trees.keys(), ...ends]);
      const points = new Set(ways.map(({ way }) => way.find((vertex) => tops.has(vertex))!));
      for (const point of points) {
        const nodeTypes = trees.get(point)?.types;
        const known = nodeTypes === undefined ? lasts.get(point) : undefined;
        const { parts, children } = known ?? tree.partsAndChildrenOf(point, nodeTypes);
        found.push({ owner, point, bytes: tree.sizeOf(point), parts, below: children, isShared: false });
      }
    }
    if (vertices.kind[owner] === RootVertexKind.SEGMENT) {
      const below = starts.filter((start) => tree.sizeOf(start) < least);
      const shared = ofLargeTypes(heap, tree, listShared(heap, owner, below), least);
      const bytes = tree.sumOf(shared);
      const parts = Int32Array.of(vertex);
      if (bytes >= least) found.push({ owner, point: vertex, bytes, parts, below: shared, isShared: true });
    }
  }
  return found.sort((a, b) => b.bytes - a.bytes);
}

/** Those of some objects that no word of a segment leads to by itself: they hang below it because things of several words lead there. */
function listShared({ roots }: Heap, segment: number, objects: Vertices): Vertices {
  if (objects.length === 0) return objects;
  const { edgeStart } = roots.vertices;
  const pointedTo = new Set(roots.to.subarray(edgeStart[segment]!, edgeStart[segment + 1]!));
  return objects.filter((object) => !pointedTo.has(object));
}

/** Objects of those types of which there are so many bytes: one thing is shared, and not a little of this and that. */
function ofLargeTypes({ objects }: Heap, tree: ThingTree, some: Vertices, least: number): Vertices {
  const sums = tree.sumByType(some).of;
  return some.filter((object) => sums.get(objects.type[object]!)!.bytes >= least);
}

/** The first vertex of a way that is of the last one's type: of a chain its first link, whatever is between two. */
function firstAlike({ objects: { count, type } }: Heap, way: readonly number[]): number {
  const last = way.at(-1)!;
  return last >= count ? last : way.find((vertex) => vertex < count && type[vertex] === type[last])!;
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
 * @returns ways from `start` to where the memory accumulates
 */
function goDown(tree: ThingTree, start: number, least: number, mostly: number): Way[] {
  const ways: Way[] = [];
  const open: Step[] = [{ vertex: start, before: undefined }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { vertex } = step;
    if (tree.sizeOf(vertex) < least) continue;
    const last = tree.partsAndChildrenOf(vertex);
    const { children } = last;
    let largest = -1;
    let most = -1;
    for (let i = 0; i < children.length; i++) {
      const size = tree.sizeOf(children[i]!);
      if (size <= most) continue;
      most = size;
      largest = children[i]!;
    }
    const isMostly = largest >= 0 && most >= mostly * tree.sizeOf(vertex);
    // Of a chain each link has most of the one above: the way ends where they are worth no mention, and not nowhere.
    if (!isMostly || most < least) ways.push({ way: wayTo(step), last, isFading: isMostly });
    else for (const child of children) if (tree.sizeOf(child) >= least) open.push({ vertex: child, before: step });
  }
  return ways;
}

interface Way {
  /** The vertices from the start to where it ends. */
  readonly way: readonly number[];
  /** What the last of them is made of, and what is below that. */
  readonly last: Below;
  /** Whether it ends where what is left is too little, and not where the memory parts. */
  readonly isFading: boolean;
}

interface Step {
  readonly vertex: number;
  readonly before: Step | undefined;
}

function wayTo(last: Step): number[] {
  const way: number[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.before) way.push(step.vertex);
  return way.reverse();
}

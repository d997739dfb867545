/**
 * `--graph types`: one node per type, one arrow per pair of types of which one refers to the other. Types that retain
 * most are drawn, and what holds them. Of the arrows that lead to a type only the thickest, for everything refers to
 * strings. The runtime's own parts of maps are passed over: what they refer to, the map does.
 */
import {
  computeHistogram,
  computeRetainedSizes,
  computeTypeReferences,
  computeTypeRetainedSizes,
  formatBytes,
  formatCount,
  formatNumber,
  type Heap,
  type Progress,
  RootVertexKind,
  TypeKind,
  TypeSource,
} from "../../src/index.ts";
import type { PictureEdge, PictureNode } from "./picture.ts";
import { sumRetained } from "./reference-search.ts";
import { classifyRoots, type RootClasses } from "./root-classes.ts";
import { type Arrow, collectArrows } from "./type-arrows.ts";

/** Arrows that are drawn to one node, … */
const MOST_ARROWS = 3;
/** … if they lead to that share of what the first of them does. */
const LEAST_SHARE = 0.1;

/** How many types to draw. */
export interface TypeRequest {
  /** Bytes that a type has to retain. */
  readonly minimum: number;
  readonly maxNodes: number;
}

/** The drawn types and references. */
export interface TypeGraph {
  readonly nodes: PictureNode[];
  readonly edges: PictureEdge[];
  /** Types drawn, and types of which there are objects. */
  readonly drawnCount: number;
  readonly typeCount: number;
  /** What the largest type or root retains that had no room, in bytes; undefined if all that were to be drawn are. */
  readonly largestLeftOut: number | undefined;
}

/**
 * Draws the types. Computes references between types and retained sizes of types; then linear in the root edges and the
 * pairs of types.
 */
export async function drawTypes(heap: Heap, request: TypeRequest, progress: Progress): Promise<TypeGraph> {
  const histogram = await computeHistogram(heap, progress);
  const roots = classifyRoots(heap);
  const arrows = collectArrows(heap, roots, await computeTypeReferences(heap, progress));
  const retained = await sumAllRetained(heap, roots, progress);
  const { drawn, largestLeftOut } = chooseNodes(heap, roots, retained, arrows, request);
  const indexOf = new Map(drawn.map((item, index) => [item, index]));
  const typeNode = await makeTypeNodes(heap, retained, progress);
  const nodes = drawn.map((item) => {
    if (item < heap.types.count) return typeNode(item);
    const { kind, name, notes, vertices } = roots.classes[item - heap.types.count]!;
    return { kind, name, notes, members: vertices.length, objects: 0, shallow: 0, retained: retained[item]! };
  });
  const most = Math.max(1, histogram.bytes[histogram.byBytes[0] ?? 0] ?? 1);
  const between = arrows.filter(({ from, to }) => indexOf.has(from) && indexOf.has(to));
  return {
    nodes,
    edges: chooseArrows(between).map((arrow) =>
      drawArrow(arrow, indexOf.get(arrow.from)!, indexOf.get(arrow.to)!, most),
    ),
    drawnCount: drawn.filter((item) => item < heap.types.count).length,
    typeCount: histogram.objects.reduce((count, objects) => count + (objects > 0 ? 1 : 0), 0),
    largestLeftOut,
  };
}

/** What every item retains: types, then root classes. */
async function sumAllRetained(heap: Heap, { classes }: RootClasses, progress: Progress): Promise<Float64Array> {
  const { count } = heap.types;
  const vertexRetained = await computeRetainedSizes(heap, progress);
  const retained = new Float64Array(count + classes.length);
  retained.set(await computeTypeRetainedSizes(heap, progress));
  for (const [row, root] of classes.entries()) retained[count + row] = sumRetained(heap, root, vertexRetained);
  return retained;
}

/**
 * The items that retain most; then, as long as there is room, what holds those to which no root leads, and what the roots
 * lead to of which nothing is drawn.
 */
function chooseNodes(
  heap: Heap,
  roots: RootClasses,
  retained: Float64Array,
  arrows: readonly Arrow[],
  { minimum, maxNodes }: TypeRequest,
): { drawn: number[]; largestLeftOut: number | undefined } {
  const typeCount = heap.types.count;
  const sources = new Map<number, Arrow[]>();
  const targets = new Map<number, number[]>();
  const outward = new Map<number, Arrow[]>();
  for (const arrow of arrows) {
    if (arrow.from === arrow.to) continue;
    append(sources, arrow.to, arrow);
    append(targets, arrow.from, arrow.to);
    if (arrow.from >= typeCount) append(outward, arrow.from, arrow);
  }
  const isLarge = (item: number): boolean => retained[item]! > 0 && retained[item]! >= minimum;
  const candidates: number[] = [];
  for (let item = 0; item < retained.length; item++) {
    if (!isLarge(item)) continue;
    if (item < typeCount) {
      if (heap.types.kind[item] !== TypeKind.INTERNAL) candidates.push(item);
      continue;
    }
    // What a goroutine retains its frames refer to, which have nodes of their own.
    const isGoroutine =
      heap.roots.vertices.kind[roots.classes[item - typeCount]!.vertices[0]!] === RootVertexKind.GOROUTINE;
    if (!isGoroutine || (targets.get(item) ?? []).some(isLarge)) candidates.push(item);
  }
  candidates.sort((a, b) => retained[b]! - retained[a]! || a - b);
  const drawn = candidates.slice(0, maxNodes);
  const leftOut = candidates[maxNodes];
  const isDrawn = new Set(drawn);
  const isRooted = new Set<number>();
  const follow = (from: number): void => {
    const pending = [from];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      if (isRooted.has(item)) continue;
      isRooted.add(item);
      pending.push(...(targets.get(item) ?? []).filter((target) => isDrawn.has(target)));
    }
  };
  for (const item of drawn) if (item >= typeCount) follow(item);
  for (const item of drawn) {
    if (drawn.length === maxNodes) break;
    if (isRooted.has(item)) continue;
    const holders = sources.get(item) ?? [];
    const own = holders.filter(({ from }) => from >= typeCount);
    if (own.length === 0 && holders.some(({ from }) => isDrawn.has(from))) continue;
    const holder = strongest(own.length > 0 ? own : holders)?.from;
    if (holder === undefined) continue;
    // The loop comes to it as well, and so to what holds it.
    drawn.push(holder);
    isDrawn.add(holder);
    if (holder >= typeCount) follow(holder);
  }
  for (const item of drawn) {
    if (drawn.length === maxNodes) break;
    if (item < typeCount || targets.get(item)!.some((target) => isDrawn.has(target))) continue;
    const held = strongest(outward.get(item)!)!.to;
    drawn.push(held);
    isDrawn.add(held);
  }
  return { drawn, largestLeftOut: leftOut === undefined ? undefined : retained[leftOut]! };
}

function append<V>(lists: Map<number, V[]>, key: number, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The arrow that leads to most; of equal ones the first. */
function strongest(arrows: readonly Arrow[]): Arrow | undefined {
  let best: Arrow | undefined;
  for (const arrow of arrows) if (best === undefined || arrow.bytes > best.bytes) best = arrow;
  return best;
}

async function makeTypeNodes(
  heap: Heap,
  retained: Float64Array,
  progress: Progress,
): Promise<(type: number) => PictureNode> {
  const { objects, bytes, reachableObjects } = await computeHistogram(heap, progress);
  const inferred = countInferred(heap);
  return (type) => ({
    kind: "objects",
    name: heap.types.names[type]!,
    members: objects[type]!,
    objects: objects[type]!,
    shallow: bytes[type]!,
    retained: retained[type]!,
    isInferred: 2 * inferred[type]! > objects[type]!,
    isGarbage: reachableObjects[type] === 0,
  });
}

function countInferred({ objects, types }: Heap): Float64Array {
  const { count, type, typeSource } = objects;
  const inferred = new Float64Array(types.count);
  for (let i = 0; i < count; i++) {
    if (typeSource[i] === TypeSource.INFERRED) inferred[type[i]!] = inferred[type[i]!]! + 1;
  }
  return inferred;
}

/** Of the arrows to each item those that lead to most; and of those from each item at least the one that does. */
function chooseArrows(arrows: readonly Arrow[]): Arrow[] {
  const sorted = [...arrows].sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to);
  const greatest = new Map<number, number>();
  const counts = new Map<number, number>();
  const isShown = new Set<number>();
  const chosen = sorted.filter(({ from, to, bytes }) => {
    // What a type refers to of itself tells nothing of who holds it, so it takes nobody's place.
    if (from === to) return true;
    const count = counts.get(to) ?? 0;
    if (count === 0) greatest.set(to, bytes);
    const isTooMuch = count >= MOST_ARROWS || bytes < greatest.get(to)! * LEAST_SHARE;
    if (isTooMuch && isShown.has(from)) return false;
    isShown.add(from);
    if (!isTooMuch) counts.set(to, count + 1);
    return true;
  });
  return chosen.sort((a, b) => a.from - b.from || a.to - b.to);
}

function drawArrow({ references, bytes }: Arrow, from: number, to: number, most: number): PictureEdge {
  return {
    from,
    to,
    label: [`×${formatCount(references)}`, formatBytes(bytes)],
    tooltip: [`${formatNumber(references, "pointer")} to objects of ${formatNumber(bytes, "byte")}`],
    weight: bytes / most,
    isAside: from === to,
  };
}

/**
 * Recursion: trees of a program's own, whose nodes lead to one another through slices and maps, so that no single type points to its
 * like: tries, B-trees, documents. Going down such a tree ends at one of its nodes, which says nothing: the tree is the thing to name.
 */
import type { Heap } from "../../heap/heap.ts";
import type { ThingTree, TypeSum, Vertices } from "./thing-tree.ts";

/** What a thing and the nodes below it have in common. */
export interface Recursion {
  /** The first of the nodes. */
  readonly top: number;
  /** Types, as rows, of the nodes and of what is between them. */
  readonly types: ReadonlySet<number>;
}

/** The share of a thing's bytes that things of one type below it need to be more of the same. */
const MOSTLY = 0.5;
/** There have to be so many times as many nodes as hang right below the thing, else it is a thing with many of one type. */
const DEEPER = 1.5;

/**
 * Finds the tree that a point is in the middle of; undefined if there is none.
 * @param way the vertices from an owner's first down to the point, both included
 * @param children what is right below the point
 */
export function findRecursion(
  { objects, types: { layouts } }: Heap,
  tree: ThingTree,
  way: readonly number[],
  children: Vertices,
): Recursion | undefined {
  const { count, type } = objects;
  const point = way.at(-1)!;
  if (point >= count) return undefined;
  const below = tree.sumByType(children).largest;
  for (const [at, vertex] of way.entries()) {
    // Shapes are alike by chance.
    if (vertex >= count || layouts?.of(type[vertex]!) === undefined) continue;
    const isLikeBelow =
      below !== undefined && below.bytes >= MOSTLY * tree.sizeOf(point) && type[vertex] === below.type;
    if (!isLikeBelow && (vertex === point || type[vertex] !== type[point])) continue;
    const types = new Set(way.slice(at).map((object) => type[object]!));
    const found = { top: vertex, types };
    const node = type[vertex]!;
    const nodes = tree.partsAndChildrenOf(vertex, types).parts.filter((part) => type[part] === node).length;
    const near = isLikeBelow ? below.count : 1;
    return nodes >= DEEPER * (near + 1) ? found : undefined;
  }
  if (below === undefined || below.bytes < MOSTLY * tree.sizeOf(point)) return undefined;
  const areTyped = [type[point]!, below.type].every((row) => layouts?.of(row) !== undefined);
  return areTyped ? treeFrom(objects, tree, point, below) : undefined;
}

/**
 * The tree whose first slice or map is the point, because something else holds that beside its first node; undefined if what is right
 * below leads to no further slices or maps of that type.
 */
function treeFrom({ type }: Heap["objects"], tree: ThingTree, point: number, below: TypeSum): Recursion | undefined {
  const types = new Set([type[point]!, below.type]);
  let nodes = 0;
  let others = -1;
  for (const part of tree.partsAndChildrenOf(point, types).parts) {
    if (type[part] === below.type) nodes++;
    else if (type[part] === type[point]) others++;
  }
  return others > 0 && nodes >= DEEPER * (below.count + 1) ? { top: point, types } : undefined;
}

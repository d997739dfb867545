/**
 * `--graph owners` and `--graph dominators`: a tree of who has what, by groups of like objects. Of owners, every object hangs below
 * its one owner, and what a map, channel or list is made of is in the box of the thing itself. Of dominators, whatever an arrow
 * leads to would be freed if what it comes from went away. Drawn are the groups that retain most; what the others below one node retain
 * together is said in its box, unless that is too little.
 */
import {
  computeContainers,
  computeDominatorGroups,
  computeOwnerGroups,
  computeValues,
  DominatorGroupKind,
  type DominatorGroups,
  findUse,
  formatCount,
  groupFieldName,
  type Heap,
  type HeapValues,
  labelUse,
  type Progress,
  REACHABLE,
  rootVertexName,
} from "../../src/index.ts";
import { chooseGroups, type DrawnRequest } from "./drawn-groups.ts";
import type { Focus } from "./focus.ts";
import { type GroupTree, liftGroups } from "./group-tree.ts";
import { type PictureEdge, type PictureNode, rootNodeKind } from "./picture.ts";

/** Groups that are looked at; far more than are drawn. */
const MOST_GROUPS = 100_000;
/** Levels that are looked at. */
const MOST_LEVELS = 250;

/** How much of the dominator tree to draw. */
export interface DominatorRequest extends Omit<DrawnRequest, "related"> {
  readonly tree: "owners" | "dominators";
  /** Of owners: whether what containers are made of has boxes of its own. */
  readonly internals: boolean;
  /** Types or roots; drawn is only what has to do with them: they, what keeps them alive and what they do. */
  readonly focus: Focus | undefined;
}

/** The drawn part of the dominator tree. */
export interface DominatorGraph {
  readonly nodes: PictureNode[];
  readonly edges: PictureEdge[];
  /** Groups drawn, and all there are. */
  readonly drawnCount: number;
  /** What the largest group retains that had no room, in bytes; undefined if all that were to be drawn are. */
  readonly largestLeftOut: number | undefined;
  readonly groupCount: number;
}

/** Draws the dominator tree. Computes dominator groups; then linear in those, but for sorting them. */
export async function drawDominators(
  heap: Heap,
  request: DominatorRequest,
  progress: Progress,
): Promise<DominatorGraph> {
  const options = { maxGroups: MOST_GROUPS, maxDepth: MOST_LEVELS, mergeGoroutines: true };
  const isOwned = request.tree === "owners";
  const isTyped = heap.types.layouts !== undefined;
  const container = isOwned && isTyped && !request.internals ? await computeContainers(heap, progress) : undefined;
  const groups = isOwned
    ? await computeOwnerGroups(heap, { ...options, container }, progress)
    : await computeDominatorGroups(heap, options, progress);
  const values = isOwned && isTyped ? await computeValues(heap, progress) : undefined;
  const tree = liftGroups(heap, groups);
  const focused = request.focus === undefined ? undefined : findFocused(heap, groups, tree, request.focus);
  const drawn = chooseGroups(groups, tree, { ...request, related: focused?.related });
  const { rows, largestLeftOut } = drawn;
  const indexOf = new Map(rows.map((row, index) => [row, index]));
  const nodes = rows.map((row) => {
    const node = groupNode(heap, groups, values, row, focused?.matches.has(row) === true);
    return { ...node, leftOut: drawn.leftOut.get(row) };
  });
  const nameOf = (row: number): string =>
    container === undefined ? fieldPath(groups, tree, row) : groupFieldName(heap, groups, row);
  const unnamed = isOwned ? "owns" : "keeps alive";
  const edges = rows.slice(1).map((row, i) => {
    const name = nameOf(row);
    const ends = { from: indexOf.get(tree.parent[row]!)!, to: i + 1 };
    return { ...ends, label: name === "" ? [] : [name], tooltip: [name || unnamed], weight: weigh(groups, row) };
  });
  return { nodes, edges, drawnCount: rows.length, largestLeftOut, groupCount: groups.groupCount };
}

/** The rows that the focus is about, and those on the way to them and below. */
function findFocused(
  heap: Heap,
  groups: DominatorGroups,
  { parent }: GroupTree,
  focus: Focus,
): { matches: Set<number>; related: Uint8Array } {
  const { count } = groups;
  const matches = matchRows(heap, groups, focus);
  const related = new Uint8Array(count);
  related[0] = 1;
  for (let row = 1; row < count; row++) {
    // What is below a match is related, what is above becomes so now.
    if (matches.has(row)) for (let at = row; related[at] === 0; at = parent[at]!) related[at] = 1;
  }
  const below = new Uint8Array(count);
  for (let row = 1; row < count; row++) {
    below[row] = matches.has(row) ? 1 : below[parent[row]!]!;
    if (below[row] === 1) related[row] = 1;
  }
  return { matches, related };
}

function matchRows(heap: Heap, { count, kind, type, vertex, retained }: DominatorGroups, focus: Focus): Set<number> {
  const matches = new Set<number>();
  const roots = new Set(focus.vertices.map((root) => heap.objects.count + root));
  const targets = new Set(focus.targets);
  for (let row = 0; row < count; row++) {
    const isRoot = kind[row] === DominatorGroupKind.ROOT_VERTEX;
    const isMatch = isRoot
      ? roots.has(vertex[row]!) && retained[row]! > 0
      : kind[row] === DominatorGroupKind.OBJECTS && targets.has(vertex[row]!);
    if (isMatch) matches.add(row);
  }
  if (matches.size > 0) return matches;
  // What a root points to can be in a group with others; then their type is what there is to show.
  const wanted = new Set([...focus.types, ...focus.targets.map((object) => heap.objects.type[object]!)]);
  for (let row = 0; row < count; row++) {
    if (kind[row] === DominatorGroupKind.OBJECTS && wanted.has(type[row]!)) matches.add(row);
  }
  return matches;
}

function groupNode(
  heap: Heap,
  groups: DominatorGroups,
  values: HeapValues | undefined,
  row: number,
  isFocus: boolean,
): PictureNode {
  const { count, address, flags } = heap.objects;
  const vertex = groups.vertex[row]!;
  // Parts of things count for nothing by themselves.
  const members = groups.members[row]! - groups.parts[row]!;
  const use = members === 1 && values !== undefined && vertex < count ? findUse(heap, values, vertex) : null;
  const generations = groups.generations[row]!;
  const figures = {
    members,
    objects: groups.objects[row]!,
    shallow: groups.shallow[row]!,
    retained: groups.retained[row]!,
    isFocus,
  };
  if (vertex >= count) {
    const kind = rootNodeKind(heap.roots.vertices.kind[vertex - count]!);
    if (kind === "heap") return { ...figures, kind, name: "the heap", objects: count, members: 1, shallow: 0 };
    return { ...figures, kind, name: rootVertexName(heap, vertex - count) };
  }
  const where = `${members > 1 ? "for example " : ""}at ${heap.formatAddress(address[vertex]!)}`;
  return {
    ...figures,
    kind: "objects",
    name: heap.types.names[groups.type[row]!]!,
    notes: [
      ...(generations > 1 ? [`in chains of up to ${formatCount(generations)}`] : []),
      ...(use === null ? [] : [labelUse(use)]),
    ],
    details: [where],
    holders: groups.holders.get(row),
    isInferred: 2 * groups.inferred[row]! > groups.objects[row]!,
    isGarbage: (flags[vertex]! & REACHABLE) === 0,
  };
}

/** How thick the arrow to a row is. */
function weigh({ retained }: DominatorGroups, row: number): number {
  return retained[row]! / retained[0]!;
}

/**
 * The field by which the node above holds the row; through what was passed over a path of fields. "" if one of these has no
 * pointer to the next, because several ways lead from it: the fields before would say what does not hold the row.
 */
function fieldPath({ field, names, parent, kind }: DominatorGroups, { isPassed }: GroupTree, row: number): string {
  const path: string[] = [];
  for (let at = row; at === row || isPassed[at] === 1; at = parent[at]!) {
    if (field[at]! >= 0) path.unshift(names[field[at]!]!);
    else if (kind[at] === DominatorGroupKind.OBJECTS) return "";
  }
  return path.join(".");
}

/**
 * `--graph dominators`: the tree of who keeps what alive, by groups of like objects. Whatever an arrow leads to would be
 * freed if what it comes from went away. Drawn are the groups that retain most; what the others below one node retain
 * together is a node of its own, unless that is too little as well.
 */
import {
  computeDominatorGroups,
  DominatorGroupKind,
  type DominatorGroups,
  formatCount,
  type Heap,
  type Progress,
  REACHABLE,
  RootVertexKind,
  rootVertexName,
  TypeKind,
} from "../../src/index.ts";
import type { Focus } from "./focus.ts";
import { type PictureEdge, type PictureNode, rootNodeKind } from "./picture.ts";

/** Groups that are looked at; far more than are drawn. */
const MOST_GROUPS = 100_000;
/** What the runtime's own part of a map may have of what it retains, and still be passed over. */
const OWN_SHARE = 0.1;
/** Levels that are looked at. */
const MOST_LEVELS = 250;

const NONE = -1;

/** How much of the dominator tree to draw. */
export interface DominatorRequest {
  /** Bytes that a group has to retain. */
  readonly minimum: number;
  readonly maxNodes: number;
  /** Levels below the heap; 0 for all. */
  readonly depth: number;
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
  const groups = await computeDominatorGroups(heap, options, progress);
  const tree = liftGroups(heap, groups);
  const focused = request.focus === undefined ? undefined : findFocused(heap, groups, tree, request.focus);
  const candidates = rankCandidates(groups, tree, request, focused?.related);
  const drawing = chooseDrawing(groups, tree, candidates, request);

  const rows = [...drawing.rows].sort((a, b) => a - b);
  const indexOf = new Map(rows.map((row, index) => [row, index]));
  const nodes = rows.map((row) => groupNode(heap, groups, row, focused?.matches.has(row) === true));
  const edges = rows.slice(1).map((row, i) => groupEdge(groups, tree, row, indexOf.get(tree.parent[row]!)!, i + 1));
  for (const [row, rest] of drawing.rests) {
    nodes.push(restNode(rest));
    edges.push(restEdge(indexOf.get(row)!, nodes.length - 1, rest.retained / groups.retained[0]!));
  }
  const leftOut = candidates.find((row) => !indexOf.has(row));
  const largestLeftOut = leftOut === undefined ? undefined : groups.retained[leftOut]!;
  return { nodes, edges, drawnCount: rows.length, largestLeftOut, groupCount: groups.groupCount };
}

/**
 * The groups as a tree without those that say nothing: "(GC roots)", below which everything but garbage is, and the
 * runtime's own parts of maps, which lead to the entries.
 */
interface GroupTree {
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** 1 for rows that can be drawn. */
  readonly isGroup: Uint8Array;
  /** 1 for rows that are passed over: what is below them is below their parent. */
  readonly isPassed: Uint8Array;
}

function liftGroups(heap: Heap, groups: DominatorGroups): GroupTree {
  const { count, kind, parent } = groups;
  const tree = {
    parent: parent.slice(),
    depth: new Int32Array(count),
    isGroup: new Uint8Array(count),
    isPassed: findPassed(heap, groups),
  };
  for (let row = 0; row < count; row++) {
    const isLeftOver = kind[row] === DominatorGroupKind.DEEPER || kind[row] === DominatorGroupKind.SMALLER;
    if (!isLeftOver && tree.isPassed[row] === 0) tree.isGroup[row] = 1;
    const above = parent[row]!;
    if (above === NONE) continue;
    tree.parent[row] = tree.isPassed[above] === 1 ? tree.parent[above]! : above;
    tree.depth[row] = tree.depth[tree.parent[row]!]! + 1;
  }
  return tree;
}

function findPassed(heap: Heap, { count, kind, type, vertex, parent, shallow, retained }: DominatorGroups): Uint8Array {
  const passed = new Uint8Array(count);
  const { kind: rootKind } = heap.roots.vertices;
  for (let row = 1; row < count; row++) {
    if (kind[row] === DominatorGroupKind.ROOT_VERTEX) {
      if (rootKind[vertex[row]! - heap.objects.count] === RootVertexKind.GC_ROOTS) passed[row] = 1;
    } else if (kind[row] === DominatorGroupKind.OBJECTS && parent[row] !== 0) {
      const isInternal = heap.types.kind[type[row]!] === TypeKind.INTERNAL;
      if (isInternal && shallow[row]! < retained[row]! * OWN_SHARE) passed[row] = 1;
    }
  }
  return passed;
}

/** Rows that can be drawn, those that retain most first; parents come before their children. */
function rankCandidates(
  { count, retained }: DominatorGroups,
  tree: GroupTree,
  { minimum, depth }: DominatorRequest,
  related: Uint8Array | undefined,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (tree.isGroup[row] === 0) continue;
    if (row > 0 && (retained[row] === 0 || retained[row]! < minimum || (depth > 0 && tree.depth[row]! > depth)))
      continue;
    if (related === undefined || related[row] === 1) rows.push(row);
  }
  return rows.sort((a, b) => retained[b]! - retained[a]! || a - b);
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

/** What is not drawn below one row. */
interface Rest {
  groups: number;
  retained: number;
  /** One of the groups. */
  readonly row: number;
}

interface Drawing {
  readonly rows: readonly number[];
  /** By the row above. */
  readonly rests: ReadonlyMap<number, Rest>;
}

/** As many candidates as there is room for, what is left out below each included. */
function chooseDrawing(
  groups: DominatorGroups,
  tree: GroupTree,
  candidates: readonly number[],
  { maxNodes, minimum }: DominatorRequest,
): Drawing {
  const rank = new Int32Array(groups.count).fill(candidates.length);
  for (const [index, row] of candidates.entries()) rank[row] = index;
  // How many places what is left out takes shows only when it is known what is not.
  for (let most = Math.min(candidates.length, maxNodes); ; most--) {
    const rests = sumRests(groups, tree, rank, most, minimum);
    if (most + rests.size > maxNodes && most > 1) continue;
    return drawSingles({ rows: candidates.slice(0, most), rests }, tree, candidates);
  }
}

/** Draws a candidate that would be the only one in a rest, for it takes no more room, if there is none below it. */
function drawSingles({ rows, rests }: Drawing, { parent }: GroupTree, candidates: readonly number[]): Drawing {
  const isCandidate = new Set(candidates);
  const hasBelow = new Set(candidates.map((row) => parent[row]!));
  const isSingle = ({ groups, row }: Rest): boolean => groups === 1 && isCandidate.has(row) && !hasBelow.has(row);
  const singles = [...rests.values()].filter(isSingle).map(({ row }) => row);
  return { rows: [...rows, ...singles], rests: new Map([...rests].filter(([, rest]) => !isSingle(rest))) };
}

/** What is left out below each row of a rank less than `most`, where it retains `minimum` together. */
function sumRests(
  { count, kind, members, retained }: DominatorGroups,
  { parent, isPassed }: GroupTree,
  rank: Int32Array,
  most: number,
  minimum: number,
): Map<number, Rest> {
  const rests = new Map<number, Rest>();
  for (let row = 1; row < count; row++) {
    const above = parent[row]!;
    // What is below something left out is part of what that retains.
    if (rank[row]! < most || rank[above]! >= most || isPassed[row] === 1 || retained[row] === 0) continue;
    const rest = rests.get(above) ?? { groups: 0, retained: 0, row };
    rest.groups += kind[row] === DominatorGroupKind.SMALLER ? members[row]! : 1;
    rest.retained += retained[row]!;
    rests.set(above, rest);
  }
  for (const [row, rest] of rests) if (rest.retained < minimum) rests.delete(row);
  return rests;
}

function groupNode(heap: Heap, groups: DominatorGroups, row: number, isFocus: boolean): PictureNode {
  const { count, address, flags } = heap.objects;
  const vertex = groups.vertex[row]!;
  const members = groups.members[row]!;
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
    notes: generations > 1 ? [`in chains of up to ${formatCount(generations)}`] : [],
    details: [where],
    holders: groups.holders.get(row),
    isInferred: 2 * groups.inferred[row]! > groups.objects[row]!,
    isGarbage: (flags[vertex]! & REACHABLE) === 0,
  };
}

function groupEdge(groups: DominatorGroups, tree: GroupTree, row: number, from: number, to: number): PictureEdge {
  const { retained } = groups;
  const name = fieldPath(groups, tree, row);
  return {
    from,
    to,
    label: name === "" ? [] : [name],
    tooltip: [name || "keeps alive"],
    weight: retained[row]! / retained[0]!,
  };
}

/** The field by which the node above holds the row; through what was passed over a path of fields. */
function fieldPath({ field, names, parent }: DominatorGroups, { isPassed }: GroupTree, row: number): string {
  const path: string[] = [];
  for (let at = row; at === row || isPassed[at] === 1; at = parent[at]!) {
    if (field[at]! >= 0) path.unshift(names[field[at]!]!);
  }
  return path.join(".");
}

function restNode({ groups, retained }: Rest): PictureNode {
  const name = `and ${formatCount(groups)} more`;
  return { kind: "more", name, members: groups, objects: 0, shallow: 0, retained };
}

function restEdge(from: number, to: number, weight: number): PictureEdge {
  return { from, to, label: [], tooltip: ["keeps alive"], weight };
}

/**
 * Drawn groups: which of the dominator groups are drawn, and what is not, added up below those that are. The picture has to
 * be readable in a window: besides the number of groups, that of columns is limited.
 */
import { DominatorGroupKind, type DominatorGroups } from "../../src/index.ts";
import type { GroupTree } from "./group-tree.ts";
import type { LeftOut } from "./picture.ts";

/** Columns at the most, but for pictures of many nodes: one more for each so many. */
const LEAST_COLUMNS = 5;
const NODES_PER_COLUMN = 10;
/** Times that what is too far to the right makes room for others. */
const MOST_ROUNDS = 64;

/** What is asked for. */
export interface DrawnRequest {
  /** Bytes that a group has to retain. */
  readonly minimum: number;
  readonly maxNodes: number;
  /** Levels below the heap; 0 for all, as far as the picture is not too wide. */
  readonly depth: number;
  /** By row: 1 for those that may be drawn, however far to the right; undefined for all. */
  readonly related: Uint8Array | undefined;
}

export interface DrawnGroups {
  /** As one reads a tree: each before what is below it, of several below one first what retains most. */
  readonly rows: readonly number[];
  /** What is not drawn, by the row above; only where that is enough. */
  readonly leftOut: ReadonlyMap<number, LeftOut>;
  /** What the largest group retains that had no room, in bytes; undefined if all that were to be drawn are. */
  readonly largestLeftOut: number | undefined;
}

/** Chooses those that retain most, as far as there is room. Linear in the groups but for sorting them. */
export function chooseGroups(groups: DominatorGroups, tree: GroupTree, request: DrawnRequest): DrawnGroups {
  const candidates = rankCandidates(groups, tree, request);
  const { maxNodes, minimum, depth, related } = request;
  const isWide = depth > 0 || related !== undefined;
  const maxColumns = isWide ? Infinity : Math.max(LEAST_COLUMNS, Math.ceil(maxNodes / NODES_PER_COLUMN));
  const rows = fitRows(candidates, tree, maxNodes, maxColumns);
  const isDrawn = new Uint8Array(groups.count);
  for (const row of rows) isDrawn[row] = 1;
  const largest = candidates.find((row) => isDrawn[row] === 0);
  return {
    rows: sortAsTree(rows, tree),
    leftOut: sumLeftOut(groups, tree, isDrawn, minimum),
    largestLeftOut: largest === undefined ? undefined : groups.retained[largest]!,
  };
}

/** Rows that can be drawn, those that retain most first; parents come before their children. */
function rankCandidates(
  { count, retained }: DominatorGroups,
  tree: GroupTree,
  { minimum, depth, related }: DrawnRequest,
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

/** The first of the candidates that fit into so many nodes and columns. */
function fitRows(candidates: readonly number[], { parent }: GroupTree, maxNodes: number, maxColumns: number): number[] {
  let allowed = candidates;
  let rows = allowed.slice(0, maxNodes);
  const isFar = new Set<number>();
  for (let round = 0; ; round++) {
    const column = columnsOf(rows, parent);
    const fitting = rows.filter((row) => column.get(row)! <= maxColumns);
    if (fitting.length === rows.length || round === MOST_ROUNDS) return fitting;
    for (const row of rows) if (column.get(row)! > maxColumns) isFar.add(row);
    // What is below something that is too far is so, too; parents come first.
    allowed = allowed.filter((row) => {
      if (isFar.has(parent[row]!)) isFar.add(row);
      return !isFar.has(row);
    });
    rows = allowed.slice(0, maxNodes);
  }
}

/** In which column each of the rows is: its parent's if nothing else is below that. The first row's is 0. */
function columnsOf(rows: readonly number[], parent: Int32Array): Map<number, number> {
  const below = new Map<number, number>();
  for (const row of rows) below.set(parent[row]!, (below.get(parent[row]!) ?? 0) + 1);
  const column = new Map<number, number>();
  for (const row of rows) {
    const above = parent[row]!;
    column.set(row, (column.get(above) ?? 0) + (column.has(above) && below.get(above)! > 1 ? 1 : 0));
  }
  return column;
}

/** The rows as one reads a tree, each before what is below it. @param rows those of one parent in the order that they are to have */
function sortAsTree(rows: readonly number[], { parent }: GroupTree): number[] {
  const below = new Map<number, number[]>();
  for (const row of rows.slice(1)) below.set(parent[row]!, [...(below.get(parent[row]!) ?? []), row]);
  const sorted: number[] = [];
  const waiting = rows.slice(0, 1);
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    sorted.push(row);
    waiting.push(...(below.get(row) ?? []).toReversed());
  }
  return sorted;
}

/** What is left out below each row that is drawn, where it retains `minimum` together. */
function sumLeftOut(
  { count, kind, members, retained }: DominatorGroups,
  { parent, isPassed }: GroupTree,
  isDrawn: Uint8Array,
  minimum: number,
): Map<number, LeftOut> {
  const rests = new Map<number, { groups: number; retained: number }>();
  for (let row = 1; row < count; row++) {
    const above = parent[row]!;
    // What is below something left out is part of what that retains.
    if (isDrawn[row] === 1 || isDrawn[above] === 0 || isPassed[row] === 1 || retained[row] === 0) continue;
    const rest = rests.get(above) ?? { groups: 0, retained: 0 };
    rest.groups += kind[row] === DominatorGroupKind.SMALLER ? members[row]! : 1;
    rest.retained += retained[row]!;
    rests.set(above, rest);
  }
  for (const [row, rest] of rests) if (rest.retained < minimum) rests.delete(row);
  return rests;
}

/**
 * Folds the groups that retain least: as many rows as allowed are kept, those that retain most, and what the others below
 * one row hold is put together in a row of its own. A group retains at least what any group below it does, so whoever is
 * kept has all rows above kept too. Root vertices that retain nothing lose their rows without a stand-in.
 */
import { DominatorGroupKind, type DominatorGroups } from "./dominator-group-rows.ts";

const NONE = -1;

/** Keeps at most `maxRows` rows, the folded ones' stand-ins included. Linear but for sorting one column. */
export function foldSmallGroups(groups: DominatorGroups, maxRows: number): DominatorGroups {
  if (groups.count <= maxRows) return groups;
  const isEmpty = findEmpty(groups);
  return joinRows(groups, chooseKept(groups, isEmpty, Math.max(2, maxRows)), isEmpty);
}

/** Per group: 1 if there are no objects in it or below. */
function findEmpty({ count, parent, objects }: DominatorGroups): Uint8Array {
  const isEmpty = Uint8Array.from(objects, (own) => (own === 0 ? 1 : 0));
  for (let group = count - 1; group > 0; group--) if (isEmpty[group] === 0) isEmpty[parent[group]!] = 0;
  isEmpty[0] = 0;
  return isEmpty;
}

/** Per group: 1 if it keeps its row. */
function chooseKept(groups: DominatorGroups, isEmpty: Uint8Array, maxRows: number): Uint8Array {
  const { count, parent, retained } = groups;
  const largest = findLargest(retained, maxRows);
  const below = new Int32Array(count);
  for (let group = 1; group < count; group++) {
    if (isEmpty[group] === 0) below[parent[group]!] = below[parent[group]!]! + 1;
  }

  // A row with folded groups below needs a stand-in for them. How many rows that makes rises and falls as more are kept.
  let rows = 0;
  let best = 1;
  for (let k = 0; k < largest.length; k++) {
    const group = largest[k]!;
    if (isEmpty[group] === 1) break;
    rows += below[group]! > 0 ? 2 : 1;
    const above = parent[group]!;
    if (above !== NONE) {
      const left = below[above]! - 1;
      below[above] = left;
      if (left === 0) rows--;
    }
    if (rows <= maxRows) best = k + 1;
  }
  const kept = new Uint8Array(count);
  for (let k = 0; k < best; k++) kept[largest[k]!] = 1;
  return keepOnlyChildren(groups, kept, isEmpty);
}

/** Keeps a group without anything below that would be alone in its stand-in: the row is needed in any case. */
function keepOnlyChildren({ count, parent }: DominatorGroups, kept: Uint8Array, isEmpty: Uint8Array): Uint8Array {
  const below = new Int32Array(count);
  const foldedBelow = new Int32Array(count);
  for (let group = 1; group < count; group++) {
    if (isEmpty[group] === 1) continue;
    const above = parent[group]!;
    below[above] = below[above]! + 1;
    if (kept[group] === 0) foldedBelow[above] = foldedBelow[above]! + 1;
  }
  for (let group = 1; group < count; group++) {
    if (isEmpty[group] === 1) continue;
    const above = parent[group]!;
    if (kept[group] === 0 && kept[above] === 1 && foldedBelow[above] === 1 && below[group] === 0) kept[group] = 1;
  }
  return kept;
}

/** The `limit` groups that retain most, in descending order; of equal ones those that come first. */
function findLargest(retained: Float64Array, limit: number): Int32Array {
  const least = retained.slice().sort()[retained.length - limit]!;
  const found: number[] = [];
  let more = limit;
  for (const bytes of retained) if (bytes > least) more--;
  for (let group = 0; group < retained.length; group++) {
    if (retained[group]! > least) found.push(group);
    else if (retained[group] === least && more > 0) {
      found.push(group);
      more--;
    }
  }
  return Int32Array.from(found).sort((a, b) => retained[b]! - retained[a]! || a - b);
}

/** Makes the rows: the kept groups, each followed at some distance by the stand-in for what was folded below it. */
function joinRows(groups: DominatorGroups, kept: Uint8Array, isEmpty: Uint8Array): DominatorGroups {
  const { count, parent } = groups;
  /** Per group: its row; for folded ones that of the stand-in they are in. */
  const row = new Int32Array(count).fill(NONE);
  const standIn = new Int32Array(count).fill(NONE);
  let rows = 0;
  for (let group = 0; group < count; group++) {
    if (isEmpty[group] === 1) continue;
    const above = parent[group]!;
    if (kept[group] === 1) {
      row[group] = rows++;
    } else if (kept[above] === 1) {
      if (standIn[above] === NONE) standIn[above] = rows++;
      row[group] = standIn[above]!;
    } else {
      row[group] = row[above]!;
    }
  }
  const joined = {
    count: rows,
    parent: new Int32Array(rows).fill(NONE),
    kind: new Uint8Array(rows),
    vertex: new Int32Array(rows),
    type: new Int32Array(rows).fill(NONE),
    field: new Int32Array(rows).fill(NONE),
    members: new Int32Array(rows),
    parts: new Int32Array(rows),
    generations: new Int32Array(rows),
    objects: new Float64Array(rows),
    inferred: new Float64Array(rows),
    shallow: new Float64Array(rows),
    retained: new Float64Array(rows),
    names: groups.names,
    holders: new Map([...groups.holders].flatMap(([group, of]) => (kept[group] === 1 ? [[row[group]!, of]] : []))),
    groupCount: groups.count,
    ...(groups.rowOf === undefined ? {} : { rowOf: groups.rowOf.map((group) => row[group]!) }),
  } satisfies DominatorGroups;
  /** Per row: what the example of a stand-in retains. */
  const greatest = new Float64Array(rows).fill(NONE);
  for (let group = 0; group < count; group++) {
    if (isEmpty[group] === 1) continue;
    const to = row[group]!;
    joined.objects[to] = joined.objects[to]! + groups.objects[group]!;
    joined.inferred[to] = joined.inferred[to]! + groups.inferred[group]!;
    joined.shallow[to] = joined.shallow[to]! + groups.shallow[group]!;
    const above = parent[group]!;
    if (kept[group] === 1) {
      joined.parent[to] = above === NONE ? NONE : row[above]!;
      joined.kind[to] = groups.kind[group]!;
      joined.vertex[to] = groups.vertex[group]!;
      joined.type[to] = groups.type[group]!;
      joined.field[to] = groups.field[group]!;
      joined.members[to] = groups.members[group]!;
      joined.parts[to] = groups.parts[group]!;
      joined.generations[to] = groups.generations[group]!;
      joined.retained[to] = groups.retained[group]!;
      continue;
    }
    joined.members[to] = joined.members[to]! + 1;
    if (kept[above] === 0) continue;
    joined.parent[to] = row[above]!;
    joined.kind[to] = DominatorGroupKind.SMALLER;
    joined.generations[to] = 1;
    joined.retained[to] = joined.retained[to]! + groups.retained[group]!;
    if (groups.retained[group]! > greatest[to]!) {
      greatest[to] = groups.retained[group]!;
      joined.vertex[to] = groups.vertex[group]!;
    }
  }
  return joined;
}

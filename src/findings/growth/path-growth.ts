/**
 * Growth by owner path: each path cut where the growth parts, so that every byte is told once and by the thing to name. What is found is
 * the thing that has the elements that came, a map or a slice, and not the elements. Of what lies above, what grew right there is told
 * apart. So the rows add up to the growth of all that is no garbage.
 */
import { type PathTree, WHOLE_HEAP } from "../aggregates/path-tree.ts";
import type { ComparedHeap } from "./compared-heap.ts";
import type { CapturedGrowth, GrowthRows, NodeGrowth, PartGrowth, PathGrowth } from "./growth.ts";
import { grown, isSteady, rank } from "./ranking.ts";
import { addColumns, type TurnoverSum } from "./turnover.ts";

const MOST_PARTS = 6;
/** The share of a path's growth that the one below needs for the way to go on. */
const MOSTLY = 0.5;
/** So many more things below for each that came say more than these: five rooms with seventy clients each. */
const MANY_EACH = 8;
/** So many new things are what grew, whatever is in them: 200 clients, each with messages that wait. */
const MOST_FEW = 32;
/** Types of closures are called after their functions. */
const CLOSURE = /^func /;
/** Of elements and entries, as a pointer's name. */
export const ELEMENT = "[…]";

/** What is known of single objects, by row of path. */
export interface MatchedPaths {
  readonly turnover: TurnoverSum;
  /** Bytes that moved there from other paths, less those that moved away. */
  readonly moved: Float64Array;
}

/** Per row of path; a column for each dump, but for `worth`. */
interface PathColumns {
  /** By how much `owned` grew. */
  readonly worth: Float64Array;
  readonly owned: readonly Float64Array[];
  readonly things: readonly Float64Array[];
  readonly bytes: readonly Float64Array[];
}

/**
 * Lists the paths that grew, and those that shrank. Linear in the paths of all dumps.
 * @param matched undefined unless all dumps are of one process
 */
export function listPaths(
  tree: PathTree,
  heaps: readonly ComparedHeap[],
  matched: MatchedPaths | undefined,
  most: number,
): GrowthRows<PathGrowth> {
  const turnover = matched?.turnover;
  const movedThere = matched && addColumns(matched.moved, new Float64Array(tree.count));
  const moved = movedThere && sumBelow(tree, movedThere.slice());
  const owned = heaps.map(({ sums, pathRow }) => spread(sums.paths.ownedBytes, pathRow, tree.count));
  const things = heaps.map(({ sums, pathRow }) => spread(sums.paths.things, pathRow, tree.count));
  const bytes = heaps.map(({ sums, pathRow }) => spread(sums.paths.bytes, pathRow, tree.count));
  const guessed = heaps.map(({ sums, pathRow }) => spread(sums.paths.guessed, pathRow, tree.count));
  const pathGuessed = heaps.map((_, i) => findGuessedShares(tree, things[i]!, guessed[i]!));
  const worth = difference(owned);
  const isGarbage = (row: number): boolean => tree.stepOf(tree.rootOf(row)).kind === "garbage";
  const ends = withoutNested(
    tree,
    findParting(tree, { worth, owned, things: countUnits(heaps, things), bytes })
      .filter((row) => !isGarbage(row))
      .map((row) => toThing(tree, worth, row)),
  );
  const grownThere = difference(bytes);
  const passedBy = listAbove(tree, ends).filter((row) => grownThere[row] !== 0);
  const parts = new Parts(tree, { worth, things, guessed, grownThere }, findNodes(heaps), turnover);
  const list = (columns: readonly Float64Array[], row: number): number[] => columns.map((column) => column[row]!);
  const describe = (row: number, isOwn: boolean): PathGrowth => {
    const root = tree.stepOf(tree.rootOf(row));
    const ownedBytes = list(isOwn ? bytes : owned, row);
    const counts = list(things, row);
    return {
      fingerprint: tree.fingerprintOf(row),
      path: tree.textOf(row),
      type: tree.typeOf(row),
      isOwn,
      ownerKind: root.kind as PathGrowth["ownerKind"],
      owner: root.by,
      ownedBytes,
      grownBytes: grown(ownedBytes),
      movedBytes: (isOwn ? movedThere : moved)?.[row] ?? null,
      count: counts,
      guessed: list(guessed, row),
      pathGuessed: list(pathGuessed, row),
      grownCount: grown(counts),
      isSteady: isSteady(ownedBytes),
      // A root is no object: of goroutines it says how many there are, not which are new. Nor are nodes of a sync.Map things.
      turnover: tree.rootOf(row) === row || counts.every((count) => count === 0) ? null : (turnover?.of(row) ?? null),
      parts: [],
      otherParts: { kinds: 0, grownBytes: 0 },
    };
  };
  const rowOf = new Map<PathGrowth, number>();
  for (const row of ends) rowOf.set(describe(row, false), row);
  for (const row of passedBy) rowOf.set(describe(row, true), row);
  const ranked = rank([...rowOf.keys()], most);
  return { ...ranked, rows: ranked.rows.map((path) => ({ ...path, ...parts.of(rowOf.get(path)!, path.isOwn) })) };
}

/** Per row its things, or the nodes of the list that it is where these are more: as those came, so did what hangs on them. */
function countUnits(heaps: readonly ComparedHeap[], things: readonly Float64Array[]): Float64Array[] {
  return heaps.map(({ sums: { paths }, pathRow }, i) => {
    const nodes = spread(paths.nodes, pathRow, things[i]!.length);
    return things[i]!.map((count, row) => Math.max(count, nodes[row]!));
  });
}

/**
 * The rows where the growth parts, and where the shrinking does: from a root the way goes down as long as one path below has most of
 * it, and to all that changed beside that path. None is below another. Linear in the rows.
 */
function findParting(tree: PathTree, { worth, owned, things, bytes }: PathColumns): number[] {
  const [firstOwned, lastOwned] = [owned[0]!, owned.at(-1)!];
  const [firstThings, lastThings] = [things[0]!, things.at(-1)!];
  /** By how many more things there are where it grew, and by how many fewer where it shrank. */
  const moreThings = (row: number): number => Math.sign(worth[row]!) * (lastThings[row]! - firstThings[row]!);
  /** Whether so many things as came, each of them worth the average, are most of what a row grew by. */
  const tellsMost = (row: number, average: number): boolean =>
    moreThings(row) * average >= MOSTLY * Math.abs(worth[row]!);
  /** Where there are more things, or fewer, and that tells most of it, what hangs below them came with them. */
  const isMany = (row: number): boolean => {
    const [most, count] = worth[row]! < 0 ? [firstOwned, firstThings] : [lastOwned, lastThings];
    return moreThings(row) > 0 && tellsMost(row, most[row]! / count[row]!);
  };
  // What grew may hide what shrank beside it, and the other way round: then both are told.
  const changed = sumBelow(tree, difference(bytes).map(Math.abs));
  const goesOn = Uint8Array.from(worth, (value, row) => Number(Math.abs(value) < MOSTLY * changed[row]!));
  /** Per row the one below it that has most of its growth; 0 if none has. */
  const largest = new Int32Array(tree.count);
  for (let row = 1; row < tree.count; row++) {
    const parent = tree.parentOf(row);
    const above = worth[parent]!;
    const share = Math.sign(above) * worth[row]!;
    if (share < 1 || share < MOSTLY * Math.abs(above)) continue;
    goesOn[parent] = 1;
    if (largest[parent] === 0 || share > Math.abs(worth[largest[parent]!]!)) largest[parent] = row;
  }
  /** Whether what came at a row tells less than what came with it further down: not the rooms, but who is in them. */
  const isOutdone = (row: number): boolean => {
    const came = moreThings(row);
    if (came > MOST_FEW) return false;
    const [least, count] = worth[row]! < 0 ? [lastOwned, lastThings] : [firstOwned, firstThings];
    // As large as they always were, those that came are what grew.
    if (count[row]! > 0 && tellsMost(row, least[row]! / count[row]!)) return false;
    // Of what was not there before nobody knows how large it is: then each has to have more than there are of them.
    const each = count[row]! > 0 ? MANY_EACH : Math.max(MANY_EACH, came);
    const most = MOSTLY * Math.abs(worth[row]!);
    for (let at = largest[row]!; at > 0 && Math.abs(worth[at]!) >= most; at = largest[at]!) {
      if (moreThings(at) >= each * came && isMany(at)) return true;
    }
    return false;
  };
  const isPassed = new Uint8Array(tree.count);
  isPassed[WHOLE_HEAP] = 1;
  const found: number[] = [];
  for (let row = 1; row < tree.count; row++) {
    if (isPassed[tree.parentOf(row)] === 0) continue;
    if (goesOn[row] === 1 && (!isMany(row) || isOutdone(row))) isPassed[row] = 1;
    else if (worth[row] !== 0) found.push(row);
  }
  return found;
}

/** Of elements what has them, if most of its growth is theirs: no element has a name. */
function toThing(tree: PathTree, worth: Float64Array, row: number): number {
  const above = tree.parentOf(row);
  if (tree.stepOf(row).by !== ELEMENT || tree.stepOf(above).kind === "heap") return row;
  return worth[row]! / worth[above]! >= MOSTLY ? above : row;
}

/** Each row once, and none below another. */
function withoutNested(tree: PathTree, rows: readonly number[]): number[] {
  const all = new Set(rows);
  return [...all].filter((row) => {
    for (let at = tree.parentOf(row); at > WHOLE_HEAP; at = tree.parentOf(at)) if (all.has(at)) return false;
    return true;
  });
}

/** The rows that some rows are below, each once. Linear in these and the rows. */
function listAbove(tree: PathTree, rows: readonly number[]): number[] {
  const above = new Set<number>();
  for (const row of rows) {
    for (let at = tree.parentOf(row); at > WHOLE_HEAP && !above.has(at); at = tree.parentOf(at)) above.add(at);
  }
  return [...above];
}

/** A column of one dump as one of the paths of all. */
function spread(column: Float64Array, pathRow: Int32Array, count: number): Float64Array<ArrayBuffer> {
  const all = new Float64Array(count);
  for (let row = 0; row < column.length; row++) all[pathRow[row]!] = column[row]!;
  return all;
}

/** Per row that has more nodes of a list, or fewer, how many; where the first dump and the last have nodes of two types, nothing. */
function findNodes(heaps: readonly ComparedHeap[]): ReadonlyMap<number, NodeGrowth> {
  const nodes = new Map<number, { type: string; count: number[]; guessed: number[] }>();
  const last = heaps.length - 1;
  const add = (dump: number): void => {
    const { sums, pathRow } = heaps[dump]!;
    const { nodeTypes, nodes: counts, guessedNodes } = sums.paths;
    for (const [own, type] of nodeTypes.entries()) {
      if (type === "") continue;
      const row = pathRow[own]!;
      const known = nodes.get(row);
      const isEnd = dump === 0 || dump === last;
      if (known === undefined && !isEnd) continue;
      if (known !== undefined && known.type !== type) {
        if (isEnd) nodes.delete(row);
        continue;
      }
      const each = known ?? { type, count: heaps.map(() => 0), guessed: heaps.map(() => 0) };
      each.count[dump]! += counts[own]!;
      each.guessed[dump]! += guessedNodes[own]!;
      nodes.set(row, each);
    }
  };
  add(last);
  for (let dump = 0; dump < last; dump++) add(dump);
  const all = [...nodes].map(([row, each]) => [row, { ...each, grownCount: grown(each.count) }] as const);
  return new Map(all.filter(([, { grownCount }]) => grownCount !== 0));
}

/** Per row, of the steps above it, the largest share of things whose type is guessed. */
function findGuessedShares(tree: PathTree, things: Float64Array, guessed: Float64Array): Float64Array {
  const shares = new Float64Array(tree.count);
  for (let row = 1; row < tree.count; row++) {
    const above = tree.parentOf(row);
    // What a sync.Map is made of are no things.
    const share = guessed[above] === 0 ? 0 : guessed[above]! / Math.max(things[above]!, guessed[above]!);
    shares[row] = Math.max(shares[above]!, share);
  }
  return shares;
}

/** Adds what is below each row to it; in place. */
function sumBelow(tree: PathTree, column: Float64Array): Float64Array {
  for (let row = tree.count - 1; row > WHOLE_HEAP; row--) column[tree.parentOf(row)]! += column[row]!;
  return column;
}

function difference(columns: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const first = columns[0]!;
  return Float64Array.from(columns.at(-1)!, (value, row) => value - first[row]!);
}

/** What is known of rows, and by how much they grew. A column for each dump where there are several. */
interface PartColumns {
  readonly worth: Float64Array;
  readonly things: readonly Float64Array[];
  readonly guessed: readonly Float64Array[];
  readonly grownThere: Float64Array;
}

/** What grew right at a path and right below it. */
class Parts {
  readonly #tree: PathTree;
  readonly #owned: Float64Array;
  readonly #things: readonly Float64Array[];
  readonly #guessed: readonly Float64Array[];
  readonly #bytes: Float64Array;
  readonly #nodes: ReadonlyMap<number, NodeGrowth>;
  readonly #turnover: TurnoverSum | undefined;
  readonly #below = new Map<number, number[]>();

  constructor(
    tree: PathTree,
    { worth, things, guessed, grownThere }: PartColumns,
    nodes: ReadonlyMap<number, NodeGrowth>,
    turnover: TurnoverSum | undefined,
  ) {
    this.#tree = tree;
    this.#owned = worth;
    this.#things = things;
    this.#guessed = guessed;
    this.#bytes = grownThere;
    this.#nodes = nodes;
    this.#turnover = turnover;
    const grownThings = difference(things);
    for (let row = 1; row < tree.count; row++) {
      if (worth[row] === 0 && grownThings[row] === 0) continue;
      const below = this.#below.get(tree.parentOf(row));
      if (below === undefined) this.#below.set(tree.parentOf(row), [row]);
      else below.push(row);
    }
  }

  /** @param isOwn whether only what is right there is meant */
  of(row: number, isOwn: boolean): Pick<PathGrowth, "parts" | "otherParts"> {
    const own = this.#part(row, this.#bytes, true);
    if (isOwn) return { parts: [own], otherParts: { kinds: 0, grownBytes: 0 } };
    const below = (this.#below.get(row) ?? []).map((at) => this.#part(at, this.#owned, false));
    // Of what grew what grew, of what shrank what shrank most.
    const sign = Math.sign(this.#owned[row]!) || 1;
    // A root is no object; but pending timers are right at theirs.
    const hasOwn = own.type !== "" || own.grownBytes !== 0;
    const parts = [...(hasOwn ? [own] : []), ...below]
      .filter(({ grownCount, grownBytes }) => grownCount !== 0 || grownBytes !== 0)
      .sort((a, b) => sign * (b.grownBytes - a.grownBytes));
    const others = parts.slice(MOST_PARTS);
    return {
      parts: parts.slice(0, MOST_PARTS),
      otherParts: { kinds: others.length, grownBytes: others.reduce((sum, { grownBytes }) => sum + grownBytes, 0) },
    };
  }

  #part(row: number, bytes: Float64Array, isOwn: boolean): PartGrowth {
    const captured = isOwn || !CLOSURE.test(this.#tree.typeOf(row)) ? undefined : this.#largestBelow(row);
    return {
      isOwn,
      by: isOwn ? "" : this.#tree.stepOf(row).by,
      type: this.#tree.typeOf(row),
      ...this.#count(row),
      grownBytes: bytes[row]!,
      turnover: this.#turnover?.of(row) ?? null,
      captured: captured === undefined ? null : this.#captured(captured),
      nodes: this.#nodes.get(row) ?? null,
    };
  }

  /** The row right below that has most of the growth of one; undefined if none has. */
  #largestBelow(row: number): number | undefined {
    const sign = Math.sign(this.#owned[row]!);
    return this.#below.get(row)?.find((below) => {
      const grown = sign * this.#owned[below]!;
      return grown > 0 && grown >= MOSTLY * Math.abs(this.#owned[row]!);
    });
  }

  #captured(row: number): CapturedGrowth {
    return {
      by: this.#tree.stepOf(row).by,
      type: this.#tree.typeOf(row),
      ...this.#count(row),
      grownBytes: this.#owned[row]!,
    };
  }

  #count(row: number): Pick<PartGrowth, "count" | "guessed" | "grownCount"> {
    const count = this.#things.map((column) => column[row]!);
    return { count, guessed: this.#guessed.map((column) => column[row]!), grownCount: grown(count) };
  }
}

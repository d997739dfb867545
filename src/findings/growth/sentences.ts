/** The growth in sentences, for terminals, pages and pull requests alike: what grew, where it hangs, by how much. */
import { isLibraryMapEntry } from "../../analysis/paths/library-maps.ts";
import { shortenImports } from "../../heap/short-names.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { GUESSED } from "../report/said-names.ts";
import { type GroupStatement, isOfGroup, listGoroutineStatements } from "./goroutine-sentences.ts";
import type {
  CapturedGrowth,
  Growth,
  GrowthStatement,
  GrowthTurnover,
  NodeGrowth,
  PartGrowth,
  PathGrowth,
} from "./growth.ts";
import { formatChange, formatExact, formatSigned, sparkline } from "./growth-figures.ts";
import { areAllGuessed, markGuesses, markShares } from "./guess-marks.ts";
import { ELEMENT } from "./path-growth.ts";
import { grown } from "./ranking.ts";

/** The share of all that grew from which on a path is worth a sentence. */
const MUCH = 0.1;
const MOST_STATEMENTS = 4;
/** Groups of goroutines that no path tells of. */
const MOST_GROUPS = 2;
/** The bytes of a string, as lists of types call them. */
const TEXT = "string (its bytes)";
const MOST_PARTS = 3;
/** The share of a path's growth below which a part is one of the others. */
const LEAST_PART = 0.01;
/** The share of a path's growth that what is below it needs to be what the sentence counts. */
const MOSTLY = 0.5;
/** The share of a path's growth from which on it is told that things were there before, on other paths. */
const TOLD = 0.01;
/** The share from which on the sentence itself tells it: read alone, it would be wrong by that much. */
const TOLD_FIRST = 0.1;

/** What grew, what matters most first. At least one. Names come without import paths. */
export function listGrowthStatements(growth: Growth): GrowthStatement[] {
  return listStatements(growth).map(({ sentence, lines }) => ({
    sentence: shortenImports(sentence),
    lines: lines.map(shortenImports),
  }));
}

function listStatements(growth: Growth): GrowthStatement[] {
  // What only moved there grew for nobody who looks at the whole heap.
  const up = growth.paths.rows.filter(
    ({ grownBytes, movedBytes }) => grownBytes > 0 && !isMoved(grownBytes, movedBytes),
  );
  const all = up.reduce((sum, path) => sum + cameBytes(path), 0);
  const paths = up
    .filter((path) => cameBytes(path) >= MUCH * all)
    .sort((a, b) => Number(b.isSteady) - Number(a.isSteady) || cameBytes(b) - cameBytes(a))
    .slice(0, MOST_STATEMENTS);
  const groups = listGoroutineStatements(growth, all);
  const told = new Set<GroupStatement>();
  const found = paths.map((path): Ranked => {
    const statement = describePath(path, growth);
    const same = groups.find(({ group }) => isOfGroup(path, group));
    if (same === undefined) return { statement, bytes: cameBytes(path), isSteady: path.isSteady };
    told.add(same);
    return { statement: withGroup(statement, path, same), bytes: same.group.grownBytes, isSteady: path.isSteady };
  });
  const others = groups.filter((group) => !told.has(group)).slice(0, MOST_GROUPS);
  found.push(
    ...others.map(({ group: { grownBytes: bytes, isSteady }, statement }) => ({ statement, bytes, isSteady })),
  );
  found.sort((a, b) => Number(b.isSteady) - Number(a.isSteady) || b.bytes - a.bytes);
  return found.length > 0
    ? found.map(({ statement }) => statement)
    : [{ sentence: describeNothing(growth), lines: [] }];
}

interface Ranked {
  readonly statement: GrowthStatement;
  /** Of goroutines with their stacks. */
  readonly bytes: number;
  readonly isSteady: boolean;
}

/** What a path tells of goroutines, with what their group tells: their stacks, how and where they wait, and whether for ever. */
function withGroup(told: GrowthStatement, path: PathGrowth, { group, statement }: GroupStatement): GrowthStatement {
  const [places, ...rest] = statement.lines;
  const stacks = grown(group.stackBytes);
  if (stacks > path.grownBytes)
    return { sentence: statement.sentence, lines: [places!, ...told.lines.slice(1), ...rest] };
  const sentence = stacks > 0 ? `${told.sentence}, with ${formatBytes(stacks)} of stacks` : told.sentence;
  return { sentence, lines: [...told.lines, `[${group.state}]: ${places}`, ...rest] };
}

function isMoved(grownBytes: number, movedBytes: number | null): boolean {
  return grownBytes - (movedBytes ?? 0) < TOLD * grownBytes;
}

/** By how much a path grew, less what was there before, on other paths. */
function cameBytes({ grownBytes, movedBytes }: PathGrowth): number {
  return grownBytes - Math.max(0, movedBytes ?? 0);
}

function describePath(path: PathGrowth, growth: Growth): GrowthStatement {
  const { grownBytes, ownedBytes } = path;
  const steps = growth.dumps.length - 1;
  const each = steps === 1 ? "" : `, ${formatBytes(grownBytes / steps)} from dump to dump`;
  const moved = path.movedBytes ?? 0;
  // Where much of it is nothing new, what grew is not all that the path has more of.
  const isMuchMoved = moved >= TOLD_FIRST * grownBytes;
  const what = describeWhat(path, isMuchMoved);
  const others =
    listOtherTypes(path, growth).length === 0 ? "on other owner paths" : "on other owner paths or of other types";
  const from = isMuchMoved ? `, of which ${formatBytes(moved)} were there before, ${others}` : "";
  const sentence = `${sayPath(path)} grew by ${formatExact(grownBytes)}${each}${from}${what === "" ? "" : `: ${what}`}`;
  const type = path.type === "" ? "" : `${path.type}${markGuesses(path)}, `;
  const owner = OWNERS[path.ownerKind];
  const place = path.path === path.owner ? "" : `${type}${owner} ${path.owner}: `;
  const where = `${place}${formatChange(ownedBytes, formatBytes)}`;
  const line = steps === 1 ? [] : [`${sparkline(ownedBytes)} ${describeCourse(ownedBytes)}`];
  const before =
    moved >= TOLD * grownBytes && !isMuchMoved ? [`${formatBytes(moved)} of it were there before, ${others}`] : [];
  const known = [...before, ...describeFormerName(path, growth), ...describeOtherTypes(path, growth)];
  return { sentence, lines: [where, ...known, ...line, ...describeParts(path)] };
}

/**
 * What the very path has less of, of other types: what hangs there was exchanged, or the dumps tell different things of its types. Read
 * alone, the sentence would say that all of it came.
 */
function describeOtherTypes(path: PathGrowth, growth: Growth): string[] {
  const others = listOtherTypes(path, growth);
  const less = others.filter(({ grownBytes }) => grownBytes < 0).sort((a, b) => a.grownBytes - b.grownBytes);
  const [most] = less;
  if (most === undefined) return [];
  const all = others.reduce((sum, { grownBytes }) => sum + grownBytes, path.grownBytes);
  const rest = less.length === 1 ? "" : ` and ${formatNumber(less.length - 1, "other type")}`;
  const what = `${most.type === "" ? "what has no type" : `${most.type}${markGuesses(most)}`}${rest}`;
  const lost = less.reduce((sum, { grownBytes }) => sum - grownBytes, 0);
  return [`it has ${formatBytes(lost)} less of ${what}: all types together, that is ${formatSigned(all, formatBytes)}`];
}

/** Rows of what hangs at the very path, of other types. */
function listOtherTypes(path: PathGrowth, { paths }: Growth): PathGrowth[] {
  return paths.rows.filter((row) => row.path === path.path && row.isOwn === path.isOwn && row !== path);
}

/**
 * Where objects cannot be matched, what came may be what went, under another name: of a path that was not there, and the only one of its
 * type, the only one of that type that is gone.
 */
function describeFormerName(path: PathGrowth, { paths }: Growth): string[] {
  const { type, isOwn, ownedBytes, movedBytes } = path;
  if (movedBytes !== null || isOwn || type === "" || ownedBytes[0] !== 0) return [];
  const alike = paths.rows.filter((row) => row.type === type && !row.isOwn);
  const gone = alike.filter((row) => row.ownedBytes[0]! > 0 && row.ownedBytes.at(-1) === 0);
  const came = alike.filter((row) => row.ownedBytes[0] === 0 && row.ownedBytes.at(-1)! > 0);
  if (gone.length !== 1 || came.length !== 1) return [];
  const had = gone[0]!.ownedBytes[0]!;
  const change = formatSigned(ownedBytes.at(-1)! - had, formatBytes);
  return [
    `${sayPath(gone[0]!)}, of the same type, is gone (${formatBytes(had)}): if this is its new name, that is ${change}`,
  ];
}

/** "grew every time", "grew 2 of 5 times, never fell", "went up and down". */
function describeCourse(values: readonly number[]): string {
  const steps = values.slice(1).map((value, i) => value - values[i]!);
  const ups = steps.filter((step) => step > 0).length;
  if (ups === steps.length) return "grew every time";
  return steps.some((step) => step < 0)
    ? "went up and down"
    : `grew ${formatCount(ups)} of ${formatCount(steps.length)} times, never fell`;
}

/** The parts that grew most, and the others together, so that all of them add up. */
function describeParts(path: PathGrowth): string[] {
  const { parts, otherParts, grownBytes: all } = path;
  const large = parts
    .filter(({ grownBytes }) => Math.abs(grownBytes) >= LEAST_PART * Math.abs(all))
    .slice(0, MOST_PARTS);
  // The only other one takes no more room than that there is one.
  const isShort = parts.length <= large.length + 1 && otherParts.kinds === 0;
  const shown = isShort ? parts : large;
  const left = parts.filter((part) => !shown.includes(part));
  const kinds = left.length + otherParts.kinds;
  const bytes = left.reduce((sum, { grownBytes }) => sum + grownBytes, otherParts.grownBytes);
  // What came to one part and left another tells nothing.
  const others = bytes === 0 ? [] : [`${formatNumber(kinds, "other")}, ${formatSigned(bytes, formatBytes)}`];
  return [...shown.map((part) => describePart(part, areAllGuessed(path))), ...others];
}

/** The path, and whether what is below it has rows of its own. */
export function formatPath({ path, isOwn }: PathGrowth): string {
  return isOwn ? `${path} itself` : path;
}

/** The same, and how much of it is a guess. */
export function sayPath(path: PathGrowth): string {
  return `${formatPath(path)}${markPath(path)}`;
}

/** What stands behind a path of which some leans on guessed types: " (guessed)", " (12 % guessed)"; else "". */
export function markPath(path: PathGrowth): string {
  const { pathGuessed, ownedBytes } = path;
  const mark = markShares(pathGuessed, [ownedBytes[0]! > 0, ownedBytes.at(-1)! > 0]);
  return mark === "" && isTypeInPath(path) ? markGuesses(path) : mark;
}

/** Whether a path ends with its type for want of a name. */
export function isTypeInPath({ path, type }: PathGrowth): boolean {
  return type !== "" && (path === type || path.endsWith(`: ${type}`) || path.endsWith(`.(${type})`));
}

const OWNERS: Readonly<Record<PathGrowth["ownerKind"], string>> = {
  variable: "in package variable",
  segment: "in the",
  goroutine: "in",
  finalizers: "of",
  other: "in",
};

/** "450 more main.Session", "450 more main.Session, 300 of them new" where others were elsewhere before; "" if there are no more of anything. */
function describeWhat(path: PathGrowth, isMuchMoved: boolean): string {
  const { parts, count, grownCount, grownBytes, type, ownerKind } = path;
  // What there are more of behind what grew more says nothing of the whole.
  const largest = parts.find((part) => !part.isOwn);
  const most = largest !== undefined && largest.grownCount > 0 ? largest : undefined;
  const below = most === undefined ? "" : `${more(most)}${isMuchMoved ? countNew(most.grownCount, most.turnover) : ""}`;
  if (type === "") {
    if (grownCount <= 0) return "";
    // Of other roots only timers are counted, and the functions that they will call say more than their number.
    return ownerKind === "goroutine" ? formatNumber(grownCount, "more goroutine") : below;
  }
  // A list has no object of its own: its nodes are right at whoever has it.
  const nodes = parts.find((part) => part.isOwn)?.nodes;
  if (nodes != null && nodes.grownCount > Math.max(grownCount, most?.grownCount ?? 0, 0))
    return `${more(nodes)} linked in it`;
  if (grownCount <= 0) return below;
  const isMost = most !== undefined && most.grownBytes >= MOSTLY * grownBytes;
  // What the path itself is: nodes of a list, things behind one pointer; but not arrays of what came.
  const isThing = count[0]! > 0 && !(isMost && most.by.startsWith(ELEMENT));
  return isThing || !isMost ? `${more(path)}${isMuchMoved ? countNew(grownCount, path.turnover) : ""}` : below;
}

/** ", 300 of them new"; nothing unless each thing is one object, and all of them came there. */
function countNew(grownCount: number, turnover: GrowthTurnover | null): string {
  if (turnover === null || turnover.kept === 0 || turnover.added + turnover.kept !== grownCount) return "";
  return `, ${turnover.added === 0 ? "none" : formatCount(turnover.added)} of them new`;
}

/** Things of one type of which there are more, or fewer. */
type ThingGrowth = Pick<PartGrowth, "type" | "grownCount" | "count" | "guessed">;

function more(things: ThingGrowth): string {
  const { type, grownCount: count } = things;
  if (isLibraryMapEntry(type)) return `${formatNumber(count, "more entry", "more entries")}${markGuesses(things)}`;
  if (type === TEXT) return `${formatNumber(count, "more string")}${markGuesses(things)}`;
  return `${formatCount(count)} more ${type}${markGuesses(things)}`;
}

/** @param isGuessed whether the type of what has it is guessed, and so the name of its field */
function describePart(part: PartGrowth, isGuessed: boolean): string {
  const { isOwn, by, type, grownCount, grownBytes, turnover, captured, nodes } = part;
  const name = by === "" ? "" : `${by}${isGuessed && by !== ELEMENT ? GUESSED : ""}: `;
  const own = isOwn && type !== "" ? " itself" : "";
  const count = grownCount === 0 ? "" : describeTurnover(turnover, grownCount);
  return `${name}${describeCount(part)}${own}, ${formatSigned(grownBytes, formatBytes)}${count}${describeCaptured(captured, grownBytes)}${describeNodes(nodes)}`;
}

/** "; + 4,962 × nats.Msg linked in it". */
function describeNodes(nodes: NodeGrowth | null): string {
  return nodes === null ? "" : `; ${describeCount(nodes)} linked in it`;
}

/** "; + 394 KiB of it in r: + 1,400 × main.Request"; not "of it" where something else has shrunk meanwhile, so that it is more than all. */
function describeCaptured(captured: CapturedGrowth | null, all: number): string {
  if (captured === null) return "";
  const { by, grownBytes } = captured;
  const where = by === "" ? "in" : `in ${by}:`;
  const ofAll = Math.abs(grownBytes) > Math.abs(all) ? "" : " of it";
  return `; ${formatSigned(grownBytes, formatBytes)}${ofAll} ${where} ${describeCount(captured)}`;
}

/** "+ 450 × main.Session", "+ 60 entries", "+ 12 timers"; the type alone, or "entries", if there are no more of it. */
function describeCount(things: ThingGrowth): string {
  const { type, grownCount: count } = things;
  const mark = markGuesses(things);
  const isEntry = isLibraryMapEntry(type);
  // What else is called so are two words that lead to a text.
  const name = type === TEXT ? "string" : type;
  if (type === "") return count === 0 ? "timers" : formatSigned(count, (n) => formatNumber(n, "timer"));
  if (count === 0) return `${isEntry ? "entries" : name}${mark}`;
  if (isEntry) return `${formatSigned(count, (n) => formatNumber(n, "entry", "entries"))}${mark}`;
  return `${formatSigned(count, formatCount)} × ${name}${mark}`;
}

/** Says that objects are counted where things are not the same: a map is its header and its tables, a channel has a buffer. */
function describeTurnover(turnover: GrowthTurnover | null, grownCount: number): string {
  if (turnover === null) return "";
  const { added, gone, kept } = turnover;
  const what = added - gone === grownCount ? "" : added === 1 ? " object" : " objects";
  return `: ${formatCount(added)}${what} new, ${formatCount(gone)} gone, ${formatCount(kept)} kept`;
}

function describeNothing({ live, comparedBy }: Growth): string {
  if (comparedBy === "nothing") return `Live bytes: ${formatSigned(live.grownBytes, formatBytes)}`;
  return live.grownBytes < 0 ? `Nothing grew: live bytes fell by ${formatExact(-live.grownBytes)}` : "Nothing grew";
}

/** Inspections of slices: capacity that is not used, popped slots, arrays that small views or single elements pin. */
import { findReleased } from "../../analysis/references/released.ts";
import { float64Column, int32Column, uint8Column } from "../../heap/columns.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { shortenImports } from "../../heap/short-names.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { SEEN_BY_POINTER, SEEN_BY_SLICE } from "../../values/array-views.ts";
import type { Holders } from "../../values/holders.ts";
import type { Finding } from "../finding.ts";
import { findPartlyUsed, type PartlyUsedArrays } from "./arrays.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { findOtherFields, type OtherField } from "./other-fields.ts";
import { findOutside, findSharedSlots, type OutsidePointers } from "./outside-pointers.ts";
import { isBuffer } from "./pools.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Other fields with views of the same arrays that are named where there are many. */
const MOST_OTHERS = 3;

/** Sums of squares are exact no further. */
const ROUNDING = 1e-9;

/** The rules of what is found here, by the numbers below. */
const SLICE_RULES = ["popped-slots", "pinned-by-element", "pinned-by-view", "unused-capacity"] as const;
const [POPPED, ELEMENT, VIEW, CAPACITY] = [0, 1, 2, 3] as const;

/** Arrays that break a rule, some more than one. */
interface Judged {
  readonly partly: PartlyUsedArrays;
  /** Which it is, by its index among them. */
  readonly array: Int32Array;
  readonly rule: Uint8Array;
  readonly bytes: Float64Array;
  /** Pointers that no view shows. */
  readonly outside: OutsidePointers;
  /** A bit for each object to which nothing else leads. */
  readonly isReleased: Int32Array;
}

/** Finds what is wrong with slices. */
export async function inspectSlices(facts: Facts, progress: Progress): Promise<Finding[]> {
  const partly = await findPartlyUsed(facts, progress);
  const judged = await judgeArrays(facts, partly, progress);
  const total = SLICE_RULES.map(() => 0);
  for (let i = 0; i < judged.rule.length; i++) total[judged.rule[i]!]! += judged.bytes[i]!;
  const isWorth = SLICE_RULES.map((rule, i) => mayCount(facts, rule, total[i]!));
  if (!isWorth.includes(true)) return [];
  const holders = await facts.holders();
  const tallies = SLICE_RULES.map(() => new Tally((place) => holders.places.name(place)));
  for (let i = 0; i < judged.rule.length; i++) {
    const rule = judged.rule[i]!;
    if (!isWorth[rule]) continue;
    const object = partly.coverage.object[partly.row[judged.array[i]!]!]!;
    tallies[rule]!.addBad(
      holders.placeOf(object),
      object,
      judged.bytes[i]!,
      isGuessed(facts, object),
      sumsOf(judged, i),
    );
  }
  for (const [i, rule] of SLICE_RULES.entries()) tallies[i]!.keepIf((bytes) => mayCount(facts, rule, bytes));
  countGood(facts, holders, tallies);
  const othersOf = (rule: number) => nameOthers(facts, holders, judged, rule, new Set(tallies[rule]!.holders));
  const [pinned, roomy] = [othersOf(VIEW), othersOf(CAPACITY)];
  const shared = tallies[POPPED].isEmpty
    ? new Map<string, string>()
    : await nameSharers(facts, holders, judged, progress);
  const words = [
    (row: TallyRow) => wordPopped(row, shared.get(row.holder)),
    wordElement,
    (row: TallyRow) => wordView(row, pinned.get(row.holder)),
    (row: TallyRow) => wordCapacity(row, roomy.get(row.holder)),
  ];
  return SLICE_RULES.flatMap((rule, i) => makeFindings(facts, rule, tallies[i]!.bad(), words[i]!));
}

/** By the name of a place the other fields that show its arrays, of those that break a rule. One field may have such of two rules. */
function nameOthers(
  { heap }: Facts,
  holders: Holders,
  { partly: { coverage, row }, array, rule }: Judged,
  wanted: number,
  places: ReadonlySet<number>,
): ReadonlyMap<string, readonly OtherField[]> {
  if (places.size === 0) return new Map();
  const placeOf = new Int32Array(coverage.object.length).fill(-1);
  for (let i = 0; i < rule.length; i++) {
    if (rule[i] !== wanted) continue;
    const at = row[array[i]!]!;
    const place = holders.placeOf(coverage.object[at]!);
    if (places.has(place)) placeOf[at] = place;
  }
  const found = findOtherFields(heap, holders, coverage, placeOf);
  return new Map([...found].map(([place, fields]) => [holders.places.name(place), fields]));
}

/** What is wrong with the arrays that are not in use as a whole. */
async function judgeArrays(facts: Facts, partly: PartlyUsedArrays, progress: Progress): Promise<Judged> {
  const outside = findOutside(facts, partly);
  const isReleased = new Int32Array((facts.heap.objects.count >>> 5) + 1);
  const { bytes: released } = await findReleased(
    facts.heap,
    { edges: outside.edge, rootEdges: [] },
    (pointer) => outside.array[pointer]!,
    partly.count,
    progress,
    (object) => {
      isReleased[object >>> 5]! |= 1 << (object & 31);
    },
  );
  const { coverage } = partly;
  const array = int32Column();
  const rule = uint8Column();
  const bytes = float64Column();
  const add = (k: number, broken: number, worth: number): void => {
    array.push(k);
    rule.push(broken);
    bytes.push(worth);
  };
  for (let k = 0; k < partly.count; k++) {
    const row = partly.row[k]!;
    const object = coverage.object[row]!;
    const used = coverage.used[row]!;
    const room = coverage.room[row]!;
    const size = partly.length[k]! * partly.elementSize[k]!;
    const seen = partly.seen[k]!;
    if ((seen & SEEN_BY_SLICE) !== 0 && outside.slots[k]! > 0) add(k, POPPED, released[k]!);
    if (seen === SEEN_BY_POINTER) {
      if (used < size / 2) add(k, ELEMENT, size - used + released[k]!);
      continue;
    }
    if (!isPinnedBy(facts.heap.objects, object, used, size)) continue;
    // Told as an idle buffer or as a pool's: nobody asked for too much, but nobody gives it back.
    if (used === 0 && isBuffer(facts, object)) continue;
    // What is not shown is mostly capacity that may still be used, or mostly beyond reach.
    add(k, size - room > room - used ? VIEW : CAPACITY, size - used);
  }
  return { partly, array: array.values, rule: rule.values, bytes: bytes.values, outside, isReleased };
}

/** What the findings tell of an array that breaks a rule. */
function sumsOf({ partly, array, outside }: Judged, i: number): Readonly<Record<string, number>> {
  const { coverage } = partly;
  const k = array[i]!;
  const row = partly.row[k]!;
  const elementSize = partly.elementSize[k]!;
  const elements = partly.length[k]!;
  return {
    elements,
    squares: elements * elements,
    shown: coverage.used[row]! / elementSize,
    array: elements * elementSize,
    slots: outside.slots[k]!,
    views: coverage.views[row]!,
    ofBytes: elementSize === 1 ? 1 : 0,
  };
}

/**
 * Whether an array that is larger than what views show of it counts as pinned, or as having capacity that nobody uses: they show
 * less than half, and a copy of that would take a smaller slot.
 * @param used bytes that views show
 * @param size bytes of its elements; all of the slot unless told
 */
export function isPinnedBy(
  objects: Heap["objects"],
  object: number,
  used: number,
  size = objectSize(objects, object) - valueOffset(objects, object),
): boolean {
  return used < size / 2 && slotSizeFor(used + valueOffset(objects, object)) < objectSize(objects, object);
}

/** Counts the arrays of the same holders that are all right, in the rows of those that are not. Walks all arrays. */
function countGood({ values }: Facts, holders: Holders, tallies: readonly Tally[]): void {
  const counts = new Map(tallies.flatMap((tally) => [...tally.holders]).map((place) => [place, 0]));
  if (counts.size === 0) return;
  const { set, seen } = values.views;
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (seen[i] === 0) continue;
    const place = holders.placeOf(object);
    const count = counts.get(place);
    if (count !== undefined) counts.set(place, count + 1);
  }
  for (const [place, count] of counts) for (const tally of tallies) tally.addToKnown(place, count);
}

/** By the name of a place, with whose popped slots its own have most in common: "popped slots of main.q.stack point to 2,400 of the same objects". */
async function nameSharers(
  facts: Facts,
  holders: Holders,
  { partly, outside, isReleased }: Judged,
  progress: Progress,
): Promise<ReadonlyMap<string, string>> {
  // What nothing but pointers to elements shows has no slots that were popped.
  const placeOf = partly.row.map((row, k) =>
    (partly.seen[k]! & SEEN_BY_SLICE) === 0 ? -1 : holders.placeOf(partly.coverage.object[row]!),
  );
  const isFree = (object: number): boolean => (isReleased[object >>> 5]! & (1 << (object & 31))) !== 0;
  const nameOf = (place: number): string => shortenImports(holders.places.name(place));
  const shared = await findSharedSlots(facts, outside, isFree, placeOf, progress);
  return new Map(
    [...shared].map(([place, [first]]) => [
      holders.places.name(place),
      `popped slots of ${nameOf(first!.place)} point to ${formatCount(first!.count)} of the same objects`,
    ]),
  );
}

function wordPopped({ count, bytes, sums }: TallyRow, shared: string | undefined): Wording {
  const { slots = 0, shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      `${formatNumber(slots, "popped slot")} still ${slots === 1 ? "points" : "point"} to ${formatBytes(bytes)}: ` +
      [
        `length ${formatCount(shown)} of ${formatCount(elements)} in ${formatNumber(count, "array")}`,
        ...(shared === undefined ? [] : [shared]),
      ].join("; "),
    evidence: { arrays: count, poppedSlots: slots, length: shown, capacity: elements, arrayBytes: array },
  };
}

function wordElement({ count, bytes, sums }: TallyRow): Wording {
  const { shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      // How many there are tells no slice: what the size class adds may look like more of them.
      `pointers to ${formatNumber(shown, "element")} of up to ${formatCount(elements)} keep all of ` +
      `${formatNumber(count, "array")}: ${formatBytes(bytes)} for the others`,
    evidence: { arrays: count, pointedTo: shown, elements, arrayBytes: array },
  };
}

function wordView({ count, bytes, sums }: TallyRow, others: readonly OtherField[] = []): Wording {
  const { views = 0, shown = 0, elements = 0, squares = 0, array = 0, ofBytes = 0 } = sums;
  const unit = ofBytes === count ? "byte" : "element";
  // The mean of the squares is the square of the mean only where all are as long.
  const isMean = count * squares > elements * elements * (1 + ROUNDING);
  return {
    problem:
      `${formatNumber(views, "view")} of ${formatNumber(shown, unit)} in all ${views === 1 ? "pins" : "pin"} ${formatBytes(bytes)}: ` +
      [
        `${formatNumber(count, "array")} of ${formatNumber(Math.round(elements / count), unit)}${isMean ? " on average" : ""}`,
        ...sayOthers("views", others),
      ].join("; "),
    evidence: { arrays: count, views, shown, elements, arrayBytes: array },
  };
}

/** "20 of the views are in main.event.title", "20 of the views are in main.event.title, 9 in main.event.note and 12 in 2 more fields". */
function sayOthers(views: string, others: readonly OtherField[]): string[] {
  if (others.length === 0) return [];
  // The name of a last one says more than that there is one more.
  const shown = others.length > MOST_OTHERS + 1 ? MOST_OTHERS : others.length;
  const [first, ...more] = others.slice(0, shown);
  const left = others.slice(shown);
  const begin = `${formatCount(first!.views)} of the ${views} ${first!.views === 1 ? "is" : "are"} in ${shortenImports(first!.name)}`;
  const rest = more.map((field) => `${formatCount(field.views)} in ${shortenImports(field.name)}`);
  // Who copies what the named ones show, and not what these do, frees nothing.
  if (left.length > 0) {
    const ofLeft = left.reduce((sum, field) => sum + field.views, 0);
    rest.push(`${formatCount(ofLeft)} in ${formatNumber(left.length, "more field")}`);
  }
  const last = rest.pop();
  return [[begin, ...rest].join(", ") + (last === undefined ? "" : ` and ${last}`)];
}

function wordCapacity({ count, bytes, sums }: TallyRow, others: readonly OtherField[] = []): Wording {
  const { shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      `length ${formatCount(shown)} of ${formatCount(elements)} in ${formatNumber(count, "array")}: ` +
      [`${formatBytes(bytes)} of capacity that is not used`, ...sayOthers("slices", others)].join("; "),
    evidence: { arrays: count, length: shown, capacity: elements, arrayBytes: array },
  };
}

/** Inspections of slices: capacity that is not used, popped slots, arrays that small views or single elements pin. */
import { findReleased } from "../../analysis/references/released.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { shortenImports } from "../../heap/short-names.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { SEEN_BY_POINTER, SEEN_BY_SLICE } from "../../values/array-views.ts";
import type { Holders } from "../../values/holders.ts";
import type { Finding } from "../finding.ts";
import { findPartlyUsed, type PartlyUsedArray, type PartlyUsedArrays } from "./arrays.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { findOtherFields, type OtherField } from "./other-fields.ts";
import { findOutside } from "./outside-pointers.ts";
import { isBuffer } from "./pools.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Other fields with views of the same arrays that are named. */
const MOST_OTHERS = 2;

/** The rules of what is found here, by the numbers below. */
const SLICE_RULES = ["popped-slots", "pinned-by-element", "pinned-by-view", "unused-capacity"] as const;
const [POPPED, ELEMENT, VIEW, CAPACITY] = [0, 1, 2, 3] as const;

/** An array that breaks a rule. */
interface Judged {
  readonly array: PartlyUsedArray;
  readonly rule: number;
  readonly bytes: number;
  readonly sums: Readonly<Record<string, number>>;
}

/** Finds what is wrong with slices. */
export async function inspectSlices(facts: Facts, progress: Progress): Promise<Finding[]> {
  const partly = await findPartlyUsed(facts, progress);
  const judged = await judgeArrays(facts, partly, progress);
  const total = SLICE_RULES.map(() => 0);
  for (const { rule, bytes } of judged) total[rule]! += bytes;
  const isWorth = SLICE_RULES.map((rule, i) => mayCount(facts, rule, total[i]!));
  if (!isWorth.includes(true)) return [];
  const holders = await facts.holders();
  const tallies = SLICE_RULES.map(() => new Tally((place) => holders.places.name(place)));
  for (const { array, rule, bytes, sums } of judged) {
    if (!isWorth[rule]) continue;
    const { object } = array;
    tallies[rule]!.addBad(holders.placeOf(object), object, bytes, isGuessed(facts, object), sums);
  }
  for (const [i, rule] of SLICE_RULES.entries()) tallies[i]!.keepIf((bytes) => mayCount(facts, rule, bytes));
  countGood(facts, holders, tallies);
  const othersOf = (rule: number) => nameOthers(facts, holders, partly, judged, rule, new Set(tallies[rule]!.holders));
  const [pinned, roomy] = [othersOf(VIEW), othersOf(CAPACITY)];
  const words = [
    wordPopped,
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
  { coverage }: PartlyUsedArrays,
  judged: readonly Judged[],
  wanted: number,
  places: ReadonlySet<number>,
): ReadonlyMap<string, readonly OtherField[]> {
  if (places.size === 0) return new Map();
  const placeOf = new Int32Array(coverage.object.length).fill(-1);
  for (const { array, rule } of judged) {
    const place = rule === wanted ? holders.placeOf(array.object) : -1;
    if (places.has(place)) placeOf[array.row] = place;
  }
  const found = findOtherFields(heap, holders, coverage, placeOf);
  return new Map([...found].map(([place, fields]) => [holders.places.name(place), fields]));
}

/** What is wrong with the arrays that are not in use as a whole. */
async function judgeArrays(facts: Facts, partly: PartlyUsedArrays, progress: Progress): Promise<readonly Judged[]> {
  const outside = findOutside(facts, partly);
  const { bytes: released } = await findReleased(
    facts.heap,
    { edges: outside.edge, rootEdges: [] },
    (pointer) => outside.array[pointer]!,
    partly.arrays.length,
    progress,
  );
  const judged: Judged[] = [];
  for (const [k, array] of partly.arrays.entries()) {
    const isBySlice = (array.seen & SEEN_BY_SLICE) !== 0;
    const sums = { elements: array.length, shown: array.used / array.elementSize, array: array.size };
    if (isBySlice && outside.slots[k]! > 0) {
      judged.push({ array, rule: POPPED, bytes: released[k]!, sums: { ...sums, slots: outside.slots[k]! } });
    }
    const unused = array.size - array.used;
    if (array.seen === SEEN_BY_POINTER) {
      if (array.used < array.size / 2) judged.push({ array, rule: ELEMENT, bytes: unused + released[k]!, sums });
      continue;
    }
    if (!isPinnedBy(facts.heap.objects, array.object, array.used, array.size)) continue;
    // Told as an idle buffer or as a pool's: nobody asked for too much, but nobody gives it back.
    if (array.used === 0 && isBuffer(facts, array.object)) continue;
    // What is not shown is mostly capacity that may still be used, or mostly beyond reach.
    const rule = array.size - array.room > array.room - array.used ? VIEW : CAPACITY;
    const views = partly.coverage.views[array.row]!;
    judged.push({ array, rule, bytes: unused, sums: { ...sums, views, ofBytes: array.elementSize === 1 ? 1 : 0 } });
  }
  return judged;
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

function wordPopped({ count, bytes, sums }: TallyRow): Wording {
  const { slots = 0, shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      `${formatNumber(slots, "popped slot")} still ${slots === 1 ? "points" : "point"} to ${formatBytes(bytes)}: ` +
      `length ${formatCount(shown)} of ${formatCount(elements)} in ${formatNumber(count, "array")}`,
    evidence: { arrays: count, poppedSlots: slots, length: shown, capacity: elements, arrayBytes: array },
  };
}

function wordElement({ count, bytes, sums }: TallyRow): Wording {
  const { shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      `pointers to ${formatNumber(shown, "element")} of ${formatCount(elements)} keep all of ` +
      `${formatNumber(count, "array")}: ${formatBytes(bytes)} for the others`,
    evidence: { arrays: count, pointedTo: shown, elements, arrayBytes: array },
  };
}

function wordView({ count, bytes, sums }: TallyRow, others: readonly OtherField[] = []): Wording {
  const { views = 0, shown = 0, elements = 0, array = 0, ofBytes = 0 } = sums;
  const unit = ofBytes === count ? "byte" : "element";
  return {
    problem:
      `${formatNumber(views, "view")} of ${formatNumber(shown, unit)} in all ${views === 1 ? "pins" : "pin"} ${formatBytes(bytes)}: ` +
      [
        `${formatNumber(count, "array")} of ${formatNumber(Math.round(elements / count), unit)}`,
        ...sayOthers("views", others),
      ].join("; "),
    evidence: { arrays: count, views, shown, elements, arrayBytes: array },
  };
}

/** "20 of the views are in main.event.title". */
function sayOthers(views: string, others: readonly OtherField[]): string[] {
  return others.slice(0, MOST_OTHERS).map((field) => {
    return `${formatCount(field.views)} of the ${views} ${field.views === 1 ? "is" : "are"} in ${shortenImports(field.name)}`;
  });
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

/** Inspections of slices: capacity that is not used, popped slots, arrays that small views or single elements pin. */
import { findReleased } from "../../analysis/references/released.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { shortenImports } from "../../heap/short-names.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { SEEN_BY_POINTER, SEEN_BY_SLICE } from "../../values/array-views.ts";
import type { Finding } from "../finding.ts";
import { findPartlyUsed, type PartlyUsedArrays } from "./arrays.ts";
import { type Facts, isGuessed, makeFindings, type Wording } from "./facts.ts";
import { findOtherFields, type OtherField } from "./other-fields.ts";
import { findOutside } from "./outside-pointers.ts";
import { isBuffer } from "./pools.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Other fields with views of the same arrays that are named. */
const MOST_OTHERS = 2;

/** Finds what is wrong with slices. */
export async function inspectSlices(facts: Facts, progress: Progress): Promise<Finding[]> {
  const partly = await findPartlyUsed(facts, progress);
  const outside = findOutside(facts, partly);
  const { bytes } = await findReleased(
    facts.heap,
    { edges: outside.edge, rootEdges: [] },
    (pointer) => outside.array[pointer]!,
    partly.arrays.length,
    progress,
  );
  const tallies = {
    popped: new Tally((place) => facts.holders.places.name(place)),
    element: new Tally((place) => facts.holders.places.name(place)),
    view: new Tally((place) => facts.holders.places.name(place)),
    capacity: new Tally((place) => facts.holders.places.name(place)),
  };
  const noPlaces = (): Int32Array => new Int32Array(partly.coverage.object.length).fill(-1);
  /** By row of the coverage: the place of what is pinned, and of what has too much capacity. One field may have both. */
  const viewPlace = noPlaces();
  const capacityPlace = noPlaces();
  for (const [k, array] of partly.arrays.entries()) {
    const place = facts.holders.placeOf(array.object);
    const guessed = isGuessed(facts, array.object);
    const isBySlice = (array.seen & SEEN_BY_SLICE) !== 0;
    const sums = { elements: array.length, shown: array.used / array.elementSize, array: array.size };
    if (isBySlice && outside.slots[k]! > 0) {
      tallies.popped.addBad(place, array.object, bytes[k]!, guessed, { ...sums, slots: outside.slots[k]! });
    }
    if (array.seen === SEEN_BY_POINTER) {
      if (array.used < array.size / 2) {
        tallies.element.addBad(place, array.object, array.size - array.used + bytes[k]!, guessed, sums);
      }
      continue;
    }
    if (!isPinnedBy(facts.heap.objects, array.object, array.used, array.size)) continue;
    // Told as an idle buffer or as a pool's: nobody asked for too much, but nobody gives it back.
    if (array.used === 0 && isBuffer(facts, array.object)) continue;
    // What is not shown is mostly capacity that may still be used, or mostly beyond reach.
    const isBeyondReach = array.size - array.room > array.room - array.used;
    const views = partly.coverage.views[array.row]!;
    (isBeyondReach ? viewPlace : capacityPlace)[array.row] = place;
    const tally = isBeyondReach ? tallies.view : tallies.capacity;
    tally.addBad(place, array.object, array.size - array.used, guessed, {
      ...sums,
      views,
      ofBytes: array.elementSize === 1 ? 1 : 0,
    });
  }
  countGood(facts, tallies);
  const pinned = nameOthers(facts, partly, viewPlace);
  const roomy = nameOthers(facts, partly, capacityPlace);
  return [
    ...makeFindings(facts, "popped-slots", tallies.popped.bad(), wordPopped),
    ...makeFindings(facts, "pinned-by-element", tallies.element.bad(), wordElement),
    ...makeFindings(facts, "pinned-by-view", tallies.view.bad(), (row) => wordView(row, pinned.get(row.holder))),
    ...makeFindings(facts, "unused-capacity", tallies.capacity.bad(), (row) =>
      wordCapacity(row, roomy.get(row.holder)),
    ),
  ];
}

/** By the name of a place the other fields that show its arrays. */
function nameOthers(
  facts: Facts,
  { coverage }: PartlyUsedArrays,
  placeOf: Int32Array,
): ReadonlyMap<string, readonly OtherField[]> {
  const { places } = facts.holders;
  return new Map([...findOtherFields(facts, coverage, placeOf)].map(([place, fields]) => [places.name(place), fields]));
}

type Tallies = Readonly<Record<"popped" | "element" | "view" | "capacity", Tally>>;

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
function countGood({ values, holders }: Facts, tallies: Tallies): void {
  const all = Object.values(tallies);
  const counts = new Map(all.flatMap((tally) => [...tally.holders]).map((place) => [place, 0]));
  if (counts.size === 0) return;
  const { set, seen } = values.views;
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (seen[i] === 0) continue;
    const place = holders.placeOf(object);
    const count = counts.get(place);
    if (count !== undefined) counts.set(place, count + 1);
  }
  for (const [place, count] of counts) for (const tally of all) tally.addToKnown(place, count);
}

function wordPopped({ count, bytes, sums }: TallyRow): Wording {
  const { slots = 0, shown = 0, elements = 0, array = 0 } = sums;
  return {
    problem:
      `${formatNumber(slots, "popped slot")} still point to ${formatBytes(bytes)}: ` +
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

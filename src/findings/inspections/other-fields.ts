/**
 * Other fields: what else shows the arrays that a finding names one field of. Who copies only what that one shows frees nothing.
 * By views in objects; those on stacks and in package variables are not counted.
 */
import type { Heap } from "../../heap/heap.ts";
import type { CoverageColumns } from "../../values/coverage.ts";
import type { Holders } from "../../values/holders.ts";

/** A field that shows some of the arrays, and by how many views. */
export interface OtherField {
  readonly name: string;
  readonly views: number;
}

/** With fewer of the views, a field is an exception. */
const LEAST_SHARE = 0.1;

/**
 * Finds the fields that show many of a place's arrays beside that place; those with most views first. Linear in the views.
 * @param placeOf by row of the coverage; -1 if it is not asked for
 */
export function findOtherFields(
  heap: Heap,
  holders: Holders,
  { viewArray, viewSource, viewWord }: CoverageColumns,
  placeOf: Int32Array,
): ReadonlyMap<number, readonly OtherField[]> {
  const { objects, types } = heap;
  const tallies = new Map<number, { all: number; readonly others: Map<number, number> }>();
  for (let view = 0; view < viewArray.length; view++) {
    const place = placeOf[viewArray[view]!]!;
    if (place < 0) continue;
    let tally = tallies.get(place);
    if (tally === undefined) {
      tally = { all: 0, others: new Map() };
      tallies.set(place, tally);
    }
    tally.all++;
    const source = viewSource[view]!;
    if (source < 0) continue;
    const type = objects.type[source]!;
    const other = holders.placeOfWord(source, type, types.layouts!.of(type)!, viewWord[view]!);
    if (other !== place) tally.others.set(other, (tally.others.get(other) ?? 0) + 1);
  }
  return new Map(
    [...tallies].map(([place, { all, others }]) => [
      place,
      [...others]
        .filter(([, views]) => views >= LEAST_SHARE * all)
        .map(([other, views]) => ({ name: holders.places.name(other), views }))
        .sort((a, b) => b.views - a.views || (a.name < b.name ? -1 : 1)),
    ]),
  );
}

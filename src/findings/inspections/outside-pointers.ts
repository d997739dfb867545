/** Pointers in arrays outside of what any view shows: popped slots, and elements that nobody points to. */
import { float64Column, int32Column, uint32Column } from "../../heap/columns.ts";
import { HAS_POINTERS, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { PartlyUsedArrays } from "./arrays.ts";
import type { Facts } from "./facts.ts";

/** Pointers between two breaths. */
const SLICE = 1 << 18;

export interface OutsidePointers {
  /** Edges, ascending. */
  readonly edge: Uint32Array;
  /** The array that each is in, by its index among `PartlyUsedArrays`. */
  readonly array: Int32Array;
  /** By array: elements with such pointers. */
  readonly slots: Float64Array;
}

/** Linear in the pointers of these arrays. */
export function findOutside({ heap }: Facts, arrays: PartlyUsedArrays): OutsidePointers {
  const { objects, edges } = heap;
  const { coverage } = arrays;
  const edge = uint32Column();
  const array = int32Column();
  const slots = new Float64Array(arrays.count);
  for (let k = 0; k < arrays.count; k++) {
    const row = arrays.row[k]!;
    const object = coverage.object[row]!;
    const elementSize = arrays.elementSize[k]!;
    if ((objects.flags[object]! & HAS_POINTERS) === 0) continue;
    const base = valueOffset(objects, object);
    let stretch = coverage.start[row]!;
    const afterStretches = coverage.start[row + 1]!;
    let slot = -1;
    for (let e = edges.start[object]!; e < edges.start[object + 1]!; e++) {
      const at = edges.offset[e]! - base;
      while (stretch < afterStretches && coverage.end[stretch]! <= at) stretch++;
      if (stretch < afterStretches && coverage.from[stretch]! <= at) continue;
      edge.push(e);
      array.push(k);
      const element = Math.floor(at / elementSize);
      if (element !== slot) slots[k]!++;
      slot = element;
    }
  }
  return { edge: edge.values, array: array.values, slots };
}

/** Slots of arrays in one place that lead to what those in another place lead to as well. */
export interface SharedSlots {
  /** The other place. */
  readonly place: number;
  readonly count: number;
}

/**
 * Finds places whose arrays have pointers outside to the same objects: to clear those of one place frees nothing of these. By place, most
 * first. Sorts the pointers to what is released.
 * @param isReleased whether nothing but such pointers leads to an object
 * @param placeOf by array; below 0 for those that do not count
 */
export async function findSharedSlots(
  { heap }: Pick<Facts, "heap">,
  { edge, array }: Pick<OutsidePointers, "edge" | "array">,
  isReleased: (object: number) => boolean,
  placeOf: Int32Array,
  progress: Progress,
): Promise<ReadonlyMap<number, readonly SharedSlots[]>> {
  const places = [...new Set(placeOf)].filter((place) => place >= 0);
  const rankOf = new Map(places.map((place, rank) => [place, rank]));
  /** Target and rank of the place, as one number. */
  const keys = float64Column();
  for (let i = 0; i < edge.length; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    const target = heap.edges.to[edge[i]!]!;
    const rank = rankOf.get(placeOf[array[i]!]!);
    if (rank !== undefined && isReleased(target)) keys.push(target * places.length + rank);
  }
  const counts = new Map<number, Map<number, number>>();
  const sorted = keys.finish().sort();
  let nextBreath = SLICE;
  for (let first = 0, after = 0; first < sorted.length; first = after) {
    if (first >= nextBreath) {
      await breathe(progress);
      nextBreath = first + SLICE;
    }
    const target = Math.floor(sorted[first]! / places.length);
    const ranks: number[] = [];
    for (; after < sorted.length && Math.floor(sorted[after]! / places.length) === target; after++) {
      const rank = sorted[after]! % places.length;
      if (ranks.at(-1) !== rank) ranks.push(rank);
    }
    // More of them say as much.
    const [one, other] = ranks;
    if (other === undefined) continue;
    addTo(counts, places[one!]!, places[other]!);
    addTo(counts, places[other]!, places[one!]!);
  }
  return new Map(
    [...counts].map(([place, others]) => [
      place,
      [...others].map(([other, count]) => ({ place: other, count })).sort((a, b) => b.count - a.count),
    ]),
  );
}

function addTo(counts: Map<number, Map<number, number>>, place: number, other: number): void {
  const ofPlace = counts.get(place) ?? new Map<number, number>();
  counts.set(place, ofPlace);
  ofPlace.set(other, (ofPlace.get(other) ?? 0) + 1);
}

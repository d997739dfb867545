/**
 * Arrays of which less is in use than they are: which they are, and exactly how much is in use. A first look at all arrays
 * (`ArrayViews`) chooses those that a second (`findCoverage`) is worth.
 */

import { float64Column, int32Column, uint8Column } from "../../heap/columns.ts";
import { leastSizeOf } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, objectSize, REACHABLE, valueOffset } from "../../heap/objects.ts";
import { Structure } from "../../heap/value-layouts.ts";
import type { Progress } from "../../progress.ts";
import { POINTERS_OUTSIDE } from "../../values/array-views.ts";
import { type CoverageColumns, findCoverage } from "../../values/coverage.ts";
import type { Facts } from "./facts.ts";

/** Slots of the allocator's tiny values, that several strings share. */
const TINY_SIZE = 16;

/** Arrays, and bytes of strings, that are not in use as a whole; by ascending object. A heap may have a million. */
export interface PartlyUsedArrays {
  /** What views show of them, and of others. */
  readonly coverage: CoverageColumns;
  readonly count: number;
  /** The row of each in the coverage. */
  readonly row: Int32Array;
  /** SEEN_BY_…. */
  readonly seen: Uint8Array;
  /** Bytes of an element, … */
  readonly elementSize: Float64Array;
  /** … and elements. */
  readonly length: Float64Array;
}

/** Finds the arrays that are not in use as a whole, and what is known of them. */
export async function findPartlyUsed(facts: Facts, progress: Progress): Promise<PartlyUsedArrays> {
  const { heap, values } = facts;
  const coverage = await findCoverage(heap, chooseArrays(facts), progress);
  const rows = int32Column();
  const seen = uint8Column();
  const elementSizes = float64Column();
  const lengths = float64Column();
  for (let row = 0; row < coverage.object.length; row++) {
    if (coverage.isDoubtful[row] === 1 || coverage.views[row] === 0) continue;
    const object = coverage.object[row]!;
    const elementSize = heap.types.layouts!.of(heap.objects.type[object]!)?.size || 1;
    const i = values.views.set.indexOf(object);
    rows.push(row);
    seen.push(values.views.seen[i]!);
    elementSizes.push(elementSize);
    lengths.push(lengthOf(heap, object, elementSize, values.views.capacityEnd.get(i), coverage.room[row]!));
  }
  return {
    coverage,
    count: rows.count,
    row: rows.values,
    seen: seen.values,
    elementSize: elementSizes.values,
    length: lengths.values,
  };
}

/**
 * Elements that an array was made with. The slot is larger than that by what its size class adds: so the end of what slices
 * have the capacity for, or the last element with a pointer, where that explains the slot; else all that there is room for.
 */
function lengthOf(
  { objects, edges }: Heap,
  object: number,
  elementSize: number,
  capacityEnd: number,
  room: number,
): number {
  const slot = objectSize(objects, object);
  const base = valueOffset(objects, object);
  const most = Math.floor((slot - base) / elementSize);
  const least = Math.ceil(Math.max(1, leastSizeOf(slot) - base) / elementSize);
  const byCapacity = Math.floor(capacityEnd / elementSize);
  const after = edges.start[object + 1]!;
  const hasPointers = after > edges.start[object]!;
  // What small views of bytes are cut out of may go on behind all of them.
  const isMeant = hasPointers || room >= (most * elementSize) / 2;
  if (byCapacity >= least && isMeant) return Math.min(most, byCapacity);
  if (!hasPointers) return most;
  const last = Math.floor((edges.offset[after - 1]! - base) / elementSize) + 1;
  return Math.min(most, Math.max(least, last));
}

/** Arrays that show less than half, or have pointers outside of what they show. */
function chooseArrays({ heap, values, containers }: Facts): Int32Array {
  const { objects, types } = heap;
  const { set, used, seen, shown } = values.views;
  const structure = types.layouts?.structure;
  const chosen = int32Column();
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (seen[i] === 0 || (objects.flags[object]! & REACHABLE) === 0) continue;
    // The memory of maps and channels is in use in other ways.
    if (structure?.[objects.type[object]!] !== Structure.NONE || containers[object] !== object) continue;
    // Of untyped memory with pointers it is not known what its elements are.
    const isTyped = types.layouts?.of(objects.type[object]!) !== undefined;
    if (!isTyped && (objects.flags[object]! & HAS_POINTERS) !== 0) continue;
    const size = objectSize(objects, object) - valueOffset(objects, object);
    if (size <= TINY_SIZE) continue;
    const isSparse = used.get(i) < size / 2;
    if (isSparse || (shown[i]! & POINTERS_OUTSIDE) !== 0) chosen.push(object);
  }
  return chosen.values;
}

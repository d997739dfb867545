/**
 * Arrays of which less is in use than they are: which they are, and exactly how much is in use. A first look at all arrays
 * (`ArrayViews`) chooses those that a second (`findCoverage`) is worth.
 */
import { leastSizeOf } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, objectSize, REACHABLE, valueOffset } from "../../heap/objects.ts";
import { Structure } from "../../heap/value-layouts.ts";
import type { Progress } from "../../progress.ts";
import { type CoverageColumns, findCoverage } from "../../values/coverage.ts";
import type { Facts } from "./facts.ts";

/** Slots of the allocator's tiny values, that several strings share. */
const TINY_SIZE = 16;

/** An array, or the bytes of strings, that is not in use as a whole. */
export interface PartlyUsedArray {
  readonly object: number;
  /** Its row in the coverage. */
  readonly row: number;
  /** SEEN_BY_…. */
  readonly seen: number;
  /** Bytes of an element, and elements. */
  readonly elementSize: number;
  readonly length: number;
  /** Bytes of all elements; that views show; that they show or have the capacity for. */
  readonly size: number;
  readonly used: number;
  readonly room: number;
}

export interface PartlyUsedArrays {
  readonly coverage: CoverageColumns;
  readonly arrays: readonly PartlyUsedArray[];
}

/** Finds the arrays that are not in use as a whole, ascending, and all that is known of them. */
export async function findPartlyUsed(facts: Facts, progress: Progress): Promise<PartlyUsedArrays> {
  const { heap, values } = facts;
  const coverage = await findCoverage(heap, chooseArrays(facts), progress);
  const arrays: PartlyUsedArray[] = [];
  for (const [row, object] of coverage.object.entries()) {
    if (coverage.isDoubtful[row] === 1 || coverage.views[row] === 0) continue;
    const elementSize = heap.types.layouts!.of(heap.objects.type[object]!)?.size || 1;
    const i = values.views.set.indexOf(object);
    const [used, room] = [coverage.used[row]!, coverage.room[row]!];
    const length = lengthOf(heap, object, elementSize, values.views.capacityEnd[i]!, room);
    const seen = values.views.seen[i]!;
    arrays.push({ object, row, seen, elementSize, length, size: length * elementSize, used, room });
  }
  return { coverage, arrays };
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
  const { set, from, end, used, seen } = values.views;
  const structure = types.layouts?.structure;
  const chosen: number[] = [];
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (seen[i] === 0 || (objects.flags[object]! & REACHABLE) === 0) continue;
    // The memory of maps and channels is in use in other ways.
    if (structure?.[objects.type[object]!] !== Structure.NONE || containers[object] !== object) continue;
    // Of untyped memory with pointers it is not known what its elements are.
    const isTyped = types.layouts?.of(objects.type[object]!) !== undefined;
    if (!isTyped && (objects.flags[object]! & HAS_POINTERS) !== 0) continue;
    const size = objectSize(objects, object) - valueOffset(objects, object);
    if (size <= TINY_SIZE) continue;
    const isSparse = used[i]! < size / 2;
    if (isSparse || hasPointersOutside(heap, object, from[i]!, end[i]!, used[i]!)) chosen.push(object);
  }
  return Int32Array.from(chosen);
}

/** Whether an array has pointers outside of a stretch, or has perhaps, because views leave some of the stretch out. */
function hasPointersOutside(
  { objects, edges }: Heap,
  object: number,
  from: number,
  end: number,
  used: number,
): boolean {
  if ((objects.flags[object]! & HAS_POINTERS) === 0) return false;
  const first = edges.start[object]!;
  const after = edges.start[object + 1]!;
  if (first === after) return false;
  const base = valueOffset(objects, object);
  return used < end - from || edges.offset[first]! - base < from || edges.offset[after - 1]! - base >= end;
}

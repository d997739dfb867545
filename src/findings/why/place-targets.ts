/** Place targets: what hangs on a field or variable, by the names that findings and the largest types have for these. */
import type { Heap } from "../../heap/heap.ts";
import { REACHABLE } from "../../heap/objects.ts";
import { isWrittenAs } from "../../heap/short-names.ts";
import { breathe, type Progress } from "../../progress.ts";
import { computeHolders } from "../../values/values.ts";

/** Objects between two breaths. */
const SLICE = 1 << 18;

/**
 * Finds the live objects that hang on a place, as the report says where most of a type is: "main.Entry.Fields" of entries that are
 * only in arrays, "main.World.threat (key)". Ascending; of a map or channel one object, unless there are only parts. Costs who holds
 * what (`computeHolders`); linear in the objects.
 */
export async function findPlaceTargets(
  heap: Heap,
  text: string,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<readonly number[]> {
  const { objects, types } = heap;
  if (types.layouts === undefined) return [];
  const holders = await computeHolders(heap, progress);
  // Others number the places as they meet them, and must do so whether or not this was asked before.
  const places = holders.places.copy();
  /** By place. */
  const isMeant: boolean[] = [];
  const parts: number[] = [];
  const found: number[] = [];
  for (let from = 0; from < objects.count; from += SLICE) {
    await breathe(progress);
    const end = Math.min(objects.count, from + SLICE);
    for (let object = from; object < end; object++) {
      if ((objects.flags[object]! & REACHABLE) === 0) continue;
      const place = holders.placeOf(object, places);
      isMeant[place] ??= isWrittenAs(places.name(place), text);
      if (isMeant[place]) (container === undefined || container[object] === object ? found : parts).push(object);
    }
  }
  return found.length > 0 ? found : parts;
}

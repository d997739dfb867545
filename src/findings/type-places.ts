/** Type places: the fields and variables that the objects of the largest types hang on, as findings name them: "main.Event.Body". */
import { computeHistogram } from "../analysis/histogram.ts";
import type { Heap } from "../heap/heap.ts";
import { memoise } from "../heap/memo.ts";
import { objectSize, REACHABLE } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";
import { computeHolders } from "../values/values.ts";

/** How many live objects of a type hang on a place, and their shallow sizes. */
export interface TypePlace {
  /** "main.Event.Body", "main.cache[]". */
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** Types that are looked at: those whose live objects take most. */
const MOST_TYPES = 10;
/** Places of each that are told, … */
const MOST_PLACES = 3;
/** … if they have this share of its bytes. */
const LEAST = 0.1;
/** Objects between two breaths. */
const SLICE = 1 << 18;
const NO_PLACE = -1;

/**
 * Finds where the live objects of the largest types hang, most bytes first, by row of the type table; memoised per heap, which has to
 * have types. Costs who holds what (`computeHolders`), which whoever has it lends; linear in the objects.
 */
export const computeTypePlaces = memoise(
  async (heap: Heap, progress: Progress): Promise<ReadonlyMap<number, readonly TypePlace[]>> => {
    const { objects, types } = heap;
    const { reachableBytes: bytes } = await computeHistogram(heap, progress);
    const largest = Array.from({ length: types.count }, (_, row) => row)
      .filter((row) => bytes[row]! > 0)
      .sort((a, b) => bytes[b]! - bytes[a]! || a - b)
      .slice(0, MOST_TYPES);
    const tallies = new Map(largest.map((row) => [row, new Tally()]));
    const isLargest = new Uint8Array(types.count);
    for (const row of largest) isLargest[row] = 1;
    const holders = await computeHolders(heap, progress);
    // Others number the places as they meet them, and must do so whether or not this was asked before.
    const places = holders.places.copy();
    for (let from = 0; from < objects.count; from += SLICE) {
      await breathe(progress);
      const end = Math.min(objects.count, from + SLICE);
      for (let object = from; object < end; object++) {
        const row = objects.type[object]!;
        if (isLargest[row] === 0 || (objects.flags[object]! & REACHABLE) === 0) continue;
        tallies.get(row)!.add(holders.placeOf(object, places), objectSize(objects, object));
      }
    }
    return new Map(
      largest.map((row) => {
        const found = [...tallies.get(row)!.finish()]
          .map(([place, sum]) => ({ name: places.name(place), ...sum }))
          // What nothing known holds is called after its type.
          .filter((place) => place.name !== types.names[row] && place.bytes >= LEAST * bytes[row]!)
          .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
        return [row, found.slice(0, MOST_PLACES)] as const;
      }),
    );
  },
);

/** Sums by place. Objects of one type that lie side by side mostly hang on one place, so only a change costs a look at the map. */
class Tally {
  readonly #sums = new Map<number, { count: number; bytes: number }>();
  #place = NO_PLACE;
  #count = 0;
  #bytes = 0;

  add(place: number, bytes: number): void {
    if (place !== this.#place) {
      this.#flush();
      this.#place = place;
    }
    this.#count++;
    this.#bytes += bytes;
  }

  finish(): ReadonlyMap<number, { count: number; bytes: number }> {
    this.#flush();
    return this.#sums;
  }

  #flush(): void {
    if (this.#count === 0) return;
    const sum = this.#sums.get(this.#place);
    if (sum === undefined) this.#sums.set(this.#place, { count: this.#count, bytes: this.#bytes });
    else {
      sum.count += this.#count;
      sum.bytes += this.#bytes;
    }
    this.#count = 0;
    this.#bytes = 0;
  }
}

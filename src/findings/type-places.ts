/** Type places: the fields and variables that the objects of the largest types hang on, as findings name them: "main.Event.Body". */
import { computeHistogram } from "../analysis/histogram.ts";
import type { Heap } from "../heap/heap.ts";
import { memoise } from "../heap/memo.ts";
import { objectSize, REACHABLE } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";
import { computeHolders } from "../values/values.ts";
import type { HeldObject } from "./back-pointers.ts";

/** How many live objects of a type hang on a place, and their shallow sizes. */
export interface TypePlace {
  /** "main.Event.Body", "main.cache[]". */
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  /** Of the objects, those that hang on it only if a type that is guessed is right. */
  readonly guessed: number;
}

/** The same with some of the objects, each with what has the pointer. */
export interface FoundPlace extends TypePlace {
  readonly examples: readonly HeldObject[];
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
/** Examples of a place: one of so many objects, … */
const EXAMPLE_EVERY = 64;
/** … and no more than these. */
const MOST_EXAMPLES = 256;

/**
 * Finds where the live objects of the largest types hang, most bytes first, by row of the type table; memoised per heap, which has to
 * have types. Costs who holds what (`computeHolders`), which whoever has it lends; linear in the objects.
 */
export const computeTypePlaces = memoise(
  async (heap: Heap, progress: Progress): Promise<ReadonlyMap<number, readonly FoundPlace[]>> => {
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
        const tally = tallies.get(row)!;
        tally.add(holders.placeOf(object, places), objectSize(objects, object), holders.isPlaceGuessed(object));
        if (tally.wantsExample) tally.addExample({ object, holder: holders.ownerOf(object) });
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

interface PlaceSum {
  count: number;
  bytes: number;
  guessed: number;
  readonly examples: HeldObject[];
}

/** Sums by place. Objects of one type that lie side by side mostly hang on one place, so only a change costs a look at the map. */
class Tally {
  readonly #sums = new Map<number, PlaceSum>();
  #place = NO_PLACE;
  #sum: PlaceSum = { count: 0, bytes: 0, guessed: 0, examples: [] };

  add(place: number, bytes: number, isGuessed: boolean): void {
    if (place !== this.#place) this.#turnTo(place);
    this.#sum.count++;
    this.#sum.bytes += bytes;
    if (isGuessed) this.#sum.guessed++;
  }

  /** Whether the object that was added last is to be an example. */
  get wantsExample(): boolean {
    const { count, examples } = this.#sum;
    return count % EXAMPLE_EVERY === 1 && examples.length < MOST_EXAMPLES;
  }

  addExample(example: HeldObject): void {
    this.#sum.examples.push(example);
  }

  finish(): ReadonlyMap<number, PlaceSum> {
    return this.#sums;
  }

  #turnTo(place: number): void {
    this.#place = place;
    let sum = this.#sums.get(place);
    if (sum === undefined) {
      sum = { count: 0, bytes: 0, guessed: 0, examples: [] };
      this.#sums.set(place, sum);
    }
    this.#sum = sum;
  }
}

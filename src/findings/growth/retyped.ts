/** Retyped: objects that are in two dumps, as of two types, since the type is guessed, or not known, in one of them. */
import type { RetypedObjects } from "./growth.ts";

/** Pairs of types that are told apart; of a hostile dump each object could be one. */
const MOST_PAIRS = 10_000;
/** Pairs of a step that are told: of a step that tells so many, there may be more. */
export const MOST_TOLD = 20;

/** By number of type, and by pair of types. */
export class Retyped {
  /** By number of type: objects that are told of it in the later dump and of others in the earlier one, less those the other way round. */
  readonly count: Float64Array;
  /** Their bytes. */
  readonly bytes: Float64Array;
  readonly #pairs = new Map<number, { count: number; bytes: number }>();

  constructor(typeCount: number) {
    this.count = new Float64Array(typeCount);
    this.bytes = new Float64Array(typeCount);
  }

  /** Adds an object, by the numbers of its types. O(1). */
  add(before: number, after: number, bytes: number): void {
    this.count[after]!++;
    this.count[before]!--;
    this.bytes[after]! += bytes;
    this.bytes[before]! -= bytes;
    const key = before * this.count.length + after;
    const known = this.#pairs.get(key);
    if (known !== undefined) {
      known.count++;
      known.bytes += bytes;
    } else if (this.#pairs.size < MOST_PAIRS) this.#pairs.set(key, { count: 1, bytes });
  }

  /** Of the pairs that are told apart, those with most bytes. */
  list(names: readonly string[]): RetypedObjects[] {
    const typeCount = this.count.length;
    return [...this.#pairs]
      .sort(([a, { bytes: ofA }], [b, { bytes: ofB }]) => ofB - ofA || a - b)
      .slice(0, MOST_TOLD)
      .map(([key, sum]) => ({ before: names[Math.floor(key / typeCount)]!, after: names[key % typeCount]!, ...sum }));
  }
}

/** TurnoverSum: objects that came, went and stayed, over several steps. */
import type { GrowthTurnover } from "./growth.ts";
import type { Turnover } from "./matching.ts";

export class TurnoverSum {
  #added = new Float64Array(0);
  #gone = new Float64Array(0);
  #kept = new Float64Array(0);

  /** Adds a step; its columns may be longer than those before. */
  add({ added, gone, kept }: Turnover): void {
    this.#added = addColumns(this.#added, added);
    this.#gone = addColumns(this.#gone, gone);
    // Of the last step: what stayed at one step may have gone at the next.
    this.#kept = Float64Array.from(kept);
  }

  /** Of a number of a type, or a row of a path. */
  of(index: number): GrowthTurnover {
    return { added: this.#added[index] ?? 0, gone: this.#gone[index] ?? 0, kept: this.#kept[index] ?? 0 };
  }
}

/** The sum of two columns, of which the second may be longer. */
export function addColumns(before: Float64Array, step: Float64Array): Float64Array<ArrayBuffer> {
  const total = Float64Array.from(step);
  for (let i = 0; i < before.length; i++) total[i]! += before[i]!;
  return total;
}

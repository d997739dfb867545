/**
 * WaySteps: the steps of a way as they are told. Of many alike in a row, such as those along a chain of contexts, the first and the
 * last are; and of any way no more than a few hundred, for a dump may have a chain of millions.
 */

import type { TypeSourceName } from "../guessed.ts";

/** A step of a way: a pointer, and what it leads to. */
export interface WhyStep {
  /** What the pointer is called: "main.store", "sessions", `["u17"]`. */
  readonly name: string;
  readonly type: string;
  readonly typeSource: TypeSourceName;
  readonly address: string;
  /** Steps right before it that are left out. */
  readonly skipped: number;
}

/** So many alike in a row are told one by one. */
const MOST_ALIKE = 4;
/** Steps at the beginning, and at the end, of those that are left when alike ones are told once. */
const MOST_AT_END = 100;

export class WaySteps {
  readonly #first: WhyStep[] = [];
  readonly #last: WhyStep[] = [];
  /** The last steps, which are alike. */
  #alike: WhyStep[] = [];
  #alikeCount = 0;
  /** Left out between the first and the last. */
  #skipped = 0;

  add(step: Omit<WhyStep, "skipped">): void {
    const before = this.#alike.at(-1);
    if (before !== undefined && (before.name !== step.name || before.type !== step.type)) this.#endAlike();
    this.#alikeCount++;
    if (this.#alike.length === MOST_ALIKE) this.#alike.pop();
    this.#alike.push({ ...step, skipped: 0 });
  }

  /** All of them; nothing may be added any more. */
  finish(): readonly WhyStep[] {
    this.#endAlike();
    const [next, ...rest] = this.#last;
    return next === undefined
      ? this.#first
      : [...this.#first, { ...next, skipped: next.skipped + this.#skipped }, ...rest];
  }

  #endAlike(): void {
    const left = this.#alikeCount - this.#alike.length;
    const [first, ...others] = this.#alike;
    const last = others.at(-1);
    if (left === 0) for (const step of this.#alike) this.#push(step);
    else {
      this.#push(first!);
      this.#push({ ...last!, skipped: left + others.length - 1 });
    }
    this.#alike = [];
    this.#alikeCount = 0;
  }

  #push(step: WhyStep): void {
    if (this.#first.length < MOST_AT_END) {
      this.#first.push(step);
      return;
    }
    this.#last.push(step);
    if (this.#last.length > 2 * MOST_AT_END) {
      for (const { skipped } of this.#last.splice(0, MOST_AT_END)) this.#skipped += skipped + 1;
    }
  }
}

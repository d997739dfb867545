/**
 * WaySteps: the steps of a way as they are told. Of many alike in a row, such as those along a chain of contexts, the first and the
 * last are, and where a few take turns, such as handlers that wrap one another, these once at either end; and of any way no more than a
 * few hundred, for a dump may have a chain of millions.
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

/** So many rounds in a row are told whole. */
const MOST_ALIKE = 4;
/** Steps of a round at the most, one of steps that are alike. */
const LONGEST_ROUND = 4;
/** Steps that may be the beginning of rounds. */
const MOST_WAITING = (MOST_ALIKE + 1) * LONGEST_ROUND;
/** Steps at the beginning, and at the end, of those that are left when rounds are told once. */
const MOST_AT_END = 100;

type OpenStep = Omit<WhyStep, "skipped">;

export class WaySteps {
  readonly #first: WhyStep[] = [];
  readonly #last: WhyStep[] = [];
  /** The last steps, if they are not in rounds. */
  #waiting: OpenStep[] = [];
  /** Else the last round. */
  #round: OpenStep[] = [];
  /** Steps between the first round and the last. */
  #between = 0;
  /** Left out between the first and the last. */
  #skipped = 0;

  add(step: OpenStep): void {
    if (this.#round.length > 0) {
      if (areAlike(this.#round[0]!, step)) {
        this.#round.shift();
        this.#round.push(step);
        this.#between++;
        return;
      }
      this.#endRounds();
    }
    this.#waiting.push(step);
    const length = this.#findRounds();
    if (length > 0) this.#beginRounds(length);
    else if (this.#waiting.length === MOST_WAITING) this.#push({ ...this.#waiting.shift()!, skipped: 0 });
  }

  /** All of them; nothing may be added any more. */
  finish(): readonly WhyStep[] {
    this.#endRounds();
    const [next, ...rest] = this.#last;
    return next === undefined
      ? this.#first
      : [...this.#first, { ...next, skipped: next.skipped + this.#skipped }, ...rest];
  }

  /** The length of the rounds that the last steps are, if there are too many to be told whole; else 0. */
  #findRounds(): number {
    const end = this.#waiting.length;
    for (let length = 1; length <= LONGEST_ROUND; length++) {
      const start = end - (MOST_ALIKE + 1) * length;
      if (start < 0) return 0;
      let at = end - 1;
      while (at >= start + length && areAlike(this.#waiting[at]!, this.#waiting[at - length]!)) at--;
      if (at < start + length) return length;
    }
    return 0;
  }

  #beginRounds(length: number): void {
    const steps = this.#waiting;
    const start = steps.length - (MOST_ALIKE + 1) * length;
    for (const step of steps.slice(0, start + length)) this.#push({ ...step, skipped: 0 });
    this.#round = steps.slice(-length);
    this.#between = (MOST_ALIKE - 1) * length;
    this.#waiting = [];
  }

  /** Tells the steps that wait, and the last round. */
  #endRounds(): void {
    const steps = [...this.#waiting, ...this.#round];
    for (const [i, step] of steps.entries()) this.#push({ ...step, skipped: i === 0 ? this.#between : 0 });
    this.#waiting = [];
    this.#round = [];
    this.#between = 0;
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

function areAlike(step: OpenStep, other: OpenStep): boolean {
  return step.name === other.name && step.type === other.type;
}

/** What a run found, for people. */
import type { TrialEnd } from "./supervisor.ts";

/** Of the slowest inputs, and of faults with the same words, so many are shown. */
const SHOWN = 5;

export class FuzzReport {
  readonly #seed: number;
  readonly #started = performance.now();
  /** "step ending" → how often. */
  readonly #endings = new Map<string, number>();
  readonly #slowest: TrialEnd[] = [];
  /** By the step and the first line of what was wrong. */
  readonly #faults = new Map<string, TrialEnd[]>();
  readonly #unfinished: number[] = [];
  #inputs = 0;
  #peak = 0;
  #milliseconds = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get hasFaults(): boolean {
    return this.#faults.size > 0;
  }

  add(end: TrialEnd): void {
    this.#inputs++;
    this.#milliseconds += end.milliseconds;
    this.#peak = Math.max(this.#peak, end.peakMegabytes);
    for (const [step, ending] of end.endings) {
      const key = `${step} ${ending}`;
      this.#endings.set(key, (this.#endings.get(key) ?? 0) + 1);
    }
    this.#slowest.push(end);
    this.#slowest.sort((a, b) => b.milliseconds - a.milliseconds).splice(SHOWN);
    if (end.fault === undefined) return;
    const key = `${end.fault.step}: ${end.fault.message.split("\n").slice(0, 2).join("\n").replaceAll(/\d+/g, "N")}`;
    this.#faults.set(key, [...(this.#faults.get(key) ?? []), end]);
  }

  /** An input that was given up because time was up; no fault, and not counted as tried. */
  addUnfinished(index: number): void {
    this.#unfinished.push(index);
  }

  /** How to try one input again. */
  repeat(index: number): string {
    return `npm run fuzz -- --seed ${this.#seed} --only ${index}`;
  }

  /** How far a run is, in one line. */
  describeProgress(): string {
    const faults = [...this.#faults.values()].reduce((sum, ends) => sum + ends.length, 0);
    const [slowest] = this.#slowest;
    const slow =
      slowest === undefined ? "" : `, slowest ${format(Math.round(slowest.milliseconds))} ms (input ${slowest.index})`;
    return `${format(this.#inputs)} inputs, ${format(faults)} faults${slow}, peak ${format(Math.round(this.#peak))} MB`;
  }

  /** One fault, as it is found. */
  describeFault({ index, name, fault, kept }: TrialEnd): string {
    const where = kept === undefined ? "" : `\n  kept in ${kept}`;
    return `fault in input ${index} (${name}): ${fault!.message}${where}\n  ${this.repeat(index)}`;
  }

  render(): string {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = Math.round((this.#inputs / this.#milliseconds) * 60_000);
    const lines = [
      `${format(this.#inputs)} inputs of seed ${this.#seed} in ${Math.round(seconds)} s, ${format(rate)} a minute of processor time`,
      "how steps ended:",
      ...[...this.#endings]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, count]) => `${format(count).padStart(10)}  ${key}`),
      "slowest:",
      ...this.#slowest.map(
        ({ index, name, milliseconds }) =>
          `${format(Math.round(milliseconds)).padStart(10)} ms  input ${index}, ${name}`,
      ),
      `peak: ${format(Math.round(this.#peak))} MB`,
    ];
    if (this.#unfinished.length > 0) lines.push(`not finished when time was up: input ${this.#unfinished.join(", ")}`);
    for (const [key, ends] of this.#faults) {
      const some = ends.slice(0, SHOWN).map(({ index }) => this.repeat(index));
      lines.push(`${format(ends.length)} × ${key}`, ...some.map((line) => `  ${line}`));
    }
    lines.push(this.hasFaults ? `${format(this.#faults.size)} kinds of faults` : "no faults");
    return `${lines.join("\n")}\n`;
  }
}

function format(count: number): string {
  return count.toLocaleString("en");
}

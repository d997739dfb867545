/** Tally: instances that break a rule, by their holder, and what they are worth; and how many do not. */

/** Objects that are kept as examples. */
export const EXAMPLES = 8;

export interface TallyRow {
  /** What holds the instances. */
  readonly holder: string;
  /** Instances that break the rule. */
  count: number;
  /** All instances, these included; 0 where they are not counted. */
  all: number;
  /** What the bad ones are worth. */
  bytes: number;
  /** Of the bad ones, those whose type was guessed. */
  guessed: number;
  /** Sums over the bad ones. */
  readonly sums: Record<string, number>;
  /** The objects of the bad ones that are worth most, and what they are worth. */
  readonly examples: { readonly object: number; readonly bytes: number }[];
}

export class Tally {
  readonly #rows = new Map<number, TallyRow>();
  readonly #nameOf: (holder: number) => string;

  /** @param nameOf names a holder's number */
  constructor(nameOf: (holder: number) => string) {
    this.#nameOf = nameOf;
  }

  /** The row of a holder; a new one if there is none. */
  row(holder: number): TallyRow {
    let row = this.#rows.get(holder);
    if (row === undefined) {
      row = { holder: this.#nameOf(holder), count: 0, all: 0, bytes: 0, guessed: 0, sums: {}, examples: [] };
      this.#rows.set(holder, row);
    }
    return row;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** The holders with bad instances. */
  get holders(): Iterable<number> {
    return this.#rows.keys();
  }

  /** Forgets the holders whose bad instances are not worth enough, before more is found out about all that are left. */
  keepIf(isEnough: (bytes: number) => boolean): void {
    for (const [holder, { bytes }] of this.#rows) if (!isEnough(bytes)) this.#rows.delete(holder);
  }

  /** Counts instances, good or bad, of a holder with bad ones; of others it says nothing. */
  addToKnown(holder: number, count = 1): void {
    const row = this.#rows.get(holder);
    if (row !== undefined) row.all += count;
  }

  /** Adds a bad instance. */
  addBad(
    holder: number,
    object: number,
    bytes: number,
    isGuessed: boolean,
    sums: Readonly<Record<string, number>>,
  ): void {
    const row = this.row(holder);
    row.count++;
    row.bytes += bytes;
    if (isGuessed) row.guessed++;
    for (const name in sums) row.sums[name] = (row.sums[name] ?? 0) + sums[name]!;
    const { examples } = row;
    const last = examples.at(-1);
    if (examples.length === EXAMPLES && last !== undefined && last.bytes >= bytes) return;
    const at = examples.findIndex((example) => example.bytes < bytes);
    examples.splice(at < 0 ? examples.length : at, 0, { object, bytes });
    examples.length = Math.min(examples.length, EXAMPLES);
  }

  /**
   * Adds bad instances that are summed up already.
   * @param of of these, those whose type was guessed; and one to look at, if there is any
   */
  addSummed(
    holder: number,
    count: number,
    bytes: number,
    sums: Readonly<Record<string, number>>,
    { guessed = 0, example }: { readonly guessed?: number; readonly example?: number | undefined } = {},
  ): void {
    const row = this.row(holder);
    row.count += count;
    row.bytes += bytes;
    row.guessed += guessed;
    for (const [name, value] of Object.entries(sums)) row.sums[name] = (row.sums[name] ?? 0) + value;
    if (example !== undefined && row.examples.length < EXAMPLES) row.examples.push({ object: example, bytes });
  }

  /** The rows, those that are worth most first, alike ones by their name. */
  bad(): TallyRow[] {
    return [...this.#rows.values()].sort((a, b) => b.bytes - a.bytes || (a.holder < b.holder ? -1 : 1));
  }
}

/** What is wrong with debug information: thrown where it is noticed, kept as a warning by whoever can go on without. */

/** Warnings kept at most; a damaged file has thousands. */
const MAX_WARNINGS = 20;

/** Failed attempts after which nothing is tried any more: a section of nothing but noise must not take minutes. */
const MAX_FAILURES = 10_000;

/** Debug information does not make sense at some place. Never leaves this folder. */
export class DwarfDamage extends Error {
  override readonly name = "DwarfDamage";
}

/** Collects what was passed over, each text once and not without end. */
export class DwarfWarnings {
  readonly texts: string[] = [];
  private readonly seen = new Set<string>();
  private failures = 0;

  add(text: string): void {
    if (this.texts.length >= MAX_WARNINGS || this.seen.has(text)) return;
    this.seen.add(text);
    this.texts.push(this.texts.length === MAX_WARNINGS - 1 ? "and more" : text);
  }

  /**
   * Runs `read`; what is damaged becomes a warning, and `fallback` the result.
   * @throws whatever else `read` throws: bugs
   */
  attempt<T>(what: string, fallback: T, read: () => T): T {
    if (this.failures >= MAX_FAILURES) return fallback;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DwarfDamage)) throw error;
      this.failures++;
      this.add(`${what}: ${error.message}`);
      return fallback;
    }
  }
}

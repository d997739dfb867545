/** Gathers warnings: counted per code, the first few kept. They are shown once, after the progress bar has gone. */

export interface WarningGroup {
  readonly code: string;
  /** How often it was given. */
  count: number;
  /** The first few, each different. */
  readonly messages: string[];
}

const MESSAGES_KEPT = 3;

export class WarningLog {
  readonly #groups = new Map<string, WarningGroup>();

  /** The same message of the same code again only counts. */
  add(code: string, message: string): void {
    let group = this.#groups.get(code);
    if (!group) {
      group = { code, count: 0, messages: [] };
      this.#groups.set(code, group);
    }
    group.count++;
    if (group.messages.length < MESSAGES_KEPT && !group.messages.includes(message)) group.messages.push(message);
  }

  /** Hands out all so far, in the order of the first of each code, and forgets them. */
  take(): readonly WarningGroup[] {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    return groups;
  }
}

/** The lines that a person reads. */
export function describeWarnings(groups: readonly WarningGroup[]): readonly string[] {
  return groups.flatMap(({ code, count, messages }) => {
    const more = count - messages.length;
    return more > 0 ? [...messages, `… and ${more} more of the kind "${code}"`] : messages;
  });
}

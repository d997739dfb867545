/** TextList: the texts of a page, each once, escaped and cut for people. */
import { showName } from "../../src/index.ts";

/** Characters of a text, and what is left of them once there is too much text for one file. */
const LONGEST = 160;
const SHORTEST = 30;
/** Bytes of text from which on names are cut short: no program comes near, a hostile dump may. */
const PLENTY = 2 << 20;

export class TextList {
  readonly texts: string[] = [];
  readonly #known = new Map<string, number>();
  #bytes = 0;

  /** The number of a text. */
  add(text: string): number {
    const shown = showName(text, this.#bytes > PLENTY ? SHORTEST : LONGEST);
    const known = this.#known.get(shown);
    if (known !== undefined) return known;
    const index = this.texts.length;
    this.texts.push(shown);
    this.#known.set(shown, index);
    // As UTF-8, at the most.
    this.#bytes += 3 * shown.length;
    return index;
  }
}

/**
 * StringNames: the names of `string` nodes, which are the texts. Long texts are cut and end with what tells them apart,
 * because DevTools takes nodes of one text for duplicates. When the string table is full, names tell the length only.
 */
import type { StringTexts } from "../../src/index.ts";
import type { StringTable } from "./strings.ts";

/** Characters of texts in the string table: the time memlab takes for the table grows with its square. */
const MAX_CHARACTERS = 100_000_000;

/** What a character beyond ASCII takes in the file. */
const ESCAPED_LENGTH = 6;

type Texts = Pick<StringTexts, "read" | "lengthOf" | "hash">;

export class StringNames {
  /** Nodes whose text was left out. */
  omittedCount = 0;
  #characters = 0;
  readonly #texts: Texts;
  readonly #maxLength: number;
  readonly #strings: StringTable;
  readonly #maxCharacters: number;

  /**
   * @param maxLength UTF-16 units after which a text is cut
   * @param maxCharacters of texts in the string table, before texts are left out
   */
  constructor(texts: Texts, maxLength: number, strings: StringTable, maxCharacters = MAX_CHARACTERS) {
    this.#texts = texts;
    this.#maxLength = maxLength;
    this.#strings = strings;
    this.#maxCharacters = maxCharacters;
  }

  /** String index of the name of an object of kind STRING. Reads the dump. */
  index(object: number): number {
    if (this.#characters >= this.#maxCharacters) {
      this.omittedCount++;
      return this.#strings.intern(lengthClass(this.#texts.lengthOf(object)));
    }
    const { text, length, isCut } = this.#texts.read(object, this.#maxLength);
    const { count } = this.#strings;
    const name = isCut ? `${text}… (${length} B, ${hex(this.#texts.hash(object))})` : text;
    const index = this.#strings.intern(name);
    if (index === count) {
      // UTF-8 of one byte a character is ASCII; else the estimate is high, which does no harm.
      this.#characters += length === text.length ? name.length : name.length * ESCAPED_LENGTH;
    }
    return index;
  }
}

/** "(text left out, 64 to 127 bytes)": few names for many strings. */
function lengthClass(length: number): string {
  if (length < 2) return "(text left out, 1 byte)";
  const log = Math.floor(Math.log2(length));
  return `(text left out, ${2 ** log} to ${2 ** (log + 1) - 1} bytes)`;
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, "0");
}

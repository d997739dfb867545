/** The string table: each text once, because DevTools groups by index but shows by text. */
import { ConverterError } from "../../src/index.ts";
import type { JsonWriter } from "./json-writer.ts";
import { toAsciiJson } from "./names.ts";

/** V8's longest string: DevTools parses the whole section as one. */
const MAX_SECTION_CHARACTERS = 536_870_888;

export class StringTable {
  readonly #indexes = new Map<string, number>();

  /** Strings entered so far; the index that the next new one gets. */
  get count(): number {
    return this.#indexes.size;
  }

  /** Returns the index of `text`, which is entered if it is new. Well-formed text only. */
  intern(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(text, index);
    return index;
  }

  /**
   * Writes the table as a JSON array, one string at a time.
   * @throws ConverterError if it grows longer than DevTools can parse.
   */
  async write(out: JsonWriter): Promise<void> {
    const start = out.size;
    await out.text("[");
    let separator = "";
    for (const text of this.#indexes.keys()) {
      await out.text(separator + toAsciiJson(text));
      separator = ",\n";
      if (out.size - start > MAX_SECTION_CHARACTERS - 2) {
        throw new ConverterError("the names in this heap take more than 512 MB, which DevTools cannot load", {
          hint: "write it as Parquet (--to parquet) and ask with SQL",
        });
      }
    }
    await out.text("]");
  }
}

/** Names as sentences have them: escaped, and cut. */
import { shortenImports } from "../../heap/short-names.ts";
import { formatCount } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";

/** Characters of a name in a sentence. */
export const LONGEST_NAME = 120;

/** A name as source code writes it, for one line: "http.conn". Import paths are in the tables and in JSON. */
export function sayName(name: string, most: number): string {
  return showName(shortenImports(name), most);
}

/** "20,000 × main.entry". */
export function sayMany(count: number, type: string): string {
  return `${formatCount(count)} × ${sayName(type, LONGEST_NAME)}`;
}

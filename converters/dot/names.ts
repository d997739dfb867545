/** Names short enough to be drawn, and escaped. What is left out stands in the tooltip. */
import { shortenImports, showName } from "../../src/index.ts";

/** Characters of a node's name, and of an edge's. */
const NODE_LETTERS = 46;
const EDGE_LETTERS = 22;
/** What is longer is cut before its import paths are looked for. */
const LONGEST_NAME = 4096;

/** Shortens the name of a type, function or variable: packages as the source calls them, and no more than fits. */
export function shortenName(name: string): string {
  return showName(shortenImports(name.length > LONGEST_NAME ? showName(name, LONGEST_NAME) : name), NODE_LETTERS);
}

/** Shortens the name of a field or element. */
export function shortenField(name: string): string {
  return showName(name, EDGE_LETTERS);
}

/** Sets names one after the other, in lines that are as long as a name may be; a longer one has a line of its own. */
export function wrapNames(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [index, name] of names.entries()) {
    const text = shortenName(name) + (index < names.length - 1 ? "," : "");
    if (line !== "" && line.length + 1 + text.length > NODE_LETTERS) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? text : ` ${text}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Prose that goes on in the next line where the terminal's line ends. */
import { showText } from "../../shown-text.ts";
import { columnsOf, unitsWithin } from "./columns.ts";

/** Columns of a line of prose where no terminal tells how many it has: in a file or a pipe. */
export const WIDTH_WITHOUT_TERMINAL = 100;

/** Characters of a sentence at the most: names in it can be endless. */
const LONGEST_SENTENCE = 1000;
/** Characters that tell whether what is behind a space is a unit, the space included; more than enough. */
const LONGEST_UNIT = 8;

/** A space where a line may end: none between a number and its unit, "1.22 MiB", "60 ×", or a sign and its number, "< 0.1 %". */
const BREAK = / (?<!\d (?=(?:[KMGT]iB|B|%|×|s|ms|min|h|days?|bytes?)(?!\w)))(?<!(?:^|[ (])[<>] (?=\d))/g;

/** Where a line of at most `width` columns may end at the latest; -1 if nowhere. */
export function findBreak(text: string, width: number): number {
  const most = unitsWithin(text, width);
  let last = -1;
  for (const { index } of text.slice(0, most + LONGEST_UNIT).matchAll(BREAK)) {
    if (index > most) break;
    last = index;
  }
  return last;
}

/**
 * Lays a text out in lines that end with a word. Escapes and cuts it.
 * @param width columns of a line; undefined if nothing limits it
 * @param first what the first line begins with, `rest` what the others do
 */
export function wrapWords(text: string, width: number = Infinity, first = "", rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let columns = columnsOf(first);
  let isEmpty = true;
  for (const word of showText(text, LONGEST_SENTENCE).split(BREAK)) {
    const taken = columnsOf(word);
    if (!isEmpty && columns + 1 + taken > width) {
      lines.push(line);
      line = rest;
      columns = columnsOf(rest);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    columns += taken + (isEmpty ? 0 : 1);
    isEmpty = false;
  }
  return [...lines, line];
}

/** Sentences with a dash before each. */
export function renderBullets(sentences: readonly string[], width: number): string {
  return sentences.flatMap((sentence) => wrapWords(sentence, width, "  - ", "    ")).join("\n");
}

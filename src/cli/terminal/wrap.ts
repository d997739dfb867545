/** Prose that goes on in the next line where the terminal's line ends. */
import { showText } from "../../shown-text.ts";

/** Characters of a sentence at the most: names in it can be endless. */
const LONGEST_SENTENCE = 1000;

/**
 * Lays a text out in lines that end with a word. Escapes and cuts it.
 * @param width characters of a line; undefined if nothing limits it
 * @param first what the first line begins with, `rest` what the others do
 */
export function wrapWords(text: string, width: number = Infinity, first = "", rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of showText(text, LONGEST_SENTENCE).split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Sentences with a dash before each. */
export function renderBullets(sentences: readonly string[], width: number | undefined): string {
  return sentences.flatMap((sentence) => wrapWords(sentence, width, "  - ", "    ")).join("\n");
}

/** Lists of sentences: a dash before each, and lines that end with a word where the terminal's do. */
import { showText } from "../../shown-text.ts";

/** Characters of a sentence at the most: names in it can be endless. */
const LONGEST_SENTENCE = 1000;

/** @param width characters of a line; undefined if nothing limits it */
export function renderBullets(sentences: readonly string[], width: number | undefined): string {
  return sentences.flatMap((sentence) => layOut(showText(sentence, LONGEST_SENTENCE), width)).join("\n");
}

function layOut(sentence: string, width: number = Infinity): string[] {
  const lines: string[] = [];
  let line = "  -";
  for (const word of sentence.split(" ")) {
    if (line.length + 1 + word.length > width && line.length > 3) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

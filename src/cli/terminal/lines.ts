/** Lines on standard error: messages, warnings, hints. Whatever is in them, they forge nothing and move no cursor. */
import { showText } from "../../shown-text.ts";
import type { Terminal } from "./terminal.ts";

/** Characters of a line at the most: names in it can be endless. */
const LONGEST_LINE = 1000;

/** Writes one line. */
export function writeLine({ errors }: Pick<Terminal, "errors">, line: string): void {
  errors.write(`${showText(line, LONGEST_LINE)}\n`);
}

/** Writes a text of several lines, all but the first indented, so that none can be taken for a message of its own. */
export function writeLines(terminal: Pick<Terminal, "errors">, text: string): void {
  for (const [i, line] of text.split("\n").entries()) writeLine(terminal, i === 0 ? line : `  ${line}`);
}

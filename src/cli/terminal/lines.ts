/** Lines on standard error: messages, warnings, hints. Whatever is in them, they forge nothing and move no cursor. */
import { showText } from "../../shown-text.ts";
import type { Terminal } from "./terminal.ts";

/** Characters of a line at the most: names in it can be endless. */
const LONGEST_LINE = 1000;

type Errors = Pick<Terminal, "errors">;
type StyledErrors = Pick<Terminal, "errors" | "errorStyle">;

/** Writes one line. */
export function writeLine(terminal: Errors, line: string): void {
  terminal.errors.write(`${show(line)}\n`);
}

/** Writes a text of several lines, all but the first indented, so that none can be taken for a message of its own. */
export function writeLines(terminal: Errors, text: string): void {
  terminal.errors.write(`${showLines(text)}\n`);
}

/** Writes an error message, and what the user can do about it. */
export function writeError(terminal: StyledErrors, message: string, hint: string | undefined): void {
  terminal.errors.write(`${terminal.errorStyle.red("gohd:")} ${showLines(message)}\n`);
  if (hint !== undefined) writeLines(terminal, `  ${hint}`);
}

/** Writes a warning. */
export function writeWarning(terminal: StyledErrors, message: string): void {
  terminal.errors.write(`gohd: ${terminal.errorStyle.yellow("warning:")} ${show(message)}\n`);
}

function showLines(text: string): string {
  return text
    .split("\n")
    .map((line, i) => (i === 0 ? show(line) : `  ${show(line)}`))
    .join("\n");
}

function show(line: string): string {
  return showText(line, LONGEST_LINE);
}

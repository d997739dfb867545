/** `gohd check` for people: what was asked for, line by line, and who is to blame for what is broken. Names come escaped and cut. */

import type { Check } from "../../findings/check/check.ts";
import type { CheckLine } from "../../findings/check/check-line.ts";
import {
  describeCheckedDump,
  describeOutcome,
  listCheckLines,
  listProblems,
} from "../../findings/check/check-sentences.ts";
import type { Style } from "../terminal/style.ts";

const WORDS: Readonly<Record<CheckLine["outcome"], string>> = { passed: "ok", broken: "BROKEN", unable: "?" };
const WORD_WIDTH = 8;

/** Renders it; ends with a line break. */
export function renderCheckText(check: Check, style: Style): string {
  const lines = check.dumps.map(describeCheckedDump);
  if (check.dumps.length > 1) lines.push(`The median of ${check.dumps.length} dumps counts.`);
  lines.push("");
  for (const { message, advice } of listProblems(check)) {
    lines.push(`${style.red("unable".padEnd(WORD_WIDTH))}${message}`, `${" ".repeat(WORD_WIDTH)}${advice}`, "");
  }
  for (const line of listCheckLines(check)) lines.push(...layOut(line, style));
  const outcome = describeOutcome(check);
  lines.push("", `${outcome[0]!.toUpperCase()}${outcome.slice(1)}.`);
  return `${lines.join("\n")}\n`;
}

function layOut({ outcome, title, figure, origin, lines }: CheckLine, style: Style): string[] {
  const word = WORDS[outcome].padEnd(WORD_WIDTH);
  const paint = outcome === "passed" ? (text: string) => text : style.red;
  const where = origin === "" ? "" : style.dim(`  [${origin}]`);
  const indent = " ".repeat(WORD_WIDTH);
  return [`${paint(word)}${style.bold(title)}: ${figure}${where}`, ...lines.map((line) => `${indent}  ${line}`)];
}

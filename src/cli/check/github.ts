/**
 * GitHub: a check as the workflow commands and the summary that GitHub Actions shows. Names from a dump could be commands to it, so
 * what else is printed stands between two that switch commands off.
 */

import type { Check } from "../../findings/check/check.ts";
import type { CheckLine } from "../../findings/check/check-line.ts";
import {
  describeCheckedDump,
  describeOutcome,
  listCheckLines,
  listProblems,
} from "../../findings/check/check-sentences.ts";
import { markdownSpan, markdownWords } from "../../markdown.ts";

/** Annotations that GitHub shows of one step. */
const MOST_ANNOTATIONS = 10;

/**
 * Puts `text` where no line of it is a command.
 * @param token nobody can guess it
 */
export function withoutCommands(text: string, token: string): string {
  return `::stop-commands::${token}\n${text}::${token}::\n`;
}

/** JSON of the same value in which nothing is a command of the old form, `##[…]`, which counts wherever it is in a line. */
export function withoutOldCommands(json: string): string {
  return json.replaceAll("##[", "\\u0023#[");
}

/** An annotation for what is broken, or keeps the heap from being judged; ends with a line break, or is empty. */
export function renderAnnotations(check: Check): string {
  const problems = listProblems(check).map(({ message, advice }) => annotate("", message, advice));
  const broken = listCheckLines(check)
    .filter(({ outcome }) => outcome === "broken")
    .map(({ title, figure, origin, lines }) => annotate(origin, `${title}: ${figure}`, lines.join("\n")));
  return [...problems, ...broken].slice(0, MOST_ANNOTATIONS).join("");
}

function annotate(origin: string, title: string, text: string): string {
  const place = /^(.*):(\d+)$/.exec(origin);
  const properties = [
    ...(place === null ? [] : [`file=${escapeProperty(place[1]!)}`, `line=${place[2]}`]),
    `title=${escapeProperty(`gohd: ${title}`)}`,
  ];
  return `::error ${properties.join(",")}::${escapeData(text === "" ? title : text)}\n`;
}

/** As GitHub's own toolkit does it: @actions/core, command.ts. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

const MARKS: Readonly<Record<CheckLine["outcome"], string>> = { passed: "✅", broken: "❌", unable: "⚠️" };

/** The same as Markdown, for the summary of a run; ends with a line break. */
export function renderCheckMarkdown(check: Check): string {
  const heads = check.dumps.map((dump) => markdownSpan(describeCheckedDump(dump)));
  const problems = listProblems(check).flatMap(({ message, advice }) => [
    `- ⚠️ ${markdownSpan(message)}`,
    `  - ${markdownSpan(advice)}`,
  ]);
  const lines = listCheckLines(check).flatMap(({ outcome, title, figure, origin, lines: more }) => [
    `- ${MARKS[outcome]} ${markdownSpan(title)}: **${markdownWords(figure)}**${origin === "" ? "" : ` (${markdownSpan(origin)})`}`,
    ...more.map((line) => `  - ${markdownSpan(line)}`),
  ]);
  const title = `### gohd check: ${check.outcome === "unable" ? "the heap cannot be judged" : describeOutcome(check)}`;
  return `${[title, "", ...heads, "", ...problems, ...lines].join("\n")}\n\n`;
}

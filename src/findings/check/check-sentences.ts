/**
 * CheckSentences: a check in words, for whoever shows it: terminals, test reports, pull requests. Every name is escaped and cut here,
 * once.
 */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { showName, showText } from "../../shown-text.ts";
import type { BudgetResult, Check, CheckedDump, ComparisonResult } from "./check.ts";
import type { Culprit } from "./culprits.ts";
import type { Problem } from "./preconditions.ts";

/** Characters of a name, and of a text of somebody's own. */
const LONGEST_NAME = 120;
const LONGEST_TEXT = 300;

/** One thing that was asked for, in words: a test of its own. */
export interface CheckLine {
  readonly outcome: "passed" | "broken" | "unable";
  /** "owned(main.Session) > 100MiB". */
  readonly title: string;
  /** "376 MiB". */
  readonly figure: string;
  /** Where it stands: "gohd.yaml:12"; "" if that says nothing. */
  readonly origin: string;
  /** What explains it. */
  readonly lines: readonly string[];
}

/** "app.dump: 609 KiB live in 9,431 objects, 16 B garbage; go1.27.3, amd64". */
export function describeCheckedDump({ dump, live, garbage }: CheckedDump): string {
  const dead = garbage.bytes > 0 ? `, ${formatBytes(garbage.bytes)} garbage` : "";
  const amount = `${formatBytes(live.bytes)} live in ${formatNumber(live.count, "object")}${dead}`;
  return `${showName(dump.name, LONGEST_NAME)}: ${amount}; ${showName(dump.goVersion)}, ${showName(dump.arch)}`;
}

/** What keeps the heaps from being judged, the same of several dumps once. */
export function listProblems({ dumps }: Check): readonly Problem[] {
  return [...new Map(dumps.flatMap(({ problems }) => problems).map((problem) => [problem.code, problem])).values()];
}

/** All that was asked for, in the order in which it was. */
export function listCheckLines({ budgets }: Check): readonly CheckLine[] {
  return budgets.map(describeBudget);
}

/** "2 of 5 budgets are broken". */
export function describeOutcome(check: Check): string {
  const lines = listCheckLines(check);
  const broken = lines.filter(({ outcome }) => outcome === "broken").length;
  const all = formatNumber(lines.length, "budget");
  if (check.outcome === "unable") return `the heap cannot be judged: ${listProblems(check)[0]!.message}`;
  if (broken > 0 && lines.length === 1) return "the budget is broken";
  if (broken > 0) return `${formatCount(broken)} of ${all} ${broken === 1 ? "is" : "are"} broken`;
  return lines.length === 1 ? "the budget holds" : `all ${all} hold`;
}

function describeBudget(result: BudgetResult): CheckLine {
  const { text, reason, origin, outcome, comparisons, culprits } = result;
  const told = comparisons.flatMap(({ missing }) => (missing === null ? [] : [missing]));
  return {
    outcome,
    title: showText(text, LONGEST_TEXT),
    figure: outcome === "unable" ? "not measured" : comparisons.map((one) => sayValue(one, comparisons)).join(", "),
    origin: origin === "--fail-if" ? "" : showName(origin, LONGEST_NAME),
    lines: [
      ...(reason === null ? [] : [showText(reason, LONGEST_TEXT)]),
      ...[...new Set(told)].map((missing) => showText(missing, LONGEST_TEXT)),
      ...(outcome === "broken" ? culprits.map(sayCulprit) : []),
    ],
  };
}

/** "376 MiB"; of several "count(main.Session) 500". */
function sayValue({ measure, limit, value }: ComparisonResult, all: readonly ComparisonResult[]): string {
  const prefix = all.length === 1 ? "" : `${showName(measure, LONGEST_NAME)} `;
  return `${prefix}${value === null ? "?" : sayQuantity(value, limit)}`;
}

/** A value beside its limit: exact where both are the same at first sight. */
function sayQuantity(value: number, { value: limit, unit }: ComparisonResult["limit"]): string {
  if (unit === "count") return formatCount(value);
  if (unit === "share") {
    const shown = formatShare(value, 1);
    return shown === formatShare(limit, 1) && value !== limit ? `${100 * value} %` : shown;
  }
  const shown = formatBytes(value);
  return shown === formatBytes(limit) && value !== limit ? `${formatCount(value)} B` : shown;
}

/** "450 × main.store.byToken[…] (main.Session), 49.2 KiB". */
function sayCulprit({ name, detail, count, bytes }: Culprit): string {
  const parts = [
    `${count === null ? "" : `${formatCount(count)} × `}${showName(name, LONGEST_NAME)}`,
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(detail === "" ? [] : [showText(detail, LONGEST_TEXT)]),
  ];
  return parts.join(", ");
}

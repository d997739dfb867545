/**
 * CheckSentences: a check in words, for whoever shows it: terminals, test reports, pull requests. Every name is escaped and cut here,
 * once.
 */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { showName, showText } from "../../shown-text.ts";
import { markGuessed } from "../report/said-names.ts";
import { BASELINE_OUTCOMES, describeBaseline } from "./baseline-sentences.ts";
import type { BudgetResult, Check, CheckedDump, ComparisonResult } from "./check.ts";
import type { CheckLine } from "./check-line.ts";
import type { Culprit } from "./culprits.ts";
import type { Problem } from "./preconditions.ts";

/** Characters of a name, and of a text of somebody's own. */
const LONGEST_NAME = 120;
const LONGEST_TEXT = 300;

/** "app.dump: 609 KiB live in 9,431 objects, 16 B garbage; go1.27.3, amd64". */
export function describeCheckedDump({ dump, live, garbage }: CheckedDump): string {
  const dead = garbage.bytes > 0 ? `, ${formatBytes(garbage.bytes)} garbage` : "";
  const amount = `${formatBytes(live.bytes)} live in ${formatNumber(live.count, "object")}${dead}`;
  return `${showName(dump.name, LONGEST_NAME)}: ${amount}; ${showName(dump.goVersion)}, ${showName(dump.arch)}`;
}

/** What keeps the heaps from being judged, the same of several dumps once. */
export function listProblems({ dumps }: Pick<Check, "dumps">): readonly Problem[] {
  return [...new Map(dumps.flatMap(({ problems }) => problems).map((problem) => [problem.code, problem])).values()];
}

/** All that was asked for, in the order in which it was. */
export function listCheckLines({ budgets, baseline }: Check): readonly CheckLine[] {
  return [...budgets.map(describeBudget), ...(baseline === null ? [] : describeBaseline(baseline))];
}

/** "2 of 5 budgets are broken, and something in the heap is more than in its baseline". */
export function describeOutcome({ dumps, budgets, baseline }: Check): string {
  const all = [...budgets, ...(baseline === null ? [] : [baseline])];
  if (all.length > 0 && all.every((one) => one.outcome === "unable"))
    return `the heap cannot be judged: ${listProblems({ dumps })[0]!.message}`;
  const parts = [
    ...(budgets.length === 0 ? [] : [describeBudgets(budgets)]),
    ...(baseline === null ? [] : [BASELINE_OUTCOMES[baseline.outcome]]),
  ];
  const isUnable = all.some((one) => one.outcome === "unable");
  return parts.join(", and ") + (isUnable ? `: ${listProblems({ dumps })[0]!.message}` : "");
}

function describeBudgets(budgets: readonly BudgetResult[]): string {
  const unable = budgets.filter((budget) => budget.outcome === "unable").length;
  if (unable > 0) {
    const judged = budgets.filter((budget) => budget.outcome !== "unable");
    const others = judged.length === 0 ? "" : `, and of the others ${describeBudgets(judged)}`;
    return `${formatCount(unable)} of ${formatNumber(budgets.length, "budget")} could not be measured${others}`;
  }
  const broken = budgets.filter((budget) => budget.outcome === "broken").length;
  const all = formatNumber(budgets.length, "budget");
  if (broken > 0 && budgets.length === 1) return "the budget is broken";
  if (broken > 0) return `${formatCount(broken)} of ${all} ${broken === 1 ? "is" : "are"} broken`;
  return budgets.length === 1 ? "the budget holds" : `all ${all} hold`;
}

const NOT_MEASURED = "not measured";

function describeBudget(result: BudgetResult): CheckLine {
  const { text, reason, origin, outcome, comparisons, culprits } = result;
  const told = comparisons.flatMap(({ missing }) => (missing === null ? [] : [missing]));
  return {
    outcome,
    title: showText(text, LONGEST_TEXT),
    figure: comparisons.every(({ value }) => value === null)
      ? NOT_MEASURED
      : comparisons.map((one) => sayValue(one, comparisons)).join(", "),
    origin: origin === "--fail-if" ? "" : showName(origin, LONGEST_NAME),
    lines: [
      ...(reason === null ? [] : [showText(reason, LONGEST_TEXT)]),
      ...[...new Set(told)].map((missing) => showText(missing, LONGEST_TEXT)),
      ...new Set(comparisons.flatMap(sayGuessed)),
      ...(outcome === "broken" ? culprits.map(sayCulprit) : []),
    ],
  };
}

/** "the type of 60 of 11,200 objects is guessed": the figure leans on it, whether the budget is broken or not. */
function sayGuessed({ measure, guessed }: ComparisonResult): string[] {
  if (guessed === null) return [];
  const { count, guessed: some } = guessed;
  const of =
    some === count
      ? `all ${formatNumber(count, "object")}`
      : `${formatCount(some)} of ${formatNumber(count, "object")}`;
  return [
    `${showName(measure, LONGEST_NAME)} leans on guesses: the type of ${count === 1 ? "its object" : of} is guessed`,
  ];
}

/** "376 MiB"; of several "count(main.Session) 500". */
function sayValue({ measure, limit, value }: ComparisonResult, all: readonly ComparisonResult[]): string {
  const prefix = all.length === 1 ? "" : `${showName(measure, LONGEST_NAME)} `;
  return `${prefix}${value === null ? NOT_MEASURED : sayQuantity(value, limit)}`;
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
function sayCulprit({ name, detail, count, guessed, bytes }: Culprit): string {
  const parts = [
    `${count === null ? "" : `${formatCount(count)} × `}${showName(name, LONGEST_NAME)}`,
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(detail === "" ? [] : [`${showText(detail, LONGEST_TEXT)}${markGuessed(guessed ?? 0, count ?? 0)}`]),
  ];
  return parts.join(", ");
}

/**
 * Check: whether a heap is within its budgets and beside what its baseline says, as plain data that JSON can hold. Everything that
 * shows it renders this value. Texts come from the dump as they are: whoever shows them escapes and cuts them. Sizes are in bytes.
 */
import type { DumpFacts } from "../dump-facts.ts";
import type { Amount } from "../report/totals.ts";
import type { BaselineHeap } from "./baseline.ts";
import type { BaselineChange, Tolerance } from "./baseline-change.ts";
import { listChanges, sharesNothing } from "./baseline-changes.ts";
import { type Budget, type Comparison, holds, type Limit, measureText, type Operator } from "./budget.ts";
import type { Culprit } from "./culprits.ts";
import type { Expectation } from "./expectation.ts";
import type { GuessedObjects } from "./figures.ts";
import { type HeapSums, medianSums } from "./heap-sums.ts";
import { type Measured, measuredValue } from "./measured.ts";
import { median } from "./median.ts";
import type { Problem } from "./preconditions.ts";

/** Goes up by one when a key changes its name, type or meaning; new keys do not change it. */
export const CHECK_SCHEMA_VERSION = 1;

export interface Check {
  readonly schemaVersion: number;
  /** "unable": nothing is broken, as far as could be seen; something kept a budget or the baseline from being judged. */
  readonly outcome: "passed" | "broken" | "unable";
  readonly dumps: readonly CheckedDump[];
  readonly budgets: readonly BudgetResult[];
  /** Null where there is no baseline. */
  readonly baseline: BaselineResult | null;
}

export interface BaselineResult {
  /** As people call the file. */
  readonly file: string;
  /** "go1.24 amd64": what of the file counts. */
  readonly key: string;
  /** "updated": the heap has become the baseline, so there is nothing to compare. */
  readonly outcome: "passed" | "broken" | "unable" | "updated";
  /** What breaks the check first, then what is expected, then what is gone. */
  readonly changes: readonly BaselineChange[];
  /** Whether the heap has none of the paths that the baseline lists, nor any of its goroutines of package main but main.main: it may be another program's. */
  readonly sharesNothing: boolean;
}

export interface CheckedDump {
  readonly dump: DumpFacts;
  readonly live: Amount;
  readonly garbage: Amount;
  readonly problems: readonly Problem[];
}

export interface BudgetResult {
  /** As somebody wrote it. */
  readonly text: string;
  /** Why it is so, in the words of whoever wrote it; null if they did not say. */
  readonly reason: string | null;
  /** Where it stands: "--fail-if", "gohd.yaml:12". */
  readonly origin: string;
  readonly outcome: "passed" | "broken" | "unable";
  readonly comparisons: readonly ComparisonResult[];
  /** Who is to blame, if it is broken. */
  readonly culprits: readonly Culprit[];
}

export interface ComparisonResult {
  readonly measure: string;
  readonly operator: Operator;
  readonly limit: Limit;
  /** As the limit is; of several dumps the median. Null where nothing could be measured. */
  readonly value: number | null;
  readonly holds: boolean;
  /** Of the objects that are measured by their type, those whose type is guessed: the value leans on that. Null if none is. */
  readonly guessed: GuessedObjects | null;
  /** What to tell because nothing in the dumps has the name; null if something has. */
  readonly missing: string | null;
}

/** A budget, and who asks for it. */
export interface GivenBudget {
  readonly budget: Budget;
  readonly reason: string | null;
  readonly origin: string;
}

/** A baseline, and how much may differ from it. */
export interface GivenBaseline {
  readonly file: string;
  readonly key: string;
  /** Undefined where the heap becomes the baseline. */
  readonly heap: BaselineHeap | undefined;
  readonly tolerance: Tolerance;
  readonly expected: readonly Expectation[];
}

/** Judges dumps of one test; of several the median of each figure counts. */
export function judge(given: readonly GivenBudget[], dumps: readonly Measured[], beside?: GivenBaseline): Check {
  const budgets = given.map((one) => judgeBudget(one, dumps));
  const baseline = beside === undefined ? null : compareBaseline(beside, dumps);
  const outcomes = new Set([...budgets, ...(baseline === null ? [] : [baseline])].map(({ outcome }) => outcome));
  return {
    schemaVersion: CHECK_SCHEMA_VERSION,
    outcome: outcomes.has("broken") ? "broken" : outcomes.has("unable") ? "unable" : "passed",
    dumps: dumps.map(({ dump, live, garbage, problems }) => ({ dump, live, garbage, problems })),
    budgets,
    baseline,
  };
}

/** Whether dumps can become the baseline, or be compared with one. */
export function canCompare(dumps: readonly Measured[]): boolean {
  return dumps.every(({ sums }) => sums !== undefined);
}

/** What of several dumps becomes the baseline, or is compared with it. All of them can be (`canCompare`). */
export function sumMeasured(dumps: readonly Measured[]): HeapSums {
  return medianSums(dumps.map((dump) => dump.sums!));
}

function compareBaseline(
  { file, key, heap, tolerance, expected }: GivenBaseline,
  dumps: readonly Measured[],
): BaselineResult {
  if (!canCompare(dumps)) return { file, key, outcome: "unable", changes: [], sharesNothing: false };
  if (heap === undefined) return { file, key, outcome: "updated", changes: [], sharesNothing: false };
  const sums = sumMeasured(dumps);
  const changes = listChanges(heap, sums, tolerance, expected);
  const outcome = changes.some(({ isBroken }) => isBroken) ? "broken" : "passed";
  return { file, key, outcome, changes, sharesNothing: sharesNothing(heap, sums) };
}

function judgeBudget({ budget, reason, origin }: GivenBudget, dumps: readonly Measured[]): BudgetResult {
  const judged = budget.anyOf.map((all) => all.map((comparison) => judgeComparison(comparison, dumps)));
  const broken = judged.filter((all) => all.every(({ result }) => result.holds));
  // What could not be measured does not matter where what was measured decides.
  const isKept = judged.every((all) => all.some(({ result }) => result.value !== null && !result.holds));
  const culprits = new Map<string, Culprit>();
  for (const { result, from } of broken.flat()) {
    for (const culprit of from?.culprits.get(result.measure) ?? []) {
      culprits.set(JSON.stringify([culprit.kind, culprit.name, culprit.detail]), culprit);
    }
  }
  return {
    text: budget.text,
    reason,
    origin,
    outcome: broken.length > 0 ? "broken" : isKept ? "passed" : "unable",
    comparisons: judged.flat().map(({ result }) => result),
    culprits: [...culprits.values()],
  };
}

/** @returns the result, and the dump whose figure it is; undefined if one of the dumps has none */
function judgeComparison(
  comparison: Comparison,
  dumps: readonly Measured[],
): { readonly result: ComparisonResult; readonly from: Measured | undefined } {
  const { measure, operator, limit } = comparison;
  const text = measureText(measure);
  if (!dumps.every(({ figures }) => figures.has(text))) {
    const unknown = { value: null, holds: false, guessed: null, missing: null };
    return { result: { measure: text, operator, limit, ...unknown }, from: undefined };
  }
  const from = median(dumps, (dump) => measuredValue(dump, comparison));
  const value = measuredValue(from, comparison);
  const missing = dumps.map(({ figures }) => figures.get(text)!.missing);
  const isNowhere = missing.every((why) => why !== null);
  return {
    result: {
      measure: text,
      operator,
      limit,
      value,
      holds: holds(operator, value, limit.value),
      guessed: from.figures.get(text)!.guessed,
      missing: isNowhere ? missing[0]! : null,
    },
    from,
  };
}

/**
 * Measured: all that a check needs to know of one dump, as plain data, so that the heap can go before the next one is read. Figures
 * are by the text of their measure.
 */
import type { Heap } from "../../heap/heap.ts";
import type { Progress } from "../../progress.ts";
import { type DumpFacts, dumpFacts } from "../dump-facts.ts";
import { type Amount, sumTotals } from "../report/totals.ts";
import { type Budget, type Comparison, holds, MEASURES, type Measure, measureText } from "./budget.ts";
import { type Culprit, findCulprits } from "./culprits.ts";
import { type Figure, Figures } from "./figures.ts";
import { type HeapSums, sumHeap } from "./heap-sums.ts";
import { checkPreconditions, type Problem } from "./preconditions.ts";

export interface Measured {
  readonly dump: DumpFacts;
  readonly live: Amount;
  readonly garbage: Amount;
  /** What keeps the heap, or a part of what was asked for, from being judged. */
  readonly problems: readonly Problem[];
  /** Of all that could be measured. */
  readonly figures: ReadonlyMap<string, Figure>;
  /** Of measures that a comparison holds of: who is to blame. */
  readonly culprits: ReadonlyMap<string, readonly Culprit[]>;
  /** What a baseline is compared with; undefined where none is, or none can be. */
  readonly sums: HeapSums | undefined;
}

export interface MeasureOptions {
  readonly budgets: readonly Budget[];
  /** Of all objects' bytes, 0 … 1. */
  readonly mostGarbage: number;
  /** Whether the heap is to be compared with a baseline. */
  readonly withSums: boolean;
}

/**
 * Measures a heap, as far as that can be done: what cannot be measured has no figure, and what is missing for it is among the
 * problems. Costs what the budgets ask for.
 */
export async function measureHeap(heap: Heap, options: MeasureOptions, progress: Progress): Promise<Measured> {
  const { budgets, mostGarbage, withSums } = options;
  const totals = await sumTotals(heap, progress);
  const { live, garbage } = totals;
  const comparisons = budgets.flatMap(({ anyOf }) => anyOf.flat());
  const needsTypes = comparisons.some(({ measure }) => MEASURES[measure.name].needsTypes);
  const wanted = { mostGarbage, needsTypes, needsNames: withSums };
  const problems = checkPreconditions(heap, totals, wanted);
  const figures = new Map<string, Figure>();
  const culprits = new Map<string, readonly Culprit[]>();
  const judged = { dump: dumpFacts(heap), live, garbage, figures, culprits };
  if (problems.some(({ code }) => code === "garbage")) return { ...judged, problems, sums: undefined };
  const gauge = new Figures(heap, totals, progress);
  let isNameMissing = false;
  for (const { measure } of comparisons) {
    const text = measureText(measure);
    const { needsTypes: isOfTypes, of } = MEASURES[measure.name];
    if (figures.has(text) || (isOfTypes && heap.types.fields === undefined)) continue;
    const figure = await gauge.measure(measure);
    // What seems to be nowhere may be a variable that has no name here.
    if (of === "thing" && figure.missing !== null && heap.variables === undefined) isNameMissing = true;
    else figures.set(text, figure);
  }
  const measured: Measured = {
    ...judged,
    problems: isNameMissing ? checkPreconditions(heap, totals, { ...wanted, needsNames: true }) : problems,
    sums: withSums && problems.length === 0 ? await sumHeap(heap, progress) : undefined,
  };
  for (const comparison of comparisons) {
    const text = measureText(comparison.measure);
    if (!figures.has(text) || culprits.has(text)) continue;
    if (!holds(comparison.operator, measuredValue(measured, comparison), comparison.limit.value)) continue;
    const thing =
      MEASURES[comparison.measure.name].of === "thing" ? await gauge.thing(comparison.measure.of!) : undefined;
    culprits.set(text, await findCulprits(heap, comparison.measure, thing, progress));
  }
  return measured;
}

/** The measure of a comparison as its limit is: bytes, a number, or a share. */
export function measuredValue({ figures, live, garbage }: Measured, { measure, limit }: Comparison): number {
  const { value } = figures.get(measureText(measure))!;
  if (limit.unit !== "share") return value;
  const whole = wholeOf(measure, live, garbage);
  return whole === 0 ? 0 : value / whole;
}

function wholeOf({ name }: Measure, live: Amount, garbage: Amount): number {
  return MEASURES[name].whole === "heap" ? live.bytes + garbage.bytes : live.bytes;
}

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
  /** What keeps the heap from being judged; then there are no figures. */
  readonly problems: readonly Problem[];
  readonly figures: ReadonlyMap<string, Figure>;
  /** Of measures that a comparison holds of: who is to blame. */
  readonly culprits: ReadonlyMap<string, readonly Culprit[]>;
  /** What a baseline is compared with; undefined where none is. */
  readonly sums: HeapSums | undefined;
}

export interface MeasureOptions {
  readonly budgets: readonly Budget[];
  /** Of all objects' bytes, 0 … 1. */
  readonly mostGarbage: number;
  /** Whether the heap is to be compared with a baseline. */
  readonly withSums: boolean;
}

/** Measures a heap. Costs what the budgets ask for. */
export async function measureHeap(heap: Heap, options: MeasureOptions, progress: Progress): Promise<Measured> {
  const { budgets, mostGarbage, withSums } = options;
  const totals = await sumTotals(heap, progress);
  const { live, garbage } = totals;
  const comparisons = budgets.flatMap(({ anyOf }) => anyOf.flat());
  const needsTypes = comparisons.some(({ measure }) => MEASURES[measure.name].needsTypes);
  const problems = checkPreconditions(heap, totals, { mostGarbage, needsTypes, needsNames: withSums });
  const figures = new Map<string, Figure>();
  const culprits = new Map<string, readonly Culprit[]>();
  const judged = { dump: dumpFacts(heap), live, garbage, problems, figures, culprits };
  if (problems.length > 0) return { ...judged, sums: undefined };
  const gauge = new Figures(heap, totals, progress);
  for (const { measure } of comparisons) {
    const text = measureText(measure);
    if (!figures.has(text)) figures.set(text, await gauge.measure(measure));
  }
  // What seems to be nowhere may be a variable that has no name here.
  const isMissing = ({ measure }: Comparison): boolean =>
    MEASURES[measure.name].of === "thing" && figures.get(measureText(measure))!.missing !== null;
  if (heap.variables === undefined && comparisons.some(isMissing)) {
    const wanted = { mostGarbage, needsTypes, needsNames: true };
    return { ...judged, problems: checkPreconditions(heap, totals, wanted), sums: undefined };
  }
  const measured: Measured = { ...judged, sums: withSums ? await sumHeap(heap, progress) : undefined };
  for (const comparison of comparisons) {
    const text = measureText(comparison.measure);
    if (culprits.has(text) || !holds(comparison.operator, measuredValue(measured, comparison), comparison.limit.value))
      continue;
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

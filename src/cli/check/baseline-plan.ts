/** BaselinePlan: what a check does with its baseline: compares with the part that is for this Go, or writes that part anew. */
import { CheckError, UsageError } from "../../errors.ts";
import { BASELINE_SCHEMA_VERSION, type Baseline, baselineKey, makeBaseline } from "../../findings/check/baseline.ts";
import { canCompare, type GivenBaseline, sumMeasured } from "../../findings/check/check.ts";
import type { Measured } from "../../findings/check/measured.ts";
import type { Progress } from "../../progress.ts";
import { createKeptFile, writeKeptFile } from "../output/kept-file.ts";
import { readBaseline, renderBaseline } from "./baseline-file.ts";
import type { CheckPlan } from "./check-options.ts";

export interface BaselinePlan {
  /** What of it counts for these dumps. @throws CheckError if there is nothing for them */
  choose(dumps: readonly Measured[]): GivenBaseline;
  /** Makes the dumps the baseline, if that is asked for and they can be judged. */
  update(dumps: readonly Measured[]): Promise<void>;
}

/**
 * Opens the baseline of a plan; undefined if it has none. What cannot be is told before any dump is read.
 * @throws CheckError, UsageError, ConverterError
 */
export function openBaseline(
  { baseline: wanted, isUpdated, tolerance, expected }: CheckPlan,
  signal: AbortSignal,
  warn: Progress["warn"],
): BaselinePlan | undefined {
  if (wanted === undefined) {
    if (isUpdated)
      throw new UsageError("--update needs --baseline", { hint: "for example: --baseline heap.json --update" });
    return undefined;
  }
  const { path, name } = wanted;
  const known = readBaseline(path);
  if (known === undefined && !isUpdated) throw missing(name, "is not there");
  // Whatever could be read as one is one, however somebody has laid it out since.
  const request = { path, option: "--baseline", force: false, isOwn: () => known !== undefined };
  const sink = isUpdated ? createKeptFile(request, signal, warn) : undefined;
  return {
    choose(dumps) {
      const key = keyOf(dumps);
      const heap = known !== undefined && Object.hasOwn(known.heaps, key) ? known.heaps[key] : undefined;
      if (heap === undefined && !isUpdated && canCompare(dumps)) {
        const keys = Object.keys(known!.heaps).join(", ");
        throw missing(name, `has nothing for ${key}, only for ${keys === "" ? "nothing" : keys}`);
      }
      return { file: name, key, heap: isUpdated ? undefined : heap, tolerance, expected };
    },
    async update(dumps) {
      if (sink === undefined || !canCompare(dumps)) return;
      const key = keyOf(dumps);
      const before = known !== undefined && Object.hasOwn(known.heaps, key) ? known.heaps[key] : undefined;
      const baseline: Baseline = {
        schemaVersion: BASELINE_SCHEMA_VERSION,
        heaps: { ...known?.heaps, [key]: makeBaseline(sumMeasured(dumps), tolerance.least, before) },
      };
      await writeKeptFile(sink, renderBaseline(baseline));
    },
  };
}

function missing(name: string, what: string): CheckError {
  return new CheckError(`the baseline ${name} ${what}`, {
    code: "unable",
    hint: "run the same with --update where all is well, and keep the file",
  });
}

function keyOf(dumps: readonly Measured[]): string {
  const keys = [...new Set(dumps.map(({ dump }) => baselineKey(dump)))];
  if (keys.length === 1) return keys[0]!;
  throw new UsageError(`--median needs dumps of one Go release and architecture; these are of ${keys.join(" and ")}`);
}

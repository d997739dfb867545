/** What grew between the dumps of each pair of samples, to the byte as their programs told it. */
import { describe, expect, it } from "vitest";
import { computeReport, type Report } from "../../src/findings/report/report.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { listKnownGrowth } from "../support/known-growth.ts";
import { typedSample } from "../support/typed-samples.ts";

/** What a report says that the things of a name own, and how many goroutines there are if it is a function. */
function findOwned({ holders, goroutines }: Report, names: readonly string[]): { bytes: number; number?: number } {
  const group = goroutines.groups.find(({ entry }) => names.includes(entry));
  if (group !== undefined) return { bytes: group.ownedBytes, number: group.count };
  const holder = holders.find(({ path }) => names.some((name) => path.startsWith(name)));
  if (holder === undefined) throw new Error(`no holder is called ${names.join(" or ")}`);
  return { bytes: holder.bytes };
}

describe.each(listKnownGrowth())("between $before and $after", ({ program, before, after, ...known }) => {
  it("what the cause owns grows by what the program tells", { timeout: 60_000 }, async () => {
    const names = [known.cause, known.unnamed];
    const [from, to] = [
      findOwned(await computeReport(await typedSample(before, program), NO_PROGRESS), names),
      findOwned(await computeReport(await typedSample(after, program), NO_PROGRESS), names),
    ];
    expect(to.bytes - from.bytes).toBe(known.bytes);
    if (to.number !== undefined)
      expect([from.number, to.number]).toEqual([known.truths.before.number, known.truths.after.number]);
    expect(known.bytes).toBeGreaterThan(50_000);
  });
});

/** Stacks in the report and in comparisons: from a dump that is drawn to the sentences. */
import { expect, it } from "vitest";
import { renderReportText } from "../../../src/cli/report/report-text.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import { StackSizes } from "../../../src/findings/goroutines/stack-sizes.ts";
import { HeapComparison } from "../../../src/findings/growth/comparison.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";
import { describeProcess } from "../../../src/findings/report/dump-sentences.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements, toldShare } from "../../../src/findings/report/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { type DumpBuilder, readDump } from "../../support/dump-builder.ts";

const [SYS, HEAP_IDLE, HEAP_INUSE, HEAP_RELEASED, STACK_INUSE, NUM_GC] = [2, 8, 9, 10, 12, 280] as const;
const KIB = 1 << 10;
const STACK_START = 0xc8_0000_0000;

/**
 * A process of 8 MiB, and goroutines of two frames, of 40 KiB and 1 KiB, on stacks of 128 KiB.
 * @param isTold whether their runtime.g tells where the stack is
 */
function draw(d: DumpBuilder, count: number, isTold = true): void {
  d.memStats[SYS] = 10 * KIB * KIB;
  d.memStats[HEAP_IDLE] = 3 * KIB * KIB;
  d.memStats[HEAP_RELEASED] = 2 * KIB * KIB;
  d.root(d.object(64 * KIB));
  for (let i = 0; i < count; i++) {
    const bottom = STACK_START + (i + 1) * 128 * KIB;
    const stack = bottom - 41 * KIB;
    const g = d.object(32, { address: 0xc0_0010_0000 + 32 * i }).list(16);
    if (isTold) g.store(0, bottom - 128 * KIB).store(8, bottom);
    // As the runtime's list of all goroutines does: so these own nothing.
    d.root(g);
    const goroutine = d.goroutine({ g, stack, waitReason: "select" });
    goroutine.frame("main.read", 40 * KIB);
    goroutine.frame("main.serve", KIB);
  }
}

async function report(count: number, isTold?: boolean): Promise<string[]> {
  const { heap } = await readDump((d) => draw(d, count, isTold));
  const layout = { width: 200, height: 40, whyCommand: "gohd why a.dump", topCommand: "gohd top a.dump" };
  const text = renderReportText(await computeReport(heap, NO_PROGRESS), { ...layout, style: createStyle(false) });
  return text.split("\n\n").map((paragraph) => paragraph.trimEnd());
}

it("goroutines are told by their stacks, which are no part of the live bytes, with what is in use, and the command that lists them", async () => {
  const [, first] = await report(20);
  expect(first).toBe(
    [
      "20 goroutines main.serve [select] keep 2.50 MiB of stacks (31.3 % of the Go runtime's memory)",
      "  on average 128 KiB each, 41.0 KiB of it in use, most by 1 frame of main.read",
      "  at main.read",
      "  gohd top a.dump --by goroutine",
    ].join("\n"),
  );
});

it("their share is that of the sentence, for whoever draws it", async () => {
  const { heap } = await readDump((d) => draw(d, 20));
  const told = await computeReport(heap, NO_PROGRESS);
  const [stacks, holder] = told.answers;
  expect(toldShare(stacks!, told)).toBeCloseTo(2.5 / 8, 5);
  expect(toldShare(holder!, told)).toBe(holder!.share);
  expect(toldShare(stacks!, { ...told, memory: null })).toBe(0);
});

it("of pages that few objects keep, the share is that of the Go runtime's memory", async () => {
  const { heap } = await readDump((d) => draw(d, 1));
  const told = await computeReport(heap, NO_PROGRESS);
  const finding = { ...told.answers[0]!, leads: "finding", cause: 0, share: 12 } as const;
  const findings = [{ isLive: false, bytes: 2 * KIB * KIB }] as unknown as typeof told.findings;
  expect(toldShare(finding, { ...told, findings })).toBe(0.25);
});

it.each([
  ["more is released than is idle", HEAP_RELEASED, 4],
  ["more is idle than there is", HEAP_IDLE, 20],
  ["more is in use than there is", HEAP_INUSE, 20],
  ["stacks take more than there is", STACK_INUSE, 20],
])("where %s, the statistics are damaged, and nothing is said of the process", async (_, field, mebibytes) => {
  const memory = async (change: boolean) => {
    const { heap } = await readDump((d) => {
      draw(d, 20);
      if (change) d.memStats[field] = mebibytes * KIB * KIB;
    });
    return computeReport(heap, NO_PROGRESS);
  };
  expect(describeProcess(await memory(false))[0]).toMatch(
    /^The Go runtime takes 8\.00 MiB of memory, C and mmap not counted/,
  );
  expect((await memory(true)).memory).toBe(null);
});

it("where a dump does not tell how large stacks are, they are told as at least what their frames take", async () => {
  const [, first] = await report(40, false);
  expect(first!.split("\n").slice(0, 2)).toEqual([
    "40 goroutines main.serve [select] keep at least 1.60 MiB of stacks (20.0 % of the Go runtime's memory)",
    "  how large all stacks are the dump does not tell: on average 41.0 KiB each are known, most by 1 frame of main.read",
  ]);
});

it("a stack behind whose end the innermost frame is, is not believed in", async () => {
  const { heap } = await readDump((d) => draw(d, 1));
  const stacks = new StackSizes(heap);
  expect(stacks.of(0)).toEqual({ size: 128 * KIB, used: 41 * KIB });
  heap.goroutines.frames.address[heap.goroutines.frameStart[0]!] = STACK_START + 129 * KIB;
  expect(stacks.of(0)).toBeUndefined();
});

it("where the runtime's statistics are less than the objects, nothing is said of the process", async () => {
  const { heap } = await readDump((d) => {
    draw(d, 20);
    d.memStats[SYS] = KIB;
    d.memStats[HEAP_RELEASED] = 0;
  });
  const damaged = await computeReport(heap, NO_PROGRESS);
  expect(damaged.memory).toBeNull();
  expect(describeProcess(damaged)).toEqual([]);
  expect(listStatements(damaged)[0]!.sentence).toBe("20 goroutines main.serve [select] keep 2.50 MiB of stacks");
});

it("stacks below a tenth of the process are not told", async () => {
  expect((await report(6)).join("\n")).not.toContain("main.serve");
});

it("a comparison tells first whose stacks grew, apart from what they own", async () => {
  const comparison = new HeapComparison();
  for (const [i, count] of [2, 30].entries()) {
    const { heap } = await readDump((d) => {
      d.memStats[NUM_GC] = 10 + i;
      draw(d, count);
      const holder = d.object(64, { address: 0xc0_0020_0000 });
      if (i === 1) holder.point(0, d.object(100 * KIB, { address: 0xc0_0030_0000 }));
      else holder.point(0, 0);
      d.root(holder);
    });
    await comparison.add(heap, i === 1, NO_PROGRESS);
  }
  const [first, second] = listGrowthStatements(comparison.finish({ most: 20 }));
  expect(first).toEqual({
    sentence: "28 more goroutines main.serve [select]: their stacks grew by 3.50 MiB (3,670,016 B)",
    lines: ["2 → 30, at main.read", "each has a stack of 128 KiB on average now"],
  });
  expect(second!.sentence).toContain(" grew by 100 KiB ");
});

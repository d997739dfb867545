/** How inspections come one after the other, or beside one another. */
import { expect, test } from "vitest";
import { computeFindings } from "../../src/findings/inspect.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { typedSample } from "../support/typed-samples.ts";
import { sharedHeap, withOneThread } from "../workers/one-thread.ts";

test("of a search that another thread does meanwhile no phase is shown, and all is found that is found without it", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const inspect = async (some: Heap) => {
    const phases: string[] = [];
    const findings = await computeFindings(some, { ...NO_PROGRESS, phase: (name) => phases.push(name) });
    return { phases, findings };
  };
  const alone = await inspect({ ...heap });
  expect(alone.phases).toContain("goroutines that cannot go on");
  await withOneThread(async () => {
    const { phases, findings } = await inspect(sharedHeap(heap));
    expect(findings).toEqual(alone.findings);
    expect(phases).toContain("finding holders");
    expect(phases).not.toContain("goroutines that cannot go on");
  });
});

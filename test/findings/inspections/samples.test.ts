/** Inspections of real dumps: a service with nothing wrong, and one of which `samples/README.md` says what is. */
import { expect, test } from "vitest";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { computeValues } from "../../../src/values/values.ts";
import { typedSample } from "../../support/typed-samples.ts";

test("nothing is found where nothing is wrong, however much there is to look at", { timeout: 60_000 }, async () => {
  const heap = await typedSample("healthy.1.27.amd64", "healthy.1.27.amd64");
  expect(await computeFindings(heap)).toEqual([]);
  const { maps, channels, views } = await computeValues(heap);
  expect(maps.entries.filter((entries) => entries === 12_000)).toHaveLength(1);
  expect(Array.from(channels.capacity)).toContain(64);
  expect(views.seen.filter((seen) => seen !== 0).length).toBeGreaterThan(20_000);
});

test("what a queue leaks has its field, its number and its bytes", { timeout: 60_000 }, async () => {
  const findings = await computeFindings(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"));
  const found = Object.fromEntries(findings.map(({ kind, holder, evidence }) => [`${kind} ${holder}`, evidence]));
  expect(found["popped-slots main.JobQueue.pending"]).toMatchObject({ poppedSlots: 547, length: 53, capacity: 600 });
  expect(found["pinned-by-view main.pipeline.thumbnails.previews[]"]).toMatchObject({ arrays: 16, shown: 16 * 24 });
  expect(found["pinned-by-view main.pipeline.logs.firstLines[]"]).toMatchObject({ arrays: 8, views: 8, shown: 96 });
});

test.each(["1.19.amd64", "1.24.amd64"])(
  "what timers keep, when they are due, and what to do: %s",
  { timeout: 60_000 },
  async (target) => {
    const findings = await computeFindings(await typedSample(`timers.${target}`, `timers.${target}`));
    const found = findings.find(({ kind }) => kind === "pending-timers")!;
    expect(found).toMatchObject({ holder: "func main.accept.func1", count: 500, good: 0 });
    expect(found.evidence).toMatchObject({
      place: "main.Connection.Buffer",
      placeObjects: 500,
      placeBytes: 500 * 4096,
    });
    // The program's timers are all of a day.
    expect(found.problem).toMatch(/, 1\.95 MiB of it in 500 × main\.Connection\.Buffer; due within 24 h$/);
    expect(Number(found.evidence.lastDueSeconds)).toBeGreaterThan(86_390);
    expect(Number(found.evidence.lastDueSeconds)).toBeLessThan(86_460);
    expect(found.advice).toContain("time.AfterFunc");
  },
);

/** Whether two dumps are of one process. */
import { describe, expect, it } from "vitest";
import { type ProcessTraces, relateProcesses } from "../../../src/findings/growth/processes.ts";
import type { MemStats } from "../../../src/heap/facts/mem-stats.ts";

/** What a process with such pauses says after `collections` of them. */
function traces(pauses: (number: number) => number, collections: number, more: Partial<MemStats> = {}): ProcessTraces {
  const ring = new Float64Array(256);
  for (let number = 1; number <= collections; number++) ring[(number + 255) % 256] = pauses(number);
  const memStats = { NumGC: collections, PauseNs: ring, LastGC: collections * 1e9, Mallocs: 0, ...more } as MemStats;
  return { memStats, waits: new Map() };
}

const one = (number: number): number => 10_000 + 37 * number;
const other = (number: number): number => 20_000 + 41 * number;

describe("the pauses of garbage collections", () => {
  it.each([
    [3, 5, 3],
    [3, 3, 3],
    [200, 300, 156],
    [300, 310, 246],
    [400, 655, 1],
  ])("recur after %i and %i collections: %i of them", (before, after, compared) => {
    const relation = relateProcesses(traces(one, before), traces(one, after));
    expect(relation).toMatchObject({ isOneProcess: true, isReversed: after > before ? false : expect.anything() });
    expect(relation.how).toBe(`the pauses of ${compared} garbage collection${compared === 1 ? "" : "s"} recur`);
  });

  it("do not recur in another process, whatever its number of collections", () => {
    for (const [before, after] of [
      [3, 5],
      [300, 310],
      [3, 3],
    ] as const) {
      expect(relateProcesses(traces(one, before), traces(other, after)).isOneProcess).toBe(false);
    }
    // One that is alike by chance is not enough.
    const nearly = (number: number): number => (number === 2 ? one(2) : other(number));
    expect(relateProcesses(traces(one, 3), traces(nearly, 5)).isOneProcess).toBe(false);
  });

  it("are not known where none are left, where there were none, or where a clock is too coarse", () => {
    for (const [before, after] of [
      [3, 300],
      [0, 5],
    ] as const) {
      expect(relateProcesses(traces(one, before), traces(one, after)).isOneProcess).toBeNull();
    }
    expect(
      relateProcesses(
        traces(() => 0, 3),
        traces(() => 0, 5),
      ).isOneProcess,
    ).toBeNull();
    expect(relateProcesses({ memStats: undefined, waits: new Map() }, traces(one, 3)).isOneProcess).toBeNull();
  });

  it("are not looked for among more collections than there can be", () => {
    for (const NumGC of [2 ** 32, 2 ** 60, 2 ** 64]) {
      const liar = traces(one, 5, { NumGC });
      expect(relateProcesses(liar, traces(one, 9, { NumGC })).isOneProcess).toBeNull();
      expect(relateProcesses(traces(one, 5), liar).isOneProcess).toBeNull();
    }
  });

  it("tell which dump is the older one", () => {
    const relation = relateProcesses(traces(one, 9), traces(one, 4));
    expect(relation).toMatchObject({ isOneProcess: true, isReversed: true });
  });
});

it("a goroutine that still waits since the same nanosecond tells, where the pauses are gone", () => {
  const early = {
    ...traces(one, 3),
    waits: new Map([
      [7, 123_456_789],
      [8, 5],
    ]),
  };
  const late = {
    ...traces(one, 400),
    waits: new Map([
      [7, 123_456_789],
      [9, 5],
    ]),
  };
  expect(relateProcesses(early, late)).toMatchObject({
    isOneProcess: true,
    how: "1 goroutine has waited since the same nanosecond",
  });
  expect(relateProcesses(early, { ...late, waits: new Map([[7, 99]]) }).isOneProcess).toBeNull();
});

/** The memory of the process beside its objects: the ledger, and which type keeps which spans. */
import { describe, expect, test } from "vitest";
import type { Histogram } from "../../../src/analysis/histogram.ts";
import { drawUpLedger } from "../../../src/findings/process/ledger.ts";
import { sumSpans } from "../../../src/findings/process/spans.ts";
import { leastSizeOf, slotSizeFor, spanSizeOf } from "../../../src/heap/facts/size-classes.ts";
import type { MemStats } from "../../../src/index.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const STATS = {
  Sys: 1000,
  HeapInuse: 400,
  HeapIdle: 300,
  HeapReleased: 120,
  StackSys: 100,
  MSpanSys: 20,
  MCacheSys: 10,
  BuckHashSys: 5,
  GCSys: 60,
  OtherSys: 5,
} as MemStats;

function histogram(live: number, all: number): Histogram {
  return { bytes: Float64Array.of(all), reachableBytes: Float64Array.of(live) } as unknown as Histogram;
}

describe("the ledger", () => {
  const heap = { ...drawHeap((d) => d.object()), memStats: STATS };

  test("its rows add up to what the runtime obtained", () => {
    const { sys, live, garbage, freeSlots, idle, returned, stacks, runtime, unexplained } = drawUpLedger(
      heap,
      histogram(150, 170),
    )!;
    expect({ live, garbage, freeSlots, idle, returned, stacks, runtime, unexplained }).toEqual({
      live: 150,
      garbage: 20,
      freeSlots: 230,
      idle: 180,
      returned: 120,
      stacks: 100,
      runtime: 100,
      unexplained: 100,
    });
    expect(live + garbage + freeSlots + idle + returned + stacks + runtime + unexplained).toBe(sys);
  });

  test("has the largest variables first, and nothing without the runtime's statistics", () => {
    const variables = [10, 300, 20].map((size, i) => ({
      name: `main.v${i}`,
      type: undefined,
      address: 0,
      size,
      position: 0,
    }));
    expect(drawUpLedger({ ...heap, variables }, histogram(1, 1))!.largestGlobals[0]).toEqual({
      name: "main.v1",
      bytes: 300,
    });
    expect(drawUpLedger({ ...heap, memStats: undefined }, histogram(1, 1))).toBeUndefined();
  });
});

describe("spans", () => {
  const START = 0xc000_0100_0000;

  test("of several pages are found from a slot in their middle, and counted whole", () => {
    // 1,408 bytes: spans of two pages. Slot 9 is on the second page.
    const heap = drawHeap((d) => d.object({ address: START + 9 * 1408, size: 1408, type: "main.Big" }));
    const { spans, bytes, objectBytes } = sumSpans(heap, 1);
    expect([spans[0], bytes[0], objectBytes[0]]).toEqual([1, 16_384, 1408]);
  });

  test("count for the type that has most of them, but not if they are too full", () => {
    const draw = (types: readonly string[]) =>
      drawHeap((d) => {
        for (const [i, type] of types.entries()) d.object({ address: START + i * 2048, size: 2048, type });
      });
    const mixed = draw(["main.A", "main.B", "main.B"]);
    const sums = sumSpans(mixed, 1);
    const b = mixed.types.names.indexOf("main.B");
    expect([Array.from(sums.spans), sums.objects[b], sums.objectBytes[b]]).toEqual([[0, 1], 2, 3 * 2048]);
    expect(Array.from(sumSpans(mixed, 0.5).spans)).toEqual([0, 0]);
  });

  test("one object of them is to look at, which is live and not among the first", () => {
    const heap = drawHeap((d) => {
      for (let page = 0; page < 9; page++) {
        const object = d.object({ address: START + page * 8192, size: 96, type: "main.N" });
        if (page !== 7) d.global(object);
      }
    });
    // Of the eighth span none is.
    expect(sumSpans(heap, 1).example[0]).toBe(3);
  });

  test("neighbours of one size are told apart by their pages", () => {
    const heap = drawHeap((d) => {
      for (let page = 0; page < 5; page++)
        d.object({ address: START + page * 8192 + 96 * page, size: 96, type: "main.N" });
    });
    const { spans, example } = sumSpans(heap, 1);
    expect(spans[0]).toBe(5);
    // Nothing is live.
    expect(example[0]).toBe(-1);
  });
});

test("size classes: the slot of a value, the least value of a slot, the span of a slot", () => {
  for (let size = 1; size <= 40_000; size += 7) {
    const slot = slotSizeFor(size);
    expect(slot).toBeGreaterThanOrEqual(size);
    expect(leastSizeOf(slot)).toBeLessThanOrEqual(size);
    expect(slotSizeFor(leastSizeOf(slot))).toBe(slot);
    expect(spanSizeOf(slot) % 8192).toBe(0);
  }
  expect([slotSizeFor(5000), spanSizeOf(96), spanSizeOf(27_264), spanSizeOf(40_960)]).toEqual([
    5376, 8192, 81_920, 40_960,
  ]);
});

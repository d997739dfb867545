/** Goroutines: leaks in a sample that says what it leaks, and stacks far above what is used. */
import { describe, expect, test } from "vitest";
import { computeHistogram } from "../../../src/analysis/histogram.ts";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { inspect, sentences } from "./inspected.ts";

test("leaked goroutines: 36 that send to nobody, not the 3 whose channel a live stack still shows, and not those that wait for work", {
  timeout: 60_000,
}, async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  const findings = await computeFindings(heap);
  const leaks = findings.filter(({ kind }) => kind === "leaked-goroutines");
  expect(leaks.map(({ holder, count }) => [holder, count])).toEqual([["main.(*Service).download [chan send]", 36]]);
  expect(leaks[0]!.bytes).toBeGreaterThan(36 * 4096);
  expect(leaks[0]).toMatchObject({ holderKind: "goroutines" });
  // Stacks are no part of the live bytes.
  const { bytes, share, evidence } = leaks[0]!;
  const owned = Number(evidence.ownedBytes);
  expect(bytes).toBeGreaterThan(1.2 * owned);
  const { reachableBytes } = await computeHistogram(heap, NO_PROGRESS);
  const live = reachableBytes.reduce((sum, each) => sum + each, 0);
  expect(share).toBeCloseTo(((36 / 39) * owned) / live, 10);
});

describe("stacks", () => {
  /** Ten goroutines with stacks of 64 KiB, of which so many bytes are in use. */
  async function findings(used: number, size = 1 << 16) {
    const types = new TypeFixture();
    const stack = types.struct("runtime.stack", [
      ["lo", types.uintptr()],
      ["hi", types.uintptr()],
    ]);
    types.struct("runtime.g", [
      ["stack", stack],
      ["m", types.pointer(types.int())],
      ["goid", types.int()],
    ]);
    return inspect(types, (d) => {
      for (let i = 0; i < 10; i++) {
        const low = 0xc8_0000_0000 + i * 0x10_0000;
        const g = d
          .object(32)
          .store(0, low)
          .store(8, low + size)
          .list(16);
        d.goroutine({ g, stack: low + size - used }).frame("main.recurse", 64);
      }
    });
  }

  test("of which little is in use", async () => {
    const found = await findings(2048);
    expect(sentences(found, "oversized-stacks")).toEqual([
      "main.recurse: 10 stacks of 640 KiB in all have 20.0 KiB in use",
    ]);
    expect(found.find(({ kind }) => kind === "oversized-stacks")).toMatchObject({
      bytes: 10 * ((1 << 16) - 2048),
      isLive: false,
      holderKind: "goroutines",
    });
  });

  test("not those of which a third is in use, nor small ones", async () => {
    expect(sentences(await findings(22_000), "oversized-stacks")).toEqual([]);
    expect(sentences(await findings(512, 1 << 13), "oversized-stacks")).toEqual([]);
  });
});

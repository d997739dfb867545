/** Goroutines: leaks in a sample that says what it leaks, and stacks far above what is used. */
import { describe, expect, test } from "vitest";
import { computeHistogram } from "../../../src/analysis/histogram.ts";
import { computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { findLeakedGoroutines } from "../../../src/findings/goroutines/leaked.ts";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
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
  expect(share).toBeCloseTo(owned / live, 10);
  // Of the leaked ones alone, and not as much of the group as they are of its number.
  const leaked = await findLeakedGoroutines(heap);
  const { ownedSize } = await computeOwnerTree(heap, NO_PROGRESS);
  const { vertices } = heap.roots;
  let exact = 0;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.GOROUTINE && leaked[vertices.item[vertex]!] === 1)
      exact += ownedSize[heap.objects.count + vertex]!;
  }
  expect(owned).toBe(exact);
  expect(bytes).toBe(exact + Number(evidence.stackBytes));
});

test.each<[waitReason: string, by: string | undefined, advice: RegExp, channel?: string]>([
  ["chan send", "c", /^Give whoever sends or receives a way out/],
  ["chan receive", "c", /^Close the channel .* call the cancel function/],
  ["chan receive", "c", /^Close the channel .* call the cancel function/, "chan struct {}"],
  ["chan receive", "c", /^Close the channel .* call the cancel function/, "main.Signal"],
  ["chan receive", "c", /^Close the channel when nothing more will come\.$/, "chan bool"],
  ["chan receive", "c", /^Close the channel when nothing more will come\.$/, "chan struct { ID int }"],
  ["select", "c", /^Give the select a case/],
  ["sync.Mutex.Lock", "elem", /^Release every lock/],
  ["sync.RWMutex.RLock", "elem", /^Release every lock/],
  ["sync.WaitGroup.Wait", "elem", /^Call Done/],
  ["select (no cases)", undefined, /not with a select that has no cases/],
  ["chan receive (nil chan)", undefined, /^Make the channels/],
  ["coroutine", "gp", /^End what the iterator waits for/],
])(
  "what to do about leaked goroutines depends on what they wait for: %s",
  async (waitReason, by, advice, channel = "runtime.hchan") => {
    const types = new TypeFixture();
    const target = types.struct(channel, [["buf", types.array(12, types.uintptr())]]);
    const toG = types.pointer(types.int());
    const sudog = types.struct("runtime.sudog", [
      ["g", toG],
      ["c", types.pointer(target)],
      ["elem", types.pointer(target)],
    ]);
    const coro = types.struct("runtime.coro", [
      ["mp", types.uintptr()],
      ["gp", types.uintptr()],
    ]);
    toG.elem = types.struct("runtime.g", [
      ["m", types.int()],
      ["waiting", types.pointer(sudog)],
      ["goid", types.int()],
      ["param", types.int()],
      ["sched", types.int()],
      ["coroarg", types.pointer(coro)],
    ]);
    const found = await inspect(
      types,
      (d) => {
        for (let i = 0; i < 40; i++) {
          const g = d.object(48);
          const waiter = d.object(24).point(0, g);
          const target = d.object(96);
          if (by === "elem") waiter.list(8).point(16, target);
          else waiter.point(8, target).list(16);
          if (by === "c" || by === "elem") g.point(8, waiter);
          if (by === "gp") g.point(40, d.object(16).store(8, g));
          else g.list(40);
          d.goroutine({ g, status: GoroutineStatus.WAITING, waitReason }).frame("main.wait", 1 << 14);
        }
      },
      { version: "go1.27.1" },
    );
    expect(found.find(({ kind }) => kind === "leaked-goroutines")).toMatchObject({
      count: 40,
      advice: expect.stringMatching(advice),
    });
  },
);

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
      // There is nothing to look at in a runtime.g.
      address: null,
    });
  });

  test("not those of which a third is in use, nor small ones", async () => {
    expect(sentences(await findings(22_000), "oversized-stacks")).toEqual([]);
    expect(sentences(await findings(512, 1 << 13), "oversized-stacks")).toEqual([]);
  });
});

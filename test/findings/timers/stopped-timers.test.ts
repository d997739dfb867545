/** Timers that were stopped, but are in the runtime's heaps still. */
import { describe, expect, it } from "vitest";
import { listHeapTimers } from "../../../src/analysis/ownership/heap-timers.ts";
import { findStopped } from "../../../src/findings/timers/stopped-timers.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { inspect, rootPointer, sentences } from "../inspections/inspected.ts";

const LARGE = 1 << 17;

/** Of Go 1.23 and later, in a timeTimer: stopped ones are due at 0. */
function newTimers() {
  const types = new TypeFixture();
  const timer = types.struct("runtime.timer", [
    ["astate", types.uint8()],
    ["state", types.uint8()],
    ["when", types.int()],
    ["arg", types.any()],
  ]);
  const timeTimer = types.struct("runtime.timeTimer", [
    ["c", types.unsafePointer()],
    ["timer", timer, "embedded"],
  ]);
  const element = types.struct("runtime.timerWhen", [
    ["timer", types.pointer(timeTimer)],
    ["when", types.int()],
  ]);
  const timers = types.struct("runtime.timers", [["heap", types.slice(element)]]);
  const drawTimer = (d: DumpBuilder, argument: Slot, type: number, isStopped: boolean): Slot =>
    d
      .object(40 + 8)
      .list(0)
      .store(16, isStopped ? 0 : 100e9)
      .store(24, type)
      .point(32, argument);
  return { types, timer, timers, drawTimer, stride: 16 };
}

/** Of Go 1.14 to 1.22, in the program's own: they have a status. */
function oldTimers() {
  const types = new TypeFixture();
  const fields = [
    ["when", types.int()],
    ["arg", types.any()],
    ["status", types.array(4, types.uint8())],
  ] as const;
  const timer = types.struct("runtime.timer", fields);
  const inner = types.struct("time.runtimeTimer", fields);
  const timeTimer = types.struct("time.Timer", [
    ["C", types.unsafePointer()],
    ["r", inner],
  ]);
  // What leads to them is a pointer to the runtime's, and what they are is known from elsewhere.
  const timers = types.struct("runtime.timers", [
    ["heap", types.slice(types.pointer(timer))],
    ["known", types.slice(types.pointer(timeTimer))],
  ]);
  const drawTimer = (d: DumpBuilder, argument: Slot, type: number, isStopped: boolean): Slot =>
    d
      .object(40)
      .list(0)
      .store(8, 100e9)
      .store(16, type)
      .point(24, argument)
      .store(32, isStopped ? 3 : 1);
  return { types, timer, timers, drawTimer, stride: 8 };
}

/** The runtime always has one by itself, for its scavenger, by which it is known what is in the others. */
function drawScavenger(d: DumpBuilder, types: TypeFixture, timer: FixtureType, argument: number): void {
  rootPointer(d, types, timer, d.object(32).list(argument));
}

describe.each([
  ["1.23", newTimers],
  ["1.22", oldTimers],
] as const)("timers of Go %s", (_, make) => {
  /** @param stopped of eight timers those that were stopped */
  function drawing(stopped: readonly number[]) {
    const { types, timer: inner, timers, drawTimer, stride } = make();
    const session = types.struct("main.session", [["data", types.slice(types.uint8())]]);
    return {
      types,
      draw: (d: DumpBuilder): void => {
        const [array, known] = [d.object(stride * 8), d.object(64)];
        for (let i = 0; i < 8; i++) {
          const held = d.object(24).point(0, d.object(LARGE)).store(8, LARGE).store(16, LARGE);
          const timer = drawTimer(d, held, types.pointer(session).address, stopped.includes(i));
          array.point(stride * i, timer);
          known.point(8 * i, timer);
        }
        const list = d.object(48).point(0, array).store(8, 8).store(16, 8);
        if (stride === 8) list.point(24, known).store(32, 8).store(40, 8);
        rootPointer(d, types, timers, list);
        drawScavenger(d, types, inner, stride === 16 ? 24 : 16);
      },
    };
  }

  it("tell whether they were stopped", async () => {
    const { types, draw } = drawing([1, 6]);
    const { heap } = await typeDump(types, draw);
    const { timer } = listHeapTimers(heap);
    expect([...findStopped(heap, timer)]).toEqual([0, 1, 0, 0, 0, 0, 1, 0]);
    // In whatever order they are asked for.
    expect([...findStopped(heap, timer.toReversed())]).toEqual([0, 1, 0, 0, 0, 0, 1, 0].toReversed());
  });
});

describe("timers that hold memory", () => {
  async function say(stopped: readonly number[]) {
    const { types, timer: inner, timers, drawTimer } = newTimers();
    const session = types.struct("main.session", [["data", types.slice(types.uint8())]]);
    const found = await inspect(types, (d) => {
      const array = d.object(16 * 8);
      for (let i = 0; i < 8; i++) {
        const held = d.object(24).point(0, d.object(LARGE)).store(8, LARGE).store(16, LARGE);
        array
          .point(16 * i, drawTimer(d, held, types.pointer(session).address, stopped.includes(i)))
          .store(16 * i + 8, (20 + i) * 1e9);
      }
      rootPointer(d, types, timers, d.object(24).point(0, array).store(8, 8).store(16, 8));
      drawScavenger(d, types, inner, 24);
      d.goroutine({ waitSince: 10e9 });
    });
    return { texts: sentences(found, "pending-timers"), ...found.find(({ kind }) => kind === "pending-timers")! };
  }

  it("are told apart by whether they were stopped, and those have no time at which they are due", async () => {
    const { texts, evidence, count } = await say([0, 6, 7]);
    expect(texts[0]).toMatch(
      /^main\.session: 8 timers, 3 of them stopped and not yet taken out by the runtime, alone keep 1\.00 MiB, .*; half of them are due within 13 s, the last within 15 s$/,
    );
    expect(evidence).toMatchObject({ timers: 8, stoppedTimers: 3, medianDueSeconds: 13, lastDueSeconds: 15 });
    expect(count).toBe(8);
    expect((await say([2])).texts[0]).toContain(
      "8 timers, 1 of them stopped and not yet taken out by the runtime, alone keep",
    );
    expect((await say([0, 1, 2, 3, 4, 5, 6, 7])).texts[0]).toMatch(
      /: 8 stopped timers that the runtime has not taken out yet alone keep 1\.00 MiB, [^;]*$/,
    );
    expect((await say([])).evidence).not.toHaveProperty("stoppedTimers");
  });
});

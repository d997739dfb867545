/** Pending timers that lead to what holds the memory, or to what is in it, and what would be freed. */
import { describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { findRootsByCertainty } from "../../../src/analysis/ownership/leading-roots.ts";
import { findRootsOf } from "../../../src/analysis/ownership/only-root.ts";
import { findHolders, type Holder } from "../../../src/findings/holders/holder.ts";
import { splitTimers } from "../../../src/findings/holders/holder-roots.ts";
import { TimerUsers } from "../../../src/findings/holders/timer-users.ts";
import { groupTimers } from "../../../src/findings/why/timer-ways.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";
import {
  CLOSURE_SIZE as CLOSURE,
  drawTimers,
  TIMER_SIZE as TIMER,
  withTimerArguments,
} from "../timers/timer-fixture.ts";

const [STORE, SESSION] = [320, 1024];
const COUNT = 20;

/** @param targets of each timer what its function works on: the store, or a session by its number */
function drawStore(
  targets: readonly ("store" | number)[],
  more: (s: HeapSketch, store: number) => void = () => {},
): Heap {
  return drawHeap((s) => {
    const store = s.object({ type: "main.Store", size: STORE });
    const sessions = Array.from({ length: COUNT }, () => s.object({ type: "main.Session", size: SESSION }));
    for (const [i, session] of sessions.entries()) s.pointer(store, session, 8 * i);
    const things = targets.map((target) => (target === "store" ? store : sessions[target]!));
    drawTimers(s, things, () => "func main.f");
    s.goroutine({ frames: [{ name: "main.owner", slots: [[store, 8]] }] });
    more(s, store);
  });
}

async function storeOf(heap: Heap): Promise<Holder> {
  const { holders } = await findHolders(heap);
  return holders.find(({ type }) => type === "main.Store")!;
}

const ALL = STORE + COUNT * SESSION;

describe("pending timers", () => {
  it("that lead to a holder use it, and what is freed if they let go is not what others keep", async () => {
    const { alsoUsedBy, contentsUsedBy, release } = await storeOf(drawStore(["store", 5, "store", 5, "store"]));
    expect(alsoUsedBy).toMatchObject([{ kind: "timers", count: 3, isCertain: true }]);
    expect(alsoUsedBy[0]!.leadsTo).toBe(ALL + 3 * (TIMER + CLOSURE));
    expect(contentsUsedBy).toEqual([]);
    expect(release).toEqual({ byOwner: 0, byAll: ALL - SESSION + 3 * (TIMER + CLOSURE) });
  });

  it("let go with roots that use it as well; others that lead there do so by name", async () => {
    const { alsoUsedBy, release } = await storeOf(
      drawStore(["store"], (s, store) => s.goroutine({ frames: [{ name: "main.f", slots: [[store, 8]] }] })),
    );
    expect(alsoUsedBy).toMatchObject([{ kind: "timers", count: 1 }, { kind: "goroutine" }]);
    expect(release).toEqual({ byOwner: 0, byAll: ALL + TIMER + CLOSURE });
  });

  it("keep what is in a holder if they lead only there, one to each", async () => {
    const sessions = Array.from({ length: COUNT }, (_, i) => i);
    const { alsoUsedBy, contentsUsedBy, release } = await storeOf(drawStore(sessions));
    expect(alsoUsedBy).toEqual([]);
    expect(contentsUsedBy).toMatchObject([{ kind: "timers", count: COUNT }]);
    expect(release).toEqual({ byOwner: STORE, byAll: ALL + COUNT * (TIMER + CLOSURE) });
  });

  it("that lead to the holder are not told again as those of what is in it, if others of their name lead only there", async () => {
    const sessions = Array.from({ length: COUNT }, (_, i) => i);
    const { alsoUsedBy, contentsUsedBy } = await storeOf(drawStore(["store", ...sessions, "store"]));
    expect(alsoUsedBy).toMatchObject([{ kind: "timers", count: 2 }]);
    expect(contentsUsedBy).toMatchObject([{ kind: "timers", count: COUNT }]);
  });

  it("do not use what is in it if some of that is the owner's alone", async () => {
    const { contentsUsedBy, release } = await storeOf(drawStore([0, 1, 2]));
    expect(contentsUsedBy).toEqual([]);
    expect(release).toBeNull();
  });

  it("do not use the processor that has them, nor does who has one of them", async () => {
    const heap = drawHeap((s) => {
      const processor = s.object({ type: "runtime.p", size: 4096 });
      const array = s.object({ type: "[]runtime.timerWhen", size: 64 });
      const timer = s.object({ type: "runtime.timeTimer", size: TIMER });
      s.pointer(processor, array);
      s.pointer(array, timer);
      s.pointer(timer, processor, 8);
      s.global(processor);
      s.goroutine({ frames: [{ name: "main.f", slots: [[timer, 8]] }] });
    });
    const { holders } = await findHolders(heap);
    expect(holders.find(({ type }) => type === "runtime.p")).toMatchObject({ alsoUsedBy: [], contentsUsedBy: [] });
  });
});

/** As `drawStore`, with layouts that tell of each timer what it will work on, which is of its own type where there are several. */
function drawTyped(timers: number, functions: readonly string[]): Heap {
  const heap = drawHeap((s) => {
    const store = s.object({ type: "main.Store", size: STORE });
    drawTimers(s, new Array<number>(timers).fill(store), (row) => functions[row % functions.length]!);
  });
  return withTimerArguments(heap);
}

it("are told by the type of what they work on, and time does not grow with the length of its name", async () => {
  const heap = drawTyped(40_000, [`func main.${"f".repeat(1 << 20)}`, "func main.g"]);
  const [store] = await findRootsByCertainty(heap, [0]);
  const users = new TimerUsers(heap, [store!], undefined);
  expect(users.of(store!.timers)).toHaveLength(2);
  const told = users.describe(users.of(store!.timers), new Map());
  expect(told.map(({ name, count }) => [name.slice(0, 30), count])).toEqual([
    ["pending timer of func main.fff", 20_000],
    ["pending timer of func main.g", 20_000],
  ]);
  expect(groupTimers(heap, undefined, () => true)).toHaveLength(2);
  const untold = drawStore(["store"]);
  expect(groupTimers(untold, undefined, () => true).map(([name]) => name)).toEqual([
    "pending timer without an argument",
  ]);
});

describe("timers on which things hang", () => {
  /** Two processors, each with timers for all sessions, and a store that has these or not; nothing else leads to the timers. */
  function drawHanging(hasStore: boolean): Heap {
    const heap = drawHeap((s) => {
      const store = s.object({ type: "main.Store", size: STORE });
      const sessions = Array.from({ length: COUNT }, () => s.object({ type: "main.Session", size: SESSION }));
      if (hasStore) for (const [i, session] of sessions.entries()) s.pointer(store, session, 8 * i);
      for (const i of [0, 1]) {
        const processor = s.object({ type: "runtime.p", size: 128 });
        const array = s.object({ type: "[]runtime.timerWhen", size: 16 * COUNT });
        s.pointer(processor, array);
        for (const [row, target] of (hasStore ? [store] : sessions).entries()) {
          const timer = s.object({ type: "runtime.timeTimer", size: TIMER });
          s.pointer(array, timer, 16 * row);
          s.pointer(timer, target, 16);
        }
        s.global(processor, 8 * i);
      }
    });
    const { kind } = heap.roots.vertices;
    kind[kind.indexOf(RootVertexKind.SEGMENT)] = RootVertexKind.VARIABLE;
    return { ...heap, variables: [{ name: "runtime.allp" }] } as unknown as Heap;
  }

  it("are told, but nobody else is there who could let go", async () => {
    const { alsoUsedBy, release } = await storeOf(drawHanging(true));
    expect(alsoUsedBy).toMatchObject([{ kind: "timers", count: 2 }]);
    expect(release).toBeNull();
  });

  it("do not use what the variable has that leads to all of them", async () => {
    const [all] = (await findHolders(drawHanging(false))).holders;
    expect(all).toMatchObject({ path: "runtime.allp", contentsUsedBy: [], release: null });
    expect(all!.parts[0]).toMatchObject({ type: "main.Session", count: COUNT });
  });

  it("are looked for, though the dominators know the only variable that leads there", async () => {
    const heap = drawHanging(true);
    const before = await findRootsOf(heap, 0, NO_PROGRESS);
    await computeDominators(heap);
    expect(before.timers).toEqual([0, 1]);
    expect(await findRootsOf(heap, 0, NO_PROGRESS)).toEqual(before);
  });
});

it("are split from those that use a thing in no more time than there are of them", () => {
  const roots = Array.from({ length: 400_000 }, (_, i) => {
    const kind = i % 2 === 0 ? "timers" : "goroutine";
    return { kind, name: `${i}`, count: 1, isCertain: true, leadsTo: null } as const;
  });
  const { timers, users } = splitTimers("runtime.allp", roots);
  expect([timers.length, users.length, timers[1]?.name, users[1]?.name]).toEqual([200_000, 200_000, "2", "3"]);
  expect(splitTimers("main.store", roots)).toEqual({ timers: [], users: roots });
});

it("of a real heap that will log out sessions lead to the store that has them all", async () => {
  const heap = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
  const { holders } = await findHolders(heap);
  const [store] = holders;
  expect(store!.alsoUsedBy[0]).toMatchObject({ kind: "timers", count: 8 });
  expect(store!.release).toMatchObject({ byOwner: 0 });
  expect(store!.release!.byAll).toBeGreaterThan(0.99 * store!.bytes);
});

/** Why things are alive that pending timers lead to, too, or alone. */
import { describe, expect, it, vi } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { listHeapTimers } from "../../../src/analysis/ownership/heap-timers.ts";
import { findRootsOf } from "../../../src/analysis/ownership/only-root.ts";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { listPendingTimers } from "../../../src/findings/timers/pending-timers.ts";
import { findRootPaths } from "../../../src/findings/why/root-paths.ts";
import { TimerWays } from "../../../src/findings/why/timer-ways.ts";
import { findUsers } from "../../../src/findings/why/users.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { drawTimers, withTimerArguments } from "../timers/timer-fixture.ts";

const SESSIONS = ["sessions-after.1.27.amd64", "sessions.1.27.amd64"] as const;
const TIMERS = "pending timer of func main.(*SessionStore).logIn.func2";
const WAY = "runtime.allp[0].timers.heap[0].timer.timer.arg.store";

describe("pending timers that lead to a thing", () => {
  it("are told with the others that use it", async () => {
    const why = await explainWhy(await typedSample(...SESSIONS), ["main.SessionStore"]);
    expect(why.thing!.alsoUsedBy).toMatchObject([{ kind: "timers", count: 8 }, { kind: "goroutine" }]);
    expect(renderWhy(why)).toContain(
      `\nAlso used by 8 × ${TIMERS}, goroutine main.(*SessionStore).expireSessions [select]: --all-paths 10 shows how.\n`,
    );
  });

  it("are told with the way from the runtime, if all ways are asked for", async () => {
    const why = await explainWhy(await typedSample(...SESSIONS), ["main.SessionStore"], 10);
    expect(why.hasMorePaths).toBe(false);
    const path = why.paths.find(({ root }) => root === TIMERS)!;
    expect(path).toMatchObject({ by: "user", rootCount: 8, isCertain: true });
    expect(path.expression.replace(/\d+/g, "0")).toBe(WAY);
    expect(renderWhy(why)).toContain(`\n8 × ${TIMERS} use it, too, for example:\n`);
    const { hasMorePaths } = await explainWhy(await typedSample(...SESSIONS), ["main.SessionStore"], 2);
    expect(hasMorePaths).toBe(true);
  });

  it("are told of many things as well, with how many of them they lead to", async () => {
    const why = await explainWhy(await typedSample(...SESSIONS), ["main.Session"], 10);
    expect(why.users.map(({ root, rootCount, count }) => [root, rootCount, count])).toEqual([
      ["goroutine main.(*SessionStore).expireSessions [select]", 1, 500],
      [TIMERS, 8, 500],
    ]);
    expect(why.users[1]!.tree).toMatchObject([{ name: "runtime.allp", count: 500 }]);
    const { users } = await explainWhy(await typedSample(...SESSIONS), ["main.LastSeen", "main.User"], 2);
    expect(users).toHaveLength(1);
  });

  it("do not use it where the runtime owns it, but have it", async () => {
    const why = await explainWhy(await typedSample(...SESSIONS), ["main.SessionStore"]);
    const paths = why.paths.map((path) => ({ ...path, root: "runtime.allp" }));
    const alsoUsedBy = why.thing!.alsoUsedBy.filter(({ kind }) => kind === "timers");
    const text = renderWhy({ ...why, paths });
    expect(text).toContain(
      `\nIt hangs on 8 × ${TIMERS}.\nAlso used by goroutine main.(*SessionStore).expireSessions [select]: --all-paths`,
    );
    expect(renderWhy({ ...why, paths, thing: { ...why.thing!, alsoUsedBy } })).toMatch(
      /\nIt hangs on 8 × pending timer of .*\.\n$/,
    );
  });
});

it("the timer of a thing that one segment alone leads to is told, whether the dominators are known or not", async () => {
  const heap = await typedSample("timers.1.24.amd64", "timers.1.24.amd64");
  const { timer } = listHeapTimers(heap);
  const type = heap.types.names.indexOf("main.Connection");
  const connections = [...heap.objects.type.keys()].filter((object) => heap.objects.type[object] === type);
  expect(connections).toHaveLength(500);
  const before = await findRootsOf(heap, connections[250]!, NO_PROGRESS);
  await computeDominators(heap);
  const after = await findRootsOf(heap, connections[250]!, NO_PROGRESS);
  for (const { timers } of [before, after]) expect(timers).toHaveLength(1);
  expect(after.timers).toEqual(before.timers);
  expect(timer.length).toBeGreaterThanOrEqual(500);
});

describe("any number of timers", () => {
  /** A store that timers of so many functions lead to, by ways that are alike, and a heap of timers that has them. */
  function drawWays(functions: number): { heap: Heap; store: number } {
    let store = 0;
    const heap = drawHeap((s) => {
      store = s.object({ type: "main.Store", size: 64 });
      drawTimers(s, new Array<number>(functions).fill(store), (row) => `func main.f${row}`);
    });
    return { heap: withTimerArguments(heap), store };
  }

  it("are searched from as often as roots whose ways are alike, and that there are more is told", async () => {
    const search = vi.spyOn(TimerWays.prototype, "searchFrom");
    const few = drawWays(30);
    const all = await findRootPaths(few.heap, few.store, 1000, undefined, NO_PROGRESS);
    expect([search.mock.calls.length, all.paths.length, all.hasMore]).toEqual([30, 1, false]);
    search.mockClear();
    const many = drawWays(300);
    const some = await findRootPaths(many.heap, many.store, 1000, undefined, NO_PROGRESS);
    expect([search.mock.calls.length, some.paths.length, some.hasMore]).toEqual([64, 1, true]);
    search.mockRestore();
  });

  it("are no users of many things either that nobody but the runtime owns", async () => {
    const { heap, store } = drawWays(3);
    const closure = heap.types.names.indexOf("func main.f0");
    const targets = Int32Array.of(store, heap.objects.type.indexOf(closure));
    const listed = async (of: Heap) => (await findUsers(of, targets, 10, undefined, NO_PROGRESS)).users.length;
    expect(await listed(heap)).toBe(3);
    const { kind } = heap.roots.vertices;
    kind[kind.indexOf(RootVertexKind.SEGMENT)] = RootVertexKind.VARIABLE;
    expect(await listed({ ...heap, variables: [{ name: "runtime.allp" }] } as unknown as Heap)).toBe(0);
  });

  it("can be stopped while one is searched from", async () => {
    const heap = drawHeap((s) => {
      const processor = s.object({ type: "runtime.p", size: 128 });
      const array = s.object({ type: "[]runtime.timerWhen", size: 16 });
      const timer = s.object({ type: "runtime.timeTimer", size: 112 });
      s.pointer(processor, array);
      s.pointer(array, timer);
      for (let last = timer; last < 1 << 18; last++) s.pointer(last, s.object());
      s.global(processor, 8);
    });
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    const ways = new TimerWays(heap);
    const timers = listPendingTimers(heap, undefined);
    const progress = { ...NO_PROGRESS, signal: stop.signal };
    await expect(ways.searchFrom(timers, () => true, progress)).rejects.toThrow("enough");
  });
});

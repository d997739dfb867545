/** Why things are alive that pending timers lead to, too, or alone. */
import { describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { listHeapTimers } from "../../../src/analysis/ownership/heap-timers.ts";
import { findRootsOf } from "../../../src/analysis/ownership/only-root.ts";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

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

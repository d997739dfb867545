/** Checks: figures are those of top and the report, verdicts what the figures say, and nothing is judged that cannot be. */
import { beforeAll, describe, expect, it } from "vitest";
import { sumOwnerPaths } from "../../../src/findings/aggregates/owner-path-sums.ts";
import { DEFAULT_TOLERANCE } from "../../../src/findings/check/baseline-change.ts";
import { parseBudget } from "../../../src/findings/check/budget-parser.ts";
import { type Check, judge } from "../../../src/findings/check/check.ts";
import { describeOutcome, listCheckLines } from "../../../src/findings/check/check-sentences.ts";
import { type Measured, measureHeap } from "../../../src/findings/check/measured.ts";
import { median } from "../../../src/findings/check/median.ts";
import { findThing } from "../../../src/findings/check/things.ts";
import { computeGoroutineGroups, type GoroutineGroup } from "../../../src/findings/goroutines/groups.ts";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { computeTop } from "../../../src/findings/top/top.ts";
import type { TopKind } from "../../../src/findings/top/top-kinds.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

const given = (texts: readonly string[]) =>
  texts.map((text) => ({ budget: parseBudget(text), reason: null, origin: "--fail-if" }));

const measure = (heap: Heap, texts: readonly string[], mostGarbage = 0.05): Promise<Measured> =>
  measureHeap(heap, { budgets: texts.map(parseBudget), mostGarbage, withSums: false }, NO_PROGRESS);

async function check(heap: Heap, ...texts: string[]): Promise<Check> {
  return judge(given(texts), [await measure(heap, texts)]);
}

const figure = async (heap: Heap, text: string): Promise<number> =>
  (await check(heap, text)).budgets[0]!.comparisons[0]!.value!;

let sessions: Heap;
let workers: Heap;
beforeAll(async () => {
  sessions = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  workers = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
});

describe("figures", () => {
  it("of types, variables and goroutines are those of top", async () => {
    const table = async (heap: Heap, by: TopKind) =>
      (await computeTop(heap, { by, sort: "owned", limit: Number.POSITIVE_INFINITY })).rows;
    let compared = 0;
    for (const heap of [sessions, workers]) {
      const types = await table(heap, "type");
      for (const { name, count, shallowBytes, ownedBytes } of types) {
        // Two rows may have one name.
        if (types.filter((row) => row.name === name || row.name.startsWith(`${name} (`)).length > 1) continue;
        const quoted = JSON.stringify(name);
        expect(await figure(heap, `owned(${quoted}) > 1B`), name).toBe(ownedBytes);
        expect(await figure(heap, `shallow(${quoted}) > 1B`), name).toBe(shallowBytes);
        expect(await figure(heap, `count(${quoted}) > 1`), name).toBe(count);
        compared++;
      }
      for (const { name, ownedBytes, kind } of await table(heap, "root")) {
        if (kind === "variable")
          expect(await figure(heap, `owned(${JSON.stringify(name)}) > 1B`), name).toBe(ownedBytes);
      }
      for (const { name, count, ownedBytes } of await table(heap, "goroutine")) {
        expect(await figure(heap, `goroutines(${JSON.stringify(name)}) > 1`), name).toBe(count);
        expect(await figure(heap, `owned(${JSON.stringify(name)}) > 1B`), name).toBe(ownedBytes);
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  it("of owner paths are those of diff", async () => {
    let compared = 0;
    for (const heap of [sessions, workers]) {
      const { tree, ownedBytes } = await sumOwnerPaths(heap, NO_PROGRESS);
      const texts = Array.from({ length: tree.count }, (_, row) => (row === 0 ? "" : tree.textOf(row)));
      for (const [row, text] of texts.entries()) {
        // Of names that other paths have as well more is meant, and of elements also those that another path has.
        if (
          ownedBytes[row]! < 512 ||
          text === "" ||
          texts.indexOf(text) !== texts.lastIndexOf(text) ||
          text.includes("[…]")
        )
          continue;
        expect(await figure(heap, `owned(${JSON.stringify(text)}) > 1B`), text).toBe(ownedBytes[row]);
        compared++;
      }
      expect(texts.some((text) => /^goroutine .*: /.test(text))).toBe(true);
    }
    expect(compared).toBeGreaterThan(40);
    const [first] = await computeTop(workers, { by: "root", sort: "owned", limit: 1, filter: /^goroutine main/ }).then(
      ({ rows }) => rows,
    );
    expect(await figure(workers, `owned(${JSON.stringify(first!.name)}) > 1B`)).toBe(first!.ownedBytes);
  });

  it("of a pointer to a value beside the heap are those of the value, and of what that leads to there", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { rows } = await computeTop(heap, { by: "root", sort: "owned", limit: Number.POSITIVE_INFINITY });
    const sum = (name: RegExp): number =>
      rows.filter((row) => name.test(row.name)).reduce((all, { ownedBytes }) => all + ownedBytes, 0);
    expect(sum(/^\*main\.pipeline$/)).toBeGreaterThan(0);
    expect(sum(/^\*main\.pipeline\.thumbnails$/)).toBeGreaterThan(0);
    expect(await figure(heap, "owned(*main.pipeline) > 1B")).toBe(sum(/^\*main\.pipeline$/));
    expect(await figure(heap, "owned(main.pipeline) > 1B")).toBe(sum(/^\*main\.pipeline(\.|$)/));
    expect(await figure(heap, "owned(main.pipeline.thumbnails) > 1B")).toBe(sum(/^\*main\.pipeline\.thumbnails$/));
    // The beginning of a name is no name, nor is a package.
    expect(await figure(heap, "owned(main.pipe) > 1B")).toBe(0);
    expect((await findThing(heap, "main", undefined, NO_PROGRESS)).roots).toEqual([]);
    // Of a slice the array is such a value.
    const variables = heap.variables!.map((each) =>
      each.name === "*main.pipeline" ? { ...each, name: "main.rows[:]" } : each,
    );
    const { roots, isBesideHeap } = await findThing({ ...heap, variables }, "main.rows", undefined, NO_PROGRESS);
    expect([roots.length, isBesideHeap]).toEqual([1, true]);
  });

  it("of samples are what samples/README.md says", async () => {
    // 39 downloads wait for ever; 6 workers of a pool wait for a channel that nobody closes.
    expect(await figure(workers, "goroutines(main.(*Service).download) > 0")).toBe(39);
    const { groups } = await computeGoroutineGroups(workers, NO_PROGRESS);
    const downloads = groups.filter(({ entry }) => entry === "main.(*Service).download");
    const leaked = (of: readonly GoroutineGroup[]): number => of.reduce((sum, group) => sum + group.leaked, 0);
    expect(leaked(downloads)).toBeGreaterThan(30);
    expect(await figure(workers, "leaked_goroutines(main.(*Service).download) > 0")).toBe(leaked(downloads));
    expect(await figure(workers, "leaked_goroutines > 0")).toBe(leaked(groups));
    expect(await figure(sessions, "count(main.Session) > 0")).toBe(500);
    expect(await figure(sessions, "count(/^main\\.(Session|User)$/) > 0")).toBe(1000);
    expect(await figure(sessions, "leaked_goroutines > 0")).toBe(0);
  });

  it("of goroutines leave the runtime's own out", async () => {
    const own = workers.goroutines.system.reduce((sum, each) => sum + each, 0);
    expect(own).toBeGreaterThan(0);
    expect(await figure(workers, "goroutines > 0")).toBe(workers.goroutines.count - own);
  });

  it("of waste are those of the findings", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const findings = await computeFindings(heap, NO_PROGRESS);
    const sum = (kind?: string): number =>
      findings
        .filter((one) => (kind === undefined ? one.isLive : one.kind === kind))
        .reduce((all, { bytes }) => all + bytes, 0);
    expect(sum("popped-slots")).toBeGreaterThan(0);
    // Payloads in popped slots are duplicates of others, too: the findings are about more bytes than there are.
    const live = await figure(heap, "live > 1B");
    expect(sum()).toBeGreaterThan(live);
    expect(await figure(heap, "wasted > 1B")).toBe(live);
    expect(await figure(heap, "wasted(popped-slots) > 1B")).toBe(sum("popped-slots"));
    expect(await figure(heap, "wasted(tiny-maps) > 1B")).toBe(0);
  });

  it("in per cent are of the live bytes, or of the heap", async () => {
    const heap = drawHeap((sketch) => {
      sketch.global(sketch.object({ size: 300, type: "main.A" }));
      sketch.object({ size: 100, type: "main.B" });
    });
    expect(await figure(heap, "garbage > 10%")).toBe(0.25);
    expect(await figure(heap, "garbage > 10B")).toBe(100);
  });
});

describe("verdicts", () => {
  it("are what the comparisons say, or of and", async () => {
    const outcomes = (
      await check(
        sessions,
        "count(main.Session) > 499",
        "count(main.Session) > 500",
        "count(main.Session) >= 500 and leaked_goroutines > 0",
        "count(main.Session) >= 500 and leaked_goroutines == 0",
        "live > 1TiB or count(main.Session) != 499",
        "live < 1B or objects <= 1",
      )
    ).budgets.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["broken", "passed", "passed", "broken", "broken", "passed"]);
  });

  it("say who holds it, without keys of maps", async () => {
    const { outcome, budgets } = await check(
      sessions,
      "owned(main.Session) > 100KiB",
      "live > 1KiB",
      "count(main.Session) > 1000",
    );
    expect(outcome).toBe("broken");
    expect(budgets[0]!.culprits.map(({ name, detail, count }) => [name, detail, count])).toEqual([
      ["main.store.byToken[…]", "main.Session", 450],
      ["main.store.onShutdown[…].R", "main.Session", 50],
    ]);
    expect(budgets[1]!.culprits[0]).toMatchObject({ kind: "holder", name: "main.store", detail: "main.SessionStore" });
    expect(budgets[2]!.culprits).toEqual([]);
    const leaks = await check(workers, "leaked_goroutines > 0", "goroutines(main.(*Service).download) > 3");
    for (const { culprits, comparisons } of leaks.budgets) {
      expect(culprits[0]).toMatchObject({ kind: "goroutines", name: "main.(*Service).download [chan send]" });
      if (comparisons[0]!.measure !== "leaked_goroutines") expect(culprits[0]!.count).toBe(39);
      expect(culprits[0]!.detail).toContain("started by main.");
    }
    const queue = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const waste = await check(queue, "wasted > 10%", "owned(main.pipeline) > 1KiB");
    expect(waste.budgets[0]!.culprits[0]).toMatchObject({
      kind: "finding",
      name: "main.pipeline.thumbnails.previews[]",
    });
    expect(waste.budgets[1]!.culprits.map(({ name }) => name)).toContain("main.pipeline.queue");
  });

  it("blame goroutines, timers and finalizers for live bytes as the report does", async () => {
    const [ofWorkers] = (await check(workers, "live > 1KiB")).budgets;
    const { groups } = await computeGoroutineGroups(workers, NO_PROGRESS);
    expect(ofWorkers!.culprits).toMatchObject(
      ["main.(*Service).download [chan send]", "main.(*Service).work [chan receive]"].map((name) => {
        const { count, ownedBytes } = groups.find(({ entry, state }) => `${entry} [${state}]` === name)!;
        return { kind: "goroutines", name, count, bytes: ownedBytes };
      }),
    );
    const timers = await typedSample("timers.1.24.amd64", "timers.1.24.amd64");
    const [ofTimers] = (await check(timers, "live > 1KiB")).budgets;
    expect(ofTimers!.culprits).toMatchObject([
      {
        kind: "finding",
        name: "func main.accept.func1",
        count: 500,
        detail: expect.stringMatching(/^timers that hold memory: /),
      },
    ]);
    const types = new TypeFixture();
    types.struct("runtime.hchan", [["buf", types.uintptr()]]);
    types.struct("runtime.sudog", [["g", types.pointer(types.int())]]);
    const { heap } = await typeDump(
      types,
      (d) => {
        for (let i = 0; i < 20; i++) {
          d.finalizer(d.object(32).point(0, d.object(8192)).list(8));
          d.goroutine({ status: GoroutineStatus.WAITING, waitReason: "select (no cases)" }).frame("main.wait", 1 << 14);
        }
      },
      { version: "go1.27.1" },
    );
    // Leaked goroutines that own next to nothing are in the report, and no reason why the heap is large.
    const [ofFinalizers, ofLeaked] = (await check(heap, "live > 1KiB", "leaked_goroutines > 0")).budgets;
    expect(ofFinalizers!.culprits).toMatchObject([
      { kind: "finding", count: 20, detail: expect.stringMatching(/^finalizers that /) },
    ]);
    expect(ofLeaked!.culprits).toMatchObject([{ kind: "goroutines", count: 20 }]);
  });

  it("of what is nowhere are of 0, and tell it", async () => {
    const { budgets } = await check(
      sessions,
      "owned(main.Sesion) > 1KiB",
      "goroutines(main.mian) > 0",
      "count(main.Foo) == 0",
    );
    expect(budgets.map(({ outcome }) => outcome)).toEqual(["passed", "passed", "broken"]);
    expect(budgets[0]!.comparisons[0]!.missing).toContain("did you mean main.Session?");
    expect(budgets[1]!.comparisons[0]!.missing).toContain("did you mean main.main?");
    const methods = await check(
      workers,
      "goroutines(main.download) > 0",
      "goroutines(main.Service.downlod) > 0",
      "goroutines(/^main\\.work$/) > 0",
    );
    expect(methods.budgets.map(({ comparisons }) => comparisons[0]!.missing)).toEqual([
      expect.stringContaining("did you mean main.(*Service).download?"),
      expect.stringContaining("did you mean main.(*Service).download?"),
      expect.stringContaining("did you mean main.(*Service).work?"),
    ]);
    // Looking for a receiver in such a name takes minutes.
    const hostile = drawHeap((s) => s.goroutine({ frames: [{ name: `main${".a[".repeat(300_000)}` }] }));
    const longest = await check(hostile, "goroutines(main.mian) > 0");
    expect(longest.budgets[0]!.comparisons[0]!.missing).toBe("no goroutine was started for main.mian");
    // Whose keys these are is nobody's business.
    const { budgets: keyed } = await check(sessions, 'count(main.store.byToken["token"]) > 0');
    expect(keyed[0]!.comparisons[0]!.missing).toBe('main.store.byToken has no pointer ["token"]');
  });

  it("of types that are guessed say so, whether the budget holds or not", async () => {
    const { objects, types } = sessions;
    const all = [...objects.type.keys()].filter((i) => types.names[objects.type[i]!] === "main.Session");
    const guess = (some: readonly number[]): Heap => {
      const typeSource = objects.typeSource.slice();
      for (const object of some) typeSource[object] = TypeSource.INFERRED;
      return { ...sessions, objects: { ...objects, typeSource } };
    };
    const texts = ["count(main.Session) > 100", "owned(main.Session) > 100MiB", "owned(main.store) > 1B"];
    const { budgets } = await check(guess(all.slice(0, 7)), ...texts);
    expect(budgets.map(({ outcome, comparisons }) => [outcome, comparisons[0]!.guessed])).toEqual([
      ["broken", { count: 500, guessed: 7 }],
      ["passed", { count: 500, guessed: 7 }],
      // A variable is called by its own name.
      ["broken", null],
    ]);
    const linesOf = async (heap: Heap) =>
      listCheckLines(await check(heap, ...texts)).map(({ lines }) => lines.filter((line) => line.includes("guess")));
    expect(await linesOf(sessions)).toEqual([[], [], []]);
    const [broken, passed] = await linesOf(guess(all));
    expect(passed).toEqual(["owned(main.Session) leans on guesses: the type of all 500 objects is guessed"]);
    expect(broken).toEqual([
      "count(main.Session) leans on guesses: the type of all 500 objects is guessed",
      "450 × main.store.byToken[…], 49.2 KiB, main.Session (guessed)",
      "50 × main.store.onShutdown[…].R, 5.47 KiB, main.Session (guessed)",
    ]);
  });

  it("show exact figures where rounded ones would be those of the limit", async () => {
    const live = await figure(sessions, "live > 1B");
    const [line] = listCheckLines(await check(sessions, `live > ${live - 1}B`));
    expect(line).toMatchObject({ outcome: "broken", figure: `${live.toLocaleString("en-US")} B` });
  });
});

describe("cannot be had", () => {
  it("of a heap with much garbage", async () => {
    const heap = drawHeap((sketch) => {
      sketch.global(sketch.object({ size: 900_000 }));
      sketch.object({ size: 100_000 });
    });
    const { outcome, dumps, budgets } = await check(heap, "live > 1B");
    expect([outcome, budgets[0]!.outcome, budgets[0]!.comparisons[0]!.value]).toEqual(["unable", "unable", null]);
    expect(dumps[0]!.problems).toMatchObject([
      { code: "garbage", advice: expect.stringContaining("runtime.GC() twice") },
    ]);
    const allowed = judge(given(["live > 1B"]), [await measure(heap, ["live > 1B"], 0.1)]);
    expect(allowed.outcome).toBe("broken");
  });

  it("without types, unless they are not needed", async () => {
    const untyped = await sampleHeap("sessions-after.1.27.amd64");
    for (const text of ["owned(main.Session) > 1KiB", "wasted > 1%", "leaked_goroutines > 0"]) {
      const { outcome, dumps } = await check(untyped, text);
      expect([outcome, dumps[0]!.problems[0]!.code]).toEqual(["unable", "no-types"]);
    }
    expect((await check(untyped, "live > 1TiB", "goroutines(main.main) > 9")).outcome).toBe("passed");
  });

  it("without names, where a variable may be meant", async () => {
    const stripped = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64", true);
    const bare: Heap = { ...stripped };
    // As of an executable without symbols.
    Reflect.deleteProperty(bare, "variables");
    const nameless = { ...bare, roots: (await sampleHeap("sessions-after.1.27.amd64")).roots };
    expect((await check(nameless, "count(main.Session) > 1000")).outcome).toBe("passed");
    const { outcome, dumps } = await check(nameless, "owned(main.store) > 1TiB");
    expect([outcome, dumps[0]!.problems[0]!.code]).toEqual(["unable", "no-names"]);

    // Only what needs the names is not measured: here one budget, and the baseline.
    const texts = ["live > 1KiB", "owned(main.store) > 1TiB", "count(main.Session) > 1000"];
    const budgets = texts.map(parseBudget);
    const measured = await measureHeap(nameless, { budgets, mostGarbage: 0.05, withSums: true }, NO_PROGRESS);
    const baseline = {
      file: "heap.json",
      key: "go1.27 amd64",
      heap: undefined,
      tolerance: DEFAULT_TOLERANCE,
      expected: [],
    };
    const partly = judge(given(texts), [measured], baseline);
    expect(partly.budgets.map((one) => one.outcome)).toEqual(["broken", "unable", "passed"]);
    expect([partly.outcome, partly.baseline!.outcome]).toEqual(["broken", "unable"]);
    expect(partly.budgets[0]!.culprits.length).toBeGreaterThan(0);
    expect(describeOutcome(partly)).toBe(
      "1 of 3 budgets could not be measured, and of the others 1 of 2 budgets is broken, and the baseline could not be compared: " +
        "the executable has neither symbols nor debug information, so variables have no names",
    );
    const held = judge(given(texts.slice(2)), [measured], baseline);
    expect([held.outcome, held.budgets[0]!.outcome]).toEqual(["unable", "passed"]);
  });

  it("without types, of one budget though of others", async () => {
    const untyped = await sampleHeap("sessions-after.1.27.amd64");
    const { outcome, budgets, dumps } = await check(untyped, "count(main.Session) > 1000", "live > 1TiB");
    expect([outcome, ...budgets.map((one) => one.outcome)]).toEqual(["unable", "unable", "passed"]);
    expect(dumps[0]!.problems.map(({ code }) => code)).toEqual(["no-types"]);
  });

  it.each([
    ["live > 1KiB or count(main.Session) > 1000", "broken"],
    ["live > 1TiB and count(main.Session) > 1000", "passed"],
    ["live > 1TiB or count(main.Session) > 1000", "unable"],
    ["live > 1KiB and count(main.Session) > 1000", "unable"],
    ["live > 1TiB and count(main.Session) > 1000 or objects > 1", "broken"],
  ])("without types, %s: what was measured decides, if it does", async (text, outcome) => {
    const { budgets } = await check(await sampleHeap("sessions-after.1.27.amd64"), text);
    const [budget] = budgets;
    expect(budget!.outcome).toBe(outcome);
    expect(budget!.comparisons.map(({ value }) => value === null).slice(0, 2)).toEqual([false, true]);
  });
});

describe("several dumps", () => {
  it("count by the median of each figure", async () => {
    const dumps = await Promise.all(
      [1000, 3000, 2000].map((size) =>
        measure(
          drawHeap((sketch) => {
            for (let i = 0; i < size / 1000; i++) sketch.global(sketch.object({ size: 1000 }));
          }),
          ["live > 2000B", "objects >= 2"],
        ),
      ),
    );
    const { budgets, outcome } = judge(given(["live > 2000B", "objects >= 2"]), dumps);
    expect(budgets.map(({ comparisons }) => comparisons[0]!.value)).toEqual([2000, 2]);
    expect(budgets.map((budget) => budget.outcome)).toEqual(["passed", "broken"]);
    expect(outcome).toBe("broken");
  });

  it("of an even number by the larger of the two in the middle", () => {
    expect(median([4, 1, 3, 2], (value) => value)).toBe(3);
    expect(median([7], (value) => value)).toBe(7);
  });
});

it("names the place of a variable without a name once, as the report does", async () => {
  const heap = await typedSample("interned-after.1.19.amd64", "interned.1.19.amd64");
  const { budgets } = await check(heap, "live > 1B");
  expect(budgets[0]!.culprits[0]!.detail).toMatch(/^sync\.Map, in bss at 0x[0-9a-f]+, a variable without a name$/);
});

/** What goroutines wait for: on which channel, lock, WaitGroup or Cond, and what that is called. */
import { describe, expect, it } from "vitest";
import { computeAwaited } from "../../../src/findings/goroutines/awaited.ts";
import type { AwaitedThings } from "../../../src/findings/goroutines/groups.ts";
import { LockFinder, offsetInElement } from "../../../src/findings/goroutines/locks.ts";
import { sayAwaited } from "../../../src/findings/report/group-sentences.ts";
import { computeReport, type Report } from "../../../src/findings/report/report.ts";
import { edgeName } from "../../../src/heap/edge-names.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { RootKind } from "../../../src/heap/roots/roots.ts";
import type { TypeTable } from "../../../src/heap/types.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Group = Report["goroutines"]["groups"][number];

async function groupsOf(heap: Heap): Promise<readonly Group[]> {
  return (await computeReport(heap, NO_PROGRESS)).goroutines.groups;
}

function find(groups: readonly Group[], entry: string): Group {
  return groups.find((group) => group.entry === entry)!;
}

/** Of samples/programs/waits/main.go. */
const WAITERS = 30;
const SURE = { guessed: 0, isNameGuessed: false, from: null };
const ONE = { count: 1, waiting: WAITERS, isOneEach: false, ...SURE, where: "" };
const EACH = { ...ONE, count: WAITERS, isOneEach: true };
const UNBUFFERED = { buffered: 0, capacity: 0 };

describe.each(["1.22", "1.27"])("goroutines of Go %s wait for", (version) => {
  const sample = `waits.${version}.amd64`;
  const groups = typedSample(sample, sample).then(groupsOf);

  it.each([
    ["main.serve", { ...ONE, type: "chan *main.Job", name: "main.jobs", queued: { buffered: 16, capacity: 16 } }],
    ["main.(*Pool).submit", { ...ONE, type: "chan main.Job", name: "main.pool.tasks", queued: UNBUFFERED }],
    [
      "main.(*Pool).collect",
      { ...ONE, type: "chan *main.Job", name: "main.pool.results", queued: { buffered: 0, capacity: 8 } },
    ],
    ["main.(*Client).write", { ...EACH, type: "chan []uint8", name: "main.Client.out", queued: UNBUFFERED }],
    ["main.(*Pool).lock", { ...ONE, type: "sync.Mutex", name: "main.pool.mu", queued: null }],
    ["main.(*Pool).read", { ...ONE, type: "sync.RWMutex", name: "main.pool.stats.mu", queued: null }],
    // Go 1.22 says "semacquire": the fields tell what it is.
    ["main.(*Pool).wait", { ...ONE, type: "sync.WaitGroup", name: "main.pool.pending", queued: null }],
    ["main.(*Pool).rest", { ...ONE, type: "sync.Cond", name: "main.pool.idle", queued: null }],
  ] as const)("what their function says: %s", async (entry, things) => {
    const group = find(await groups, entry);
    expect(group).toMatchObject({ count: WAITERS, waitsFor: [things] });
    expect(group.waitsFor![0]!.address).toMatch(/^0x[0-9a-f]+$/);
  });

  it("a channel that only local variables hold", async () => {
    const [channel, ...others] = find(await groups, "main.report").waitsFor!;
    expect(others).toEqual([]);
    expect(channel).toMatchObject({ ...ONE, type: "chan string", name: "done", where: expect.any(String) });
    expect(channel!.queued).toEqual({ buffered: 1, capacity: 1 });
    expect(channel!.where).toMatch(/^main\.main main\.go:\d+$/);
  });

  it("one channel for all of them, and one each, in a select", async () => {
    expect(find(await groups, "main.(*Hub).listen").waitsFor).toMatchObject([
      { ...ONE, type: "chan struct {}", name: "main.hub.quit", queued: UNBUFFERED },
      { ...EACH, type: "chan string", name: "main.Hub.topics[]", queued: { buffered: 0, capacity: WAITERS } },
    ]);
  });

  it("contexts, by what has them", async () => {
    const contexts = { type: "chan struct {}", queued: UNBUFFERED, from: "context" };
    expect(find(await groups, "main.(*Hub).follow").waitsFor).toMatchObject([
      { ...ONE, ...contexts, name: "main.hub.ctx" },
    ]);
    expect(find(await groups, "main.visit").waitsFor).toMatchObject([
      { ...EACH, ...contexts, name: "context.timerCtx" },
    ]);
  });

  it("timers", async () => {
    expect(find(await groups, "main.(*Hub).beat").waitsFor).toMatchObject([
      { ...ONE, type: "chan time.Time", name: "main.hub.ticker", from: "timer", queued: { buffered: 0, capacity: 1 } },
    ]);
  });

  it("nothing, if that is nil, or if they do not wait", async () => {
    expect(find(await groups, "main.send")).toMatchObject({ leaked: WAITERS, waitForNothing: WAITERS, waitsFor: [] });
    expect(find(await groups, "main.main").waitsFor).toEqual([]);
    expect(find(await groups, "main.(*Pool).hold").waitsFor).toEqual([]);
  });

  it("what nobody can tell without an executable", async () => {
    for (const { waitsFor } of await groupsOf(await sampleHeap(sample))) expect(waitsFor).toEqual([]);
  });

  it("the same without debug information, as far as that is certain", async () => {
    const withoutNames = await groupsOf(await typedSample(sample, sample, true));
    for (const group of await groups) {
      const same = withoutNames.find(({ site, state, entry }) => {
        return [site, state, entry].join() === [group.site, group.state, group.entry].join();
      });
      const [things, known] = [same!.waitsFor!, group.waitsFor!];
      // What waits for a lock may be a guess then, and without the fields it may be any.
      if (/^(semacquire|sync\.)/.test(group.state) && things.length === 0) continue;
      expect(things.map(({ count, waiting, address }) => [count, waiting, address])).toEqual(
        known.map(({ count, waiting, address }) => [count, waiting, address]),
      );
      for (const [i, { type, guessed, name, isNameGuessed, queued }] of things.entries()) {
        if (guessed === 0) expect([known[i]!.type, "chan ?"]).toContain(type);
        if (!isNameGuessed) expect([known[i]!.name, ""]).toContain(name);
        expect([known[i]!.queued, null]).toContainEqual(queued);
      }
    }
  });
});

it("A lock that is held is told with who may hold it", async () => {
  const groups = await groupsOf(await typedSample("waits.1.27.amd64", "waits.1.27.amd64"));
  const [holder, ...others] = find(groups, "main.(*Pool).lock").mayEndWait;
  expect(holder).toMatchObject({ entry: "main.(*Pool).hold", state: "sleep", count: 1 });
  expect(others).toEqual([]);
});

const typed = () => typedSample("waits.1.27.amd64", "waits.1.27.amd64");

/** The edges of waiters that are called so, with the object that each leads to. */
function edgesOf({ objects, edges, types, ...heap }: Heap, name: string): { waiter: number; edge: number }[] {
  const row = types.names.indexOf("runtime.sudog");
  const found: { waiter: number; edge: number }[] = [];
  for (let waiter = 0; waiter < objects.count; waiter++) {
    for (let edge = edges.start[waiter]!; edge < edges.start[waiter + 1]!; edge++) {
      if (objects.type[waiter] !== row) break;
      const is = edgeName({ objects, edges, types, ...heap }, waiter, edge, false);
      if (is === name || is?.startsWith(`${name}.`)) found.push({ waiter, edge });
    }
  }
  return found;
}

/** The object at an address of a report. */
/** Whether an edge is one of those with which a goroutine waits. */
function isWaiter({ objects, edges, types }: Heap, edge: number): boolean {
  let object = 0;
  while (edges.start[object + 1]! <= edge) object++;
  return types.names[objects.type[object]!] === "runtime.sudog";
}

function objectAt(heap: Heap, address: string): number {
  return heap.findObject(Number(BigInt(address) - heap.dump.addressBase));
}

describe("what is not certain is not told:", () => {
  it("a name that only words have that may be stale", async () => {
    const heap = await typed();
    const done = objectAt(heap, find(await groupsOf(heap), "main.report").waitsFor![0]!.address!);
    const kind = heap.roots.kind.map((is, edge) => {
      return is === RootKind.FRAME && heap.roots.to[edge] === done ? RootKind.FRAME_CONSERVATIVE : is;
    });
    const groups = await groupsOf({ ...heap, roots: { ...heap.roots, kind } });
    expect(find(groups, "main.report").waitsFor).toMatchObject([{ count: 1, waiting: WAITERS, name: "", where: "" }]);
    expect(sayAwaited(find(groups, "main.report"))).toEqual([
      "all wait to send to one chan string (1 of 1 buffered: full)",
    ]);
  });

  it.each([
    ["main.state", "main.State", { type: "sync.Mutex", name: "main.state.…" }, "one sync.Mutex in main.state"],
    ["main.mu", "sync.Mutex", { type: "sync.Mutex", name: "main.mu" }, "main.mu (sync.Mutex)"],
    ["main..stmp_3", "main.State", { type: "sync.Mutex", name: "" }, "one sync.Mutex"],
    ["", "", { type: "sync.Mutex", name: "" }, "one sync.Mutex"],
  ])("more of a lock in no object than the variable that it is in: %s of %s", async (name, type, things, told) => {
    const heap = await typed();
    const pool = objectAt(heap, find(await groupsOf(heap), "main.(*Pool).lock").waitsFor![0]!.address!);
    const address = heap.objects.address[pool]!;
    const size = heap.objects.size[pool]!;
    const after = { name: "main.after", type: "sync.RWMutex", address: address + size, size: 8, position: 0 };
    const variables = [...heap.variables!, after, ...(name === "" ? [] : [{ ...after, name, type, address, size }])];
    const findObject = (at: number): number => (at >= address && at < address + size ? -1 : heap.findObject(at));
    const group = find(await groupsOf({ ...heap, variables, findObject }), "main.(*Pool).lock");
    expect(group.waitsFor).toMatchObject([{ ...ONE, ...things, queued: null, address: null }]);
    expect(sayAwaited(group)).toEqual([`all wait for ${told}`]);
  });

  it("anything, where waiters are guessed", async () => {
    const heap = await typed();
    const typeSource = heap.objects.typeSource.slice();
    for (const { waiter } of edgesOf(heap, "g")) typeSource[waiter] = TypeSource.INFERRED;
    for (const { waitsFor, state } of await groupsOf({ ...heap, objects: { ...heap.objects, typeSource } })) {
      if (state !== "sync.Cond.Wait") expect(waitsFor).toEqual([]);
    }
  });

  it("of a goroutine that has two waiters, and does not select", async () => {
    const heap = await typed();
    const { address } = find(await groupsOf(heap), "main.(*Pool).collect").waitsFor![0]!;
    const to = heap.edges.to.slice();
    const channels = edgesOf(heap, "c").filter(({ edge }) => to[edge] === objectAt(heap, address!));
    const [one, other] = edgesOf(heap, "g").filter(({ waiter }) => channels.some((each) => each.waiter === waiter));
    to[one!.edge] = to[other!.edge]!;
    const groups = await groupsOf({ ...heap, edges: { ...heap.edges, to } });
    expect(find(groups, "main.(*Pool).collect").waitsFor).toMatchObject([{ count: 1, waiting: WAITERS - 2 }]);
    expect(sayAwaited(find(groups, "main.(*Pool).collect"))).toEqual([
      "28 of them wait to receive from main.pool.results (chan *main.Job, 0 of 8 buffered)",
    ]);
  });

  it("a channel twice that a select has in two cases", async () => {
    const heap = await typed();
    const [quit, topics] = find(await groupsOf(heap), "main.(*Hub).listen").waitsFor!;
    const to = heap.edges.to.slice();
    const isTopic = (object: number): boolean =>
      heap.objects.type[object] === heap.objects.type[objectAt(heap, topics!.address!)];
    // Of `main.report`, too, which then sends there.
    for (const { edge } of edgesOf(heap, "c")) if (isTopic(to[edge]!)) to[edge] = objectAt(heap, quit!.address!);
    const groups = await groupsOf({ ...heap, edges: { ...heap.edges, to } });
    expect(find(groups, "main.(*Hub).listen").waitsFor).toMatchObject([{ ...ONE, name: "main.hub.quit" }]);
  });
});

describe("what is told of edited dumps:", () => {
  it("not one each, where somebody waits for two of them", async () => {
    const heap = await typed();
    const [quit, topics] = find(await groupsOf(heap), "main.(*Hub).listen").waitsFor!;
    const topic = objectAt(heap, topics!.address!);
    const to = heap.edges.to.slice();
    const channels = edgesOf(heap, "c");
    const goroutineOf = new Map(edgesOf(heap, "g").map(({ waiter, edge }) => [waiter, to[edge]!]));
    const waiting = goroutineOf.get(channels.find(({ edge }) => to[edge] === topic)!.waiter);
    const other = channels.find(({ waiter, edge }) => {
      return to[edge] === objectAt(heap, quit!.address!) && goroutineOf.get(waiter) !== waiting;
    });
    to[other!.edge] = topic;
    const groups = await groupsOf({ ...heap, edges: { ...heap.edges, to } });
    expect(find(groups, "main.(*Hub).listen").waitsFor).toMatchObject([
      { ...EACH, isOneEach: false, name: "main.Hub.topics[]" },
      { ...ONE, waiting: WAITERS - 1, name: "main.hub.quit" },
    ]);
  });

  it("nothing of a waiter without a channel, which is not in use; of a dump that is cut off it may be", async () => {
    const heap = await typed();
    const { address } = find(await groupsOf(heap), "main.(*Pool).collect").waitsFor![0]!;
    const to = heap.edges.to.slice();
    const names = edgesOf(heap, "g");
    const channels = edgesOf(heap, "c");
    const collecting = channels.find(({ edge }) => to[edge] === objectAt(heap, address!))!.waiter;
    const without = names.find(({ waiter }) => !channels.some((each) => each.waiter === waiter))!;
    to[without.edge] = to[names.find(({ waiter }) => waiter === collecting)!.edge]!;
    for (const [complete, waiting] of [
      [true, WAITERS],
      [false, WAITERS - 1],
    ] as const) {
      const dump = { ...heap.dump, complete };
      const groups = await groupsOf({ ...heap, dump, edges: { ...heap.edges, to } });
      expect(find(groups, "main.(*Pool).collect").waitsFor).toMatchObject([{ count: 1, waiting }]);
    }
  });

  it("that a name is a guess, where the type is that has the field", async () => {
    const heap = await typed();
    const { names } = heap.types;
    const typeSource = heap.objects.typeSource.map((source, object) => {
      return names[heap.objects.type[object]!] === "main.Client" ? TypeSource.INFERRED : source;
    });
    const groups = await groupsOf({ ...heap, objects: { ...heap.objects, typeSource } });
    expect(find(groups, "main.(*Client).write").waitsFor).toMatchObject([
      { ...EACH, name: "main.Client.out", isNameGuessed: true },
    ]);
  });

  it("of a timer no more than that it is one, where nothing but its channel leads to it", async () => {
    const heap = await typed();
    const { address } = find(await groupsOf(heap), "main.(*Hub).beat").waitsFor![0]!;
    const { objects, edges, types } = heap;
    const channel = objectAt(heap, address!);
    const to = edges.to.slice();
    for (let edge = 0; edge < edges.count; edge++) {
      const target = edges.to[edge]!;
      if (target === channel && !isWaiter(heap, edge)) to[edge] = objects.count - 1;
    }
    expect(types.names[objects.type[channel]!]).toBe("chan time.Time");
    const groups = await groupsOf({ ...heap, edges: { ...edges, to } });
    expect(find(groups, "main.(*Hub).beat").waitsFor).toMatchObject([{ ...ONE, name: "", from: "timer" }]);
  });

  it("nothing of the runtime's goroutines", async () => {
    const heap = await typed();
    const before = await computeAwaited(heap, NO_PROGRESS);
    expect(before.count).toBeGreaterThan(0);
    const system = heap.goroutines.system.map(() => 1);
    const { thing } = await computeAwaited({ ...heap, goroutines: { ...heap.goroutines, system } }, NO_PROGRESS);
    expect([...thing]).toEqual([]);
  });
});

it("A lock in an element of many is found wherever that is", () => {
  const fields = [
    { name: "done", offset: 0, type: { name: "chan int", size: 8 } },
    { name: "mu", offset: 8, type: { name: "sync.Mutex", size: 8 } },
  ];
  const types = {
    names: ["[]main.Shard", "main.Shard"],
    fields: { stride: (row: number) => (row === 0 ? 24 : 0) },
    details: (row: number) => (row === 0 ? { fields: [], element: { row: 1, name: "main.Shard" } } : { fields }),
  } as unknown as TypeTable;
  const find = (row: number, offset: number) => new LockFinder(types).find(row, offsetInElement(types, row, offset));
  expect(find(0, 3 * 24 + 12)).toEqual({ type: "sync.Mutex", field: "[…].mu", offset: 4 });
  expect(find(1, 12)).toEqual({ type: "sync.Mutex", field: "mu", offset: 4 });
  expect(find(0, 3 * 24).type).toBe("");
  expect(find(1, 3 * 24 + 12).type).toBe("");
});

describe("sentences say what goroutines wait for:", () => {
  const ONE_CHANNEL: AwaitedThings = {
    ...ONE,
    waiting: 12000,
    type: "chan main.Job",
    name: "main.pool.tasks",
    queued: { buffered: 100, capacity: 100 },
    address: "0x1",
  };
  const LOCKS = { ...ONE_CHANNEL, type: "sync.RWMutex", name: "main.Session.mu", queued: null, count: 7 };
  const say = (state: string, ...waitsFor: readonly AwaitedThings[]) =>
    sayAwaited({ count: 12000, state, waitsFor, isSystem: false } as Partial<Group> as Group);

  it("tells what the rest of them wait for in place of the same", () => {
    const done: AwaitedThings = { ...ONE_CHANNEL, type: "chan struct {}", from: "context", name: "ctx", queued: null };
    const out: AwaitedThings = {
      ...ONE_CHANNEL,
      name: "main.Client.out",
      waiting: 11_997,
      count: 11_997,
      isOneEach: true,
      queued: UNBUFFERED,
    };
    const one: AwaitedThings = { ...out, name: "", waiting: 1, count: 1 };
    const local: AwaitedThings = { ...one, name: "out", where: "main.loop" };
    const told = "different channels, one each: main.Client.out (chan main.Job, unbuffered)";
    expect(say("select", done, out, one)).toEqual([
      "all wait until a context is done: ctx",
      `11,997 of them also wait for 11,997 ${told}; 1 waits for one without a name`,
    ]);
    expect(say("select", done, out, local)[1]).toMatch(/unbuffered\); 1 waits for out in main\.loop$/);
    expect(say("select", done, out, local, { ...one, count: 2, waiting: 2 })[1]).toMatch(/\); 3 wait for others$/);
    expect(say("chan receive", out, { ...one, count: 3, waiting: 3 })).toEqual([
      `11,997 of them wait to receive from 11,997 ${told}; 3 wait for 3 without a name`,
    ]);
    // What stands behind two others is not told, and so nothing is told with it.
    const most: AwaitedThings = { ...one, count: 9000, waiting: 9000, isOneEach: true };
    const [jobs, hits] = ["jobs", "hits"].map((name) => ({ ...one, name, type: `chan main.${name}`, waiting: 8000 }));
    expect(say("select", most, jobs!, hits!, local)).toEqual([
      "9,000 of them wait for 9,000 different channels, one each (chan main.Job, unbuffered); 1 waits for out in main.loop",
      "8,000 of them also wait for jobs (chan main.jobs, unbuffered)",
    ]);
    // Of another type, or of all, they are no rest.
    expect(say("select", done, out, { ...one, type: "chan int" })[1]).toMatch(/unbuffered\)$/);
    expect(say("select", { ...out, waiting: 12_000 }, { ...one, waiting: 12_000 })).toHaveLength(2);
    expect(say("select", done, { ...out, waiting: 12_000 }, { ...local, waiting: 12_000 })[1]).toMatch(/unbuffered\)$/);
  });

  it.each([
    ["chan send", ONE_CHANNEL, "all wait to send to main.pool.tasks (chan main.Job, 100 of 100 buffered: full)"],
    [
      "chan receive",
      {
        ...ONE_CHANNEL,
        queued: UNBUFFERED,
        count: 12000,
        isOneEach: true,
        name: "main.Client.out",
        isNameGuessed: true,
      },
      "they wait to receive from 12,000 different channels, one each: main.Client.out (guessed) (chan main.Job, unbuffered)",
    ],
    [
      "chan send",
      { ...ONE_CHANNEL, name: "done", where: "main.f", waiting: 1, queued: null, guessed: 1 },
      "1 of them waits to send to done in main.f (chan main.Job (guessed))",
    ],
    [
      "chan receive",
      { ...ONE_CHANNEL, name: "main.hub.ctx", from: "context", isNameGuessed: true },
      "all wait until a context is done: main.hub.ctx (guessed)",
    ],
    [
      "select",
      { ...ONE_CHANNEL, name: "context.timerCtx", from: "context", count: 9, waiting: 9, isOneEach: true },
      "9 of them wait until 9 different contexts are done, one each: context.timerCtx",
    ],
    ["select", { ...ONE_CHANNEL, name: "", from: "timer" }, "all wait for a timer"],
    [
      "chan receive",
      { ...ONE_CHANNEL, name: "time.Ticker", from: "timer", count: 12000, isOneEach: true },
      "they wait for 12,000 different timers, one each: time.Ticker",
    ],
    [
      "sync.Mutex.Lock",
      { ...LOCKS, count: 1, type: "sync.Mutex", name: "main.pool.…" },
      "all wait for one sync.Mutex in main.pool",
    ],
    ["sync.RWMutex.RLock", LOCKS, "they wait for 7 different locks: main.Session.mu (sync.RWMutex)"],
    [
      "sync.WaitGroup.Wait",
      { ...LOCKS, type: "sync.WaitGroup", name: "" },
      "they wait for 7 different WaitGroups (sync.WaitGroup)",
    ],
    ["chan send", { ...ONE_CHANNEL, type: "chan ?", name: "", queued: null }, "all wait to send to one channel"],
    [
      "chan send",
      { ...ONE_CHANNEL, name: "main.a\u001b[2J", queued: null },
      "all wait to send to main.a\\x1b[2J (chan main.Job)",
    ],
  ] as const)("%s", (state, things, sentence) => {
    expect(say(state, things)).toEqual([sentence]);
  });

  it("of a select one after the other, two at most", () => {
    expect(say("select", ONE_CHANNEL, { ...ONE_CHANNEL, count: 30, name: "" }, ONE_CHANNEL)).toEqual([
      "all wait for main.pool.tasks (chan main.Job, 100 of 100 buffered: full)",
      "they also wait for 30 different channels (chan main.Job, all together 100 of 100 buffered: full)",
    ]);
  });

  it("nothing of the runtime's own, nor of one goroutine and a thing without a name", () => {
    const group = { count: 1, state: "select", waitsFor: [{ ...ONE_CHANNEL, waiting: 1 }] };
    const tell = (change: Partial<Group>) => sayAwaited({ ...group, ...change } as Partial<Group> as Group);
    expect(tell({})).toEqual(["it waits for main.pool.tasks (chan main.Job, 100 of 100 buffered: full)"]);
    expect(tell({ isSystem: true })).toEqual([]);
    expect(tell({ waitsFor: [{ ...ONE_CHANNEL, name: "" }] })).toEqual([]);
  });
});

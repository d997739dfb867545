/** Who may release the lock, or call Done of the WaitGroup, that goroutines wait for. */
import { expect, test } from "vitest";
import { computeGoroutineGroups } from "../../../src/findings/goroutines/groups.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

interface Waiter {
  readonly reason: string;
  /** Its frame below main.run, and what that has on the stack. */
  readonly frame: string;
  readonly has: "stats" | "other" | "nothing";
  /** What it waits for the lock of. */
  readonly waitsFor?: "stats" | "other";
}

/** Two structs with locks, and goroutines. */
async function heapOf(waiters: readonly Waiter[]): Promise<Heap> {
  const types = new TypeFixture();
  const toG = types.pointer(types.int());
  const sudog = types.struct("runtime.sudog", [
    ["g", toG],
    ["elem", types.pointer(types.int())],
    ["c", types.pointer(types.int())],
  ]);
  toG.elem = types.struct("runtime.g", [
    ["m", types.int()],
    ["waiting", types.pointer(sudog)],
  ]);
  const { heap } = await typeDump(
    types,
    (d) => {
      const locks = { stats: d.object(64), other: d.object(64) };
      d.root(locks.stats);
      d.root(locks.other);
      for (const { reason, frame, has, waitsFor } of waiters) {
        const descriptor: Slot = d.object(16);
        const waiter = d.object(24).point(0, descriptor);
        descriptor.point(8, waiter);
        if (waitsFor === undefined) waiter.list(8).list(16);
        else waiter.point(8, locks[waitsFor], 8).list(16);
        const goroutine = d.goroutine({ g: descriptor, status: GoroutineStatus.WAITING, waitReason: reason });
        const drawn = goroutine.frame(frame, 64);
        if (has !== "nothing") drawn.point(8, locks[has]);
        goroutine.frame("main.run", 64);
        goroutine.frame("runtime.goexit", 0);
      }
    },
    { version: "go1.24.1" },
  );
  return heap;
}

const WAITING = { reason: "sync.Mutex.Lock", frame: "main.(*stats).add", has: "stats", waitsFor: "stats" } as const;
const HOLDING = { reason: "chan send", frame: "main.(*stats).flush", has: "stats" } as const;

async function mayHold(...waiters: readonly Waiter[]) {
  const { groups } = await computeGoroutineGroups(await heapOf(waiters), NO_PROGRESS);
  const { mayEndWait } = groups.find(({ state }) => state === waiters[0]!.reason)!;
  return mayEndWait.map(({ state, site, count }) => `${count} [${state}] ${site}`);
}

test("Who has the lock on its stack in a method of the same type may hold it", async () => {
  expect(await mayHold(WAITING, WAITING, HOLDING)).toEqual(["1 [chan send] main.(*stats).flush"]);
  expect(await mayHold(WAITING, HOLDING, { ...HOLDING, reason: "select" }, HOLDING)).toEqual([
    "2 [chan send] main.(*stats).flush",
    "1 [select] main.(*stats).flush",
  ]);
});

test.each([
  ["has it in another function", { ...HOLDING, frame: "main.(*server).serve" }],
  ["has another one", { ...HOLDING, has: "other" }],
  ["waits for it, too", { ...HOLDING, reason: "sync.RWMutex.RLock", waitsFor: "stats" }],
  ["waits for a condition", { ...HOLDING, reason: "sync.Cond.Wait" }],
] as const)("Who %s is not told", async (_, other) => {
  expect(await mayHold(WAITING, other)).toEqual([]);
});

test("Many kinds are put together", async () => {
  const kinds = Array.from({ length: 20 }, (_, i) => ({ ...HOLDING, frame: `main.(*stats).f${i}` }));
  const listed = await mayHold(WAITING, ...kinds, kinds[7]!);
  expect(listed).toHaveLength(17);
  expect(listed[0]).toBe("2 [chan send] main.(*stats).f7");
  expect(listed[16]).toBe("4 [] ");
});

test("Nobody is told where goroutines wait for several locks, or for no lock", async () => {
  expect(await mayHold(WAITING, { ...WAITING, has: "other", waitsFor: "other" }, HOLDING)).toEqual([]);
  expect(await mayHold({ ...WAITING, reason: "semacquire" }, HOLDING)).toEqual([]);
  const crossed = { ...HOLDING, reason: "sync.Mutex.Lock", waitsFor: "other" } as const;
  expect(await mayHold({ ...WAITING, reason: "sync.RWMutex.Lock" }, crossed)).toEqual([
    "1 [sync.Mutex.Lock] main.(*stats).flush",
  ]);
});

test("Who has a WaitGroup on its stack may have to call Done", async () => {
  const waiting = { ...WAITING, reason: "sync.WaitGroup.Wait", frame: "main.(*stats).stop" };
  expect(await mayHold(waiting, HOLDING, { ...HOLDING, frame: "main.main" })).toEqual([
    "1 [chan send] main.(*stats).flush",
  ]);
});

test("The report says so", async () => {
  const report = await computeReport(await heapOf([WAITING, WAITING, HOLDING]), NO_PROGRESS);
  const row = report.goroutines.groups.findIndex(({ state }) => state === "sync.Mutex.Lock");
  const group = report.goroutines.groups[row]!;
  const [user] = group.mayEndWait;
  const tell = (mayEndWait: typeof group.mayEndWait, state = group.state) => {
    const answer = { leads: "goroutines", bytes: 1, share: 1, stackBytes: 0, holder: null, group: row } as const;
    const answers = [{ ...answer, address: null, cause: null, others: [] }];
    const groups = report.goroutines.groups.with(row, { ...group, mayEndWait, state });
    const [statement] = listStatements({ ...report, answers, goroutines: { ...report.goroutines, groups } });
    return statement!.lines.filter((line) => /the lock|Done/.test(line));
  };
  const one = "1 goroutine main.run [chan send] at main.(*stats).flush";
  expect(tell([user!])).toEqual([`the lock may be held by ${one}`]);
  expect(tell([user!, user!, user!, user!])).toEqual([`the lock may be held by ${one}, or ${one}, or 2 more`]);
  expect(tell([user!], "sync.WaitGroup.Wait")).toEqual([`Done may be up to ${one}`]);
  expect(tell([])).toEqual([]);
});

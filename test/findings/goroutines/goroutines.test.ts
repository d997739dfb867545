import { describe, expect, it } from "vitest";
import { computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { GoroutineField } from "../../../src/findings/goroutines/goroutine-field.ts";
import { computeGoroutineGroups, goroutineGroupName } from "../../../src/findings/goroutines/groups.ts";
import { findLeakedGoroutines } from "../../../src/findings/goroutines/leaked.ts";
import { describeGroup } from "../../../src/findings/report/group-sentences.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { findEntryFunction, GoroutineStatus, goroutineState } from "../../../src/heap/roots/goroutines.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

const workers = () => typedSample("workers.1.24.amd64", "workers.1.24.amd64");

describe("goroutines that cannot go on", () => {
  it("are those whose channel nothing that runs can reach", async () => {
    const heap = await workers();
    const leaked = await findLeakedGoroutines(heap);
    const found = [...leaked.keys()].filter((goroutine) => leaked[goroutine] === 1);
    // 13 calls left three senders each; the last call's channel is still on the stack of the goroutine that dumps.
    expect(found).toHaveLength(36);
    for (const goroutine of found) {
      expect(findEntryFunction(heap.goroutines, goroutine)).toBe("main.(*Service).download");
      expect(goroutineState(heap.goroutines, goroutine)).toBe("chan send");
    }
  });

  it("are those that select among channels that are all nil, and not those whose waiters nobody knows", async () => {
    const types = new TypeFixture();
    types.struct("runtime.g", [
      ["m", types.pointer(types.int())],
      ["waiting", types.pointer(types.struct("runtime.sudog", [["isSelect", types.int()]]))],
      ["goid", types.int()],
    ]);
    const { heap } = await typeDump(types, (d) => {
      const waiter = d.object(8);
      for (const [waitReason, waits] of [
        ["select", false],
        ["select", true],
        ["sleep", false],
      ] as const) {
        const g = d.object(24).list(0);
        if (waits) g.point(8, waiter);
        else g.list(8);
        d.goroutine({ g, status: GoroutineStatus.WAITING, waitReason }).frame("main.run", 64);
      }
    });
    expect([...(await findLeakedGoroutines(heap))]).toEqual([1, 0, 0]);
    // Of those that are alike one is leaked, for it waits for nothing.
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    expect(groups.find(({ state }) => state === "select")).toMatchObject({ count: 2, leaked: 1, waitForNothing: 1 });
    const report = await computeReport(heap, NO_PROGRESS);
    const statement = listStatements(report).find(({ sentence }) => sentence.includes("[select]"))!;
    expect(statement.sentence).toMatch(/: 1 of them leaked$/);
    expect(statement.lines[0]).toBe("all channels that they wait for are nil");
  });

  it("are none where nobody knows what they wait for", async () => {
    const heap = await sampleHeap("workers.1.24.amd64");
    expect((await findLeakedGoroutines(heap)).every((leaked) => leaked === 0)).toBe(true);
  });
});

describe("groups of goroutines", () => {
  it("have an object to begin with, what owns most of theirs, and say what they wait for", async () => {
    const heap = await workers();
    const report = await computeReport(heap, NO_PROGRESS);
    const group = report.goroutines.groups.find(({ entry }) => entry === "main.(*Service).download")!;
    expect(group).toMatchObject({ leaked: 36, waitForNothing: 0 });
    const statement = listStatements(report).find(({ sentence }) => sentence.includes(" main.(*Service).download "))!;
    expect(statement.address).toBe(group.address);
    const why = await explainWhy(heap, [statement.address!]);
    expect(why.paths[0]!.root).toBe("goroutine main.(*Service).download [chan send]");
    const { ownedSize } = await computeOwnerTree(heap, NO_PROGRESS);
    const object = heap.findObject(Number(BigInt(group.address!) - heap.dump.addressBase));
    expect(ownedSize[object]).toBeGreaterThanOrEqual(group.parts[0]!.bytes / group.parts[0]!.count);
  });

  it("put together what was started for one function and waits at one place", async () => {
    const heap = await workers();
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(heap.goroutines.count);
    const downloads = groups.find(({ entry }) => entry === "main.(*Service).download")!;
    expect(downloads).toMatchObject({ state: "chan send", count: 39, leaked: 36, isSystem: false });
    // The go statements of samples/programs/workers/main.go.
    expect(downloads.origin).toBe("main.(*Service).fetchFirst main.go:129");
    expect(groups.find(({ entry }) => entry === "main.(*Service).work")!.origin).toBe(
      "main.(*Service).startPool main.go:145",
    );
    expect(downloads.site).toMatch(/^main\.\(\*Service\)\.download main\.go:\d+$/);
    expect(downloads.locals[0]).toMatchObject({ name: "buffer", type: "main.DownloadBuffer" });
    expect(groups.find(({ entry }) => entry === "main.(*Service).work")).toMatchObject({ count: 6, leaked: 0 });
  });

  it("hold nothing in what the runtime's own frames park them with", async () => {
    const heap = drawHeap((s) => {
      const [lock, ticker] = [s.object({ type: "runtime.mutex" }), s.object({ type: "runtime.timeTimer" })];
      const frames = [
        { name: "runtime.semacquire1", slots: [[lock, 8]] },
        { name: "main.wait", slots: [[ticker, 16]] },
      ] as const;
      s.goroutine({ status: GoroutineStatus.WAITING, waitReason: "semacquire", frames });
    });
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    expect(groups[0]!.locals.map((local) => [local.function, local.type])).toEqual([
      ["main.wait", "runtime.timeTimer"],
    ]);
  });

  it("have what the runtime parks them with told apart from what is the program's", async () => {
    const tell = async (bytes: number) => {
      const heap = drawHeap((s) => {
        const waiter = s.object({ type: "runtime.sudog", size: 96 });
        const buffer = s.object({ type: "main.Buffer", size: bytes });
        const frames = [{ name: "main.wait", slots: [[waiter, 8] as const, [buffer, 16] as const] }];
        s.goroutine({ status: GoroutineStatus.WAITING, waitReason: "select", frames });
      });
      const [group] = (await computeGoroutineGroups(heap, NO_PROGRESS)).groups;
      expect(group).toMatchObject({ ownedBytes: 96 + bytes, runtimeBytes: 96 });
      return describeGroup(group!, undefined)[0];
    };
    const ofRuntime = "96 B of what it owns is the runtime's: its descriptor, and what it waits with";
    expect(await tell(96)).toBe(ofRuntime);
    expect(await tell(112)).not.toBe(ofRuntime);
  });

  it("have stacks as large as the runtime made them, which their frames hardly fill", async () => {
    const stacksOf = async (heap: Heap) => {
      const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
      const downloads = groups.find(({ entry }) => entry === "main.(*Service).download")!;
      return {
        all: groups.reduce((sum, { stackBytes }) => sum + stackBytes, 0),
        each: downloads.stackBytes / downloads.count,
      };
    };
    const heap = await workers();
    const { all, each } = await stacksOf(heap);
    // runtime/stack.go: the smallest is of 2048 bytes. Those of the runtime's own threads are beside these.
    expect(each).toBeGreaterThanOrEqual(2048);
    expect(all % 2048).toBe(0);
    expect(all).toBeLessThan(heap.memStats!.StackInuse);
    // Without an executable, too: where a runtime.g has its stack is the same in every Go.
    expect(await stacksOf(await sampleHeap("workers.1.24.amd64"))).toEqual({ all, each });
  });

  it("have the fields of a runtime.g looked up once, not for each of them", async () => {
    const heap = await workers();
    let asked = 0;
    const details = (row: number) => {
      asked++;
      return heap.types.details!(row);
    };
    const field = new GoroutineField({ ...heap, types: { ...heap.types, details } }, "waiting", 1);
    for (let i = 0; i < heap.goroutines.count; i++) expect(field.positionOf(i)).toBeGreaterThan(0);
    expect(asked).toBe(1);
  });

  it("own together what all goroutines own", async () => {
    const heap = await workers();
    const { ownedSize } = await computeOwnerTree(heap);
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    const vertex = heap.objects.count + heap.roots.vertices.kind.indexOf(RootVertexKind.GOROUTINES);
    expect(groups.reduce((sum, { ownedBytes }) => sum + ownedBytes, 0)).toBe(ownedSize[vertex]);
  });
});

it.each([
  ["main.worker", "main.worker [select]"],
  ["", "[select]"],
])('a group of goroutines that began with "%s" is called %s', (entry, name) => {
  expect(goroutineGroupName({ entry, state: "select" })).toBe(name);
});

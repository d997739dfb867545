/** Who else has what goroutines own. */
import { expect, test } from "vitest";
import { computeGoroutineGroups } from "../../../src/findings/goroutines/groups.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

const CONNECTIONS = 20;

interface Writer {
  readonly function?: string;
  /** What it has of a connection. */
  readonly has?: "connection" | "buffer" | "nothing";
}

/** Connections that a reader and a writer have each, the reader being older. */
async function heapOf({ function: name = "main.write", has = "connection" }: Writer): Promise<Heap> {
  const { heap } = await typeDump(new TypeFixture(), (d) => {
    const connections = Array.from({ length: CONNECTIONS }, () => {
      const buffer = d.object(8192);
      return { buffer, connection: d.object(64).point(0, buffer) };
    });
    const start = (entry: string, target: (typeof connections)[number]["buffer"] | undefined) => {
      const goroutine = d.goroutine({ status: GoroutineStatus.WAITING, waitReason: "select" });
      const frame = goroutine.frame(entry, 64);
      if (target !== undefined) frame.point(8, target);
      goroutine.frame("runtime.goexit", 0);
    };
    for (const { connection } of connections) start("main.read", connection);
    for (const each of connections) start(name, has === "nothing" ? undefined : each[has]);
  });
  return heap;
}

async function groupOf(writer: Writer) {
  const { groups } = await computeGoroutineGroups(await heapOf(writer), NO_PROGRESS);
  return groups.find(({ entry }) => entry === "main.read")!;
}

test("goroutines that have the same things are told, with what these own", async () => {
  const { ownedBytes, sharedWith } = await groupOf({});
  expect(sharedWith).toEqual([
    { entry: "main.write", origin: "", state: "select", site: "main.write", count: CONNECTIONS, bytes: ownedBytes },
  ]);
  expect(ownedBytes).toBe(CONNECTIONS * (8192 + 64));
});

test("who has something further below, nothing, or is of the same kind, is not", async () => {
  expect((await groupOf({ has: "buffer" })).sharedWith).toEqual([]);
  expect((await groupOf({ has: "nothing" })).sharedWith).toEqual([]);
  expect((await groupOf({ function: "main.read" })).sharedWith).toEqual([]);
});

test("the report says so", async () => {
  const report = await computeReport(await heapOf({}), NO_PROGRESS);
  const lines = (of = report) => listStatements(of)[0]!.lines.filter((line) => /also used/.test(line));
  expect(lines()).toEqual(["161 KiB of it is also used by 20 goroutines main.write [select]"]);
  const [group, ...others] = report.goroutines.groups;
  const tell = (change: Partial<(typeof group & {})["sharedWith"][number]>) => {
    const sharedWith = group!.sharedWith.map((user) => ({ ...user, ...change }));
    return lines({ ...report, goroutines: { ...report.goroutines, groups: [{ ...group!, sharedWith }, ...others] } });
  };
  expect(tell({ bytes: 1000 })).toEqual([]);
  expect(tell({ entry: "" })).toEqual(["161 KiB of it is also used by 20 goroutines [select]"]);
  const named = "161 KiB of it is also used by 20 goroutines main.read [select]";
  expect(tell({ entry: "main.read", origin: "main.main main.go:51" })).toEqual([
    `${named} started by main.main main.go:51`,
  ]);
  expect(tell({ entry: "main.read", site: "main.read main.go:29" })).toEqual([`${named} at main.read main.go:29`]);
});

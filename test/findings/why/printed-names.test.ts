/** Whatever `report`, `top` and `diff` print as an owner, a type or a goroutine can be asked about. */
import { describe, expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { sumOwnerPaths } from "../../../src/findings/aggregates/owner-path-sums.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { computeTop } from "../../../src/findings/top/top.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { readDump } from "../../support/dump-builder.ts";
import { typedSample } from "../../support/typed-samples.ts";

const SAMPLES = ["timers.1.24.amd64", "workers.1.24.amd64", "lru.1.27.amd64"];
const MOST = 60;

/** What is wrong with a question; "" if it is answered, or it is told that nothing is known of a function's frames. */
async function ask(heap: Heap, name: string): Promise<string> {
  try {
    return (await explainWhy(heap, [name])).count > 0 ? "" : `${name}: none`;
  } catch (error) {
    const { message } = error as Error;
    return /is on the stacks? of ([\d,]+ (×|goroutines, such as) )?goroutine /.test(message) ? "" : message;
  }
}

describe.each(SAMPLES)("in %s why takes", (sample) => {
  it.each(["type", "goroutine", "root"] as const)("each row of top --by %s", async (by) => {
    const heap = await typedSample(sample, sample);
    const { rows } = await computeTop(heap, { by, sort: "owned", limit: MOST });
    const wrong = await Promise.all(rows.map(({ name }) => ask(heap, name)));
    expect(wrong.filter((text) => text !== "")).toEqual([]);
    expect(rows.length).toBeGreaterThan(3);
  });

  it("each owner path that diff may print", async () => {
    const heap = await typedSample(sample, sample);
    const { tree, bytes, ownedBytes } = await sumOwnerPaths(heap, NO_PROGRESS);
    const rows = Array.from({ length: tree.count }, (_, row) => row)
      .filter((row) => row > 0 && bytes[row]! > 0)
      .sort((a, b) => ownedBytes[b]! - ownedBytes[a]!)
      .slice(0, MOST);
    const wrong = await Promise.all(rows.map((row) => ask(heap, tree.textOf(row))));
    expect(wrong.filter((text) => text !== "")).toEqual([]);
  });
});

it.each([
  ["timers.1.24.amd64", "timers.1.24.amd64"],
  ["workers.1.24.amd64", "workers.1.24.amd64"],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
] as const)(
  "in %s each place of the largest types, and each holder of a finding, can be asked about",
  async (dump, executable) => {
    const heap = await typedSample(dump, executable);
    const { types, findings } = await computeReport(heap, NO_PROGRESS);
    const names = new Set([
      ...types.flatMap(({ places }) => places.map(({ name }) => name)),
      ...findings.map(({ holder }) => holder),
    ]);
    const wrong = await Promise.all([...names].map((name) => ask(heap, name)));
    expect(wrong.filter((text) => text !== "")).toEqual([]);
    expect(names.size).toBeGreaterThan(10);
  },
);

it("a field of values that are only in arrays is a place, and tells what hangs on it", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const { types } = await computeReport(heap, NO_PROGRESS);
  const place = types.flatMap(({ places }) => places).find(({ name }) => name === "main.PageView.Path")!;
  expect((await explainWhy(heap, [place.name])).count).toBe(place.count);
});

it("pending timers are the timers and what these will call", async () => {
  const heap = await typedSample("timers.1.24.amd64", "timers.1.24.amd64");
  const why = await explainWhy(heap, ["pending timers"]);
  const { rows } = await computeTop(heap, { by: "type", sort: "owned", limit: MOST });
  const timers = rows.find(({ name }) => /^(runtime\.timeTimer|time\.Timer)$/.test(name))!;
  expect(why.count).toBeGreaterThan(timers.count);
  expect(JSON.stringify(why.tree)).toContain(`"type":"${timers.name}","count"`);
});

it("goroutines are called as sentences tell of them", async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  const { count } = await explainWhy(heap, ["goroutine main.(*Service).download [chan send]"]);
  for (const text of ["main.(*Service).download [chan send]", "36 goroutines main.(*Service).download [chan send]"])
    expect((await explainWhy(heap, [text])).count, text).toBe(count);
});

it("of a function whose frames lead nowhere it says so", async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  await expect(explainWhy(heap, ["runtime.bgsweep"])).rejects.toMatchObject({
    message:
      "runtime.bgsweep is on the stack of goroutine runtime.bgsweep [GC sweep wait], but nothing there is known to point to the heap",
    hint: "for all that is on such a stack: 'goroutine runtime.bgsweep [GC sweep wait]'",
  });
});

it("variables that only symbols name are called so, alone and where ways are merged", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64", true);
  const { rows } = await computeTop(heap, { by: "root", sort: "owned", limit: MOST });
  const variables = rows.filter(({ kind }) => kind === "variable").map(({ name }) => name);
  const why = await explainWhy(heap, ["/./"]);
  const names = why.tree.filter(({ where }) => where === "").map(({ name }) => name);
  expect(names.filter((name) => name.includes("+"))).toEqual([]);
  for (const variable of variables.slice(0, 3))
    expect(
      names.some((name) => name.startsWith(variable)),
      variable,
    ).toBe(true);
});

it("a word of a segment is called as ways say that they begin there, or by its address", async () => {
  const heap = await typedSample("lru.1.24.amd64", "lru.1.24.amd64");
  const { paths } = await explainWhy(heap, ["main.Server"]);
  const { where, expression } = paths[0]!;
  expect(where).toMatch(/^bss at 0x/);
  expect(expression).toMatch(/^bss\+0x/);
  for (const text of [where, where.replace("bss at ", ""), expression]) {
    const why = await explainWhy(heap, [text]);
    expect(why.thing, text).toMatchObject({ type: "main.Server" });
  }
});

it("what a queued finalizer leads to is called as that once", async () => {
  const { heap } = await readDump((d) => {
    for (let i = 0; i < 3; i++) {
      const queued = d.object(48);
      queued.point(8, d.object(1024));
      d.queuedFinalizer(queued);
    }
  });
  const objects = [...heap.objects.size.keys()].filter((object) => heap.objects.size[object] === 1024);
  const tree = renderWhy(await explainWhy(heap, [heap.types.names[heap.objects.type[objects[0]!]!]!]));
  expect(tree).toMatch(/\n *3 {2}queued finalizer of type@0x[0-9a-f]+: 0x[0-9a-f]+ {2}\(/);
  const address = heap.formatAddress(heap.objects.address[objects[0]!]!);
  const path = renderWhy(await explainWhy(heap, [address]));
  expect(path).toMatch(
    /\nqueued finalizer of type@\S+: \S+ owns it(; 2 more that are called so use it, too)?:\nqueued finalizer\.\S+\n/,
  );
  expect(tree + path).not.toContain("finalizer in ");
});

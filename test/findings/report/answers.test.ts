import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/findings/finding.ts";
import type { GoroutineGroup } from "../../../src/findings/goroutines/groups.ts";
import type { Holder } from "../../../src/findings/holders/holder.ts";
import { findAnswers } from "../../../src/findings/report/answers.ts";
import type { RuleName } from "../../../src/findings/rules.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

function finding(kind: RuleName, bytes: number): Finding {
  return {
    ...{ kind, holder: "main.T", holderKind: "type", bytes, share: bytes / 1000, isLive: true, count: 1, good: 0 },
    ...{ problem: "", advice: "", evidence: {}, objects: [], guessed: 0, fingerprint: kind },
  };
}

function holder([type, bytes]: readonly [string, number], object: number): Holder {
  return { type, bytes, object, ownerVertex: 0 } as Partial<Holder> as Holder;
}

async function answersOf(heap: Heap, ...findings: Finding[]) {
  return answersWithHolders(heap, [], ...findings);
}

/** @param holders their types and bytes; each is an object of its own */
async function answersWithHolders(heap: Heap, holders: readonly (readonly [string, number])[], ...findings: Finding[]) {
  const goroutines = { groups: [], groupOf: new Int32Array(heap.goroutines.count) };
  const sources = {
    holders: holders.map(holder),
    goroutines,
    groupCount: 0,
    findings,
    container: undefined,
    liveBytes: 1000,
    processBytes: 10_000,
  };
  return findAnswers(heap, sources, NO_PROGRESS);
}

it("a finding is an answer by itself from a tenth of the live bytes on, unless it is about how things are laid out", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const answers = await answersOf(
    heap,
    finding("zero-fields", 600),
    finding("finalizer-cycle", 500),
    finding("size-class-waste", 400),
    finding("sparse-map", 99),
  );
  expect(answers).toMatchObject([{ leads: "finding", cause: 1, bytes: 500, share: 0.5, holder: null, address: null }]);
});

it.each(["runtime.p", "[]*runtime.p", "[]runtime.timerWhen", "[]*runtime.timer", "[8]*runtime.timers"])(
  "pending timers are told by their functions, not by the processors whose %s happens to have them",
  async (type) => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const timers = [finding("pending-timers", 300), finding("pending-timers", 150)];
    const answers = await answersWithHolders(
      heap,
      [
        [type, 400],
        [type, 500],
        ["main.T", 350],
      ],
      ...timers,
    );
    expect(answers.map(({ leads, holder, cause }) => [leads, holder, cause])).toEqual([
      ["holder", 2, null],
      ["finding", null, 0],
      ["finding", null, 1],
    ]);
  },
);

it("a processor is told if timers have less than half of what it holds, and no other type is taken for one", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const timers = finding("pending-timers", 200);
  const answers = await answersWithHolders(
    heap,
    [
      ["runtime.p", 401],
      ["main.timers", 300],
      ["runtime.profBuf", 250],
    ],
    timers,
  );
  expect(answers.map(({ holder }) => holder)).toEqual([0, 1, 2, null]);
  expect(await answersWithHolders(heap, [["runtime.p", 400]], timers)).toMatchObject([{ leads: "finding" }]);
});

it("leaked goroutines are told once, whatever their stacks take, by the groups that the finding is about", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const group = (state: string, ownedBytes: number, leaked: number): GoroutineGroup =>
    ({
      entry: "main.send",
      state,
      count: 10,
      leaked,
      ownedBytes,
      stackBytes: 900,
    }) as Partial<GoroutineGroup> as GoroutineGroup;
  const groups = [group("chan send", 300, 10), group("chan send", 20, 5), group("select", 10, 10)];
  const leak = (state: string, bytes: number): Finding => ({
    ...finding("leaked-goroutines", bytes),
    holder: `main.send [${state}]`,
    holderKind: "goroutines",
  });
  const answers = await findAnswers(
    heap,
    {
      holders: [holder(["main.T", 400], 0)],
      goroutines: { groups, groupOf: new Int32Array(heap.goroutines.count) },
      groupCount: 3,
      findings: [leak("chan send", 1660), leak("select", 910)],
      container: undefined,
      liveBytes: 1000,
      processBytes: 10_000,
    },
    NO_PROGRESS,
  );
  expect(answers.map(({ leads, group: row, cause, bytes }) => [leads, row, cause, bytes])).toEqual([
    ["goroutines", 0, 0, 300],
    ["goroutines", 1, 0, 20],
    ["goroutines", 2, 1, 10],
    ["holder", null, null, 400],
  ]);
});

describe("stacks", () => {
  interface Drawn {
    readonly entry?: string;
    readonly count?: number;
    readonly ownedBytes?: number;
    readonly stackBytes: number;
  }

  async function answersOfGroups(drawn: readonly Drawn[], ...findings: Finding[]) {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const groups = drawn.map(
      (group) =>
        ({
          ...{ entry: "main.deep", state: "select", count: 10, leaked: 0, ownedBytes: 10, address: null },
          ...group,
        }) as Partial<GoroutineGroup> as GoroutineGroup,
    );
    const goroutines = { groups, groupOf: new Int32Array(heap.goroutines.count) };
    const sources = { holders: [holder(["main.T", 400], 0)], goroutines, groupCount: 9, findings };
    return findAnswers(heap, { ...sources, container: undefined, liveBytes: 1000, processBytes: 10_000 }, NO_PROGRESS);
  }

  const told = (answers: Awaited<ReturnType<typeof answersOfGroups>>) =>
    answers.map(({ leads, group, bytes, stackBytes }) => [leads, group, bytes, stackBytes]);

  it("with a tenth of the process's memory are an answer, before what keeps less of the heap, also those of one goroutine", async () => {
    expect(told(await answersOfGroups([{ stackBytes: 1000 }, { stackBytes: 999 }]))).toEqual([
      ["goroutines", 0, 10, 1000],
      ["holder", null, 400, 0],
    ]);
    expect(told(await answersOfGroups([{ count: 1, stackBytes: 1000 }]))).toHaveLength(2);
  });

  it("count beside what goroutines own, which is told for itself", async () => {
    expect(told(await answersOfGroups([{ stackBytes: 300, ownedBytes: 110 }]))).toEqual([
      ["goroutines", 0, 110, 300],
      ["holder", null, 400, 0],
    ]);
    expect(told(await answersOfGroups([{ stackBytes: 280, ownedBytes: 110 }]))[0]![0]).toBe("holder");
  });

  it("far above what is used are told with the goroutines that have most of them, once", async () => {
    const oversized = { ...finding("oversized-stacks", 1500), holder: "main.deep", isLive: false, objects: [0] };
    const groups = [{ stackBytes: 1000 }, { stackBytes: 1900 }, { entry: "main.other", stackBytes: 5000 }];
    const answers = await answersOfGroups(groups, oversized);
    expect(answers.map(({ group, cause, others, address }) => [group, cause, others, address])).toEqual([
      [2, null, [], null],
      [1, 0, [], null],
      [0, null, [], null],
      [null, null, [], expect.any(String)],
    ]);
    const few = await answersOfGroups(groups, { ...oversized, bytes: 200 });
    expect(few.map(({ group, cause, others }) => [group, cause, others])).toContainEqual([1, null, [0]]);
    const alone = await answersOfGroups([{ entry: "main.other", stackBytes: 5000 }], oversized);
    expect(alone.map(({ leads, cause }) => [leads, cause])).toContainEqual(["finding", 0]);
  });
});

import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/findings/finding.ts";
import type { GoroutineGroup } from "../../../src/findings/goroutines/groups.ts";
import type { Holder } from "../../../src/findings/holders/holder.ts";
import type { HolderRoot } from "../../../src/findings/holders/holder-roots.ts";
import { findAnswers } from "../../../src/findings/report/answers.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import type { RuleName } from "../../../src/findings/rules.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

function finding(kind: RuleName, bytes: number): Finding {
  return {
    ...{ kind, holder: "main.T", holderKind: "type", bytes, share: bytes / 1000, isLive: true, count: 1, good: 0 },
    ...{ problem: "", advice: "", evidence: {}, objects: [], address: null, guessed: 0, fingerprint: kind },
  };
}

function holder([type, bytes]: readonly [string, number], object: number): Holder {
  const owner = { kind: "variable", name: "main.x", count: 1, isCertain: true, leadsTo: null } as const;
  return { type, bytes, object, owner, ownerVertex: 0, alsoUsedBy: [], largest: [] } as Partial<Holder> as Holder;
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
    leastShare: 0.1,
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

it("what could be kept in less comes behind what holds half as much, of which it may be", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const kinds = async (held: number, contents: RuleName) => {
    const findings = [finding(contents, 800), finding("pending-timers", held)];
    return (await answersOf(heap, ...findings)).map(({ cause }) => findings[cause!]!.kind);
  };
  expect(await kinds(401, "duplicate-text")).toEqual(["pending-timers", "duplicate-text"]);
  expect(await kinds(399, "duplicate-text")).toEqual(["duplicate-text", "pending-timers"]);
  expect(await kinds(401, "sparse-map")).toEqual(["sparse-map", "pending-timers"]);
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

it("what only timers have is told by their functions alone, unless those have less than half of it", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const timers = {
    kind: "timers",
    name: "pending timer of func main.f",
    count: 600,
    isCertain: true,
    leadsTo: null,
  } as const;
  const answersOwnedBy = async (name: string, bytes: number) => {
    const thing = holder(["main.Store", 400], 0);
    const holders = [{ ...thing, owner: { ...thing.owner, name }, alsoUsedBy: [timers] }];
    const goroutines = { groups: [], groupOf: new Int32Array(heap.goroutines.count) };
    const sources = { holders, goroutines, groupCount: 0, findings: [finding("pending-timers", bytes)] };
    const options = { container: undefined, liveBytes: 1000, processBytes: 10_000, leastShare: 0.1 };
    return (await findAnswers(heap, { ...sources, ...options }, NO_PROGRESS)).map(({ leads }) => leads);
  };
  expect(await answersOwnedBy("runtime.allp", 450)).toEqual(["finding"]);
  expect(await answersOwnedBy("runtime.allp", 199)).toEqual(["holder", "finding"]);
  expect(await answersOwnedBy("main.store", 450)).toEqual(["finding", "holder"]);
});

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
      leastShare: 0.1,
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

describe("what goroutines own", () => {
  /** Group 0 is that of the dump's first goroutine, which owns all holders but the last. */
  async function answersOfOwners(ownedBytes: number, leaked: number, ...bytes: number[]) {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { kind, item } = heap.roots.vertices;
    const vertex = kind.findIndex((each, i) => each === RootVertexKind.GOROUTINE && item[i] === 0);
    const group = { entry: "main.work", state: "select", count: 10, leaked: 0, ownedBytes: 10, stackBytes: 0 };
    const groups = [{ ...group, ownedBytes, leaked }, group] as Partial<GoroutineGroup>[] as GoroutineGroup[];
    const holders = [...bytes, 200].map((size, i) => ({
      ...holder(["main.T", size], i),
      ownerVertex: i < bytes.length ? vertex : 0,
    }));
    const groupOf = new Int32Array(heap.goroutines.count).fill(1).fill(0, 0, 1);
    const sources = { holders, goroutines: { groups, groupOf }, groupCount: 2, findings: [], container: undefined };
    const answers = await findAnswers(
      heap,
      { ...sources, liveBytes: 1000, processBytes: 10_000, leastShare: 0.1 },
      NO_PROGRESS,
    );
    return answers.map(({ leads, group: row, holder: of, bytes: size }) => [leads, row, of, size]);
  }

  it("is told by the holders, if they have nearly all of it", async () => {
    expect(await answersOfOwners(640, 0, 300, 291)).toEqual([
      ["holder", null, 0, 300],
      ["holder", null, 1, 291],
      ["holder", null, 2, 200],
    ]);
  });

  it("is told once where there is more, with the largest of the holders", async () => {
    expect(await answersOfOwners(641, 0, 300, 291)).toEqual([
      ["goroutines", 0, 0, 641],
      ["holder", null, 1, 291],
      ["holder", null, 2, 200],
    ]);
    expect(await answersOfOwners(300, 1, 300)).toEqual([
      ["goroutines", 0, 0, 300],
      ["holder", null, 1, 200],
    ]);
  });

  it("says once what a holder of one of them says again", async () => {
    const report = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
    const part = { by: "", count: 90, guessed: 0, behind: 0, queued: null, sharedBy: [], sharedIn: null, inner: null };
    const parts = [
      {
        ...part,
        type: "main.Page",
        bytes: 2 << 20,
        mostly: [{ type: "[]uint8", count: 90, guessed: 0, bytes: 1 << 20, field: null }],
      },
      { ...part, type: "main.Conn", bytes: 1 << 20, mostly: [] },
    ];
    const holder = {
      ...report.holders[0]!,
      ...{ path: "ctx", type: "main.Ctx", typeSource: "exact", bytes: 3 << 20, share: 0.5, use: null, nodes: null },
      ...{ parts, bulk: null, alsoUsedBy: [], largest: [] },
      owner: { kind: "goroutine", name: "goroutine main.serve [select]", count: 1, isCertain: true, leadsTo: null },
    } as Holder;
    const group: GoroutineGroup = {
      ...report.goroutines.groups[0]!,
      ...{ leaked: 0, advice: null, meaning: null, waitsFor: [], mayEndWait: [], sharedWith: [] },
      ...{ origin: "", site: "main.serve main.go:7" },
      ...{ ownedBytes: 3 << 20, stackBytes: 0, locals: [{ name: "ctx", function: "", type: "", bytes: 3 << 20 }] },
    };
    const tell = (of: Partial<GoroutineGroup>): readonly string[] => {
      const answers = [
        { ...report.answers[0]!, leads: "goroutines", group: 0, holder: 0, cause: null, others: [] } as const,
      ];
      const goroutines = { ...report.goroutines, groups: [{ ...group, ...of }] };
      return listStatements({ ...report, answers, holders: [holder], goroutines })[0]!.lines;
    };
    const told = [
      "at main.serve main.go:7",
      "ctx keeps 3.00 MiB (50.0 %): main.Ctx",
      "90 × main.Page, 2.00 MiB: mostly 90 × []uint8, 1.00 MiB",
      "90 × main.Conn, 1.00 MiB",
    ];
    expect(tell({ parts: [{ type: "main.Ctx", count: 1, guessed: 0, bytes: 3 << 20, queued: null }] })).toEqual(told);
    const alike = [
      { type: "main.Page", count: 90, guessed: 0, bytes: 2 << 20, queued: null },
      { type: "main.Conn", count: 90, guessed: 0, bytes: 1 << 20, queued: null },
    ];
    expect(tell({ parts: alike })).toEqual(told);
    // What is not the same is told.
    const others = [{ type: "main.Page", count: 91, guessed: 0, bytes: 2 << 20, queued: null }];
    expect(tell({ parts: others, locals: [{ name: "page", function: "", type: "", bytes: 2 << 20 }] })).toEqual([
      "91 × main.Page, 2.00 MiB",
      "at main.serve main.go:7; page holds 2.00 MiB",
      ...told.slice(1),
    ]);
  });

  it("says what most of it is, and of others who use that only other than the like of its owner", async () => {
    const report = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
    const [group] = report.goroutines.groups;
    const root = (name: string) => ({ kind: "goroutine", name, count: 3, isCertain: true }) as HolderRoot;
    const shared = {
      ...report.holders[0]!,
      ...{
        path: "s.conns",
        type: "[]*main.Conn",
        typeSource: "exact",
        bytes: 3 << 20,
        share: 0.5,
        use: null,
        nodes: null,
      },
      ...{ owner: { ...root("goroutine main.serve [select]"), count: 1 }, parts: [], largest: [], bulk: null },
      alsoUsedBy: [root("goroutine main.serve [select]"), root("goroutine main.accept [IO wait]")],
    } as Holder;
    const answers = [
      { ...report.answers[0]!, leads: "goroutines", group: 0, holder: 0, cause: null, others: [] } as const,
    ];
    const goroutines = { ...report.goroutines, groups: [{ ...group!, leaked: 0, advice: null }] };
    const tell = (told: Holder) => listStatements({ ...report, answers, holders: [told], goroutines })[0]!.lines.at(-1);
    expect(tell(shared)).toBe(
      "s.conns keeps 3.00 MiB (50.0 %): []*main.Conn; also used by 3 × goroutine main.accept [IO wait]",
    );
    expect(tell({ ...shared, owner: { ...shared.owner, isCertain: false }, alsoUsedBy: [] })).toBe(
      "s.conns keeps 3.00 MiB (50.0 %): []*main.Conn, by a word of its stack that may be stale",
    );
    const whole = { ...shared, path: "goroutine main.serve [select]", type: "", alsoUsedBy: [] };
    expect(tell(whole)).toBe("one of them keeps 3.00 MiB (50.0 %)");
    goroutines.groups[0] = { ...goroutines.groups[0]!, count: 1, site: "main.serve main.go:7", locals: [], origin: "" };
    expect(tell(whole)).toBe("at main.serve main.go:7");
    expect(tell({ ...whole, owner: { ...shared.owner, isCertain: false } })).toBe(
      "goroutine main.serve [select] keeps 3.00 MiB (50.0 %), by a word of its stack that may be stale",
    );
  });
});

it("room that many things do not use is not why there are so many", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const [largest] = (await computeReport(heap, NO_PROGRESS)).holders;
  const answersWith = async (kind: RuleName, count: number) => {
    const about = { ...finding(kind, largest!.bytes), count, objects: [largest!.object!] };
    const goroutines = { groups: [], groupOf: new Int32Array(heap.goroutines.count) };
    const sources = { holders: [largest!], goroutines, groupCount: 0, findings: [about], container: undefined };
    const [answer] = await findAnswers(
      heap,
      { ...sources, liveBytes: 1000, processBytes: 10_000, leastShare: 0.1 },
      NO_PROGRESS,
    );
    return [answer!.cause, answer!.others];
  };
  for (const kind of ["unused-capacity", "idle-channel-buffer"] as const) {
    expect(await answersWith(kind, 99)).toEqual([0, []]);
    expect(await answersWith(kind, 100)).toEqual([null, [0]]);
  }
  expect(await answersWith("pinned-by-view", 100)).toEqual([0, []]);
});

it("says what would be freed if who leads to a thing let go, unless nothing of it counts", async () => {
  const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
  const root = (name: string) => ({ kind: "variable", name, count: 1, isCertain: true }) as HolderRoot;
  const tell = (byOwner: number, byAll: number) => {
    const shared = {
      ...report.holders[0]!,
      ...{ owner: root("main.a"), alsoUsedBy: [root("main.b")], contentsUsedBy: [] },
      ...{ bytes: 100_000, release: { byOwner, byAll } },
    };
    const answers = [{ ...report.answers[0]!, leads: "holder", holder: 0, cause: null, others: [] } as const];
    const [statement] = listStatements({ ...report, answers, holders: [shared] });
    return statement!.lines.filter((line) => /free/.test(line));
  };
  expect(tell(10_000, 100_000)).toEqual([
    "if main.a alone let go, 9.77 KiB would be freed; if all of these did, 97.7 KiB",
  ]);
  expect(tell(0, 100_000)).toEqual([
    "letting go of main.a alone frees nothing; if all of these let go, 97.7 KiB would be freed",
  ]);
  // Who leads there and is not named has what is left.
  expect(tell(10_000, 90_000)).toEqual([
    "if main.a alone let go, 9.77 KiB would be freed; if all of these did, 87.9 KiB",
  ]);
  expect(tell(10_000, 89_999)).toEqual([
    "if main.a alone let go, 9.77 KiB would be freed; if all of these did, 87.9 KiB: others lead to the rest",
  ]);
  expect(tell(0, 1000)).toEqual([
    "letting go of main.a alone frees nothing; if all of these let go, 1000 B would be freed: others lead to the rest",
  ]);
  expect(tell(0, 999)).toEqual([
    "even if all of these let go, hardly anything (999 B) would be freed: others lead there, too",
  ]);
  expect(tell(0, 0)).toEqual([]);
});

it("names the pending timers that lead to a thing, or to what is in it, or have it", async () => {
  const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
  const timers = (name: string, count: number): HolderRoot => {
    return { kind: "timers", name: `pending timer of func main.${name}`, count, isCertain: true, leadsTo: null };
  };
  const tell = (owner: string, alsoUsedBy: HolderRoot[], contentsUsedBy: HolderRoot[]) => {
    const [first] = report.holders;
    const shared = { ...first!, owner: { ...first!.owner, name: owner }, alsoUsedBy, contentsUsedBy };
    const answers = [{ ...report.answers[0]!, leads: "holder", holder: 0, cause: null, others: [] } as const];
    const holders = [{ ...shared, bytes: 100, release: { byOwner: 0, byAll: 100 } }];
    return listStatements({ ...report, answers, holders })[0]!.lines.filter((line) => /timer|free/.test(line));
  };
  const freed = "letting go of main.a alone frees nothing; if all of these let go, 100 B would be freed";
  expect(tell("main.a", [timers("f", 600), timers("g", 1)], [])).toEqual([
    "also used by 600 × pending timer of func main.f, pending timer of func main.g",
    freed,
  ]);
  expect(tell("main.a", [], [timers("f", 600), timers("g", 1), report.holders[0]!.owner])).toEqual([
    "what is in it is also used by pending timers of func main.f, pending timer of func main.g, var *main.pipeline.thumbnails",
    freed,
  ]);
  const many = ["f", "g", "h", "i"].map((name) => timers(name, 2));
  expect(tell("main.a", [], many)[0]).toBe(
    "what is in it is also used by pending timers of func main.f, pending timers of func main.g, pending timers of func main.h, others",
  );
  // It would be said twice that the timers have to let go, and of the runtime's variable, which cannot.
  expect(tell("runtime.allp", [timers("f", 600)], [])).toEqual(["in 600 × pending timer of func main.f"]);
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
    return findAnswers(
      heap,
      { ...sources, container: undefined, liveBytes: 1000, processBytes: 10_000, leastShare: 0.1 },
      NO_PROGRESS,
    );
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

it("what variables without names share is told once, unless there is more to say of it", async () => {
  const report = await computeReport(await typedSample("steady-after.1.22.amd64", "steady.1.22.amd64"), NO_PROGRESS);
  const [shared] = report.holders;
  const tell = (mostly: Holder["parts"][number]["mostly"]) => {
    const parts = shared!.parts.map((part) => ({ ...part, mostly }));
    const holders = [{ ...shared!, parts }, ...report.holders.slice(1)];
    const { sentence, lines } = listStatements({ ...report, holders })[0]!;
    return [sentence, lines[0]];
  };
  const sentence = "700 × main.Account keep 221 KiB (31.8 %): shared by variables without names";
  expect(tell([])).toEqual([sentence, expect.stringMatching(/^in data segment at 0x/)]);
  expect(tell([{ type: "string", count: 1800, guessed: 0, bytes: 1 << 15, field: null }])).toEqual([
    sentence,
    "700 × main.Account, 221 KiB: mostly 1,800 × string, 32.0 KiB",
  ]);
});

it("of a root that keeps much by two ways, and neither of these by itself, one of the many is what to look at", async () => {
  let one = 0;
  const heap = drawHeap((s) => {
    const [byName, byHost] = [
      s.object({ type: "main.Names", size: 2048 }),
      s.object({ type: "main.Hosts", size: 1024 }),
    ];
    for (let i = 0; i < 100; i++) {
      const series = s.object({ type: "main.Series", size: 1024 });
      s.pointer(byName, series, 8 * i);
      s.pointer(byHost, series, 8 * i);
      if (i === 0) one = series;
    }
    s.goroutine({
      frames: [
        {
          name: "main.serve",
          slots: [
            [byName, 8],
            [byHost, 16],
          ],
        },
      ],
    });
  });
  const { answers, holders } = await computeReport(heap, NO_PROGRESS);
  expect(holders[0]).toMatchObject({ object: null, parts: [{ type: "main.Series", count: 100 }, {}, {}] });
  expect(answers[0]!.address).toBe(heap.formatAddress(heap.objects.address[one]!));
});

it.each([
  ["main.Series", "main.Series"],
  ["[]map.bucket[string]main.Series", "map[string]main.Series"],
])("what a single variable without a name leads to is not in what several of them share: %s", async (series, part) => {
  const heap = drawHeap((s) => {
    const maps = ["main.Names", "main.Hosts"].map((type) => s.object({ type, size: 1024 }));
    for (let i = 0; i < 100; i++) {
      const one = s.object({ type: series, size: 1024 });
      for (const map of maps) s.pointer(map, one, 8 * i);
      s.pointer(one, s.object({ type: "main.Samples", size: 4096 }));
    }
    for (const [i, map] of maps.entries()) s.global(map, 8 * i);
    // Of the same type, and in a variable of its own; and of another one that two variables lead to.
    const [alone, other] = [s.object({ type: series, size: 1024 }), s.object({ type: "main.Config", size: 64 })];
    s.pointer(alone, s.object({ type: "main.Rest", size: 256 }));
    s.global(alone, 16);
    for (const map of maps) s.pointer(map, other, 1000);
  });
  const report = await computeReport(heap, NO_PROGRESS);
  const row = report.holders.findIndex(({ object }) => object === null);
  expect(report.holders[row]).toMatchObject({
    owner: { kind: "segment" },
    parts: [{ type: part, count: 100 }],
  });
  const first = (type: string): number => {
    return heap.objects.type.findIndex((each) => heap.types.names[each] === type);
  };
  const alone = heap.objects.type.findLastIndex((each) => heap.types.names[each] === series);
  const inHolder = async (object: number): Promise<boolean> => {
    const found = { ...finding("pending-timers", 200_000), objects: [object] };
    const goroutines = { groups: [], groupOf: new Int32Array(0) };
    const sources = { holders: report.holders, goroutines, groupCount: 0, findings: [found], container: undefined };
    const shares = { liveBytes: report.totals.live.bytes, processBytes: 1e6, leastShare: 0.1 };
    const answers = await findAnswers(heap, { ...sources, ...shares }, NO_PROGRESS);
    return answers.some(({ holder: of, cause, others }) => of === row && (cause === 0 || others.includes(0)));
  };
  expect(await inHolder(first(series))).toBe(true);
  expect(await inHolder(first("main.Samples"))).toBe(true);
  for (const object of [first("main.Names"), alone, first("main.Rest"), first("main.Config")])
    expect(await inHolder(object)).toBe(false);
});

it("what variables share keeps as one thing does, also behind a preposition", async () => {
  const report = await computeReport(await typedSample("steady-after.1.22.amd64", "steady.1.22.amd64"), NO_PROGRESS);
  const [answer] = report.answers;
  const findings = [{ ...finding("popped-slots", 150_000), holder: "main.Account.history" }, ...report.findings];
  const answers = [{ ...answer!, leads: "finding", holder: 0, cause: 0, others: [] } as const];
  const { lines } = listStatements({ ...report, findings, answers })[0]!;
  expect(lines.join("\n")).toContain("in 700 × main.Account, which keep 221 KiB (31.8 %): shared by variables");
});

/** Baselines: what is new or larger is found where it accumulates, and nothing else is told. */
import { describe, expect, it } from "vitest";
import { type BaselineHeap, baselineKey, makeBaseline } from "../../../src/findings/check/baseline.ts";
import { type BaselineChange, DEFAULT_TOLERANCE } from "../../../src/findings/check/baseline-change.ts";
import { listChanges, sharesNothing } from "../../../src/findings/check/baseline-changes.ts";
import { describeBaseline } from "../../../src/findings/check/baseline-sentences.ts";
import { type Expectation, isExpected } from "../../../src/findings/check/expectation.ts";
import { type HeapSums, medianSums, sumHeap } from "../../../src/findings/check/heap-sums.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

const KIB = 1 << 10;

/** A store with entries, and workers; `sizes` are those of what hangs on the store, by type. */
async function draw(sizes: Readonly<Record<string, number>>, workers: readonly string[] = []): Promise<HeapSums> {
  const heap = drawHeap((sketch: HeapSketch) => {
    const store = sketch.object({ size: 16, type: "main.Store" });
    sketch.global(store);
    let offset = 0;
    for (const [type, size] of Object.entries(sizes)) {
      const box = sketch.object({ size: 16, type: `[]${type}` });
      sketch.pointer(store, box, offset);
      offset += 8;
      for (let left = size; left > 0; left -= 4 * KIB) {
        sketch.pointer(box, sketch.object({ size: Math.min(left, 4 * KIB), type }), 8 * (left / (4 * KIB)));
      }
    }
    for (const name of workers) sketch.goroutine({ frames: [{ name }], waitReason: "select" });
    // What no root leads to is no business of a baseline.
    sketch.object({ size: 900 * KIB, type: "main.Garbage" });
  });
  return sumHeap(heap, NO_PROGRESS);
}

const baselineOf = (sums: HeapSums, before?: BaselineHeap): BaselineHeap =>
  makeBaseline(sums, DEFAULT_TOLERANCE.least, before);

const changesOf = (
  before: HeapSums,
  now: HeapSums,
  expected: readonly Expectation[] = [],
  tolerance = DEFAULT_TOLERANCE,
) => listChanges(baselineOf(before), now, tolerance, expected);

const short = (changes: readonly BaselineChange[]) =>
  changes.map(({ kind, of, detail, name, isBroken }) => [kind, of, of === "path" ? detail : name, isBroken]);

const expectation = (path: string, upTo: number | null = null): Expectation => ({
  path,
  upTo,
  reason: "because",
  origin: "gohd.yaml:9",
});

const lastRow = ({ tree }: HeapSums): number => tree.count - 1;

it("of another program has none of the paths", async () => {
  const program = (name: string) => typedSample(name, name).then((heap) => sumHeap(heap, NO_PROGRESS));
  const [lru, queue] = [await program("lru.1.27.amd64"), await program("queue.1.22.amd64")];
  const baseline = baselineOf(lru);
  expect(sharesNothing(baseline, queue)).toBe(true);
  expect(sharesNothing(baseline, lru)).toBe(false);
  // Two of two may as well be mended.
  expect(sharesNothing({ ...baseline, paths: baseline.paths.slice(0, 2) }, queue)).toBe(false);
  const lines = describeBaseline({
    file: "heap.json",
    key: "go1.27 amd64",
    outcome: "passed",
    changes: [],
    sharesNothing: true,
  })[0]!.lines;
  expect(lines).toEqual(["the heap has none of the paths that the baseline lists: it may be of another program"]);
});

it("of the same program, all of whose paths are mended, is told by its goroutines", async () => {
  const store = { "main.A": 1000 * KIB };
  const baseline = baselineOf(await draw(store, ["main.main", "main.work"]));
  expect(baseline.paths.length).toBeGreaterThanOrEqual(3);
  const mended = (worker: string) =>
    sumHeap(
      drawHeap((sketch) => {
        for (const name of ["main.main", worker]) sketch.goroutine({ frames: [{ name }], waitReason: "select" });
      }),
      NO_PROGRESS,
    );
  expect(sharesNothing(baseline, await mended("main.work"))).toBe(false);
  expect(sharesNothing(baseline, await mended("main.other"))).toBe(true);
});

it("that is gone is told once of a variable and of the thing that it holds", async () => {
  const lru = baselineOf(await sumHeap(await typedSample("lru.1.27.amd64", "lru.1.27.amd64"), NO_PROGRESS));
  const queue = await sumHeap(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
  const gone = listChanges(lru, queue, DEFAULT_TOLERANCE, []).filter(
    ({ kind, of }) => kind === "gone" && of === "path",
  );
  const names = gone.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(names).size).toBe(names.length);
});

describe("growth", () => {
  it("is none within the tolerance", async () => {
    const before = await draw({ "main.A": 1000 * KIB, "main.B": 100 * KIB }, ["main.work"]);
    expect(changesOf(before, before)).toEqual([]);
    // 10 % of all, 64 KiB of B.
    expect(changesOf(before, await draw({ "main.A": 1044 * KIB, "main.B": 164 * KIB }, ["main.work"]))).toEqual([]);
    const smaller = await draw({ "main.A": 500 * KIB, "main.B": 100 * KIB }, ["main.work"]);
    expect(changesOf(before, smaller)).toEqual([]);
  });

  it("is told where it is, though what is above is within its tolerance", async () => {
    const before = await draw({ "main.A": 1000 * KIB, "main.B": 100 * KIB });
    const now = await draw({ "main.A": 1000 * KIB, "main.B": 172 * KIB });
    const changes = changesOf(before, now);
    expect(short(changes)).toEqual([["grown", "path", "main.B", true]]);
    expect(changes[0]).toMatchObject({
      before: 100 * KIB,
      now: 172 * KIB,
      objects: { before: 25, now: 43 },
      parts: [],
    });
  });

  describe("of what has others in it, beside theirs,", () => {
    /** A store that is so large itself, with so much in it. */
    const drawStore = (own: number, inside: number, small = 0): Promise<HeapSums> =>
      sumHeap(
        drawHeap((sketch) => {
          const store = sketch.object({ size: own, type: "main.Store" });
          sketch.global(store);
          sketch.pointer(store, sketch.object({ size: inside, type: "main.A" }), 0);
          for (let i = 0; i < small / KIB; i++) {
            sketch.pointer(store, sketch.object({ size: KIB, type: `main.Small${i}` }), 8 * (i + 1));
          }
        }),
        NO_PROGRESS,
      );

    it("is told as well, each byte once", async () => {
      const before = await drawStore(100 * KIB, 200 * KIB);
      const now = await drawStore(300 * KIB, 1200 * KIB);
      const changes = changesOf(before, now);
      const told = changes.filter(({ of }) => of === "path");
      expect(told.map(({ detail, isRest, before, now }) => [detail, isRest, before / KIB, now / KIB])).toEqual([
        ["main.A", false, 200, 1200],
        ["main.Store", true, 100, 300],
      ]);
      const growth = told.reduce((sum, { before, now }) => sum + now - before, 0);
      expect(growth).toBe(changes[0]!.now - changes[0]!.before);
      const result = {
        file: "a.json",
        key: "go1.27 amd64",
        outcome: "broken",
        changes: told,
        sharesNothing: false,
      } as const;
      const [, store] = describeBaseline(result as unknown as Parameters<typeof describeBaseline>[0]);
      expect(store).toMatchObject({
        title: expect.stringMatching(/ has grown elsewhere, too$/),
        figure: "100 KiB → 300 KiB",
      });
    });

    it("is told though what has most of it is expected", async () => {
      const before = await drawStore(100 * KIB, 200 * KIB);
      const now = await drawStore(300 * KIB, 1200 * KIB);
      const told = changesOf(before, now, [{ ...expectation("*"), path: before.tree.textOf(lastRow(before)) }]);
      expect(short(told).filter(([, of]) => of === "path")).toEqual([
        ["grown", "path", "main.Store", true],
        ["grown", "path", "main.A", false],
      ]);
    });

    it("counts with small things there, and is none within its own tolerance", async () => {
      const before = await drawStore(100 * KIB, 200 * KIB);
      expect(short(changesOf(before, await drawStore(160 * KIB, 1200 * KIB))).slice(1)).toEqual([
        ["grown", "path", "main.A", true],
      ]);
      const small = changesOf(before, await drawStore(160 * KIB, 1200 * KIB, 10 * KIB));
      expect(small.at(-1)).toMatchObject({ detail: "main.Store", isRest: true, now: 170 * KIB });
    });

    it("is new where the baseline has no entry of it", async () => {
      const changes = changesOf(await draw({}), await drawStore(100 * KIB, 1200 * KIB));
      expect(changes.filter(({ isRest }) => isRest)).toMatchObject([
        { kind: "new", detail: "main.Store", now: 100 * KIB },
      ]);
    });
  });

  it("of several things is told of what has them all, with the parts", async () => {
    const before = await draw({ "main.A": 200 * KIB, "main.B": 200 * KIB, "main.C": 200 * KIB });
    const now = await draw({ "main.A": 400 * KIB, "main.B": 360 * KIB, "main.C": 200 * KIB });
    const changes = changesOf(before, now);
    expect(short(changes)).toEqual([
      ["grown", "live", "", true],
      ["grown", "path", "main.Store", true],
    ]);
    expect(changes[1]!.parts.map(({ detail, before, now }) => [detail, before / KIB, now / KIB])).toEqual([
      ["main.A", 200, 400],
      ["main.B", 200, 360],
    ]);
  });

  it("is new from the least size on, and what was just below is not", async () => {
    const none = await draw({ "main.A": 100 * KIB });
    expect(changesOf(none, await draw({ "main.A": 100 * KIB, "main.B": 60 * KIB }))).toEqual([]);
    const changes = changesOf(none, await draw({ "main.A": 100 * KIB, "main.B": 68 * KIB }));
    expect(short(changes)).toContainEqual(["new", "path", "main.B", true]);
    expect(changes.map(({ of, listedFrom }) => [of, listedFrom])).toContainEqual(["path", 16 * KIB]);
    // 60 KiB are listed, though they would not be new: they grew by 8.
    const some = await draw({ "main.A": 100 * KIB, "main.B": 60 * KIB });
    expect(changesOf(some, await draw({ "main.A": 100 * KIB, "main.B": 68 * KIB }))).toEqual([]);
  });

  it("of goroutines is by their function, whatever they wait for", async () => {
    const before = await draw({}, [...Array<string>(20).fill("main.work"), "main.old"]);
    expect(changesOf(before, await draw({}, [...Array<string>(22).fill("main.work"), "main.old"]))).toEqual([]);
    const now = await draw({}, [...Array<string>(23).fill("main.work"), "main.leak"]);
    expect(short(changesOf(before, now))).toEqual([
      ["grown", "goroutines", "main.work", true],
      ["new", "goroutines", "main.leak", true],
      ["gone", "goroutines", "main.old", false],
    ]);
  });
});

describe("what is expected", () => {
  it("breaks nothing, up to its size, with all that is below it", async () => {
    const before = await draw({ "main.A": 100 * KIB });
    const now = await draw({ "main.A": 100 * KIB, "main.B": 200 * KIB });
    const [, { name }] = changesOf(before, now) as [BaselineChange, BaselineChange];
    for (const path of [name, `/${name.slice(0, 4)}/`, "main.Store"]) {
      const changes = changesOf(before, now, [expectation(path)]);
      expect(short(changes), path).toEqual([["new", "path", "main.B", false]]);
      expect(changes[0]!.reason).toBe("because");
    }
    expect(short(changesOf(before, now, [expectation(name, 200 * KIB)]))).toEqual([["new", "path", "main.B", false]]);
    expect(short(changesOf(before, now, [expectation(name, 199 * KIB)]))).toContainEqual([
      "new",
      "path",
      "main.B",
      true,
    ]);
    const { outcome, figure, lines } = describeBaseline({
      file: "heap.json",
      key: "go1.24 amd64",
      outcome: "passed",
      sharesNothing: false,
      changes: changesOf(before, now, [expectation(name)]),
    })[0]!;
    expect([outcome, figure]).toEqual(["passed", "nothing new"]);
    expect(lines).toEqual([expect.stringMatching(/^expected: .*, 200 KiB \(because\)$/)]);
  });

  describe("beside others, below what has them all,", () => {
    const inside = (sizes: Readonly<Record<string, number>>, names: readonly string[], of: HeapSums) =>
      Array.from({ length: of.tree.count }, (_, row) => row)
        .filter((row) => row > 0 && names.includes(of.tree.typeOf(row)) && sizes[of.tree.typeOf(row)] !== undefined)
        .map((row) => of.tree.textOf(row));
    const small = { "main.A": 200 * KIB, "main.B": 200 * KIB, "main.C": 200 * KIB };
    const large = { "main.A": 400 * KIB, "main.B": 360 * KIB, "main.C": 200 * KIB };

    it("breaks nothing if all that has grown is expected", async () => {
      const [before, now] = [await draw(small), await draw(large)];
      const paths = inside(small, ["main.A", "main.B"], before);
      expect(paths.length).toBe(2);
      expect(
        short(
          changesOf(
            before,
            now,
            paths.map((path) => expectation(path)),
          ),
        ),
      ).toEqual([
        ["grown", "path", "main.A", false],
        ["grown", "path", "main.B", false],
      ]);
    });

    it("is not told of those that are not", async () => {
      const [before, now] = [await draw(small), await draw(large)];
      const changes = changesOf(before, now, [expectation(inside(small, ["main.A"], before)[0]!)]);
      expect(short(changes)).toEqual([
        ["grown", "live", "", true],
        ["grown", "path", "main.B", true],
        ["grown", "path", "main.A", false],
      ]);
    });

    it("breaks nothing if it is many that have grown little", async () => {
      const sizes = (each: number) => Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`main.T${i}`, each]));
      const [before, now] = [await draw(sizes(40 * KIB)), await draw(sizes(60 * KIB))];
      expect(short(changesOf(before, now))[0]).toEqual(["grown", "live", "", true]);
      const all = inside(sizes(1), Object.keys(sizes(1)), before);
      expect(
        changesOf(
          before,
          now,
          all.map((path) => expectation(path)),
        ),
      ).toEqual([]);
    });
  });

  it("may be of a variable, whose path begins with a star where it is a pointer", () => {
    expect(isExpected(expectation("main.cache"), "*main.cache")).toBe(true);
    expect(isExpected(expectation("main.cache"), "main.cache.items")).toBe(false);
    expect(isExpected(expectation("*main.cache"), "main.cache")).toBe(false);
  });

  it("says what was expected of what is larger", async () => {
    const [before, now] = [await draw({ "main.A": 100 * KIB }), await draw({ "main.A": 400 * KIB })];
    const { name } = changesOf(before, now).at(-1)!;
    expect(changesOf(before, now, [expectation(name, 200 * KIB)]).at(-1)).toMatchObject({
      isBroken: true,
      reason: "expected up to 200 KiB: because",
    });
  });

  it("by a pattern that fits what is below as well is too large as a whole", async () => {
    const sizes = (each: number) => Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`main.T${i}`, each]));
    const [before, now] = [await draw(sizes(100 * KIB)), await draw(sizes(300 * KIB))];
    const all = "/./";
    expect(changesOf(before, now, [expectation(all, 1300 * KIB)]).filter(({ isBroken }) => isBroken)).toEqual([]);
    const told = changesOf(before, now, [expectation(all, 1000 * KIB)]).filter(({ of }) => of === "path");
    expect(told).toMatchObject([{ isBroken: true, reason: "expected up to 1000 KiB: because" }]);
  });

  it("and is not there is told", async () => {
    const before = await draw({ "main.A": 100 * KIB }, ["main.work"]);
    const changes = changesOf(before, before, [expectation("main.nothing"), expectation("goroutine main.work")]);
    expect(short(changes)).toEqual([["unused", "expectation", "main.nothing", false]]);
  });
});

it("of the runtime's own threads and descriptors is nobody's; what only it leads to is", async () => {
  const draw = (threads: number, held: number): Promise<HeapSums> => {
    const heap = drawHeap((sketch) => {
      for (let i = 0; i < threads; i++) {
        const thread = sketch.object({ size: 10 * KIB, type: "runtime.m" });
        sketch.otherRoot(thread);
        if (i > 0) continue;
        const timer = sketch.object({ size: 96, type: "time.Timer" });
        sketch.pointer(thread, timer);
        sketch.pointer(timer, sketch.object({ size: held, type: "main.Request" }));
      }
    });
    return sumHeap(heap, NO_PROGRESS);
  };
  const before = await draw(2, 100 * KIB);
  expect(changesOf(before, await draw(40, 100 * KIB))).toEqual([]);
  expect(short(changesOf(before, await draw(2, 300 * KIB)))).toContainEqual(["grown", "path", "main.Request", true]);
});

describe("entries", () => {
  it("that are gone are told, those above others alone", async () => {
    const before = await draw({ "main.A": 100 * KIB, "main.B": 100 * KIB });
    const changes = changesOf(before, await draw({ "main.A": 100 * KIB }));
    expect(short(changes)).toEqual([["gone", "path", "[]main.B", false]]);
  });

  it("that are gone are told above others in time that is linear, however many they are, and however alike", async () => {
    const now = await draw({ "main.A": 100 * KIB });
    const baseline = baselineOf(now);
    const [path] = baseline.paths;
    const gone = Array.from({ length: 60_000 }, (_, i) => ({ ...path!, path: `main.gone${i}`, fingerprint: `${i}` }));
    const below = [".field", "[…]", ": main.T", "0"].map((end, i) => ({
      ...path!,
      path: `main.gone7${end}`,
      fingerprint: `below${i}`,
    }));
    const changes = listChanges({ ...baseline, paths: [...below, ...gone] }, now, DEFAULT_TOLERANCE, []);
    // The fourth has but a name that begins so.
    expect(changes.filter(({ kind }) => kind === "gone")).toHaveLength(60_000 + 1);
  });

  it("keep their reasons when they are written anew, in the same order", async () => {
    const sums = await draw({ "main.A": 100 * KIB, "main.B": 90 * KIB }, ["main.work", "main.work"]);
    const first = baselineOf(sums);
    expect(first.paths.map(({ bytes }) => bytes)).toEqual(
      [...first.paths.map(({ bytes }) => bytes)].sort((a, b) => b - a),
    );
    const explained: BaselineHeap = {
      ...first,
      paths: first.paths.map((path) => (path.type === "main.B" ? { ...path, reason: "for tests" } : path)),
      goroutines: first.goroutines.map((row) => ({ ...row, reason: "of the pool" })),
    };
    expect(baselineOf(sums, explained)).toEqual(explained);
    expect(
      baselineOf(await draw({ "main.A": 100 * KIB }), explained).paths.some(({ reason }) => reason !== undefined),
    ).toBe(false);
  });

  it("are by release and architecture", () => {
    const facts = { name: "a", pointerSize: 8, isComplete: true, isTyped: true } as const;
    const key = (goVersion: string) => baselineKey({ ...facts, goVersion, arch: "arm64" });
    expect(["go1.24.4", "go1.24", "go1.24-X:nogreenteagc", "go1.11–1.16", "go1.24rc1", "gccgo"].map(key)).toEqual([
      "go1.24 arm64",
      "go1.24 arm64",
      "go1.24 arm64",
      "go1.11–1.16 arm64",
      "go1.24 arm64",
      "gccgo arm64",
    ]);
  });
});

describe("of several dumps", () => {
  it("the median of each path counts, also where a path is missing", async () => {
    const sums = medianSums([
      await draw({ "main.A": 100 * KIB, "main.B": 500 * KIB }, ["main.work"]),
      await draw({ "main.A": 300 * KIB }, ["main.work", "main.work", "main.late"]),
      await draw({ "main.A": 200 * KIB, "main.C": 80 * KIB }, ["main.work", "main.work"]),
    ]);
    const bytes = (type: string): number =>
      [...sums.ownedBytes].reduce((sum, each, row) => (sums.tree.typeOf(row) === type ? sum + each : sum), 0);
    expect([bytes("main.A"), bytes("main.B"), bytes("main.C")]).toEqual([200 * KIB, 0, 0]);
    expect([...sums.goroutines.values()].map(({ entry, count }) => [entry, count])).toEqual([
      ["main.work", 2],
      ["main.late", 0],
    ]);
  });
});

it("of a real program says what it leaks", async () => {
  const before = await sumHeap(await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64"), NO_PROGRESS);
  const after = await sumHeap(await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"), NO_PROGRESS);
  const broken = changesOf(before, after).filter(({ isBroken }) => isBroken);
  expect(broken.map(({ of, name }) => [of, name])).toEqual([
    ["live", ""],
    ["path", "main.store"],
  ]);
  expect(broken[1]!.parts[0]).toMatchObject({ name: "main.store.byToken[…]", detail: "main.Session" });
  expect(changesOf(after, after)).toEqual([]);
});

it("of paths that are called alike tells the types", () => {
  const name = "runtime.allp[…].timers[…]";
  const change = (detail: string, part: Partial<BaselineChange>): BaselineChange => ({
    ...{ kind: "new", of: "path", name, detail, fingerprint: detail, before: 0, now: 100 * KIB, objects: null },
    ...{ isRest: false, listedFrom: 0, parts: [], isBroken: true, reason: null },
    ...part,
  });
  const parts = ["main.A", "main.B"].map((detail) => ({ name: "main.x[…]", detail, before: 0, now: 50 * KIB }));
  const lines = describeBaseline({
    file: "heap.json",
    key: "go1.24 amd64",
    outcome: "broken",
    sharesNothing: false,
    changes: [
      change("main.Session", { parts }),
      change("main.Request", { kind: "grown", before: 10 * KIB }),
      change("main.Old", { kind: "gone", isBroken: false }),
      change("main.Other", { name: "main.store", isBroken: true }),
    ],
  });
  expect(lines.map(({ title }) => title)).toEqual([
    `${name} (main.Session) is new`,
    `${name} (main.Request) has grown`,
    "main.store is new",
    "baseline heap.json of go1.24 amd64",
  ]);
  expect(lines[0]!.lines).toContain("main.x[…] (main.A): 0 B → 50.0 KiB");
  expect(lines[3]!.lines[0]).toContain(`${name} (main.Old) is gone`);
});

describe("a path that the baseline has no entry for", () => {
  const sayBroken = (changes: readonly BaselineChange[]) =>
    describeBaseline({ file: "heap.json", key: "go1.24 amd64", outcome: "broken", changes, sharesNothing: false })
      .filter(({ title }) => title.includes("had less") || title.includes("is new"))
      .map(({ title, figure, lines }) => [title, figure, ...lines]);

  it("may have been there with less than is listed, so nobody says that it had nothing", async () => {
    const before = await draw({ "main.A": 100 * KIB, "main.B": 12 * KIB });
    const now = await draw({ "main.A": 100 * KIB, "main.B": 80 * KIB });
    const [change] = changesOf(before, now).filter(({ of }) => of === "path") as [BaselineChange];
    expect(sayBroken([change])).toEqual([
      [`${change.name} is new, or had less than 16.0 KiB in the baseline`, "80.0 KiB", "main.B", "20 objects"],
    ]);
  });

  it("is told so where it is a part of what has grown", async () => {
    const before = await draw({ "main.A": 100 * KIB, "main.B": 12 * KIB });
    const now = await draw({ "main.A": 200 * KIB, "main.B": 112 * KIB });
    const changes = changesOf(before, now).filter(({ of }) => of === "path");
    const [line] = describeBaseline({
      file: "heap.json",
      key: "go1.24 amd64",
      outcome: "broken",
      changes,
      sharesNothing: false,
    });
    expect(line!.lines.at(-2)).toMatch(/: less than 16.0 KiB → 112 KiB$/);
    expect(line!.lines.at(-1)).toMatch(/: 100 KiB → 200 KiB$/);
  });

  it("is new if the baseline lists all", async () => {
    const before = makeBaseline(await draw({ "main.A": 100 * KIB }), 0);
    const now = await draw({ "main.A": 100 * KIB, "main.B": 80 * KIB });
    const changes = listChanges(before, now, DEFAULT_TOLERANCE, []);
    const [change] = changes.filter(({ kind }) => kind === "new") as [BaselineChange];
    expect(sayBroken([change])).toEqual([[`${change.name} is new`, "80.0 KiB", "main.B", "0 objects → 20"]]);
  });
});

it("calls the goroutines of a generic function alike in paths and counts, whatever its instance", async () => {
  const leak = async (count: number) => {
    const heap = drawHeap((sketch: HeapSketch) => {
      for (let i = 0; i < count; i++) {
        const name = `main.Submit[${i % 2 === 0 ? "go.shape.*uint8" : "go.shape.int"}].func1`;
        const job = sketch.object({ size: 64 * KIB, type: "main.Job" });
        sketch.goroutine({ frames: [{ name, slots: [[job, 8]] }], waitReason: "select" });
      }
    });
    return sumHeap(heap, NO_PROGRESS);
  };
  const changes = changesOf(await leak(2), await leak(20)).filter(({ of }) => of !== "live");
  expect(changes.map(({ of, name }) => [of, name.split(":")[0]])).toEqual([
    ["path", "goroutine main.Submit[...].func…"],
    ["goroutines", "main.Submit[...].func…"],
  ]);
});

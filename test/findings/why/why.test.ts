import { beforeAll, describe, expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import type { UsageError } from "../../../src/errors.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { findTargets } from "../../../src/findings/why/targets.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { frameFunctionName } from "../../../src/heap/roots/root-names.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { computeContainers } from "../../../src/values/values.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

let heap: Heap;

beforeAll(async () => {
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
});

const objectsOf = (type: string): number[] =>
  [...heap.objects.type.keys()].filter((i) => heap.types.names[heap.objects.type[i]!] === type);

it("takes a name without its import path for the type, not for maps and pointers of it", () => {
  const names = ["example.com/app.T", "map[string]*example.com/app.T", "example.com/app.T[int]", "other.com/x/app.T"];
  const drawn = drawHeap((sketch) => {
    for (const type of names) sketch.global(sketch.object({ type }));
  });
  expect([...findTargets(drawn, "app.T", undefined).objects]).toEqual([0, 3]);
  expect([...findTargets(drawn, "x/app.T", undefined).objects]).toEqual([3]);
  expect([...findTargets(drawn, "example.com/app.T", undefined).objects]).toEqual([0, 2]);
});

it("is told to people without the import paths of package variables", async () => {
  const named = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll("main.store", "example.com/app/v2.store"));
  const one = named(await explainWhy(heap, ["main.store.byToken"]));
  expect(one.paths[0]!.expression).toBe("example.com/app/v2.store.byToken");
  expect(renderWhy(one)).toMatch(
    /\napp\.store owns it:\napp\.store\.byToken\n {2}app\.store {2}\S+ {2}main\.SessionStore\n/,
  );
  const tree = named(await explainWhy(heap, ["main.Session"]));
  expect(renderWhy(tree)).toMatch(/\n +500 {2}app\.store {2}\(main\.SessionStore\)\n/);
});

describe("why something is alive", () => {
  it("is for a type a tree of ways, alike ones once, with numbers that add up", async () => {
    const why = await explainWhy(heap, ["main.Session"]);
    const sessions = objectsOf("main.Session");
    expect(why).toMatchObject({ asked: "main.Session", count: sessions.length, paths: [] });
    expect(why.bytes).toBe(sessions.reduce((sum, i) => sum + objectSize(heap.objects, i), 0));
    expect(why.tree.reduce((sum, { count }) => sum + count, 0)).toBe(sessions.length);
    const store = why.tree.find(({ name }) => name === "main.store")!;
    // samples/README.md: 450 visitors who never logged out, 50 members who did and hang on a closure.
    expect(store.children.map(({ name, count }) => [name, count])).toEqual([
      ["byToken", 450],
      ["onShutdown", 50],
    ]);
    expect(renderWhy(why)).toContain("450    byToken  (map[string]*main.Session)");
  });

  it("is for one object its way as an expression, and the steps of it", async () => {
    const session = objectsOf("main.Session").at(-1)!;
    const address = heap.formatAddress(heap.objects.address[session]!);
    const why = await explainWhy(heap, [address]);
    expect(why.asked).toBe(`main.Session at ${address}`);
    expect(why.tree).toEqual([]);
    const [path] = why.paths;
    expect(path!.steps[0]!.name).toBe("main.store");
    expect(path!.steps.at(-1)).toMatchObject({ type: "main.Session", address });
    expect(path!.steps.map(({ type }) => type)).not.toContainEqual(expect.stringContaining("map.group"));
    expect(renderWhy(why)).toContain(path!.expression);
  });

  it("is several ways from different roots, if they are asked for", async () => {
    const [store] = objectsOf("main.SessionStore");
    const address = heap.formatAddress(heap.objects.address[store!]!);
    const { paths } = await explainWhy(heap, [address], 5);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths.map(({ expression, where }) => `${expression} ${where}`)).size).toBe(paths.length);
    for (const path of paths) expect(path.steps.at(-1)!.address).toBe(address);
    expect(paths.map(({ by }) => by)).toEqual(["owner", ...paths.slice(1).map(() => "user")]);
    const lengths = paths.slice(1).map(({ steps }) => steps.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  it("finds types by pattern and by their last name, and says what is not there", async () => {
    expect((await explainWhy(heap, ["/^main\\.Session$/"])).count).toBe(objectsOf("main.Session").length);
    await expect(explainWhy(heap, ["main.Sesion"])).rejects.toThrow("no type, variable or path is called main.Sesion");
    for (const text of ["main.store.…", "main.Session…Store"]) {
      await expect(explainWhy(heap, [text])).rejects.toThrow(`"…" in ${text} stands for what has no name`);
    }
    await expect(explainWhy(heap, ["main.stores[…]"])).rejects.toThrow("is called main.stores[…]");
    await expect(explainWhy(heap, ["/Sesion/"])).rejects.toThrow("no object is of a type that matches /Sesion/");
    await expect(explainWhy(heap, ["/(/"])).rejects.toThrow("is not a pattern");
    await expect(explainWhy(heap, ["0xzz"])).rejects.toThrow("is not an address");
    await expect(explainWhy(heap, ["0x1"])).rejects.toThrow("there is no object at 0x1");
  });
});

describe("of something that a variable owns and goroutines use, nearer to them", () => {
  const used = drawHeap((s) => {
    const [store, jobs, job, done] = ["main.Store", "main.Jobs", "main.Job", "main.Done"].map((type) =>
      s.object({ type }),
    );
    s.global(store!);
    s.pointer(store!, jobs!);
    s.pointer(jobs!, job!);
    for (let i = 0; i < 6; i++) s.goroutine({ frames: [{ name: "main.work", slots: [[job!, 8]] }] });
    s.goroutine({ frames: [{ name: "main.list", slots: [[jobs!, 16]] }] });
    for (let i = 0; i < 3; i++) s.goroutine({ frames: [{ name: "main.wait", slots: [[done!, 8]] }] });
    s.object({ type: "main.Lost" });
  });
  it("the owner's path is the one, of an object and of a type, and that there are others is said", async () => {
    const text = renderWhy(await explainWhy(used, ["main.Job"]));
    expect(text).toMatch(
      /\ndata segment at 0x[0-9a-f]+ owns it:\ndata\+0x0\b.*\n.*main\.Store\n.*main\.Jobs\n.*main\.Job\n/,
    );
    expect(text).toMatch(
      /\n\nAlso used by 6 × goroutine main\.work \[.*\], goroutine main\.list \[.*\]: --all-paths 10 shows how\.\n$/,
    );
    const { tree } = await explainWhy(used, ["main.Job", "main.Jobs"]);
    expect(tree).toMatchObject([{ type: "main.Store", count: 2 }]);
  });

  it("what it is and keeps is said, and who else leads there, also where the owner is nearest", async () => {
    const heap = drawHeap((s) => {
      const [store, job, part] = ["main.Store", "main.Job", "main.Part"].map((type) => s.object({ type, size: 64 }));
      s.global(job!);
      s.pointer(job!, part!);
      s.pointer(store!, job!, 8);
      s.goroutine({ frames: [{ name: "main.list", slots: [[store!, 16]] }] });
    });
    const why = await explainWhy(heap, ["main.Job"]);
    expect(why.thing).toMatchObject({ type: "main.Job", use: null, ownedBytes: 128 });
    expect(why.thing!.alsoUsedBy).toMatchObject([{ kind: "goroutine", count: 1, isCertain: true }]);
    expect(why.hasMorePaths).toBe(true);
    expect(renderWhy(why)).toMatch(/^main\.Job, 64 B\nkeeps 128 B \(\d+\.\d %\)\n\n/);
    expect(renderWhy(why)).toMatch(/\nAlso used by goroutine main\.list \[.*\]: --all-paths 10 shows how\.\n$/);
    const { thing } = await explainWhy(heap, ["main.Part"]);
    expect(thing).toMatchObject({ ownedBytes: 64, alsoUsedBy: [{ count: 1 }] });
  });

  it("a variable's own map or slice is told with its type, what is in it, and what it keeps", async () => {
    const sessions = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    expect(renderWhy(await explainWhy(sessions, ["main.store.byToken"]))).toMatch(
      /^main\.store\.byToken, 48 B\nmap\[string\]\*main\.Session, 450 entries; keeps \d+ KiB \(\d\d\.\d %\)\n\n/,
    );
  });

  it("each different path is there once, with the number of the roots that are called alike", async () => {
    const why = await explainWhy(used, ["main.Job"], 9);
    expect(why.hasMorePaths).toBe(false);
    expect(why.paths.map(({ by, rootCount, steps }) => [by, rootCount, steps.length])).toEqual([
      ["owner", 1, 3],
      ["user", 6, 1],
      ["user", 1, 2],
    ]);
    const text = renderWhy(why);
    expect(text).toMatch(/\n6 × goroutine main\.work \[.*\] use it, too, for example:\nsp\+0x8 /);
    expect(text).toMatch(/\ngoroutine main\.list \[.*\] uses it, too:\nsp\+0x10/);
    expect((await explainWhy(used, ["main.Job"], 2)).hasMorePaths).toBe(true);
  });

  it.each([
    [1, "goroutine main.past [waiting] perhaps uses it, too, by a word of the stack that may be stale:"],
    [
      2,
      "Perhaps 2 × goroutine main.past [waiting] use it, too, by a word of the stack that may be stale, for example:",
    ],
  ])("%i of whose stacks only words that may be stale lead there are told so", async (count, said) => {
    const heap = drawHeap((s) => {
      const [store, jobs, job] = ["main.Store", "main.Jobs", "main.Job"].map((type) => s.object({ type }));
      s.global(job!);
      s.pointer(store!, jobs!);
      s.pointer(jobs!, job!);
      for (let i = 0; i < count; i++)
        s.goroutine({ frames: [{ name: "main.past", slots: [[job!, 8]], areWords: true }] });
      // The nearer word may be stale, but the way from a slot that is live is not.
      const words = { name: "main.work", slots: [[job!, 8]], areWords: true } as const;
      s.goroutine({ frames: [words, { name: "main.work", slots: [[store!, 16]] }] });
    });
    const text = renderWhy(await explainWhy(heap, ["main.Job"], 9));
    expect(text).toContain(`\n${said}\nsp+0x8`);
    expect(text).toMatch(/\ngoroutine main\.work \[.*\] uses it, too:\nsp\+0x10/);
  });

  it("an owner that has only a word that may be stale is told so", async () => {
    const heap = drawHeap((s) => {
      const job = s.object({ type: "main.Job" });
      s.goroutine({ frames: [{ name: "main.past", slots: [[job!, 8]], areWords: true }] });
    });
    const why = await explainWhy(heap, ["main.Job"]);
    expect(why.paths).toMatchObject([{ by: "owner", isCertain: false }]);
    expect(renderWhy(why)).toContain(
      "\ngoroutine main.past [waiting] perhaps owns it, by a word of the stack that may be stale:\nsp+0x8",
    );
  });

  it("of several objects those who use some are told beside the owners, who lead to most first", async () => {
    const why = await explainWhy(used, ["main.Job", "main.Jobs"], 9);
    expect(why.tree).toMatchObject([{ type: "main.Store", count: 2 }]);
    expect(why.users.map(({ root, rootCount, count }) => [root.split(" [")[0], rootCount, count])).toEqual([
      ["goroutine main.list", 1, 2],
      ["goroutine main.work", 6, 1],
    ]);
    expect(why.users[0]!.tree).toMatchObject([
      { type: "main.Jobs", count: 2, own: 1, children: [{ count: 1, own: 1 }] },
    ]);
    expect(why.hasMorePaths).toBe(false);
    const text = renderWhy(why);
    expect(text).toMatch(/\n\ngoroutine main\.list \[.*\] uses 2 of them, too:\n +2 {2}sp\+… in main\.list/);
    expect(text).toMatch(/\n\n6 × goroutine main\.work \[.*\] use 1 of them, too:\n/);
    const few = await explainWhy(used, ["main.Job", "main.Jobs"], 2);
    expect(few.users.map(({ count }) => count)).toEqual([2]);
    expect(few.hasMorePaths).toBe(true);
    expect(renderWhy(few)).toMatch(/\nMore roots lead there: --all-paths 10 shows more\.\n$/);
  });

  it("of several objects those who may use some only by words that may be stale are told apart", async () => {
    const heap = drawHeap((s) => {
      const jobs = [0, 1, 2].map(() => s.object({ type: "main.Job" }));
      for (const job of jobs) s.global(job);
      const words = jobs.map((job, i) => [job, 8 * i + 8] as const);
      const past = { name: "main.past", slots: words, areWords: true } as const;
      s.goroutine({ frames: [past, { name: "main.now", slots: [[jobs[0]!, 8]] }] });
      s.goroutine({ frames: [past] });
    });
    const why = await explainWhy(heap, ["main.Job"], 9);
    const told = why.users.map(({ root, ...each }) => [
      root.split(" [")[0],
      each.rootCount,
      each.isCertain,
      each.count,
    ]);
    expect(told).toEqual([
      ["goroutine main.now", 1, true, 1],
      ["goroutine main.past", 1, false, 3],
      ["goroutine main.now", 1, false, 2],
    ]);
    expect(renderWhy(why)).toContain(
      "\n\ngoroutine main.past [waiting] perhaps uses 3 of them, too, by a word of the stack that may be stale:\n",
    );
  });

  it("of one object roots of one name are counted apart that lead there for sure", async () => {
    const heap = drawHeap((s) => {
      const job = s.object({ type: "main.Job" });
      s.global(job);
      for (let i = 0; i < 5; i++) s.goroutine({ frames: [{ name: "main.work", slots: [[job, 8]], areWords: i < 3 }] });
    });
    const text = renderWhy(await explainWhy(heap, ["main.Job"], 9));
    expect(text).toContain("\n2 × goroutine main.work [waiting] use it, too, for example:\nsp+0x8");
    expect(text).toContain(
      "\nPerhaps 3 × goroutine main.work [waiting] use it, too, by a word of the stack that may be stale, for example:\nsp+0x8",
    );
  });

  it("of several objects that roots of one name own, these use only what others own", async () => {
    const shared = drawHeap((s) => {
      const [first, second] = [s.object({ type: "main.Part" }), s.object({ type: "main.Part" })];
      s.global(s.object({ type: "main.Lone" }));
      s.global(first);
      s.goroutine({
        frames: [
          {
            name: "main.work",
            slots: [
              [first, 8],
              [second, 16],
            ],
          },
        ],
      });
      s.object({ type: "main.Part" });
    });
    const why = await explainWhy(shared, ["main.Part"], 5);
    expect(why).toMatchObject({ count: 3, garbage: 1 });
    expect(why.users).toMatchObject([{ rootCount: 1, count: 1, tree: [{ count: 1, own: 1 }] }]);
  });

  it("the search ends among any number of roots whose paths are alike, and says that there are more", async () => {
    const crowded = drawHeap((s) => {
      const shared = s.object({ type: "main.Shared" });
      for (let i = 0; i < 200; i++)
        s.goroutine({ frames: [{ name: "main.park", slots: [[shared, 8]] }, { name: `main.start${i}` }] });
    });
    const why = await explainWhy(crowded, ["main.Shared"], 9);
    expect(why).toMatchObject({ hasMorePaths: true, paths: [{ by: "owner" }] });
  });

  it("others that lead there just as the owner does are counted with it; of garbage nobody is the owner", async () => {
    const done = await explainWhy(used, ["main.Done"], 9);
    expect(done.paths.map(({ by, rootCount }) => [by, rootCount])).toEqual([["owner", 3]]);
    expect(renderWhy(done)).toMatch(/ owns it; 2 more that are called so use it, too:/);
    expect(renderWhy(done)).not.toMatch(/also used by|No other root/i);
    const lost = await explainWhy(used, ["main.Lost"], 9);
    expect(lost.paths.map(({ by }) => by)).toEqual(["garbage"]);
    expect(renderWhy(lost)).not.toContain("owns it");
  });
});

describe("a path", () => {
  const asked = async (text: string): Promise<number> => (await explainWhy(heap, [text])).count;
  const failure = async (text: string): Promise<string> => {
    const error = await explainWhy(heap, [text]).then(
      () => expect.fail(`${text} was found`),
      (reason: UsageError) => reason,
    );
    return `${error.message}; ${error.hint}`;
  };

  it("is one that why prints: what it leads to is the object that it was printed of", async () => {
    const sessions = objectsOf("main.Session");
    for (const session of [sessions[0]!, sessions[250]!, sessions.at(-1)!, ...objectsOf("main.LastSeen").slice(0, 3)]) {
      const address = heap.formatAddress(heap.objects.address[session]!);
      const { expression } = (await explainWhy(heap, [address])).paths[0]!;
      expect((await explainWhy(heap, [expression])).asked).toBe(expression);
      const { objects } = findTargets(heap, expression, await computeContainers(heap));
      // What a map is made of inside has no names of its own: entries of a sync.Map are called alike.
      expect(objects).toContain(session);
      if (expression.includes('"')) expect([...objects]).toEqual([session]);
    }
  });

  it("is one that the report prints", async () => {
    const { holders } = await computeReport(heap);
    const paths = holders.map(({ path }) => path);
    expect(paths).toContain("main.store");
    for (const path of paths) expect(await asked(path), path).toBeGreaterThan(0);
    const queue = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const report = await computeReport(queue);
    const names = [
      ...report.holders.map(({ path }) => path),
      ...report.findings.slice(0, 3).map(({ holder }) => holder),
    ];
    expect(names).toContain("main.pipeline.thumbnails.previews[]");
    for (const name of names) expect((await explainWhy(queue, [name])).count, name).toBeGreaterThan(0);
  });

  it("has any element or entry for none, and may end within what a value has", async () => {
    for (const any of ["[]", "[*]", "[...]", "[…]"]) expect(await asked(`main.store.byToken${any}`)).toBe(450);
    expect(await asked("main.store.byToken[].User")).toBe(450);
    expect(await asked("main.store")).toBe(1);
    expect(await asked("main.SessionStore.byToken[]")).toBe(450);
    // A struct in a struct: its pointers.
    expect(await asked("main.Session.User")).toBe(500);
  });

  it("begins with a local variable, whose function may be named", async () => {
    const queue = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { goroutines, roots } = queue;
    const { vertices } = roots;
    const locals: { name: string; of: string; to: number }[] = [];
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const name = roots.edgeName?.(edge);
        if (name === undefined || !/^\w+$/.test(name)) continue;
        locals.push({ name, of: frameFunctionName(goroutines, vertices.item[vertex]!), to: roots.to[edge]! });
      }
    }
    expect(locals.length).toBeGreaterThan(0);
    for (const { name, of, to } of locals) {
      for (const text of [name, `${of} ${name}`, `${name} (${of})`]) {
        expect(findTargets(queue, text, undefined).objects, text).toContain(to);
      }
      expect(() => findTargets(queue, `main.nowhere ${name}`, undefined)).toThrow("is called");
    }
  });

  it("of a hundred thousand steps is told", async () => {
    const why = await explainWhy(heap, ["main.store.byToken"]);
    const [path] = why.paths;
    const steps = Array.from({ length: 200_000 }, () => path!.steps[0]!);
    expect(renderWhy({ ...why, paths: [{ ...path!, steps }] }).split("\n").length).toBeGreaterThan(200_000);
  });

  it("that is not there is answered by what is", async () => {
    expect(await failure("main.Sesion")).toMatch(/called main\.Sesion; did you mean main\.Session\?/);
    expect(await failure("main.stor")).toContain("did you mean main.store?");
    expect(await failure("Session")).toContain("did you mean main.Session?");
    expect(await failure("main.stor.byToken")).toContain("did you mean main.store.byToken?");
    expect(await failure("main.store.byTokn")).toBe(
      "main.store has no pointer .byTokn; did you mean main.store.byToken?",
    );
    expect(await failure("main.store.byTokn.x")).toContain("did you mean main.store.byToken?");
    // What is offered is there, and nothing is made of the dots in the names of types.
    expect(await failure("main.sto.byToken.x")).toContain("did you mean main.store.byToken?");
    expect(await failure("main.store.byTokn.first.x")).toContain("did you mean main.store.byToken?");
    expect(await failure("[]uint.Foo")).toContain("called []uint.Foo; gohd top lists types");
    expect(await failure("main.store.byToken.x")).toMatch(/has no pointer \.x; it has \[key\], \[…\]/);
    expect(await failure('main.store.byToken["x"]')).toMatch(/it has \["[^…]/);
    expect(await failure("")).toContain("is called ;");
    // Known only as a part of others, and as what a variable holds.
    expect(await failure("time.Time")).toMatch(
      /^no object is of type time\.Time alone; values of it are in \[\]main\.PageView, .*main\.Session/,
    );
    expect(await failure("no such thing at all")).toContain("gohd top lists types");
  });

  it("that is nearly a variable whose pointers all have longer names is answered by the variable", async () => {
    const queue = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const offered = async (text: string): Promise<string | undefined> =>
      explainWhy(queue, [text]).catch(({ hint }: UsageError) => hint) as Promise<string | undefined>;
    for (const text of ["main.pipelin", "pipeline"])
      expect(await offered(text), text).toBe("did you mean main.pipeline?");
    expect((await explainWhy(queue, ["main.pipeline"])).count).toBeGreaterThan(0);
  });
});

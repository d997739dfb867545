/** Why the very thing that was asked for is alive: by the path that was asked for, and to the node of a list that was meant. */
import { beforeAll, describe, expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { computeGoroutineGroups } from "../../../src/findings/goroutines/groups.ts";
import { traceExpression } from "../../../src/findings/why/path-targets.ts";
import { explainWhy, type Why } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers } from "../../../src/values/values.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { declare } from "../../typing/names/declared-names.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { rootPointer } from "../inspections/inspected.ts";

const expressions = ({ paths }: Why) => paths.map(({ expression, isAsked }) => [expression, isAsked]);

describe("an element that a list and a map have", () => {
  let heap: Heap;
  beforeAll(async () => {
    heap = await typedSample("lru.1.27.amd64", "lru.1.27.amd64");
  });
  const BY_LIST = "main.server.cache.order.root.next";
  const BY_MAP = 'main.server.cache.items["object/3999"]';

  it("is told by its owner's path and by the one that was asked for, if that is another", async () => {
    const byList = await explainWhy(heap, [BY_LIST]);
    expect(expressions(byList)).toEqual([[BY_LIST, false]]);
    const byMap = await explainWhy(heap, [BY_MAP]);
    expect(expressions(byMap)).toEqual([
      [BY_LIST, false],
      [BY_MAP, true],
    ]);
    const { address } = byList.paths[0]!.steps.at(-1)!;
    expect(byMap.paths.map(({ steps }) => steps.at(-1)!.address)).toEqual([address, address]);
    expect(byMap.paths[1]!.steps.map(({ name }) => name)).toEqual(["main.server", "cache", "items", '["object/3999"]']);
    expect(renderWhy(byMap)).toContain(`\nmain.server leads there by the path that was asked for:\n${BY_MAP}\n`);
  });

  it("is told by a path that begins with a type as well, from the owner of that on", async () => {
    const why = await explainWhy(heap, ['main.LRU.items["object/3999"]']);
    expect(expressions(why)).toEqual([
      [BY_LIST, false],
      [BY_MAP, true],
    ]);
  });

  it("is told by its owner's path alone if its address was asked for", async () => {
    const [path] = (await explainWhy(heap, [BY_MAP])).paths;
    expect(expressions(await explainWhy(heap, [path!.steps.at(-1)!.address]))).toEqual([[BY_LIST, false]]);
  });

  it("and others of its type are used by nobody else, which is told to those who asked", async () => {
    const why = await explainWhy(heap, ["container/list.Element"], 5);
    expect(why).toMatchObject({ count: 4000, users: [], hasMorePaths: false });
    // The way comes to the list, and not to a node of it.
    expect(JSON.stringify(why.tree)).not.toContain("isLinked");
    expect(renderWhy(why)).toMatch(/\nNo other root or pending timer leads there, the runtime's waiters aside\.\n$/);
    const one = await explainWhy(heap, ["container/list.Element"]);
    expect(one).toMatchObject({ users: [], hasMorePaths: null });
    expect(renderWhy(one)).not.toContain("No other root");
  });
});

describe("a node of a list", () => {
  async function draw(): Promise<{ readonly heap: Heap; readonly nodes: readonly string[] }> {
    const types = new TypeFixture();
    const row = types.struct("main.row", []);
    types.setFields(row, [
      ["next", types.pointer(row)],
      ["text", types.string()],
    ]);
    const history = types.struct("main.history", [
      ["log", types.pointer(row)],
      ["n", types.int()],
    ]);
    const rows: Slot[] = [];
    const { heap } = await typeDump(types, (d) => {
      for (let i = 0; i < 10; i++) rows.push(d.object(24));
      for (const [i, each] of rows.entries()) {
        if (i < 9) each.point(0, rows[i + 1]!);
        else each.list(0);
        each.list(8);
      }
      rootPointer(d, types, history, d.object(16).point(0, rows[0]!));
    });
    return {
      heap,
      nodes: rows.map(({ address }) => heap.formatAddress(heap.objects.address[heap.findObject(address)]!)),
    };
  }

  it.each([
    [0, ".log", ["log"]],
    [2, ".log.next.next", ["log", "next", "next"]],
    [3, ".log.next.next.next", ["log", "next", "next", "next"]],
    [9, ".log.(9 × next)", ["log", "9 × next"]],
  ] as const)("number %i is where its path ends", async (number, expression, names) => {
    const { heap, nodes } = await draw();
    const [path] = (await explainWhy(heap, [nodes[number]!])).paths;
    expect(path!.expression.endsWith(expression), path!.expression).toBe(true);
    expect(path!.steps.slice(-names.length).map(({ name }) => name)).toEqual(names);
    expect(path!.steps.at(-1)!.address).toBe(nodes[number]);
  });

  it("has those that hang on it behind it in the merged ways", async () => {
    const { heap } = await draw();
    const why = await explainWhy(heap, ["main.row"]);
    const [root] = why.tree;
    expect(root!.children).toMatchObject([
      { name: "log", count: 10, own: 1, children: [{ name: "next", isLinked: true, count: 9, own: 9, children: [] }] },
    ]);
    expect(root!.children[0]!.isLinked).toBeUndefined();
    expect(renderWhy(why)).toMatch(
      /\n +10 {4}log {2}\(main\.row\) {2}← 1\n +9 {6}next, linked {2}\(main\.row\) {2}← 9\n/,
    );
  });
});

it("nodes of a list to which an index leads are told apart from those that only the list has, by whatever pointers", async () => {
  const types = new TypeFixture();
  const row = types.struct("main.row", []);
  types.setFields(row, [
    ["next", types.pointer(row)],
    ["prev", types.pointer(row)],
    ["value", types.pointer(types.int())],
  ]);
  const index = types.struct("main.index", [["rows", types.slice(types.pointer(row))]]);
  const { heap } = await typeDump(types, (d) => {
    const rows = Array.from({ length: 9 }, () => d.object(24));
    for (const [i, each] of rows.entries()) {
      if (i < 8) each.point(0, rows[i + 1]!);
      else each.list(0);
      if (i > 0) each.point(8, rows[i - 1]!);
      else each.list(8);
      each.point(16, d.object(8));
    }
    // The fifth and sixth of nine.
    const array = d.object(16).point(0, rows[4]!).point(8, rows[5]!);
    rootPointer(d, types, index, d.object(24).point(0, array).store(8, 2).store(16, 2));
  });
  const { tree } = await explainWhy(heap, ["main.row"]);
  const nodes = tree[0]!.children[0]!.children[0]!;
  expect(nodes).toMatchObject({ name: "[…]", count: 9, own: 2, children: [{ isLinked: true, count: 7, own: 7 }] });
  expect(nodes.children[0]!.name.split(", ").sort()).toEqual(["next", "prev"]);
  const [values] = (await explainWhy(heap, ["int"])).tree[0]!.children[0]!.children;
  expect(values!.children).toMatchObject([
    { isLinked: true, count: 7, children: [{ name: "value", own: 7 }] },
    { name: "value", own: 2 },
  ]);
});

it("the way by an expression goes no further round in a ring than what is written", async () => {
  const types = new TypeFixture();
  const row = types.struct("main.row", []);
  types.setFields(row, [
    ["next", types.pointer(row)],
    ["value", types.pointer(types.int())],
  ]);
  const nodes: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    const value = d.object(8);
    for (let i = 0; i < 3; i++) nodes.push(d.object(16));
    for (const [i, node] of nodes.entries()) {
      node.point(0, nodes[(i + 1) % 3]!);
      if (i === 1) node.point(8, value);
      else node.list(8);
    }
    rootPointer(d, types, row, nodes[0]!);
    nodes.push(value);
  });
  const [, one, , value] = nodes.map(({ address }) => heap.findObject(address));
  const container = await computeContainers(heap, NO_PROGRESS);
  expect(traceExpression(heap, "main.row.value", value!, container).map(({ from }) => from)).toEqual([one]);
});

it("a variable of several words keeps what these lead to, together", async () => {
  const types = new TypeFixture();
  const user = types.struct("main.user", [["next", types.unsafePointer()]]);
  const state = types.struct("main.State", [
    ["first", types.pointer(user)],
    ["last", types.pointer(user)],
  ]);
  const variable = { name: "main.state", address: 0x55_0000, type: state };
  const { heap } = await typeDump(
    types,
    (d) => {
      const shared = d.object(4096);
      for (let i = 0; i < 2; i++) d.root(d.object(8).point(0, shared));
      d.goroutine().frame("main.main", 16).point(8, d.object(1024));
    },
    { names: declare({ variables: [variable] }) },
  );
  const why = await explainWhy(heap, ["main.state"]);
  expect(why).toMatchObject({ count: 2, bytes: 16, together: { ownedBytes: 4112, share: 4112 / 5136 } });
  expect(renderWhy(why)).toMatch(/^main\.state leads to 2 objects; keeps 4\.02 KiB \(80\.1 %\)\n/);
  // Elements are many things, not one.
  expect((await explainWhy(heap, ["main.user"])).together).toBeNull();
});

it("roots of one name that lead there in several ways are counted once", async () => {
  const why = {
    asked: "main.Job",
    count: 1,
    bytes: 8,
    garbage: 0,
    guessed: 0,
    isNamedByType: true,
    unseenHolder: null,
    heldByCleanups: null,
    sharedSlots: 0,
    thing: null,
    together: null,
    hasMorePaths: false,
    tree: [],
    users: [],
  };
  const path = {
    root: "goroutine main.work",
    rootCount: 40,
    isAsked: false,
    isCertain: true,
    isGuessed: false,
    where: "",
    steps: [],
  };
  const paths = [
    { ...path, by: "owner", root: "main.jobs", rootCount: 1, expression: "main.jobs[0]" },
    { ...path, by: "user", expression: "job" },
    { ...path, by: "user", expression: "batch[0]" },
  ] as const;
  const text = renderWhy({ ...why, paths });
  expect(text.match(/40 × goroutine main\.work/g)).toHaveLength(1);
  expect(text).toContain("\ngoroutine main.work also like this:\nbatch[0]\n");
});

describe("what goroutines have on their stacks", () => {
  it.each([
    ["main.(*Service).download", /download/],
    ["goroutine main.(*Service).download", /download/],
    ["goroutine main.(*Service).download [chan send]", /download/],
  ])("is told of %s", async (text, where) => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const why = await explainWhy(heap, [text]);
    expect(why.count).toBeGreaterThan(36);
    expect(why.asked).toBe(`what ${text} has on its stack`);
    expect(why.tree.some((node) => where.test(node.where))).toBe(true);
  });

  it("is told where no slot is known to be live", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const kind = heap.roots.kind.map((each) => (each === RootKind.FRAME ? RootKind.FRAME_CONSERVATIVE : each));
    const unsure = { ...heap, roots: { ...heap.roots, kind } };
    const text = "main.(*Service).download main.go:137";
    const why = await explainWhy(unsure, [text]);
    expect(why.count).toBe((await explainWhy(heap, [text])).count);
    expect(why.count).toBeGreaterThan(36);
  });

  it("is not told of goroutines in another state, nor of a function that has none", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    for (const text of ["goroutine main.(*Service).download [select]", "main.(*Service).upload"]) {
      await expect(explainWhy(heap, [text])).rejects.toThrow(`no type, variable or path is called ${text}`);
    }
  });

  it("is told of a word without a name as the report prints it", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64", true);
    const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
    const { locals } = groups.find(({ entry }) => entry === "main.(*Service).download")!;
    const [local] = locals.filter(({ name }) => name.startsWith("sp+0x"));
    const why = await explainWhy(heap, [`${local!.function} ${local!.name}`]);
    expect(why.count).toBeGreaterThan(30);
    expect((await explainWhy(heap, [local!.name])).count).toBeGreaterThanOrEqual(why.count);
  });
});

it("a closure is found by the name that comparisons have of it", async () => {
  const heap = await typedSample("timers.1.24.amd64", "timers.1.24.amd64");
  expect(await explainWhy(heap, ["func main.accept.func…"])).toMatchObject({
    count: 500,
    asked: "func main.accept.func1",
  });
});

/** Aggregates: sums under names that hold in other runs. */
import { describe, expect, it } from "vitest";
import { findAccumulatedPaths } from "../../../src/findings/aggregates/accumulated-paths.ts";
import { type Aggregates, computeAggregates } from "../../../src/findings/aggregates/aggregates.ts";
import { PathTree, WHOLE_HEAP } from "../../../src/findings/aggregates/path-tree.ts";
import { stableName, stablePointerName } from "../../../src/findings/stable-names.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

async function sumSample(dump: string, executable: string): Promise<Aggregates> {
  return computeAggregates(await typedSample(dump, executable), NO_PROGRESS);
}

/** By text and type: objects, bytes, owned bytes. */
function tell({ paths }: Aggregates, text: string): { type: string; objects: number; ownedBytes: number }[] {
  const found = [];
  for (let row = 0; row < paths.tree.count; row++) {
    if (paths.tree.textOf(row) !== text) continue;
    found.push({ type: paths.tree.typeOf(row), objects: paths.objects[row]!, ownedBytes: paths.ownedBytes[row]! });
  }
  return found;
}

describe("names", () => {
  it.each([
    ["main.main.func1", "main.main.func…"],
    ["main.main.func1.2.func3", "main.main.func…"],
    ["main.(*Service).startPool.gowrap2", "main.(*Service).startPool.func…"],
    ["main.Walk-range1", "main.Walk"],
    ["main.main·dwrap·3", "main.main"],
    ["func main.main.func2", "func main.main.func…"],
    ["main.T·1", "main.T"],
    ["main.Map[go.shape.int,go.shape.[]go.shape.string]", "main.Map[int,[]string]"],
    ["main.functional", "main.functional"],
    ["map[string]*main.Session", "map[string]*main.Session"],
  ])("%s is %s wherever it was built", (name, stable) => expect(stableName(name)).toBe(stable));

  it.each([
    ["sp+0x28", ""],
    ["data+…", ""],
    ["w (main.(*Watcher).loop)", "w"],
    ["jobs", "jobs"],
  ])("pointer %s is %o", (name, stable) => expect(stablePointerName(name)).toBe(stable));
});

describe("owner paths", () => {
  it("add up to the heap, objects and bytes", async () => {
    const { paths, live, garbage } = await sumSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const sum = (column: Float64Array) => column.reduce((total, each) => total + each, 0);
    expect(sum(paths.objects)).toBe(live.count + garbage.count);
    expect(sum(paths.bytes)).toBe(live.bytes + garbage.bytes);
    expect(paths.ownedBytes[WHOLE_HEAP]).toBe(live.bytes + garbage.bytes);
  });

  it("go from a variable by fields, with maps as one step and neither keys nor indexes", async () => {
    const sums = await sumSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    expect(tell(sums, "main.store.byToken[…]")).toEqual([{ type: "main.Session", objects: 450, ownedBytes: 347024 }]);
    expect(tell(sums, "main.store.byToken[…].History")[0]).toMatchObject({ type: "[]main.PageView", objects: 325 });
    expect(tell(sums, "main.store.lastSeen[…].key")).toHaveLength(2);
  });

  it.each(["1.19.amd64", "1.24.amd64"])(
    "begin with pending timers, whichever processors have them: %s",
    async (target) => {
      const sums = await sumSample(`timers.${target}`, `timers.${target}`);
      expect(tell(sums, "pending timers: func main.accept.func…")).toMatchObject([{ objects: 500 }]);
      const [timers] = tell(sums, "pending timers");
      // Each has a closure, a connection and its buffer.
      const [each] = tell(sums, "pending timers: func main.accept.func…");
      expect(each!.ownedBytes).toBe(500 * (16 + 48 + 4096));
      expect(timers!.ownedBytes).toBeGreaterThan(each!.ownedBytes);
      const { tree, ownedBytes, things } = sums.paths;
      const row = [...ownedBytes.keys()].find((at) => tree.textOf(at) === "pending timers")!;
      expect([500, 501]).toContain(things[row]);
      expect([...ownedBytes.keys()].filter((at) => /timers\.heap|allp.*timers/.test(tree.textOf(at)))).toEqual([]);
      expect(ownedBytes[WHOLE_HEAP]).toBe(sums.live.bytes + sums.garbage.bytes);
    },
  );

  it("are one step for trees whose nodes lead to one another through maps", async () => {
    const { paths, live } = await sumSample("trie.1.27.amd64", "trie.1.27.amd64");
    const [row] = findAccumulatedPaths(paths.tree, paths.ownedBytes, 0.1 * live.bytes);
    expect(paths.tree.textOf(row!)).toBe("main.router.routes.children");
    for (let at = 0; at < paths.tree.count; at++) {
      const types = paths.tree.stepsOf(at).map(({ type }) => type);
      expect(types.filter((type) => type === "main.node").length).toBeLessThan(2);
    }
  });

  it("are the same, with the same fingerprints, in two dumps of a program", async () => {
    const before = await sumSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    const after = await sumSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const prints = ({ paths: { tree } }: Aggregates) =>
      new Map(Array.from({ length: tree.count }, (_, row) => [tree.fingerprintOf(row), tree.textOf(row)]));
    const later = prints(after);
    const ofProgram = [...prints(before)].filter(([, text]) => text.startsWith("main."));
    expect(ofProgram.length).toBeGreaterThan(5);
    for (const [print, text] of ofProgram) expect(later.get(print)).toBe(text);
  });
});

describe("a tree of paths", () => {
  const draw = () => {
    const tree = new PathTree();
    const root = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "goroutine", by: "goroutine main.relay", type: "" }));
    const local = tree.below(root, tree.stepNumber({ kind: "objects", by: "r", type: "main.relay" }));
    const shared = tree.below(local, tree.stepNumber({ kind: "objects", by: "", type: "main.mail" }));
    return { tree, root, local, shared };
  };

  it("tells what no pointer of the thing above leads to by its type", () => {
    const { tree, shared } = draw();
    expect(tree.textOf(shared)).toBe("goroutine main.relay: r.(main.mail)");
    expect(tree.typeOf(shared)).toBe("main.mail");
  });

  it("tells a sync.Map in the entries of another one from that, whose nodes have the same types", () => {
    const tree = new PathTree();
    const go = (above: number, by: string, type: string): number =>
      tree.findType(above, type) ?? tree.below(above, tree.stepNumber({ kind: "objects", by, type }));
    const root = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.bus", type: "" }));
    for (const [node, entry, field, value] of [
      [
        "internal/sync.indirect[interface {},interface {}]",
        "internal/sync.entry[interface {},interface {}]",
        "root.v",
        "value",
      ],
      ["map[interface {}]*sync.entry", "sync.entry", "m", "p"],
    ] as const) {
      const outer = go(root, `topics.${field}`, node);
      // Its nodes lead to one another, and are one step.
      expect(go(outer, "children[3].v", node)).toBe(outer);
      const topic = go(go(outer, "[…]", entry), value, "main.topic");
      const inner = go(topic, `subs.${field}`, node);
      expect(inner).not.toBe(outer);
      const found = go(inner, "[…]", entry);
      expect(tree.textOf(found)).toBe("main.bus.topics[…].subs[…]");
      // A program's own tree is one step through maps, too.
      expect(go(found, value, "main.topic")).toBe(topic);
    }
  });

  it("takes in another, which has the same rows in another order", () => {
    const { tree, shared } = draw();
    const other = new PathTree();
    other.below(WHOLE_HEAP, other.stepNumber({ kind: "variable", by: "main.x", type: "" }));
    const here = other.include(tree);
    expect(other.count).toBe(5);
    expect(other.textOf(here[shared]!)).toBe(tree.textOf(shared));
    expect(other.fingerprintOf(here[shared]!)).toBe(tree.fingerprintOf(shared));
  });

  it("is cut where the memory parts", () => {
    const { tree, root, local, shared } = draw();
    const second = tree.below(local, tree.stepNumber({ kind: "objects", by: "log", type: "[]string" }));
    const worth = new Float64Array(tree.count);
    worth.set([100, 100, 100, 60, 40]);
    expect(findAccumulatedPaths(tree, worth, 10)).toEqual([local]);
    worth.set([100, 100, 100, 85, 15]);
    expect(findAccumulatedPaths(tree, worth, 10)).toEqual([shared, second]);
    expect(findAccumulatedPaths(tree, worth, 50)).toEqual([shared]);
    expect(findAccumulatedPaths(tree, worth, 101)).toEqual([]);
    expect(tree.rootOf(second)).toBe(root);
  });
});

describe("paths through what several things share, and through a sync.Map", () => {
  it("name what is shared in a package variable by its type, and tell it from what the variable points to", () => {
    const tree = new PathTree();
    const variable = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "*main.registry", type: "" }));
    const vec = { kind: "objects", by: "", type: "main.vec" } as const;
    const metrics = tree.stepNumber({ kind: "objects", by: "metrics", type: "map[string]int" });
    const shared = tree.below(variable, tree.stepNumber({ ...vec, isShared: true }));
    const pointee = tree.below(variable, tree.stepNumber(vec));
    expect(tree.textOf(tree.below(shared, metrics))).toBe("main.registry.(main.vec).metrics");
    expect(tree.textOf(tree.below(pointee, metrics))).toBe("main.registry.metrics");
    expect(tree.fingerprintOf(shared)).not.toBe(tree.fingerprintOf(pointee));
  });

  it("count no things inside of a sync.Map, and call it that where no variable has a name", async () => {
    const { paths } = await sumSample("interned-after.1.19.amd64", "interned.1.19.amd64");
    const inside = Array.from({ length: paths.tree.count }, (_, row) => row).filter(
      (row) => paths.tree.typeOf(row) === "sync.Map",
    );
    expect(inside.length).toBeGreaterThan(0);
    for (const row of inside) expect([paths.objects[row]! > 0, paths.things[row]]).toEqual([true, 0]);
    const tree = new PathTree();
    const segment = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "segment", by: "bss segment", type: "" }));
    const type = "internal/sync.indirect[interface {},interface {}]";
    expect(tree.textOf(tree.below(segment, tree.stepNumber({ kind: "objects", by: "", type })))).toBe("sync.Map");
  });

  it("tell what is shared in a variable of a real program", async () => {
    const { paths } = await sumSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    for (let row = 0; row < paths.tree.count; row++) {
      const steps = paths.tree.stepsOf(row);
      if (steps[0]?.kind === "variable" && steps[1]?.by === "" && steps[1].isShared !== true) {
        // A variable that is a pointer, slice or the like itself.
        expect(steps[0].by.startsWith("*"), paths.tree.textOf(row)).toBe(false);
      }
    }
  });
});

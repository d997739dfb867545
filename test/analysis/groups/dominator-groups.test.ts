import { describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { computeRetainedSizes } from "../../../src/analysis/dominators/retained-size.ts";
import type { DominatorGroupOptions } from "../../../src/analysis/groups/dominator-group-rows.ts";
import { DominatorGroupKind, type DominatorGroups } from "../../../src/analysis/groups/dominator-group-rows.ts";
import { computeDominatorGroups, computeOwnerGroups } from "../../../src/analysis/groups/dominator-groups.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { rootVertexName } from "../../../src/heap/roots/root-names.ts";
import { graphHeap } from "../../support/graph-fixture.ts";
import { drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

const ALL: DominatorGroupOptions = { maxGroups: 1_000_000, maxDepth: 1000 };

/** Draws a heap whose pointers have names: by type, then by offset. */
function drawTyped(fields: Readonly<Record<string, Readonly<Record<number, string>>>>, draw: (s: HeapSketch) => void) {
  const heap = drawHeap(draw);
  const { names } = heap.types;
  const strides = names.map((name) => (name.startsWith("[]") ? 16 : 0));
  return {
    ...heap,
    types: {
      ...heap.types,
      fields: {
        stride: (type: number) => strides[type]!,
        name: (type: number, offset: number) => fields[names[type]!]?.[offset],
      },
    },
  } satisfies Heap;
}

/** The rows as text, indented; segments are left out, what is below them begins at the margin. */
function show(heap: Heap, groups: DominatorGroups): string[] {
  const label = (row: number): string => {
    const field = groups.field[row]! < 0 ? "" : `${groups.names[groups.field[row]!]}: `;
    const sizes = `${groups.objects[row]}/${groups.shallow[row]}/${groups.retained[row]}`;
    switch (groups.kind[row]) {
      case DominatorGroupKind.ROOT_VERTEX:
        return rootVertexName(heap, groups.vertex[row]! - heap.objects.count);
      case DominatorGroupKind.DEEPER:
        return `${field}… ${sizes}`;
      case DominatorGroupKind.SMALLER:
        return `${field}(${groups.members[row]} smaller) ${sizes}`;
      default: {
        const run = groups.generations[row] === 1 ? "" : ` run ${groups.generations[row]}`;
        return `${field}${heap.types.names[groups.type[row]!]}${run} ${sizes}`;
      }
    }
  };
  const lines: string[] = [];
  const visit = (row: number, depth: number): void => {
    const hidden = groups.kind[row] === DominatorGroupKind.ROOT_VERTEX && !label(row).startsWith("goroutine");
    if (!hidden) lines.push(`${" ".repeat(depth)}${label(row)}`);
    for (let below = 1; below < groups.count; below++) {
      if (groups.parent[below] === row) visit(below, hidden ? depth : depth + 1);
    }
  };
  visit(0, 0);
  return lines;
}

describe("computeDominatorGroups", () => {
  it("puts together what a group dominates by the same field and of the same type", async () => {
    //  data ─► A ─┬ left  ─► B 2 ─► D   (D by offset 0)
    //             ├ right ─► B 3
    //             └ left2 ─► C 4
    const heap = drawTyped({ A: { 0: "left", 8: "right", 16: "left" }, B: { 0: "" } }, (s) => {
      const [a, b, c, d, e] = ["A", "B", "B", "B", "D"].map((type) => s.object({ type, size: 32 }));
      s.global(a!);
      s.pointer(a!, b!, 0);
      s.pointer(a!, c!, 8);
      s.pointer(a!, d!, 16);
      s.pointer(b!, e!, 0);
    });
    expect(show(heap, await computeDominatorGroups(heap, ALL))).toEqual([
      "data+0x0: A 1/32/160",
      " left: B 2/64/96",
      "  D 1/32/32",
      " right: B 1/32/32",
    ]);
  });

  it("collapses lists and trees of one type, whatever the fields", async () => {
    const heap = drawTyped({ Node: { 0: "left", 8: "right", 16: "value" } }, (s) => {
      const nodes = Array.from({ length: 6 }, () => s.object({ type: "Node", size: 32 }));
      s.global(nodes[0]!);
      //       0 ─┬ left  ─► 1 ─ right ─► 2 ─ left ─► 3 ─► value
      //          └ right ─► 4 ─ left  ─► 5
      s.pointer(nodes[0]!, nodes[1]!, 0);
      s.pointer(nodes[1]!, nodes[2]!, 8);
      s.pointer(nodes[2]!, nodes[3]!, 0);
      s.pointer(nodes[0]!, nodes[4]!, 8);
      s.pointer(nodes[4]!, nodes[5]!, 0);
      s.pointer(nodes[3]!, s.object({ type: "Value", size: 8 }), 16);
      s.pointer(nodes[5]!, s.object({ type: "Value", size: 8 }), 16);
    });
    expect(show(heap, await computeDominatorGroups(heap, ALL))).toEqual([
      "data+0x0: Node run 4 6/192/208",
      " value: Value 2/16/16",
    ]);
  });

  it("calls elements of arrays alike, and objects that the dominator does not point to by nothing", async () => {
    const heap = drawTyped({ "[]T": { 0: "", 8: "next[7]" }, X: { 0: "x" } }, (s) => {
      const array = s.object({ type: "[]T", size: 64, header: true });
      const [first, second, third] = ["X", "X", "X"].map((type) => s.object({ type, size: 8 }));
      const shared = s.object({ type: "Y", size: 48 });
      s.global(array);
      s.pointer(array, first!, 8);
      s.pointer(array, second!, 24);
      s.pointer(array, third!, 32);
      s.pointer(first!, shared);
      s.pointer(second!, shared);
    });
    expect(show(heap, await computeDominatorGroups(heap, ALL))).toEqual([
      "data+0x0: []T 1/64/136",
      " []: X 2/16/16",
      " [].next[]: X 1/8/8",
      " Y 1/48/48",
    ]);
  });

  it("merges goroutines that are alike only when told to", async () => {
    const heap = drawHeap((s) => {
      for (const id of [7, 8]) {
        const buffer = s.object({ type: "Buffer", size: 64 });
        s.goroutine({ id, waitReason: "select", frames: [{ name: "main.work", slots: [[buffer, 40]] }] });
      }
      const other = s.object({ type: "Buffer", size: 64 });
      s.goroutine({ id: 9, waitReason: "sleep", frames: [{ name: "main.work", slots: [[other, 40]] }] });
    });
    const merged = await computeDominatorGroups(heap, { ...ALL, mergeGoroutines: true });
    expect(show(heap, merged)).toEqual([
      "goroutine main.work [select]",
      " sp+0x28: Buffer 2/128/128",
      "goroutine main.work [sleep]",
      " sp+0x28: Buffer 1/64/64",
    ]);
    expect([...merged.members].filter((count) => count > 1)).toEqual([2, 2, 2]);
    expect(show(heap, await computeDominatorGroups(heap, ALL)).filter((line) => line.startsWith("g"))).toHaveLength(3);
  });

  it("merges frames of one name, wherever in the line their PCs are", async () => {
    const drawn = drawHeap((s) => {
      for (const id of [7, 8, 9]) {
        const buffer = s.object({ type: "Buffer", size: 64 });
        s.goroutine({ id, waitReason: "select", frames: [{ name: "main.work", slots: [[buffer, 40]] }] });
      }
    });
    const { frames } = drawn.goroutines;
    const calls = {
      start: Uint32Array.of(0, 1, 2, 3),
      function: Int32Array.of(0, 0, 0),
      file: Int32Array.of(1, 1, 1),
      line: Int32Array.of(5, 5, 6),
      isHidden: Uint8Array.of(0, 0, 0),
      origin: { function: new Int32Array(9), file: new Int32Array(9), line: new Int32Array(9) },
      names: ["main.work", "work.go"],
    };
    const pc = Float64Array.of(0x1001, 0x1009, 0x1020);
    const heap = { ...drawn, goroutines: { ...drawn.goroutines, calls, frames: { ...frames, pc } } };
    const { vertex, kind, members } = await computeDominatorGroups(heap, { ...ALL, mergeGoroutines: true });
    const names = Array.from(vertex, (v, row) =>
      kind[row] === DominatorGroupKind.ROOT_VERTEX
        ? `${rootVertexName(heap, v - heap.objects.count)} ${members[row]}`
        : "",
    );
    expect(names.filter((name) => name.startsWith("main."))).toEqual([
      "main.work work.go:5 2",
      "main.work work.go:6 1",
    ]);
  });

  it("does not merge frames of other functions, though their PCs are not known", async () => {
    const heap = drawHeap((s) => {
      const [one, two] = [s.object({ size: 64 }), s.object({ size: 64 })];
      const frames = [
        { name: "main.one", slots: [[one, 8] as const] },
        { name: "main.two", slots: [[two, 8] as const] },
      ];
      s.goroutine({ id: 7, waitReason: "select", frames });
    });
    const { pc } = heap.goroutines.frames;
    expect(pc[0]).toBe(pc[1]);
    const { vertex, kind } = await computeDominatorGroups(heap, { ...ALL, mergeGoroutines: true });
    const names = Array.from(vertex, (v, row) =>
      kind[row] === DominatorGroupKind.ROOT_VERTEX ? rootVertexName(heap, v - heap.objects.count) : "",
    );
    expect(names.filter((name) => name.startsWith("main."))).toEqual(["main.one", "main.two"]);
  });

  it("calls pointers without a name alike where one frame has many to objects of one type", async () => {
    const draw = (count: number) =>
      drawHeap((s) => {
        const slots = Array.from({ length: count }, (_, i) => [s.object({ type: "Entry", size: 16 }), 8 * i] as const);
        const other = [s.object({ type: "Other", size: 16 }), 8 * count] as const;
        s.goroutine({ waitReason: "select", frames: [{ name: "main.work", slots: [...slots, other] }] });
      });
    const [few, many] = [draw(4), draw(5)];
    expect(show(few, await computeDominatorGroups(few, ALL)).slice(1)).toEqual([
      " sp+0x0: Entry 1/16/16",
      " sp+0x8: Entry 1/16/16",
      " sp+0x10: Entry 1/16/16",
      " sp+0x18: Entry 1/16/16",
      " sp+0x20: Other 1/16/16",
    ]);
    expect(show(many, await computeDominatorGroups(many, ALL)).slice(1)).toEqual([
      " sp+…: Entry 5/80/80",
      " sp+0x28: Other 1/16/16",
    ]);
  });

  it("counts what was inferred", async () => {
    const heap = drawHeap((s) => {
      for (let i = 0; i < 3; i++) s.global(s.object({ type: "T", size: 8 }), 0);
    });
    heap.objects.typeSource[1] = TypeSource.INFERRED;
    const { inferred, objects, kind } = await computeDominatorGroups(heap, ALL);
    const row = kind.indexOf(DominatorGroupKind.OBJECTS);
    expect([inferred[row], objects[row]]).toEqual([1, 3]);
  });

  it("puts what is too deep into one row below the deepest", async () => {
    const heap = drawHeap((s) => {
      const types = ["A", "B", "C", "D", "E"];
      const chain = types.map((type, i) => s.object({ type, size: 8 * (i + 1) }));
      s.global(chain[0]!);
      for (let i = 1; i < chain.length; i++) s.pointer(chain[i - 1]!, chain[i]!);
      s.pointer(chain[1]!, s.object({ type: "F", size: 80 }), 8);
    });
    // GC roots, globals, data, A, B: five.
    expect(show(heap, await computeDominatorGroups(heap, { ...ALL, maxDepth: 5 }))).toEqual([
      "data+0x0: A 1/8/200",
      " B 1/16/192",
      "  … 4/176/176",
    ]);
  });

  it("folds what retains least, and shows it in a row of its own", async () => {
    const heap = drawHeap((s) => {
      const root = s.object({ type: "R", size: 16 });
      s.global(root);
      for (const [i, type] of ["A", "B", "C", "D"].entries()) {
        const object = s.object({ type, size: 8 << i });
        s.pointer(root, object, 8 * i);
        s.pointer(object, s.object({ type: "leaf", size: 8 }));
      }
    });
    const groups = await computeDominatorGroups(heap, { ...ALL, maxGroups: 11 });
    expect(show(heap, groups)).toEqual([
      "data+0x0: R 1/16/168",
      " (4 smaller) 4/40/40",
      " C 1/32/40",
      "  leaf 1/8/8",
      " D 1/64/72",
      "  leaf 1/8/8",
    ]);
  });

  it.each([
    [3, 1000],
    [6, 4],
    [8, 1000],
    [20, 5],
    [1000, 1000],
  ])("keeps all totals in at most %i rows of at most %i levels", async (maxGroups, maxDepth) => {
    for (let seed = 1; seed <= 200; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const retained = await computeRetainedSizes(heap);
      const groups = await computeDominatorGroups(heap, { maxGroups, maxDepth });
      const sum = (column: Float64Array): number => column.reduce((a, b) => a + b, 0);
      const where = `seed ${seed}`;
      expect(groups.count, where).toBeLessThanOrEqual(maxGroups);
      expect(sum(groups.objects), where).toBe(heap.objects.count);
      expect(sum(groups.shallow), where).toBe(retained[heap.objects.count]);
      const below = groups.shallow.slice();
      const depth = new Int32Array(groups.count);
      for (let row = groups.count - 1; row > 0; row--) below[groups.parent[row]!]! += below[row]!;
      expect([...groups.retained], where).toEqual([...below]);
      for (let row = 1; row < groups.count; row++) {
        expect(groups.parent[row], where).toBeLessThan(row);
        depth[row] = depth[groups.parent[row]!]! + 1;
      }
      expect(Math.max(...depth), where).toBeLessThanOrEqual(maxDepth + 1);
    }
  });

  it("groups as a plain walk down the dominator tree does", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const heap = graphHeap(randomGraph(seed, 40));
      const groups = await computeDominatorGroups(heap, ALL);
      expect([...paths(heap, groups)].sort(), `seed ${seed}`).toEqual([...(await expectedPaths(heap))].sort());
    }
  });
});

/** Every group of objects by the root vertices and types above it: "3/a/b 2/48", objects and bytes. */
function paths(heap: Heap, groups: DominatorGroups): string[] {
  const path: string[] = [];
  const found: string[] = [];
  for (let row = 0; row < groups.count; row++) {
    const isRoot = groups.kind[row] === DominatorGroupKind.ROOT_VERTEX;
    const own = isRoot ? `#${groups.vertex[row]! - heap.objects.count}` : heap.types.names[groups.type[row]!]!;
    path.push(`${path[groups.parent[row]!] ?? ""}/${own}`);
    // Without names of fields, but with those of places in segments, groups of one path can be several.
    if (!isRoot) found.push(`${path[row]} ${groups.objects[row]}/${groups.shallow[row]}`);
  }
  return merge(found);
}

async function expectedPaths(heap: Heap): Promise<string[]> {
  const { immediateDominator } = await computeDominators(heap);
  const { count, size, type } = heap.objects;
  const pathOf = (v: number): string => {
    if (v < 0) return "";
    const above = immediateDominator[v]!;
    if (v >= count) return `${pathOf(above)}/#${v - count}`;
    const same = above < count && type[above] === type[v];
    return same ? pathOf(above) : `${pathOf(above)}/${heap.types.names[type[v]!]}`;
  };
  return merge(Array.from({ length: count }, (_, v) => `${pathOf(v)} 1/${size[v]}`));
}

function merge(lines: readonly string[]): string[] {
  const sums = new Map<string, [number, number]>();
  for (const line of lines) {
    const [path, figures] = line.split(" ") as [string, string];
    const [objects, bytes] = figures.split("/").map(Number) as [number, number];
    const sum = sums.get(path) ?? [0, 0];
    sums.set(path, [sum[0] + objects, sum[1] + bytes]);
  }
  return [...sums].map(([path, [objects, bytes]]) => `${path} ${objects}/${bytes}`);
}

describe("containers in groups", () => {
  /** data ─► 0 M ─► 1 T ─► 2 G ─┬► 3 V ─► 5 W, of which 0, 1 and 2 are one map, … */
  const draw = (): Heap =>
    drawTyped({ G: { 0: "[].elem", 8: "[].elem" }, M: { 0: "table" }, T: { 0: "groups" } }, (s) => {
      const [m, t, g, v, v2, w] = ["M", "T", "G", "V", "V", "W"].map((type) => s.object({ type, size: 32 }));
      s.global(m!);
      s.pointer(m!, t!);
      s.pointer(t!, g!);
      s.pointer(g!, v!);
      s.pointer(g!, v2!, 8);
      s.pointer(v!, w!);
    });

  it("are one thing: what they are made of is in their own group, and what hangs on it right below", async () => {
    const heap = draw();
    const container = Int32Array.of(0, 0, 0, 3, 4, 5);
    const groups = await computeDominatorGroups(heap, { ...ALL, container, withRows: true });
    expect(show(heap, groups)).toEqual(["data+0x0: M 3/96/192", " [].elem: V 2/64/96", "  W 1/32/32"]);
    const map = groups.type.findIndex((type) => heap.types.names[type] === "M");
    expect([groups.members[map], groups.parts[map], groups.generations[map]]).toEqual([3, 2, 1]);
    expect([...groups.rowOf!.subarray(0, 3)]).toEqual([map, map, map]);
  });

  it("tell the row of every vertex, also of what was folded", async () => {
    const heap = draw();
    const groups = await computeDominatorGroups(heap, { maxGroups: 8, maxDepth: 100, withRows: true });
    expect(groups.count).toBeLessThanOrEqual(8);
    const objects = new Float64Array(groups.count);
    for (let i = 0; i < heap.objects.count; i++) objects[groups.rowOf![i]!]!++;
    expect([...objects]).toEqual([...groups.objects]);
  });
});

describe("computeOwnerGroups", () => {
  it("groups the tree in which each object has its one owner", async () => {
    //  data ─► A ─► B ◄─ frame: several roots by plain dominators
    const heap = drawTyped({ A: { 0: "b" } }, (s) => {
      const [a, b] = ["A", "B"].map((type) => s.object({ type, size: 32 }));
      s.global(a!);
      s.pointer(a!, b!);
      s.goroutine({ frames: [{ name: "main.main", slots: [[b!, 0]] }] });
    });
    expect(show(heap, await computeDominatorGroups(heap, ALL))).toContain("B 1/32/32");
    expect(show(heap, await computeOwnerGroups(heap, ALL)).slice(0, 2)).toEqual([
      "data+0x0: A 1/32/64",
      " b: B 1/32/32",
    ]);
  });

  it("keeps every byte, whatever is folded", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const bytes = heap.objects.size.reduce((sum, size) => sum + size, 0);
      for (const maxGroups of [5, 1_000_000]) {
        const { shallow, retained } = await computeOwnerGroups(heap, { maxGroups, maxDepth: 4 });
        expect([shallow.reduce((sum, own) => sum + own, 0), retained[0]], `seed ${seed}`).toEqual([bytes, bytes]);
      }
    }
  });
});

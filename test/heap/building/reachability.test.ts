/** Reachability and the entries into garbage, against brute force. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { MARK, MarkStack, markReachable } from "../../../src/heap/building/marking.ts";
import { unreachableEntries } from "../../../src/heap/building/reachability.ts";
import { HAS_POINTERS, REACHABLE } from "../../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { NO_BYTES } from "../../../src/workers/kernel.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 19_791_107);

/** Successors of each object. */
type Graph = readonly (readonly number[])[];

const graphs: fc.Arbitrary<{ graph: Graph; roots: number[] }> = fc.integer({ min: 0, max: 14 }).chain((count) =>
  fc.record({
    graph: fc.array(fc.array(fc.nat(Math.max(0, count - 1)), { maxLength: 3 }), { minLength: count, maxLength: count }),
    roots: count === 0 ? fc.constant([]) : fc.array(fc.nat(count - 1), { maxLength: 3 }),
  }),
);

function reach(graph: Graph, from: Iterable<number>): Set<number> {
  const reached = new Set(from);
  for (const object of reached) for (const to of graph[object]!) reached.add(to);
  return reached;
}

function toEdges(graph: Graph) {
  const to = Int32Array.from(graph.flat());
  const start = new Uint32Array(graph.length + 1);
  graph.forEach((successors, i) => {
    start[i + 1] = start[i]! + successors.length;
  });
  return {
    count: to.length,
    start,
    to,
    offset: new Uint32Array(to.length),
    interiorEdge: new Uint32Array(0),
    interiorOffset: new Float64Array(0),
  };
}

async function run(graph: Graph, roots: readonly number[]) {
  const edges = toEdges(graph);
  const flags = Uint8Array.from(graph, (successors) => (successors.length > 0 ? HAS_POINTERS : 0));
  await markReachable(edges, flags, Int32Array.from(roots), NO_PROGRESS);
  return { flags, entries: Array.from(unreachableEntries(edges, flags)) };
}

async function check(graph: Graph, roots: readonly number[]): Promise<number[]> {
  const { flags, entries } = await run(graph, roots);
  const live = reach(graph, roots);
  expect(Array.from(flags, (f) => (f & REACHABLE) !== 0)).toEqual(graph.map((_, i) => live.has(i)));
  const dead = graph.map((_, i) => i).filter((i) => !live.has(i));
  const isEntry = new Set(entries);
  expect(entries, "ascending, each once").toEqual([...isEntry].sort((a, b) => a - b));
  expect([...isEntry].every((i) => !live.has(i))).toBe(true);
  // All garbage is reached from them …
  const reached = reach(graph, entries);
  expect(dead.every((i) => reached.has(i))).toBe(true);
  // … what nothing dead refers to is among them …
  for (const i of dead) {
    if (!dead.some((from) => from !== i && graph[from]!.includes(i))) expect(isEntry.has(i)).toBe(true);
  }
  // … and none can be spared.
  for (const entry of entries) {
    const others = reach(
      graph,
      entries.filter((i) => i !== entry),
    );
    expect(others.has(entry), `${entry} is reached without being an entry`).toBe(false);
  }
  return entries;
}

describe("reachability", () => {
  test("is what a search from the roots reaches; entries reach all the rest, and none is spare", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ graph, roots }) => {
        await check(graph, roots);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  //   0 ⇄ 1 ─► 2 ⇄ 3        4 ─► 4        5 ─► 0
  test("enters cycles that lead to others, and not those", async () => {
    expect(await check([[1], [0, 2], [3], [2], [4], [0]], [])).toEqual([4, 5]);
    expect(await check([[1], [0, 2], [3], [2], [4]], [])).toHaveLength(2);
  });

  //   0 ─► 1 ─► … ─► n-1 ─► 0
  test("follows a cycle of a million objects without recursion", async () => {
    const count = 1_000_000;
    const { entries } = await run(
      Array.from({ length: count }, (_, i) => [(i + 1) % count]),
      [],
    );
    expect(entries).toHaveLength(1);
  });

  test("is shared in parts, which leave what they do not come to for the next round", async () => {
    const count = 400_000;
    const graph = Array.from({ length: count }, (_, i) => [(i * 7 + 1) % count, (i * 3 + 2) % count]);
    const { flags } = await run(graph, [5]);
    const live = reach(graph, [5]);
    expect(live.size).toBeGreaterThan(300_000);
    expect(flags.every((flag, i) => ((flag & REACHABLE) !== 0) === live.has(i))).toBe(true);

    const edges = toEdges(graph);
    const marks = new Uint8Array(count).fill(HAS_POINTERS);
    marks[5] = HAS_POINTERS | REACHABLE;
    const left = await MARK.run({ ...edges, flags: marks, found: Int32Array.of(5) }, 0, 1, NO_BYTES, new MarkStack());
    expect(left.length).toBeGreaterThan(0);
    expect(marks.some((mark, i) => live.has(i) && (mark & REACHABLE) === 0)).toBe(true);
  });

  //   0 ─► each of 1 … n ─► n+1, n+1, …
  test("looks at what one object leads to hardly more than once, however much that is", async () => {
    const count = 1_000_000;
    const each = 8;
    const start = Uint32Array.from({ length: count + 3 }, (_, i) =>
      i === 0 ? 0 : count + each * Math.min(i - 1, count),
    );
    const to = new Int32Array(count * (1 + each)).fill(count + 1);
    for (let i = 0; i < count; i++) to[i] = i + 1;
    const flags = new Uint8Array(count + 2).fill(HAS_POINTERS);
    flags[count + 1] = 0;
    let looked = 0;
    const run = vi.spyOn(MARK, "run");
    try {
      await markReachable({ start, to, count: to.length }, flags, Int32Array.of(0), NO_PROGRESS);
      looked = run.mock.calls.reduce((sum, [, from, end]) => sum + end - from, 0);
    } finally {
      run.mockRestore();
    }
    expect(flags.every((flag) => (flag & REACHABLE) !== 0)).toBe(true);
    expect(looked).toBeGreaterThan(count);
    expect(looked).toBeLessThan(1.1 * count);
  });
});

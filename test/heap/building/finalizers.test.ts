/** What finalizers keep alive, whose they are, and which will never be called. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findInCycles } from "../../../src/heap/building/cycles.ts";
import { markReachable } from "../../../src/heap/building/marking.ts";
import { markThroughFinalized } from "../../../src/heap/building/reachability.ts";
import { HAS_POINTERS, REACHABLE } from "../../../src/heap/objects.ts";
import { rootVertexName } from "../../../src/heap/roots/root-names.ts";
import { ROOT_KIND_NAMES } from "../../../src/heap/roots/roots.ts";
import type { Heap } from "../../../src/index.ts";
import { computeRetainedSizes } from "../../../src/index.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { readDump, type Slot } from "../../support/dump-builder.ts";

/** Root edges as "vertex: kind -> object". */
function rootsOf(heap: Heap, objects: Readonly<Record<string, Slot>>): string[] {
  const names = new Map(Object.entries(objects).map(([name, slot]) => [heap.findObject(slot.address), name]));
  const { vertices, kind, to } = heap.roots;
  const lines: string[] = [];
  for (let v = 0; v < vertices.count; v++) {
    for (let edge = vertices.edgeStart[v]!; edge < vertices.edgeStart[v + 1]!; edge++) {
      lines.push(`${rootVertexName(heap, v)}: ${ROOT_KIND_NAMES[kind[edge]!]} -> ${names.get(to[edge]!)}`);
    }
  }
  return lines;
}

const TYPE = 0x4a_0100;

describe("an object with a finalizer", () => {
  //   data ─► x ─► y          finalizer(x)
  test("that something else reaches keeps what it refers to itself", async () => {
    const { heap, drawn } = await readDump((d) => {
      const [x, y] = [d.object(32), d.object(64)];
      d.root(x);
      x.point(0, y);
      d.finalizer(x, 0, { type: TYPE });
      return { x, y };
    });
    expect(rootsOf(heap, drawn)).toEqual(["data segment at 0x550000: data -> x"]);
    expect(heap.roots.finalizers).toEqual([
      { count: 1, type: TYPE, function: 0x40_1000, isQueued: false, isNeverFinalized: false },
    ]);
    const retained = await computeRetainedSizes(heap);
    expect(retained[heap.findObject(drawn.x.address)]).toBe(96);
  });

  //   a ─► b ─► c             finalizer(a), finalizer(b) of another type
  test("that another one leads to is that one's", async () => {
    const { heap, drawn } = await readDump((d) => {
      const [b, c, a] = [d.object(32), d.object(32), d.object(32)];
      a.point(8, b);
      b.point(16, c);
      d.finalizer(b, 0, { type: TYPE + 64 });
      d.finalizer(a, 0, { type: TYPE, pc: 0x40_2000 });
      return { a, b, c };
    });
    expect(rootsOf(heap, drawn)).toEqual([
      "(unreachable): unreachable -> a",
      "finalizer of type@0x4a0100: 0x402000: finalizer referent -> b",
    ]);
    expect(heap.dump.warnings).not.toContainEqual(expect.objectContaining({ code: "never-finalized" }));
  });

  //   x ⇄ y ─► z     data ─► used ⇄ part        finalizers of x and used
  test("that leads back to itself is not finalized as long as it does, and is told", async () => {
    const { heap, drawn } = await readDump((d) => {
      const [x, y, z, used, part] = [d.object(32), d.object(32), d.object(32), d.object(32), d.object(32)];
      x.point(8, y);
      y.point(0, x).point(8, z);
      d.root(used);
      used.point(0, part);
      part.point(0, used);
      d.finalizer(x, 0, { type: TYPE });
      d.finalizer(used, 0, { type: TYPE });
      return { x, y, z, used, part };
    });
    expect(rootsOf(heap, drawn)).toEqual([
      "data segment at 0x550000: data -> used",
      "finalizer of type@0x4a0100: 0x401000 (not finalized: in a cycle): finalizer referent -> y",
    ]);
    expect(Array.from(heap.objects.flags).every((flags) => (flags & REACHABLE) !== 0)).toBe(true);
    expect(heap.dump.warnings).toContainEqual({
      code: "never-finalized",
      message: expect.stringMatching(
        /^2 objects will not be finalized as long as they are in a cycle: .* Unless the program takes the finalizer away, as a Close may, they stay forever/,
      ),
    });
  });

  test("that is queued is under its function as well; a cleanup has no type", async () => {
    const { heap, drawn } = await readDump((d) => {
      const [x, fn, cleanup] = [d.object(32), d.object(16), d.object(16)];
      d.queuedFinalizer(x, fn);
      d.queuedFinalizer(0, cleanup, { type: 0 });
      return { x, fn, cleanup };
    });
    expect(rootsOf(heap, drawn)).toEqual([
      "queued finalizer of type@0x4a0000: 0x401000: queued finalizer -> x",
      "queued finalizer of type@0x4a0000: 0x401000: queued finalizer function -> fn",
      "queued cleanup: 0x401000: queued finalizer function -> cleanup",
    ]);
  });
});

/** Successors of each object. */
type Graph = readonly (readonly number[])[];

const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    graph: fc.array(fc.array(fc.nat(count - 1), { maxLength: 3 }), { minLength: count, maxLength: count }),
    roots: fc.array(fc.nat(count - 1), { maxLength: 2 }),
    finalized: fc.uniqueArray(fc.nat(count - 1), { maxLength: 5 }).map((list) => list.sort((a, b) => a - b)),
  }),
);

function toEdges(graph: Graph) {
  const to = Int32Array.from(graph.flat());
  const start = new Uint32Array(graph.length + 1);
  graph.forEach((successors, i) => {
    start[i + 1] = start[i]! + successors.length;
  });
  const empty = { interiorEdge: new Uint32Array(0), interiorOffset: new Float64Array(0) };
  return { count: to.length, start, to, offset: new Uint32Array(to.length), ...empty };
}

function reach(graph: Graph, from: Iterable<number>): Set<number> {
  const reached = new Set(from);
  for (const object of reached) for (const to of graph[object]!) reached.add(to);
  return reached;
}

const SEED = Number(process.env.GOHD_TEST_SEED ?? 19_911_206);

test("objects in cycles are those that a search from what they refer to, but for themselves, finds again", () => {
  fc.assert(
    fc.property(graphs, ({ graph, finalized }) => {
      const flags = Uint8Array.from(graph, (successors) => (successors.length > 0 ? HAS_POINTERS : 0));
      const found = findInCycles(toEdges(graph), flags, Int32Array.from(finalized));
      const expected = finalized.map((x) =>
        reach(
          graph,
          graph[x]!.filter((to) => to !== x),
        ).has(x)
          ? 1
          : 0,
      );
      expect(Array.from(found)).toEqual(expected);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test("those that keep what they refer to are enough, none is spare, and none is reached otherwise", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async ({ graph, roots, finalized }) => {
      const edges = toEdges(graph);
      const flags = Uint8Array.from(graph, (successors) => (successors.length > 0 ? HAS_POINTERS : 0));
      await markReachable(edges, flags, Int32Array.from(roots), NO_PROGRESS);
      const chosen = markThroughFinalized(edges, flags, Int32Array.from(finalized));
      const holders = finalized.filter((_, i) => chosen[i] === 1);
      const referents = (x: number): number[] => graph[x]!.filter((to) => to !== x);
      const live = reach(graph, [...roots, ...holders.flatMap(referents)]);
      expect(Array.from(flags, (flag) => (flag & REACHABLE) !== 0)).toEqual(graph.map((_, i) => live.has(i)));
      // As the collector has it: all that any object with a finalizer refers to is alive.
      expect(reach(graph, [...roots, ...finalized.flatMap(referents)])).toEqual(live);
      for (const holder of holders) {
        const others = holders.filter((x) => x !== holder);
        expect(reach(graph, [...roots, ...others.flatMap(referents)]).has(holder)).toBe(false);
      }
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test("a cycle of a million objects is followed without recursion", () => {
  const count = 1_000_000;
  const edges = toEdges(Array.from({ length: count }, (_, i) => [(i + 1) % count]));
  expect(findInCycles(edges, new Uint8Array(count).fill(HAS_POINTERS), Int32Array.of(5))).toEqual(Uint8Array.of(1));
});

import { describe, expect, it } from "vitest";
import { findLeadingRoots, measureRoots } from "../../../src/analysis/ownership/leading-roots.ts";
import { ownerVertex } from "../../../src/analysis/ownership/owners.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

const { data, bss, frame1, frame2, frame3, goroutine1, goroutine2, other } = ROOT_TREE;
const OWNERS = [data, bss, goroutine1, goroutine2, other];

describe("the roots that lead to an object", () => {
  it("are all of them, a goroutine's frames counted as the goroutine", async () => {
    //  data ─► 0 ─► 1 ─► 2      frame1, frame2 ─► 1      bss ─► 3
    const heap = graphHeap({
      sizes: [1, 1, 1, 1],
      ...csr(4, [
        [0, 1],
        [1, 2],
      ]),
      roots: [data, 0, frame1, 1, frame2, 1, bss, 3],
    });
    expect(await findLeadingRoots(heap, [2, 3, 0])).toEqual([[data, goroutine1], [bss], [data]]);
  });

  it("do not go through the runtime's descriptors", async () => {
    //  frame1 ─► 0 (runtime.g) ─► 1 ◄─ frame3
    const heap = graphHeap({
      sizes: [1, 1],
      ...csr(2, [[0, 1]]),
      roots: [frame1, 0, frame3, 1],
      types: Int32Array.of(1, 0),
      typeNames: ["main.T", "runtime.g"],
    });
    expect(await findLeadingRoots(heap, [1])).toEqual([[goroutine2]]);
  });

  it("are those from which a search reaches it, and keep what only they reach, on random graphs", async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const targets = Array.from({ length: Math.min(31, heap.objects.count) }, (_, i) => i);
      const found = await findLeadingRoots(heap, targets);
      const reached = new Map(OWNERS.map((vertex) => [vertex, reach(heap, (v) => v === vertex)]));
      for (const target of targets) {
        const expected = OWNERS.filter((vertex) => reached.get(vertex)!.has(target));
        expect(found[target], `seed ${seed}, object ${target}`).toEqual(expected.sort((a, b) => a - b));
      }
      const chosen = [data, goroutine1];
      const bytes = (set: Set<number>): number => [...set].reduce((sum, i) => sum + objectSize(heap.objects, i), 0);
      const live = bytes(reach(heap, () => true));
      expect(await measureRoots(heap, chosen, [chosen, [data]]), `seed ${seed}`).toEqual({
        leadsTo: chosen.map((vertex) => bytes(reached.get(vertex)!)),
        alone: chosen.map((vertex) => live - bytes(reach(heap, (v) => v !== vertex))),
        together: [chosen, [data]].map((set) => live - bytes(reach(heap, (v) => !set.includes(v)))),
      });
    }
  });
});

it.each([6, 7, 14, 15, 30])("%i roots at once are told apart", async (count) => {
  const heap = drawHeap((s) => {
    const shared = s.object({ type: "main.Shared", size: 64 });
    for (let i = 0; i < count; i++) {
      const own = s.object({ type: "main.Own", size: 16 * (i + 1) });
      s.pointer(own, shared);
      s.goroutine({ frames: [{ name: `main.f${i}`, slots: [[own, 8]] }] });
    }
  });
  const { kind } = heap.roots.vertices;
  const chosen = [...kind.keys()].filter((vertex) => kind[vertex] === RootVertexKind.GOROUTINE);
  expect(chosen.length).toBe(count);
  const bytes = (set: Set<number>): number => [...set].reduce((sum, i) => sum + objectSize(heap.objects, i), 0);
  const live = bytes(reach(heap, () => true));
  const sets = [chosen, chosen.slice(1), chosen.slice(-1)];
  expect(await measureRoots(heap, chosen, sets)).toEqual({
    leadsTo: chosen.map((vertex) => bytes(reach(heap, (v) => v === vertex))),
    alone: chosen.map((vertex) => live - bytes(reach(heap, (v) => v !== vertex))),
    together: sets.map((set) => live - bytes(reach(heap, (v) => !set.includes(v)))),
  });
});

/** The objects that the roots that `isChosen` names lead to. */
function reach(heap: Heap, isChosen: (vertex: number) => boolean): Set<number> {
  const { vertices, to } = heap.roots;
  const pending: number[] = [];
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] === RootVertexKind.UNREACHABLE || !isChosen(ownerVertex(heap, v))) continue;
    pending.push(...to.subarray(vertices.edgeStart[v]!, vertices.edgeStart[v + 1]!));
  }
  const seen = new Set<number>();
  for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
    if (seen.has(i)) continue;
    seen.add(i);
    pending.push(...heap.edges.to.subarray(heap.edges.start[i]!, heap.edges.start[i + 1]!));
  }
  return seen;
}

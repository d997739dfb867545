import { describe, expect, it } from "vitest";
import { computeTypeReferences } from "../../../src/analysis/references/type-references.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { REACHABLE } from "../../../src/heap/objects.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

/** Rows as text: "from>to references objects bytes", sorted. */
async function rows(heap: Heap): Promise<string[]> {
  const { count, from, to, references, objects, bytes } = await computeTypeReferences(heap);
  return Array.from(
    { length: count },
    (_, i) => `${from[i]}>${to[i]} ${references[i]} ${objects[i]} ${bytes[i]}`,
  ).sort();
}

describe("computeTypeReferences", () => {
  it("counts references, and each object that they lead to once", async () => {
    //  data ─► map 0 ═► value 1,  map 0 ─► value 2,  value 2 ─► value 1,  garbage map 3 ─► value 1
    const heap = graphHeap({
      sizes: [8, 16, 32, 64],
      ...csr(4, [
        [0, 1],
        [0, 1],
        [0, 2],
        [2, 1],
        [3, 1],
      ]),
      roots: [ROOT_TREE.data, 0],
      types: Int32Array.of(0, 1, 1, 0),
      typeNames: ["map", "value"],
    });
    expect(await rows(heap)).toEqual(["0>1 3 2 48", "1>1 1 1 16"]);
  });

  it("agrees with a table in JavaScript's objects, with few types and with many", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const count = seed % 10 === 0 ? 3000 : 40;
      const graph = randomGraph(seed, count);
      const types = seed % 10 === 0 ? Int32Array.from({ length: count }, (_, i) => i % 2999) : graph.types!;
      const heap = graphHeap({ ...graph, types, typeNames: Array.from({ length: 3000 }, String) });
      const { objects, edges } = heap;
      const expected = new Map<string, { references: number; targets: Set<number> }>();
      for (let i = 0; i < count; i++) {
        for (let e = edges.start[i]!; e < edges.start[i + 1]!; e++) {
          const target = edges.to[e]!;
          if ((objects.flags[target]! & REACHABLE) > (objects.flags[i]! & REACHABLE)) continue;
          const key = `${objects.type[i]}>${objects.type[target]}`;
          const row = expected.get(key) ?? { references: 0, targets: new Set() };
          row.references++;
          row.targets.add(target);
          expected.set(key, row);
        }
      }
      const lines = [...expected].map(([key, { references, targets }]) => {
        const bytes = [...targets].reduce((sum, target) => sum + objects.size[target]!, 0);
        return `${key} ${references} ${targets.size} ${bytes}`;
      });
      expect(await rows(heap), `seed ${seed}`).toEqual(lines.sort());
    }
  });
});

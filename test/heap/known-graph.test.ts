/**
 * One known graph in real dumps: figure 1 of Lengauer and Tarjan (1979), which samples/programs/dominators builds, in the
 * dumps of every Go version and architecture. samples/README.md has the table.
 */
import { describe, expect, test } from "vitest";
import { computeRetainedSizes } from "../../src/analysis/dominators/retained-size.ts";
import { computeDominators, type Heap, NO_PROGRESS, objectSize, RootVertexKind } from "../../src/index.ts";
import { sampleHeap, sampleNames } from "../support/sample-dumps.ts";

const MAGIC = 0x4c54_3139_3739_6667n;

/** Vertex: successors, immediate dominator, how many vertices it retains. */
const GRAPH: Readonly<Record<string, readonly [string, string, number]>> = {
  R: ["ABC", "", 13],
  A: ["D", "R", 1],
  B: ["ADE", "R", 1],
  C: ["FG", "R", 4],
  D: ["L", "R", 2],
  E: ["H", "R", 1],
  F: ["I", "C", 1],
  G: ["IJ", "C", 2],
  H: ["EK", "R", 1],
  I: ["K", "R", 1],
  J: ["I", "G", 1],
  K: ["IR", "R", 1],
  L: ["H", "D", 1],
};

/** Object by letter. */
function findVertices(heap: Heap): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i < heap.objects.count; i++) {
    if (objectSize(heap.objects, i) > 64) continue;
    const contents = heap.readContents(i, 0, 16);
    if (contents.length < 16) continue;
    if (new DataView(contents.buffer).getBigUint64(0, !heap.dump.bigEndian) !== MAGIC) continue;
    const letter = String.fromCharCode(contents[8]!);
    expect(found.has(letter), `two vertices ${letter}`).toBe(false);
    found.set(letter, i);
  }
  return found;
}

describe.each(sampleNames(/^dominators\./))("%s", (name) => {
  test("has the thirteen vertices, their edges, their immediate dominators and retained sizes", async () => {
    const heap = await sampleHeap(name);
    const vertex = findVertices(heap);
    expect([...vertex.keys()].sort()).toEqual(Object.keys(GRAPH).sort());
    const letter = new Map([...vertex].map(([key, object]) => [object, key]));
    const { pointerSize } = heap.dump;
    const slot = pointerSize === 8 ? 48 : 32;

    const { start, to, offset } = heap.edges;
    for (const [key, [successors]] of Object.entries(GRAPH)) {
      const object = vertex.get(key)!;
      expect(objectSize(heap.objects, object)).toBe(slot);
      const edges = Array.from({ length: start[object + 1]! - start[object]! }, (_, i) => start[object]! + i);
      expect(edges.map((edge) => letter.get(to[edge]!)).join(""), key).toBe(successors);
      expect(edges.map((edge) => offset[edge]!)).toEqual(edges.map((_, i) => 16 + i * pointerSize));
    }
    // Nothing but the graph itself and one global leads to it.
    for (let i = 0; i < heap.objects.count; i++) {
      if (letter.has(i)) continue;
      for (let edge = start[i]!; edge < start[i + 1]!; edge++) expect(letter.has(to[edge]!)).toBe(false);
    }
    const roots = Array.from(heap.roots.to, (object) => letter.get(object)).filter((key) => key !== undefined);
    expect(roots).toEqual(["R"]);

    const { immediateDominator } = await computeDominators(heap, NO_PROGRESS);
    for (const [key, [, dominator]] of Object.entries(GRAPH)) {
      if (dominator !== "") expect(letter.get(immediateDominator[vertex.get(key)!]!), key).toBe(dominator);
    }
    const above = immediateDominator[vertex.get("R")!]! - heap.objects.count;
    expect(heap.roots.vertices.kind[above]).toBe(RootVertexKind.SEGMENT);

    const retained = await computeRetainedSizes(heap, NO_PROGRESS);
    for (const [key, [, , count]] of Object.entries(GRAPH)) expect(retained[vertex.get(key)!], key).toBe(count * slot);
  });
});

/** Random graphs for properties: the same for the same seed. */
import { csr, type Graph, ROOT_TREE } from "./graph-fixture.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * Draws a graph, sparse to dense, with self loops, repeated edges, leaves, garbage cycles, a few types, and root edges
 * from every kind of root vertex.
 */
export function randomGraph(seed: number, count = 1 + (seed % 24)): Graph {
  const random = seededRandom(seed);
  const edgeCount = random(Math.ceil(count * [0.7, 1.2, 2, 4][seed % 4]!) + 1);
  const edges: [number, number][] = [];
  const sources = 1 + random(count);
  for (let i = 0; i < edgeCount; i++) {
    const from = random(sources);
    // Mostly near by, as in a heap.
    const target = random(3) === 0 ? random(count) : (from + random(5)) % count;
    edges.push([from, target]);
    if (random(10) === 0) edges.push([from, target]);
  }
  const vertices = Object.values(ROOT_TREE);
  const roots: number[] = [];
  for (let i = random(5); i >= 0; i--) roots.push(vertices[random(vertices.length)]!, random(count));
  const sizes = Array.from({ length: count }, () => 8 * (1 + random(20)));
  const typeNames = ["a", "b", "c", "never"];
  const types = Int32Array.from({ length: count }, () => random(3));
  return { sizes, ...csr(count, edges), roots, types, typeNames };
}

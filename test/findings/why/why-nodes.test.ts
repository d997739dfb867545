/** Merged ways of many objects: whatever the heap, of a size that people and programs can take, and with all sums. */
import { expect, test } from "vitest";
import type { PathNode } from "../../../src/analysis/paths/path-tree.ts";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import { describeWays, type WhyNode } from "../../../src/findings/why/why-nodes.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";

const HEAP = { types: { names: ["main.Node"] } } as unknown as Heap;

function step(name: string, own: number, children: PathNode[]): PathNode {
  const sum = (of: (node: PathNode) => number): number => children.reduce((total, child) => total + of(child), own);
  return {
    name,
    where: "",
    type: 0,
    own,
    count: sum(({ count }) => count),
    bytes: sum(({ bytes }) => bytes),
    things: 1,
    guessed: 0,
    namesGuessed: 0,
    children,
  };
}

function sumUp(nodes: readonly WhyNode[]): { steps: number; own: number; depth: number } {
  const sum = { steps: 0, own: 0, depth: 0 };
  for (const { folded, own, count, children } of nodes) {
    const below = sumUp(children);
    expect(count).toBe(folded > 0 ? count : own + children.reduce((total, child) => total + child.count, 0));
    sum.steps += Math.max(1, folded) + below.steps;
    sum.own += folded > 0 ? count : own + below.own;
    sum.depth = Math.max(sum.depth, 1 + below.depth);
  }
  return sum;
}

test("ways of any length end in one step that stands for the rest", () => {
  const most = 50_000;
  let way = step("last", 1, []);
  for (let i = 1; i < most; i++) way = step(`s${i}`, i % 2, [way]);
  const told = describeWays(HEAP, [way]);
  expect(sumUp(told)).toEqual({ steps: most, own: most / 2 + 1, depth: 101 });
  expect(() => JSON.stringify(told)).not.toThrow();
});

test("of any number of ways those to most objects are told, and one stands for the others", () => {
  const many = Array.from({ length: 90_000 }, (_, i) => step(`w${i}`, 1 + (i % 7), [step("x", 2, [])]));
  const told = describeWays(HEAP, many);
  const own = many.reduce((sum, { count }) => sum + count, 0);
  expect(sumUp(told)).toEqual({ steps: 180_000, own, depth: expect.any(Number) });
  expect(JSON.stringify(told).length).toBeLessThan(200_000);
  const rest = told.at(-1)!;
  for (const { folded, count } of told.slice(0, -1)) expect([folded, count]).toEqual([0, 9]);
  expect(rest.folded).toBeGreaterThan(170_000);
});

test("few are told as they are", () => {
  const told = describeWays(HEAP, [step("a", 0, [step("b", 2, []), step("c", 1, [])])]);
  expect(told).toMatchObject([{ name: "a", count: 3, folded: 0, children: [{ name: "b" }, { name: "c", own: 1 }] }]);
});

test("a chain of many different types is told", async () => {
  const count = 30_000;
  const edges = csr(
    count,
    Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const),
  );
  const chain = graphHeap({
    sizes: new Uint32Array(count).fill(16),
    ...edges,
    roots: [ROOT_TREE.data, 0],
    types: Int32Array.from({ length: count }, (_, i) => i % 3),
    typeNames: ["main.A", "main.B", "main.C"],
  });
  // The fixture has no segments to name.
  const named = { ...chain, segments: [{ kind: "data", address: 0 }], formatAddress: String } as unknown as Heap;
  const why = await explainWhy(named, ["/main/"], 3);
  expect([why.count, why.bytes, sumUp(why.tree).own]).toEqual([count, 16 * count, count]);
  expect(renderWhy(why)).toMatch(/and 29,9\d\d more steps/);
  expect(() => JSON.stringify(why)).not.toThrow();
  // What several names have is counted once.
  expect((await explainWhy(named, ["/main/", "main.A"])).count).toBe(count);
});

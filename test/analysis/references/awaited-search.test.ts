import { expect, test } from "vitest";
import { findWhoElseGoesOn, findWhoGoesOn, isDone } from "../../../src/analysis/references/awaited-search.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { csr, graphHeap, ROOT_TREE } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";
import { sharedHeap, withOneThread } from "../../workers/one-thread.ts";

const isNone = (): boolean => false;

test("who waits goes on once something that goes on leads to what it waits for", async () => {
  //  0 ─► 1, for which the first waits, who leads to 2 ─► 3, for which the second waits; nobody leads to 4, nor to 5 behind 6
  const heap = graphHeap({
    sizes: [1, 1, 1, 1, 1, 1, 1],
    ...csr(7, [
      [0, 1],
      [2, 3],
      [2, 6],
      [6, 5],
    ]),
    roots: [ROOT_TREE.data, 0],
  });
  const waits = { entries: [0], targets: [[1], [4, 3], [4], undefined, [5]], leadsTo: [[2], [], [], [], []] };
  const reach = await findWhoGoesOn(heap, waits, (object) => object === 6, NO_PROGRESS);
  expect([...reach.goesOn]).toEqual([1, 1, 0, 1, 0]);
  expect([0, 1, 2, 3, 4, 5, 6].map((object) => isDone(reach, object))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test("who is left goes on from what is found later, as if it had been there at first", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const heap = graphHeap(randomGraph(seed));
    const { count } = heap.objects;
    const some = (k: number): number[] => [(seed * k) % count, (seed + 7 * k) % count];
    const waits = { entries: some(2), targets: [3, 5, 11, 13].map(some), leadsTo: [1, 2, 4, 9].map(some) };
    const reach = await findWhoGoesOn(heap, waits, isNone, NO_PROGRESS);
    const left = [0, 1, 2, 3].filter((waiter) => reach.goesOn[waiter] === 0);
    const later = {
      entries: some(17),
      targets: left.map((waiter) => waits.targets[waiter]),
      leadsTo: left.map((waiter) => waits.leadsTo[waiter]!),
    };
    const found = await findWhoElseGoesOn(heap, later, reach, NO_PROGRESS);
    const all = goAround(heap, { ...waits, entries: [...waits.entries, ...some(17)] });
    expect([...found], `seed ${seed}`).toEqual(left.map((waiter) => all[waiter]));
  }
});

test("all of a long row goes on, where each waits for what the one before leads to", async () => {
  const count = 100_000;
  const heap = graphHeap({ sizes: new Uint8Array(count + 1).fill(1), ...csr(count + 1, []), roots: [] });
  const all = Array.from({ length: count }, (_, i) => i);
  const waits = { entries: [0], targets: all.map((i) => [i]), leadsTo: all.map((i) => [i + 1]) };
  expect((await findWhoGoesOn(heap, waits, isNone, NO_PROGRESS)).goesOn.every((goesOn) => goesOn === 1)).toBe(true);
});

test("another thread finds the same as none, and as going around until nothing changes", async () => {
  const kernels = await withOneThread(async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const heap = graphHeap(randomGraph(seed));
      const { count } = heap.objects;
      const some = (k: number): number[] => [(seed * k) % count, (seed + 7 * k) % count];
      const waits = { entries: [0], targets: [some(3), some(5), some(11), undefined], leadsTo: [1, 2, 4, 9].map(some) };
      const expected = goAround(heap, waits);
      expect([...(await findWhoGoesOn(heap, waits, isNone, NO_PROGRESS)).goesOn], `seed ${seed}`).toEqual(expected);
      expect([...(await findWhoGoesOn(sharedHeap(heap), waits, isNone, NO_PROGRESS)).goesOn]).toEqual(expected);
    }
  });
  expect(kernels).toEqual(new Array(40).fill("search-awaited"));
});

function goAround(
  { edges }: Heap,
  { entries, targets, leadsTo }: Parameters<typeof findWhoGoesOn>[1],
): readonly number[] {
  const reached = new Set(entries);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const object of [...reached]) {
      for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) reached.add(edges.to[edge]!);
    }
    for (const [waiter, known] of targets.entries()) {
      if (known === undefined || known.some((target) => reached.has(target)))
        for (const object of leadsTo[waiter]!) reached.add(object);
    }
  }
  return targets.map((known) => (known === undefined || known.some((target) => reached.has(target)) ? 1 : 0));
}

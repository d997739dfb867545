import { expect, test } from "vitest";
import { MaskSearch } from "../../../src/analysis/ownership/mask-search.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { csr } from "../../support/graph-fixture.ts";
import { randomGraph } from "../../support/random-graph.ts";

/** What each starting point leads to, one after the other: nothing spreads to what is barred, but from it, if it is begun with. */
function searchEach(start: Uint32Array, to: Int32Array, isBarred: Uint8Array, begin: readonly [number, number][]) {
  const mask = new Array<number>(isBarred.length).fill(0);
  for (const [first, bits] of begin) {
    const seen = new Set([first]);
    for (const object of seen) {
      mask[object]! |= bits;
      for (const target of to.subarray(start[object]!, start[object + 1]!)) {
        if (target < isBarred.length && isBarred[target] === 0) seen.add(target);
      }
    }
  }
  return mask;
}

test.each([3, 8, 16, 31])("tells what each of %i starting points leads to, on random graphs", async (bits) => {
  for (let seed = 1; seed <= 120; seed++) {
    const { sizes, start, to } = randomGraph(seed);
    const count = sizes.length;
    const isBarred = Uint8Array.from({ length: count }, (_, i) => ((i * seed) % 7 === 3 ? 1 : 0));
    const begin = Array.from({ length: bits }, (_, bit): [number, number] => [(seed * (bit + 5)) % count, 1 << bit]);
    const search = new MaskSearch(bits, start, to, isBarred);
    for (const [object, bit] of begin) search.add(object, bit);
    await search.spread(NO_PROGRESS);
    expect([...search.mask], `seed ${seed}`).toEqual(searchEach(start, to, isBarred, begin));
  }
});

test("goes down a list of any length, and back", async () => {
  const count = 300_000;
  const edges: [number, number][] = [];
  for (let i = 0; i + 1 < count; i++) edges.push([i, i + 1], [i + 1, i]);
  const { start, to } = csr(count, edges);
  const search = new MaskSearch(2, start, to, new Uint8Array(count));
  search.add(0, 1);
  search.add(count - 1, 2);
  const abort = new AbortController();
  let breaths = 0;
  const progress = {
    ...NO_PROGRESS,
    get signal() {
      breaths++;
      return abort.signal;
    },
  };
  await search.spread(progress);
  expect(search.mask.every((bits) => bits === 3)).toBe(true);
  // Down the list, back up, and once over all of it, which is one component.
  expect(breaths).toBeGreaterThanOrEqual(6);
});

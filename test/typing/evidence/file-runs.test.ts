/** Objects in the order of the dump: every object once, and never backwards. */
import { expect, test } from "vitest";
import { HAS_POINTERS, type Objects } from "../../../src/heap/objects.ts";
import { FileRuns } from "../../../src/typing/evidence/file-runs.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const SIZE = 64;
/** Objects of spans that the dump has in another order than that of addresses. */
function objectsOf(
  spans: readonly { readonly count: number; readonly hasPointers: boolean }[],
  order: number[],
): Objects {
  const starts: number[] = [];
  let at = 100;
  for (const span of order) {
    starts[span] = at;
    at += spans[span]!.count * (SIZE + 16);
  }
  const position = spans.flatMap(({ count }, span) =>
    [...Array(count).keys()].map((i) => starts[span]! + i * (SIZE + 16)),
  );
  const flags = spans.flatMap(({ count, hasPointers }) => Array<number>(count).fill(hasPointers ? HAS_POINTERS : 0));
  return {
    count: position.length,
    position: Float64Array.from(position),
    flags: Uint8Array.from(flags),
    size: new Uint32Array(position.length).fill(SIZE),
    hugeSize: new Map(),
  } as unknown as Objects;
}

/** Objects with pointers in the order in which the runs have them. */
function visited(objects: Objects, { first, order }: FileRuns): number[] {
  const list: number[] = [];
  for (const run of order) {
    for (let object = first[run]!; object < first[run + 1]!; object++) {
      if (objects.flags[object] === HAS_POINTERS) list.push(object);
    }
  }
  return list;
}

test.each([1, 2, 3, 4, 5])("runs have all objects with pointers in the order of the dump (seed %i)", (seed) => {
  const draw = seededRandom(seed);
  const spans = Array.from({ length: 1 + draw(40) }, () => ({ count: 1 + draw(300), hasPointers: draw(3) > 0 }));
  const order = spans.map((_, i) => i).sort(() => draw(3) - 1);
  const objects = objectsOf(spans, order);
  const runs = new FileRuns(objects);
  const all = [...objects.flags.keys()].filter((object) => objects.flags[object] === HAS_POINTERS);
  const byPosition = [...all].sort((a, b) => objects.position[a]! - objects.position[b]!);
  expect(visited(objects, runs)).toEqual(byPosition);
  // A run is not cut where the next object of the dump is the next in memory.
  expect(runs.order.length).toBeLessThanOrEqual(spans.length);
  // What is read ahead has no long way without objects, and reaches behind every object of the run.
  for (const [place, run] of runs.order.entries()) {
    const last = Math.max(...visited(objects, { first: runs.first, order: Uint32Array.of(run) } as FileRuns));
    expect(runs.end[place]!).toBeGreaterThanOrEqual(objects.position[last]! + SIZE);
    const within = byPosition.filter((object) => objects.position[object]! < runs.end[place]!);
    expect(runs.end[place]).toBe(Math.max(...within.map((object) => objects.position[object]! + SIZE)));
  }
});

test("a heap without pointers has no runs", () => {
  const runs = new FileRuns(objectsOf([{ count: 3, hasPointers: false }], [0]));
  expect([runs.order.length, [...runs.first]]).toEqual([0, [3]]);
});

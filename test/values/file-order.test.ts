/** Objects in the order of the dump: all of them, and some. */
import { expect, test } from "vitest";
import type { Objects } from "../../src/heap/objects.ts";
import { type FileRuns, orderByPosition, orderSomeByPosition } from "../../src/values/file-order.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** Spans of objects, which are in the dump in another order than by address. */
function drawObjects(seed: number): Objects {
  const random = seededRandom(seed);
  const spans = Array.from({ length: 1 + random(8) }, () => ({ count: 1 + random(60), size: 8 << random(9) }));
  const order = [...spans.keys()].sort(() => random(3) - 1);
  const count = spans.reduce((sum, span) => sum + span.count, 0);
  const [position, size] = [new Float64Array(count), new Uint32Array(count)];
  let at = 100;
  for (const span of order) {
    const first = spans.slice(0, span).reduce((sum, one) => sum + one.count, 0);
    for (let i = first; i < first + spans[span]!.count; i++) {
      position[i] = at;
      size[i] = spans[span]!.size;
      at += size[i]! + 20 + (random(10) === 0 ? 3000 : 0);
    }
    at += 8192;
  }
  return { count, position, size } as Objects;
}

function list({ count, first, end }: FileRuns): number[] {
  const objects: number[] = [];
  for (let run = 0; run < count; run++) for (let i = first[run]!; i < end[run]!; i++) objects.push(i);
  return objects;
}

test("all objects, and some of them, come as they stand in the dump", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const objects = drawObjects(seed);
    const random = seededRandom(seed);
    const inFile = (some: readonly number[]) => [...some].sort((a, b) => objects.position[a]! - objects.position[b]!);
    const all = [...objects.size.keys()];
    expect(list(orderByPosition(objects)), `seed ${seed}`).toEqual(inFile(all));
    for (const one of [1, 2, 5, 40]) {
      const some = all.filter(() => random(one) === 0);
      const among = new Int32Array((objects.count >>> 5) + 1);
      for (const object of some) among[object >>> 5]! |= 1 << (object & 31);
      const runs = orderSomeByPosition(objects, among);
      expect(list(runs), `seed ${seed}, one of ${one}`).toEqual(inFile(some));
    }
  }
});

test("those beside one another are one run, whatever word of bits they are in", () => {
  const count = 100;
  const position = Float64Array.from({ length: count }, (_, i) => 50 * i);
  const objects = { count, position, size: new Uint32Array(count).fill(32) } as unknown as Objects;
  const runs = orderSomeByPosition(objects, Int32Array.of(-1, -1, -1, 0b0101));
  expect(runs).toEqual({ count: 2, first: Uint32Array.of(0, 98), end: Uint32Array.of(97, 99) });
  expect(orderSomeByPosition(objects, new Int32Array(4)).count).toBe(0);
});

import { expect, test } from "vitest";
import { sortIndexes } from "../../src/heap/sort-indexes.ts";

/** Every so many-th index of a range, in an order that looks like none. */
function scattered(count: number, step: number, first: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + step * ((i * 7919) % count));
}

test.each([
  ["none", 0, 1],
  ["one", 1, 1],
  ["all of a range", 1000, 1],
  ["every 31st", 1000, 31],
  ["every 32nd", 1000, 32],
  ["few of a range", 1000, 300],
])("%s", (_, count, step) => {
  for (const first of [0, 5, 2 ** 31 - 1 - count * step]) {
    const indexes = scattered(count, step, first);
    sortIndexes(indexes);
    expect([...indexes]).toEqual(Array.from({ length: count }, (_, i) => first + step * i));
  }
});

test("two neighbours change places", () => {
  const indexes = Int32Array.of(7, 6);
  sortIndexes(indexes);
  expect([...indexes]).toEqual([6, 7]);
});

test("what is in order stays", () => {
  const indexes = Int32Array.of(3, 4, 900_000_000);
  sortIndexes(indexes);
  expect([...indexes]).toEqual([3, 4, 900_000_000]);
});

import { expect, test } from "vitest";
import { contentUsers } from "../../../src/findings/holders/content-users.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const heap = drawHeap(() => {});

test("users of contents are found among as many roots as there may be goroutines", () => {
  const goroutines = Array.from({ length: 200_000 }, (_, root) => root);
  expect(contentUsers(heap, [goroutines, goroutines, goroutines], goroutines)).toEqual([]);
  expect(contentUsers(heap, [goroutines, goroutines.slice(1)], goroutines.slice(2))).toEqual([1]);
});

test("users of contents are those that lead to all of the samples, and not to what has them", () => {
  expect(
    contentUsers(
      heap,
      [
        [1, 2, 3],
        [2, 3],
        [0, 2, 3],
      ],
      [3],
    ),
  ).toEqual([2]);
  expect(contentUsers(heap, [], [])).toEqual([]);
});

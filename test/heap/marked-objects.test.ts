import { expect, test } from "vitest";
import { MarkedObjects } from "../../src/heap/marked-objects.ts";

test("objects are marked once, and what has no mark loses none", () => {
  const marked = new MarkedObjects(8);
  expect([5, 2, 7, 5].map((object) => marked.add(object))).toEqual([true, true, true, false]);
  marked.remove(2);
  marked.remove(2);
  marked.remove(3);
  expect(marked.count).toBe(2);
  expect([...marked.list()]).toEqual([5, 7]);
});

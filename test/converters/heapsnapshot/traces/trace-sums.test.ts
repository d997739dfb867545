/** Sums of a damaged profile: DevTools reads nothing but digits. */
import { expect, test } from "vitest";
import { toDigits } from "../../../../converters/heapsnapshot/traces/trace-tree.ts";

test("sums beyond what digits can say are cut", () => {
  expect(String(toDigits(2 ** 64 * 88))).toMatch(/^\d+$/);
  expect(toDigits(96)).toBe(96);
});

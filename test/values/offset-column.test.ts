import { expect, test } from "vitest";
import { OffsetColumn } from "../../src/values/offset-column.ts";

test("holds what fits in two bytes, and what does not", () => {
  const column = new OffsetColumn(6);
  const values = [0, 1, 0xfffe, 0xffff, 0x1_0000, 2 ** 40];
  for (const [i, value] of values.entries()) column.set(i, value);
  expect(values.map((_, i) => column.get(i))).toEqual(values);
});

test("a number that was long may become short, and long again", () => {
  const column = new OffsetColumn(1);
  for (const value of [70_000, 12, 80_000]) {
    column.set(0, value);
    expect(column.get(0)).toBe(value);
  }
});

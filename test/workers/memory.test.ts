import { expect, test } from "vitest";
import { LEAST_GIVEN, memoryOf } from "../../src/workers/memory.ts";

test("memory of plain data is told once, and none of what threads share", () => {
  const column = new Int32Array(4);
  const other = new Float64Array(2);
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const value = { rows: 3, name: "x", none: null, list: [{ column }, column.subarray(1)], shared, deep: { other } };
  expect(memoryOf(value, 1)).toEqual([column.buffer, other.buffer]);
  expect(memoryOf(undefined, 1)).toEqual([]);
});

test("memory that is copied in no time is not given", () => {
  const large = new Uint8Array(LEAST_GIVEN);
  expect(memoryOf({ large, small: new Uint8Array(LEAST_GIVEN - 1) })).toEqual([large.buffer]);
});

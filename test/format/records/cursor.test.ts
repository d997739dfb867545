/** The window of the cursor: what it has is where it was, and it moves only if there is more to come. */
import { expect, test } from "vitest";
import { Cursor } from "../../../src/format/records/cursor.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

test("asked for more than there is left, the window has all of it and stays where it is", () => {
  const cursor = new Cursor(memorySource(BYTES));
  expect(cursor.ensure(10)).toBe(true);
  cursor.offset = 900;
  // Each of the last records asks so: to move what is left for all of them takes longer than to read them.
  expect(cursor.ensure(500)).toBe(false);
  expect(cursor.offset).toBe(900);
  expect(cursor.position).toBe(900);
  expect(cursor.bytes.subarray(cursor.offset, cursor.end)).toEqual(BYTES.subarray(900));
});

test("asked for more than it has, the window moves and goes on reading", () => {
  const cursor = new Cursor(memorySource(BYTES));
  expect(cursor.ensure(100, 100)).toBe(true);
  cursor.offset = 90;
  expect(cursor.ensure(50, 10)).toBe(true);
  expect(cursor.position).toBe(90);
  expect(cursor.bytes.subarray(cursor.offset, cursor.offset + 50)).toEqual(BYTES.subarray(90, 140));
  cursor.seek(995);
  expect(cursor.ensure(10)).toBe(false);
  expect(cursor.bytes.subarray(cursor.offset, cursor.end)).toEqual(BYTES.subarray(995));
});

import { afterEach, expect, test } from "vitest";
import { collectGarbageBy, copyColumn, letGo, longColumn, makeRoom, returnMemoryFrom } from "../src/column-memory.ts";

const MEGABYTE = 1 << 20;

afterEach(() => {
  returnMemoryFrom(0);
  collectGarbageBy(() => {});
});

test("a long column is as long as asked for, in a block that goes back to the system", () => {
  returnMemoryFrom(32 * MEGABYTE + 4096);
  const column = longColumn(Int32Array, 2 * MEGABYTE);
  expect(column).toHaveLength(2 * MEGABYTE);
  expect(column.buffer.byteLength).toBe(32 * MEGABYTE + 4096);
  expect(longColumn(Uint8Array, 40 * MEGABYTE).buffer.byteLength).toBe(40 * MEGABYTE);
});

test("short columns, and all where nobody knows better, take what they need", () => {
  expect(longColumn(Int32Array, 2 * MEGABYTE).buffer.byteLength).toBe(8 * MEGABYTE);
  returnMemoryFrom(32 * MEGABYTE);
  expect(longColumn(Int32Array, 1000).buffer.byteLength).toBe(4000);
});

test("a copy has the same elements and memory of its own", () => {
  const column = Int32Array.of(3, -1, 4);
  const copy = copyColumn(column);
  expect(copy).toEqual(column);
  copy[0] = 9;
  expect(column[0]).toBe(3);
  expect(copyColumn(Uint8Array.of(7))).toEqual(Uint8Array.of(7));
});

test("garbage is collected once columns are worth it, and not again until others are", () => {
  let collected = 0;
  makeRoom();
  collectGarbageBy(() => collected++);
  letGo(64 * MEGABYTE);
  makeRoom();
  makeRoom();
  expect(collected).toBe(1);
  longColumn(Uint8Array, 16 * MEGABYTE);
  makeRoom();
  expect(collected).toBe(1);
  longColumn(Uint8Array, 16 * MEGABYTE);
  makeRoom();
  expect(collected).toBe(2);
});

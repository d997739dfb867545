import { describe, expect, test } from "vitest";
import { HeapDumpError } from "../../../src/errors.ts";
import { Cursor } from "../../../src/format/records/cursor.ts";
import type { Uint64 } from "../../../src/format/records/records.ts";
import { encodeUvarint } from "../../../src/format/records/varint.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { concat, uvarint } from "../../support/dump-builder.ts";

function decode(bytes: Uint8Array): Uint64 {
  return new Cursor(memorySource(bytes)).uvarint();
}

function failure(bytes: Uint8Array): HeapDumpError {
  try {
    decode(bytes);
  } catch (error) {
    if (error instanceof HeapDumpError) return error;
    throw error;
  }
  throw new Error("decoded");
}

/** Any number of bytes, all but the last with the high bit. */
function overlong(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i === 0 ? value : 0) | (i < length - 1 ? 0x80 : 0));
}

describe("uvarint", () => {
  test.each<[Uint64, string]>([
    [0, "00"],
    [1, "01"],
    [127, "7f"],
    [128, "8001"],
    [300, "ac02"],
    [2 ** 32 - 1, "ffffffff0f"],
    [2 ** 32, "8080808010"],
    [2 ** 32 + 1, "8180808010"],
    [0xc000012000, "80c084808018"],
    [2 ** 53 - 1, "ffffffffffffff0f"],
    [2n ** 53n, "8080808080808010"],
    [2n ** 53n + 1n, "8180808080808010"],
    [2n ** 63n, "80808080808080808001"],
    [2n ** 64n - 1n, "ffffffffffffffffff01"],
  ])("%s is %s, both ways", (value, hex) => {
    expect(Buffer.from(uvarint(value)).toString("hex")).toBe(hex);
    expect(decode(Buffer.from(hex, "hex"))).toBe(value);
  });

  test("is a number below 2^53 and a bigint from there on, whoever wrote it", () => {
    expect(encodeUvarint(7n, new Uint8Array(10), 0)).toBe(1);
    expect(decode(uvarint(7n))).toBe(7);
    expect(typeof decode(uvarint(2n ** 53n))).toBe("bigint");
  });

  test.each([2, 3, 5, 9, 10])("an overlong one of %i bytes has its value", (length) => {
    expect(decode(overlong(5, length))).toBe(5);
  });

  test("more than ten bytes, or more than 64 bits, are refused where they begin or end", () => {
    const eleven = failure(overlong(5, 11));
    expect([eleven.code, eleven.position]).toEqual(["bad-varint", 0]);
    const tooMuch = failure(Uint8Array.of(...new Array(9).fill(0xff), 0x02));
    expect(tooMuch.code).toBe("bad-varint");
  });

  test("cut short, it says so at the place where it begins", () => {
    const error = failure(Uint8Array.of(0x80, 0x80));
    expect([error.code, error.position]).toEqual(["truncated", 0]);
  });

  test("is read across the window's end", () => {
    const values: Uint64[] = [127, 128, 2 ** 32 + 1, 2n ** 53n + 1n, 2n ** 64n - 1n];
    const encoded = concat(...values.map(uvarint));
    for (let before = 0; before <= encoded.length; before++) {
      const source = memorySource(concat(new Uint8Array((4 << 20) - before), encoded));
      const cursor = new Cursor(source);
      cursor.ensure(1);
      cursor.skip((4 << 20) - before);
      expect(values.map(() => cursor.uvarint())).toEqual(values);
      expect(cursor.remaining).toBe(0);
    }
  });
});

import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inflate } from "../../../src/io/packing/inflate.ts";
import { nativeZlib } from "../../../src/io/packing/native-zlib.ts";
import { UnpackError } from "../../../src/io/packing/unpacker.ts";
import { sampleBytes } from "./compressed.ts";

const unpacked = sampleBytes(400_000);
const packed = new Uint8Array(deflateSync(unpacked));

/** The same with one byte that is another. */
function damage(position: number): Uint8Array {
  const bytes = packed.slice();
  bytes[position]! ^= 0x10;
  return bytes;
}

test("Node's own is used where there is one", () => {
  expect(nativeZlib === undefined).toBe(!("getBuiltinModule" in process));
});

describe.each(nativeZlib ? ["native", "portable"] : ["portable"])("%s", (way) => {
  const unpack = (bytes: Uint8Array, size: number): Uint8Array =>
    way === "native" ? inflate(bytes, size) : inflate(bytes, size, null);

  test("a stream", () => {
    expect(Buffer.compare(unpack(packed, unpacked.length), unpacked)).toBe(0);
    expect(Buffer.compare(unpack(packed, unpacked.length + 10), unpacked)).toBe(0);
    expect(unpack(new Uint8Array(deflateSync(new Uint8Array(0))), 0)).toHaveLength(0);
    const zeros = new Uint8Array(1_000_000);
    expect(Buffer.compare(unpack(new Uint8Array(deflateSync(zeros)), zeros.length), zeros)).toBe(0);
  });

  test.each([
    ["what is cut", packed.subarray(0, -5), unpacked.length],
    ["what is damaged in the middle", damage(packed.length >> 1), unpacked.length],
    ["what has another checksum", damage(packed.length - 1), unpacked.length],
    ["what is longer than it may be", packed, unpacked.length - 1],
    ["something else", sampleBytes(100), 100],
    ["nothing", new Uint8Array(0), 100],
  ])("%s is refused", (_, bytes, size) => {
    expect(() => unpack(bytes, size)).toThrow(UnpackError);
  });
});

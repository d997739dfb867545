import * as zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { UnpackError } from "../../../src/io/packing/unpacker.ts";
import { unpackZstdFrame } from "../../../src/io/packing/zstd-sync.ts";
import { concat, sampleBytes, zstdFrame, zstdSkippableFrame } from "./compressed.ts";

const data = sampleBytes(400_000);
const packed = zstdFrame(data, { runLength: 70_000 });
const unpacked = concat(data, new Uint8Array(70_000).fill(0x47));

const hasNative = "zstdDecompressSync" in zlib;

describe.each(hasNative ? ["native", "portable"] : ["portable"])("%s", (way) => {
  const unpack = (bytes: Uint8Array, size: number): Uint8Array =>
    way === "native" ? unpackZstdFrame(bytes, size) : unpackZstdFrame(bytes, size, null);

  test("a frame", () => {
    expect(Buffer.compare(unpack(packed, unpacked.length), unpacked)).toBe(0);
  });

  test.each([
    ["what is cut", packed.subarray(0, -1), "the data ends too early"],
    ["two frames", concat(packed, packed), "there are 2 zstd frames instead of one"],
    ["no frame", zstdSkippableFrame(10), "there are 0 zstd frames instead of one"],
    ["something else", sampleBytes(100), "no zstd frame begins with"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => unpack(bytes, unpacked.length)).toThrow(message);
    expect(() => unpack(bytes, unpacked.length)).toThrow(UnpackError);
  });

  test("takes no more memory than it may, whatever its header wants", () => {
    const greedy = packed.slice();
    // A window of almost 2 GiB.
    greedy[5] = 0xa7;
    expect(unpack(greedy, unpacked.length).length).toBe(unpacked.length);
  });
});

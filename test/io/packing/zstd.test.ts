import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { BeyondUnpackerError } from "../../../src/io/packing/unpacker.ts";
import { createZstdUnpacker, HAS_NATIVE_ZSTD } from "../../../src/io/packing/zstd.ts";
import { concat, sampleBytes, zstdFrame } from "./compressed.ts";

const data = concat(sampleBytes(400_000), new Uint8Array(50_000), sampleBytes(400_000));

function hasCommand(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function unpack(bytes: Uint8Array, native: boolean, chunkSize: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const unpacker = createZstdUnpacker((part) => parts.push(part.slice()), native);
  for (let at = 0; at < bytes.length; at += chunkSize) await unpacker.push(bytes.slice(at, at + chunkSize));
  await unpacker.finish();
  return concat(...parts);
}

const ways = HAS_NATIVE_ZSTD ? [true, false] : [false];

describe.each(ways)("native: %s", (native) => {
  test.each([1000, 65_536, 1 << 20])("raw and run-length blocks in chunks of %d", async (chunkSize) => {
    const bytes = concat(zstdFrame(data, { runLength: 70_000 }), zstdFrame(data));
    const unpacked = await unpack(bytes, native, chunkSize);
    expect(Buffer.compare(unpacked, concat(data, new Uint8Array(70_000).fill(0x47), data))).toBe(0);
  });

  test.runIf(hasCommand("zstd")).each([["-1"], ["-19"], ["-3", "--long=27"], ["-3", "--no-check"], ["-3", "-B100000"]])(
    "what the zstd command writes with %s %s",
    async (...options) => {
      const compress = (input: Uint8Array) => execFileSync("zstd", ["-q", "-c", ...options.filter(Boolean)], { input });
      const bytes = concat(compress(data.subarray(0, 12_345)), compress(data.subarray(12_345)));
      for (const chunkSize of [999, 1 << 20]) {
        expect(Buffer.compare(await unpack(bytes, native, chunkSize), data)).toBe(0);
      }
    },
  );

  test("an error of the receiver comes through as it is", async () => {
    const unpacker = createZstdUnpacker(() => {
      throw new RangeError("full");
    }, native);
    const all = unpacker.push(zstdFrame(data)).then(() => unpacker.finish());
    await expect(all).rejects.toThrow(new RangeError("full"));
  });
});

describe("a window that is larger than fzstd is good for", () => {
  /** A frame of a few bytes, with the header that is given behind the magic. */
  const frame = (...header: number[]) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...header, 1, 0, 0);

  test.each([
    ["2 GiB", [0x00, 21 << 3], "2048 MiB"],
    ["2 GiB and 7 eighths", [0x00, (21 << 3) | 7], "3840 MiB"],
    ["a bit more than 128 MiB", [0x00, (17 << 3) | 1], "144 MiB"],
    ["a single segment of 4 GiB", [0xe0, 0, 0, 0, 0, 1, 0, 0, 0], "4096 MiB"],
    ["a single segment behind a dictionary's number", [0xa3, 1, 2, 3, 4, 0, 0, 0, 0x10], "256 MiB"],
  ])("%s is told", async (_size, header, told) => {
    for (const chunkSize of [1, 4, 1000]) {
      const error = await unpack(frame(...header), false, chunkSize).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(BeyondUnpackerError);
      expect((error as Error).message).toContain(`with a window of ${told} (--long)`);
    }
  });

  test.each([
    ["128 MiB", [0x00, 17 << 3]],
    ["a single segment of 256 bytes", [0x60, 0, 0]],
  ])("%s is not", async (_size, header) => {
    const error = await unpack(frame(...header), false, 1000).catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(BeyondUnpackerError);
  });

  test.runIf(hasCommand("zstd"))("as zstd --long=31 writes it", async () => {
    const bytes = execFileSync("zstd", ["-q", "-c", "--long=31"], { input: data });
    await expect(unpack(bytes, false, 1000)).rejects.toBeInstanceOf(BeyondUnpackerError);
    if (HAS_NATIVE_ZSTD) expect(Buffer.compare(await unpack(bytes, true, 1000), data)).toBe(0);
  });
});

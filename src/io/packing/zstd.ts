/**
 * Unpacks zstd: with node:zlib where it can (Node ≥ 22.15), otherwise with fzstd, which is JavaScript, some three times
 * slower, and does not verify the frames' checksums.
 */

import type { createGunzip } from "node:zlib";
import * as zlib from "node:zlib";
import { pushThroughStream } from "./gunzip.ts";
import { BeyondUnpackerError, UnpackError, type UnpackedBytes, type Unpacker } from "./unpacker.ts";
import { FrameSplitter } from "./zstd-frames.ts";

/** Unpacks one frame, which is pushed whole or in pieces. */
type FrameUnpacker = Unpacker;

/** node:zlib's maker of zstd streams, which the types of Node 20 do not know. */
const createZstdDecompress: ((options: object) => ReturnType<typeof createGunzip>) | undefined = (
  zlib as { createZstdDecompress?: (options: object) => ReturnType<typeof createGunzip> }
).createZstdDecompress;

/** True if Node itself unpacks zstd. */
export const HAS_NATIVE_ZSTD: boolean = createZstdDecompress !== undefined;

/** Unpacks a zstd file: any number of frames, skippable ones passed over. */
export function createZstdUnpacker(output: UnpackedBytes, native: boolean = HAS_NATIVE_ZSTD): Unpacker {
  const splitter = new FrameSplitter();
  let frame: FrameUnpacker | undefined;
  return {
    async push(chunk) {
      const pieces = splitter.split(chunk);
      for (;;) {
        const piece = nextPiece(pieces);
        if (!piece) return;
        if (!native) refuseLargeWindow(splitter.windowSize);
        frame ??= native ? createNativeFrameUnpacker(output) : await createPortableFrameUnpacker(output);
        await frame.push(piece.bytes);
        if (piece.last) {
          await frame.finish();
          frame = undefined;
        }
      }
    },
    async finish() {
      if (!splitter.atFrameBoundary) throw new UnpackError("the data ends too early", { truncated: true });
    },
  };
}

/** fzstd moves its whole window for every block: with a larger one than this a dump would take hours. */
const LARGEST_PORTABLE_WINDOW = 1 << 27;

function refuseLargeWindow(size: number): void {
  if (size <= LARGEST_PORTABLE_WINDOW) return;
  throw new BeyondUnpackerError(
    `is compressed by zstd with a window of ${Math.ceil(size / 2 ** 20)} MiB (--long), and this Node has no zstd of its own`,
    "use Node 22.15 or newer, or unpack it on the way: zstd -dc --long=31 … | gohd … -",
  );
}

function nextPiece(pieces: ReturnType<FrameSplitter["split"]>) {
  try {
    const { done, value } = pieces.next();
    return done ? undefined : value;
  } catch (error) {
    throw new UnpackError((error as Error).message, { truncated: false, cause: error });
  }
}

function createNativeFrameUnpacker(output: UnpackedBytes): FrameUnpacker {
  // `long` mode of the zstd command goes up to a window of 2^31.
  const windowLogMax = (zlib.constants as Record<string, number>).ZSTD_d_windowLogMax;
  const params = windowLogMax === undefined ? {} : { [windowLogMax]: 31 };
  return pushThroughStream(createZstdDecompress!({ chunkSize: 1 << 17, params }), output);
}

async function createPortableFrameUnpacker(output: UnpackedBytes): Promise<FrameUnpacker> {
  const { Decompress } = await import("fzstd");
  /** Errors of the receiver pass through fzstd, and must not be taken for damage. */
  let outputFault: unknown;
  const unpacker = new Decompress((bytes) => {
    try {
      output(bytes);
    } catch (error) {
      outputFault = error;
      throw error;
    }
  });
  function run(bytes: Uint8Array, last: boolean): void {
    try {
      unpacker.push(bytes, last);
    } catch (error) {
      if (outputFault) throw outputFault;
      throw new UnpackError((error as Error).message, { truncated: false, cause: error });
    }
  }
  return {
    async push(bytes) {
      run(bytes, false);
    },
    async finish() {
      run(new Uint8Array(0), true);
    },
  };
}

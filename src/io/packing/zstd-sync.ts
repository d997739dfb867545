/**
 * Unpacks one zstd frame that is in memory, at once: with Node's zlib where it can (Node ≥ 22.15), otherwise with fzstd. What
 * takes no more memory than it may, whatever the frame says of itself.
 */
import { decompress } from "fzstd";
import { nativeZlib } from "./native-zlib.ts";
import { UnpackError } from "./unpacker.ts";
import { FrameSplitter } from "./zstd-frames.ts";

/** A block of 4 bytes can stand for 128 KiB of one byte: zstd cannot pack more tightly. */
export const MAX_ZSTD_RATIO = 1 << 15;

/**
 * Unpacks a single frame to `size` bytes. fzstd does not tell if there are fewer: the rest is zero then.
 * @throws UnpackError if it is no frame, or not one frame, or cannot be unpacked
 */
export function unpackZstdFrame(
  packed: Uint8Array,
  size: number,
  native: typeof nativeZlib | null = nativeZlib,
): Uint8Array {
  try {
    checkSingleFrame(packed);
    if (native?.zstdDecompressSync) return native.zstdDecompressSync(packed, { maxOutputLength: Math.max(1, size) });
    // Into memory of that size, fzstd makes no window of its own, which a frame could make as large as it likes.
    return decompress(packed, new Uint8Array(size));
  } catch (error) {
    if (error instanceof UnpackError) throw error;
    throw new UnpackError((error as Error).message, { truncated: false, cause: error });
  }
}

function checkSingleFrame(packed: Uint8Array): void {
  const splitter = new FrameSplitter();
  let frames = 0;
  for (const { last } of splitter.split(packed)) if (last) frames++;
  if (!splitter.atFrameBoundary) throw new UnpackError("the data ends too early", { truncated: true });
  if (frames !== 1) throw new UnpackError(`there are ${frames} zstd frames instead of one`, { truncated: false });
}

/** Unpacks one zlib stream that is in memory, at once: with Node's zlib where there is one, otherwise with fflate. */
import { unzlibSync } from "fflate";
import { nativeZlib } from "./native-zlib.ts";
import { UnpackError } from "./unpacker.ts";

/** Deflate cannot pack more tightly than this. */
export const MAX_DEFLATE_RATIO = 1032;

/** What zlib's buffer needs more than the bytes; it takes no less than 64. */
const SPARE = 64;

/** Bytes of the checksum behind a stream. */
const CHECKSUM_LENGTH = 4;

/**
 * Unpacks a stream to `size` bytes at the most. Takes memory for them, whatever the stream says of itself.
 * @throws UnpackError if it is no stream, damaged, cut or longer than that
 */
export function inflate(packed: Uint8Array, size: number, native: typeof nativeZlib | null = nativeZlib): Uint8Array {
  try {
    // In one piece, which needs no second copy.
    if (native) return native.inflateSync(packed, { maxOutputLength: Math.max(1, size), chunkSize: size + SPARE });
    const bytes = unzlibSync(packed, { out: new Uint8Array(size) });
    // fflate does not look at it, and drops what there is no room for.
    if (adler32(bytes) === readChecksum(packed)) return bytes;
  } catch (error) {
    throw new UnpackError((error as Error).message, { truncated: false, cause: error });
  }
  throw new UnpackError("the checksum is wrong", { truncated: false });
}

function readChecksum(packed: Uint8Array): number {
  const end = packed.subarray(-CHECKSUM_LENGTH);
  return new DataView(end.buffer, end.byteOffset, end.length).getUint32(0);
}

/** Sums that fit into 31 bits need no remainder before so many bytes. */
const RUN = 3800;
const MODULUS = 65_521;

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + RUN, bytes.length);
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return b * 0x1_0000 + a;
}

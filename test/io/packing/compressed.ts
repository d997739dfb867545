/** Compressed inputs for the tests of `openSource`, made without any compressor of zstd: Node 20 has none. */
import { gzipSync } from "node:zlib";

/** Bytes that compress somewhat and repeat nowhere at a chunk's length. */
export function sampleBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    bytes[i] = (state >> 16) & 0x3f;
  }
  return bytes;
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes);
}

/** One zstd frame (RFC 8878) of raw and run-length blocks; a run-length block stands for `runLength` bytes 0x47. */
export function zstdFrame(bytes: Uint8Array, { runLength = 0, blockSize = 100_000 } = {}): Uint8Array {
  // Descriptor 0: no content size, no checksum, no dictionary; window descriptor 0x38 = 128 KiB.
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38)];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    parts.push(blockHeader(0, block.length), block);
  }
  if (runLength > 0) parts.push(blockHeader(1, runLength), Uint8Array.of(0x47));
  parts.push(blockHeader(0, 0, true));
  return new Uint8Array(Buffer.concat(parts));
}

export function zstdSkippableFrame(length: number): Uint8Array {
  const frame = new Uint8Array(8 + length).fill(0x28);
  new DataView(frame.buffer).setUint32(0, 0x184d2a53, true);
  new DataView(frame.buffer).setUint32(4, length, true);
  return frame;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function blockHeader(type: number, size: number, last = false): Uint8Array {
  const value = (last ? 1 : 0) | (type << 1) | (size << 3);
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

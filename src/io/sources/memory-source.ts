/** Bytes in memory as a source. Works wherever JavaScript does. */
import type { ByteSource } from "./source.ts";

/** Bytes that are in memory already; not copied. */
export function memorySource(bytes: Uint8Array, name = "<memory>"): ByteSource {
  return {
    name,
    size: bytes.length,
    read(target, targetOffset, length, position) {
      const end = Math.min(bytes.length, position + length);
      if (end <= position) return 0;
      target.set(bytes.subarray(position, end), targetOffset);
      return end - position;
    },
    close() {},
  };
}

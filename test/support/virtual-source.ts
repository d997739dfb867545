/**
 * Sources that tests read dumps from: dumps of many GiB that take no memory, and one that counts what is read of it.
 */
import type { ByteSource } from "../../src/io/sources/source.ts";

/** Bytes, or as many zeros as the number says. */
export type Part = Uint8Array | number;

/** Strings parts together without copying them. A read costs a binary search and the bytes that are asked for. */
export function virtualSource(parts: readonly Part[], name = "<virtual>"): ByteSource {
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += typeof part === "number" ? part : part.length;
  }
  return {
    name,
    size,
    read(target, targetOffset, length, position) {
      const end = Math.min(size, position + length);
      let part = lastNotAbove(starts, position);
      for (let at = position; at < end; part++) {
        const content = parts[part]!;
        const inside = at - starts[part]!;
        const left = (typeof content === "number" ? content : content.length) - inside;
        const taken = Math.min(left, end - at);
        const to = targetOffset + at - position;
        if (typeof content === "number") target.fill(0, to, to + taken);
        else target.set(content.subarray(inside, inside + taken), to);
        at += taken;
      }
      return Math.max(0, end - position);
    },
    close() {},
  };
}

function lastNotAbove(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export interface CountingSource extends ByteSource {
  /** Bytes handed out so far, repetitions counted. */
  readonly bytesRead: number;
  /** Calls of `read` so far. */
  readonly reads: number;
}

/** Counts what is read of `source`. */
export function countingSource(source: ByteSource): CountingSource {
  let bytesRead = 0;
  let reads = 0;
  return {
    name: source.name,
    size: source.size,
    read(target, targetOffset, length, position) {
      const taken = source.read(target, targetOffset, length, position);
      bytesRead += taken;
      reads++;
      return taken;
    },
    close: () => source.close(),
    get bytesRead() {
      return bytesRead;
    },
    get reads() {
      return reads;
    },
  };
}

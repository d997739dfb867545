/**
 * ByteSource: random access to bytes, wherever they are. Reading is synchronous, because the decoder's loops are; what
 * cannot be read at random (pipes, compressed files) is unpacked beforehand, see `open.ts`.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export interface ByteSource {
  /** How errors call it: a path, or "<stdin>". */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Copies up to `length` bytes from `position` into `target` at `targetOffset`; returns how many there were. Fewer than
   * `length` only at the end.
   */
  read(target: Uint8Array, targetOffset: number, length: number, position: number): number;
  close(): void;
}

/** readSync takes at most 2^31-1 bytes; a round number below it. */
const MAX_READ = 1 << 30;

/** Opens a regular file. Throws node's own error (ENOENT, EACCES, …). */
export function openFile(path: string): ByteSource {
  const fd = openSync(path, "r");
  const { size } = fstatSync(fd);
  return fileSource(fd, path, size);
}

/** Wraps an open file descriptor; `close` closes it. */
export function fileSource(fd: number, name: string, size: number): ByteSource {
  return {
    name,
    size,
    read(target, targetOffset, length, position) {
      let done = 0;
      while (done < length) {
        const n = readSync(fd, target, targetOffset + done, Math.min(length - done, MAX_READ), position + done);
        if (n === 0) break;
        done += n;
      }
      return done;
    },
    close() {
      closeSync(fd);
    },
  };
}

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

/**
 * ByteSource: random access to bytes, wherever they are. Reading is synchronous, because the decoder's loops are; what
 * cannot be read at random (pipes, compressed files) is unpacked beforehand, see `open.ts`.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InputChangedError } from "../../errors.ts";

export interface ByteSource {
  /** How errors call it: a path, or "<stdin>". */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Copies up to `length` bytes from `position` into `target` at `targetOffset`; returns how many there were. Fewer than
   * `length` only at `size`.
   * @throws InputChangedError if there are fewer now than there were
   */
  read(target: Uint8Array, targetOffset: number, length: number, position: number): number;
  /**
   * Compares what can change with what it was when it was opened: to be called when all has been read.
   * @throws InputChangedError
   */
  checkUnchanged?(): void;
  close(): void;
}

/** readSync takes at most 2^31-1 bytes; a round number below it. */
const MAX_READ = 1 << 30;

/** Opens a regular file. Throws node's own error (ENOENT, EACCES, …). */
export function openFile(path: string): ByteSource {
  return fileSource(openSync(path, "r"), path);
}

/** Wraps the descriptor of a regular file; `close` closes it. What is added to the file from now on is not read. */
export function fileSource(fd: number, name: string): ByteSource {
  const before = fstatSync(fd, { bigint: true });
  const size = Number(before.size);
  return {
    name,
    size,
    read(target, targetOffset, length, position) {
      const wanted = Math.max(0, Math.min(length, size - position));
      let done = 0;
      while (done < wanted) {
        const n = readSync(fd, target, targetOffset + done, Math.min(wanted - done, MAX_READ), position + done);
        if (n === 0) throw new InputChangedError(name, size, position + done);
        done += n;
      }
      return done;
    },
    checkUnchanged() {
      const now = fstatSync(fd, { bigint: true });
      if (now.size !== before.size || now.mtimeNs !== before.mtimeNs) {
        throw new InputChangedError(name, size, Number(now.size));
      }
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

/** Files as sources: read where they are, and watched for changes. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InputChangedError } from "../../errors.ts";
import type { ByteSource } from "./source.ts";

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
    modified: before.mtimeNs,
    descriptor: fd,
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

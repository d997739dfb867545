/**
 * Spool: takes bytes of unknown length and then gives them out at random. It keeps them in memory up to a limit and in a
 * temporary file beyond, so that an unpacked dump of any size can be read on a machine of any size. The file has no name
 * while it is used: whatever ends the process, nothing of the dump (which holds secrets) stays behind.
 */

import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { ConverterError } from "../../errors.ts";
import { describeSystemError } from "../system-errors.ts";
import { announceGone, nameInside, type Temporary, takeAway } from "../temporaries/temporary.ts";
import { fileSource } from "./file-source.ts";
import type { ByteSource } from "./source.ts";

/** Where unpacked bytes are kept. */
export interface SpoolOptions {
  /** Bytes kept in memory at most; more go to a file. */
  readonly memoryLimit?: number;
  /** Where that file is made; the system's temporary directory if not given. */
  readonly directory?: string;
}

const DEFAULT_MEMORY_LIMIT = 64 * 1024 * 1024;
const BLOCK_SIZE = 1 << 20;

/** Takes bytes, then becomes a source: write … write, `toSource` or `discard`. */
export class Spool {
  /** Bytes taken so far. */
  size = 0;
  private readonly memoryLimit: number;
  private readonly directory: string;
  private blocks: Uint8Array[] = [];
  private file: { readonly fd: number; readonly remove: () => void } | undefined;

  constructor(options: SpoolOptions = {}) {
    this.memoryLimit = options.memoryLimit ?? DEFAULT_MEMORY_LIMIT;
    this.directory = options.directory ?? tmpdir();
  }

  /** Copies `bytes` to the end. @throws ConverterError when the temporary file cannot be made or written. */
  write(bytes: Uint8Array): void {
    if (this.isFull(bytes.length)) this.moveToFile();
    if (this.file) this.writeToFile(this.file.fd, bytes);
    else this.writeToMemory(bytes);
    this.size += bytes.length;
  }

  /** Whether so many bytes more would be the first that go to the file. */
  isFull(more: number): boolean {
    return this.file === undefined && this.size + more > this.memoryLimit;
  }

  /** What was written, as long as it is in memory, and until more is. */
  soFar(name: string): ByteSource {
    return blockSource(this.blocks, this.size, name);
  }

  /** Gives out what was written; the spool takes no more. Closing the source frees the memory or the file. */
  toSource(name: string): ByteSource {
    const { file, size, blocks } = this;
    if (!file) return blockSource(blocks, size, name);
    const { modified: _, ...source } = fileSource(file.fd, name);
    return {
      ...source,
      close() {
        source.close();
        file.remove();
      },
    };
  }

  /** Throws everything away. */
  discard(): void {
    this.blocks = [];
    if (this.file) {
      closeSync(this.file.fd);
      this.file.remove();
      this.file = undefined;
    }
  }

  private describe(error: unknown): ConverterError {
    return new ConverterError(`cannot keep the unpacked dump in ${this.directory}: ${describeSystemError(error)}`, {
      hint: "set TMPDIR to a directory with room for it, or unpack the dump beforehand",
      cause: error,
    });
  }

  private writeToMemory(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      const inBlock = (this.size + done) % BLOCK_SIZE;
      if (inBlock === 0) this.blocks.push(new Uint8Array(BLOCK_SIZE));
      const take = Math.min(BLOCK_SIZE - inBlock, bytes.length - done);
      this.blocks.at(-1)!.set(bytes.subarray(done, done + take), inBlock);
      done += take;
    }
  }

  private writeToFile(fd: number, bytes: Uint8Array): void {
    try {
      let done = 0;
      while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done);
    } catch (error) {
      throw this.describe(error);
    }
  }

  private moveToFile(): void {
    const temporary = nameInside(this.directory, "spool");
    try {
      this.file = { fd: openSync(temporary.path, "wx+", 0o600), remove: unlinkNowOrLater(temporary) };
    } catch (error) {
      throw this.describe(error);
    }
    let left = this.size;
    for (const block of this.blocks) {
      this.writeToFile(this.file.fd, block.subarray(0, Math.min(left, BLOCK_SIZE)));
      left -= BLOCK_SIZE;
    }
    this.blocks = [];
  }
}

/** Unlinks an open file. Where the system refuses that (Windows), returns how to do it after closing. */
function unlinkNowOrLater(temporary: Temporary): () => void {
  try {
    unlinkSync(temporary.path);
    announceGone(temporary);
    return () => {};
  } catch {
    return () => takeAway(temporary);
  }
}

function blockSource(blocks: readonly Uint8Array[], size: number, name: string): ByteSource {
  return {
    name,
    size,
    read(target, targetOffset, length, position) {
      const end = Math.min(size, position + length);
      let at = position;
      while (at < end) {
        const inBlock = at % BLOCK_SIZE;
        const take = Math.min(BLOCK_SIZE - inBlock, end - at);
        const block = blocks[Math.floor(at / BLOCK_SIZE)]!;
        target.set(block.subarray(inBlock, inBlock + take), targetOffset + at - position);
        at += take;
      }
      return Math.max(0, end - position);
    },
    close() {},
  };
}

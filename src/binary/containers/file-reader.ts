/** Reads pieces of an executable by position, and says what is missing if the file, or its slice of it, is cut. */
import { ExecutableError } from "../../errors.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { readFully } from "./image.ts";

/** A part of a file: [start, end). */
export interface FileRange {
  readonly start: number;
  readonly end: number;
}

/** Reads ranges of a file, all of which have to be there. Keeps nothing of what it read. */
export class FileReader {
  readonly source: ByteSource;
  /** What may be read; positions count from the beginning of the file all the same. */
  readonly range: FileRange;

  constructor(source: ByteSource, range: FileRange = { start: 0, end: source.size }) {
    this.source = source;
    this.range = range;
  }

  /** @throws ExecutableError (`truncated`) unless [position, position + length) can be read; `what` is missing then. */
  demand(position: number, length: number, what: string): void {
    const { end } = this.range;
    if (position + length <= end) return;
    throw new ExecutableError(
      `${this.source.name} is cut short: ${what} should end at byte ${position + length}, the file has ${end}`,
      { code: "truncated", position: end, hint: "copy the file once more" },
    );
  }

  /** Reads a copy of a range. @throws ExecutableError (`truncated`, `read-failed`) */
  bytes(position: number, length: number, what: string): Uint8Array {
    this.demand(position, length, what);
    const bytes = new Uint8Array(length);
    // The size may have changed since it was opened.
    const got = readFully(this.source, bytes, position);
    if (got < length) {
      throw new ExecutableError(`${this.source.name} is cut short in ${what}`, {
        code: "truncated",
        position: position + got,
      });
    }
    return bytes;
  }

  /** The same as a view. */
  view(position: number, length: number, what: string): DataView {
    return new DataView(this.bytes(position, length, what).buffer);
  }
}

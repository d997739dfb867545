/** Reads pieces of an ELF file by position, in its own byte order and word size, and says what is missing if it is cut. */
import { ExecutableError } from "../errors.ts";
import type { ByteSource } from "../io/source.ts";
import { readFully, readUint64 } from "./image.ts";

export class ElfReader {
  readonly source: ByteSource;
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;

  /** @throws ExecutableError (`truncated`, `damaged`) unless the identification makes sense. */
  constructor(source: ByteSource) {
    this.source = source;
    const identification = this.bytes(0, 16, "its header");
    const [wordClass, order] = [identification[4], identification[5]];
    if ((wordClass !== 1 && wordClass !== 2) || (order !== 1 && order !== 2)) {
      throw new ExecutableError(`${source.name} has an ELF header of an unknown class or byte order`, {
        code: "damaged",
        position: 4,
      });
    }
    this.pointerSize = wordClass === 2 ? 8 : 4;
    this.bigEndian = order === 2;
  }

  /** @throws ExecutableError (`truncated`) unless the file has [position, position + length); `what` is missing then. */
  demand(position: number, length: number, what: string): void {
    const { size, name } = this.source;
    if (position + length <= size) return;
    throw new ExecutableError(
      `${name} is cut short: ${what} should end at byte ${position + length}, the file has ${size}`,
      { code: "truncated", position: size, hint: "copy the executable once more" },
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

  /** Reads a word of `pointerSize` bytes. */
  word(view: DataView, offset: number): number {
    if (this.pointerSize === 4) return view.getUint32(offset, !this.bigEndian);
    return readUint64(view, offset, this.bigEndian);
  }
}

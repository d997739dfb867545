/** Reads pieces of an ELF file in its own byte order and word size. */
import { ExecutableError } from "../../../errors.ts";
import type { ByteSource } from "../../../io/sources/source.ts";
import { FileReader } from "../file-reader.ts";
import { readUint64 } from "../image.ts";

/** Reads ranges of an ELF file, and words as the file has them. */
export class ElfReader extends FileReader {
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;

  /** @throws ExecutableError (`truncated`, `damaged`) unless the identification makes sense. */
  constructor(source: ByteSource) {
    super(source);
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

  /** Reads a word of `pointerSize` bytes. */
  word(view: DataView, offset: number): number {
    if (this.pointerSize === 4) return view.getUint32(offset, !this.bigEndian);
    return readUint64(view, offset, this.bigEndian);
  }
}

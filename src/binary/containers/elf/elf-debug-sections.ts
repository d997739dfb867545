/** ELF's debug sections, as they are or packed: SHF_COMPRESSED with a header (System V ABI, chapter 4), or .zdebug_. */
import { ExecutableError } from "../../../errors.ts";
import { inflateDebugSection, readOldHeader, unpackZstdDebugSection } from "../debug-compression.ts";
import type { ElfReader } from "./elf-reader.ts";
import { type ElfSection, SectionType } from "./elf-sections.ts";

const FLAG_COMPRESSED = 0x800;
const Compression = { Zlib: 1, Zstd: 2 } as const;

/**
 * Reads the section ".debug_<name>" or ".zdebug_<name>"; undefined if there is neither.
 * @throws ExecutableError (`truncated`, `damaged`, `unsupported`, `read-failed`)
 */
export function readElfDebugSection(
  reader: ElfReader,
  sections: readonly ElfSection[],
  name: string,
): Uint8Array | undefined {
  const find = (wanted: string): ElfSection | undefined =>
    sections.find((section) => section.name === wanted && section.type !== SectionType.NoBits);
  const section = find(`.debug_${name}`);
  const old = section === undefined ? find(`.zdebug_${name}`) : undefined;
  const chosen = section ?? old;
  if (chosen === undefined) return undefined;
  const bytes = reader.bytes(chosen.position, chosen.size, chosen.name);
  if (old !== undefined) {
    const { packed, size } = readOldHeader(bytes, chosen);
    return inflateDebugSection(packed, size, chosen);
  }
  if ((chosen.flags & FLAG_COMPRESSED) === 0) return bytes;
  const wide = reader.pointerSize === 8;
  const headerSize = wide ? 24 : 12;
  if (bytes.length < headerSize) {
    throw new ExecutableError(`section ${chosen.name} is too short to be compressed`, {
      code: "damaged",
      position: chosen.position,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint32(0, !reader.bigEndian);
  const packed = bytes.subarray(headerSize);
  const size = reader.word(view, wide ? 8 : 4);
  switch (type) {
    case Compression.Zlib:
      return inflateDebugSection(packed, size, chosen);
    case Compression.Zstd:
      return unpackZstdDebugSection(packed, size, chosen);
    default:
      throw new ExecutableError(`section ${chosen.name} is compressed by the unknown way ${type}`, {
        code: "unsupported",
        position: chosen.position,
        hint: "unpack a copy: objcopy --decompress-debug-sections <executable> <copy>",
      });
  }
}

/** ELF's debug sections, as they are or packed: SHF_COMPRESSED with a header (System V ABI, chapter 4), or .zdebug_. */
import { ExecutableError } from "../../../errors.ts";
import {
  inflateDebugSection,
  openOldSection,
  type PackedSection,
  unpackZstdDebugSection,
} from "../debug-compression.ts";
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
  const found = open(reader, sections, name);
  return found instanceof Uint8Array ? found : found?.unpack();
}

/** Bytes to which a packed section claims to unpack; 0 of others. @throws as `readElfDebugSection` */
export function unpackedElfDebugSize(reader: ElfReader, sections: readonly ElfSection[], name: string): number {
  const found = open(reader, sections, name);
  return found === undefined || found instanceof Uint8Array ? 0 : found.size;
}

function open(
  reader: ElfReader,
  sections: readonly ElfSection[],
  name: string,
): Uint8Array | PackedSection | undefined {
  const find = (wanted: string): ElfSection | undefined =>
    sections.find((section) => section.name === wanted && section.type !== SectionType.NoBits);
  const section = find(`.debug_${name}`);
  const old = section === undefined ? find(`.zdebug_${name}`) : undefined;
  const chosen = section ?? old;
  if (chosen === undefined) return undefined;
  const bytes = reader.bytes(chosen.position, chosen.size, chosen.name);
  if (old !== undefined) return openOldSection(bytes, chosen);
  return (chosen.flags & FLAG_COMPRESSED) === 0 ? bytes : openCompressed(reader, chosen, bytes);
}

/** A section with a header that tells how it is compressed. */
function openCompressed(reader: ElfReader, section: ElfSection, bytes: Uint8Array): PackedSection {
  const wide = reader.pointerSize === 8;
  const headerSize = wide ? 24 : 12;
  if (bytes.length < headerSize) {
    throw new ExecutableError(`section ${section.name} is too short to be compressed`, {
      code: "damaged",
      position: section.position,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint32(0, !reader.bigEndian);
  const packed = bytes.subarray(headerSize);
  const size = reader.word(view, wide ? 8 : 4);
  switch (type) {
    case Compression.Zlib:
      return { size, unpack: () => inflateDebugSection(packed, size, section) };
    case Compression.Zstd:
      return { size, unpack: () => unpackZstdDebugSection(packed, size, section) };
    default:
      throw new ExecutableError(`section ${section.name} has the unknown compression ${type}`, {
        code: "unsupported",
        position: section.position,
        hint: "unpack a copy: objcopy --decompress-debug-sections <executable> <copy>",
      });
  }
}

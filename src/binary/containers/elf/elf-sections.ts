/** ELF's section headers. Programs run without them, so that they may be missing altogether. */
import { ExecutableError } from "../../../errors.ts";
import { stringAt } from "../string-table.ts";
import type { ElfReader } from "./elf-reader.ts";

/** Values of `ElfSection.type` (sh_type) that matter here. */
export const SectionType = { SymbolTable: 2, NoBits: 8 } as const;

/** A section header; fields as in Elf64_Shdr. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly position: number;
  readonly size: number;
  /** Index of another section: of a symbol table, its strings. */
  readonly link: number;
  readonly entrySize: number;
}

/** No linker writes longer ones; in a damaged table every section's could reach to the end of the file. */
const MAX_NAME_LENGTH = 256;

/** Values that do not fit the ELF header's 16 bits are in section 0. */
const NAMES_IN_FIRST = 0xffff;

/**
 * Reads all section headers, the empty first one included, so that indexes are the file's.
 * @throws ExecutableError (`truncated`, `damaged`)
 */
export function readElfSections(
  reader: ElfReader,
  header: {
    readonly sectionPosition: number;
    readonly sectionEntrySize: number;
    readonly sectionCount: number;
    readonly sectionNames: number;
  },
): readonly ElfSection[] {
  const { sectionPosition: table, sectionEntrySize: entrySize } = header;
  if (table === 0) return [];
  const wide = reader.pointerSize === 8;
  if (entrySize < (wide ? 64 : 40)) {
    throw new ExecutableError(`section headers of ${entrySize} bytes`, { code: "damaged", position: table });
  }
  let { sectionCount: count, sectionNames: names } = header;
  if (count === 0 || names === NAMES_IN_FIRST) {
    const first = readSection(reader, reader.view(table, entrySize, "its section headers"), 0);
    if (count === 0) count = first.size;
    if (names === NAMES_IN_FIRST) names = first.link;
  }
  const view = reader.view(table, count * entrySize, "its section headers");
  const raw = Array.from({ length: count }, (_, i) => readSection(reader, view, i * entrySize));
  for (const section of raw) {
    if (section.type !== 0 && section.type !== SectionType.NoBits) {
      reader.demand(section.position, section.size, "a section");
    }
  }
  const strings = raw[names];
  if (!strings || strings.type === SectionType.NoBits) return raw.map((section) => ({ ...section, name: "" }));
  const text = reader.bytes(strings.position, strings.size, "its section names");
  return raw.map((section) => ({ ...section, name: stringAt(text, section.nameOffset, MAX_NAME_LENGTH) }));
}

function readSection(
  reader: ElfReader,
  view: DataView,
  at: number,
): Omit<ElfSection, "name"> & { readonly nameOffset: number } {
  const little = !reader.bigEndian;
  const wide = reader.pointerSize === 8;
  return {
    nameOffset: view.getUint32(at, little),
    type: view.getUint32(at + 4, little),
    // All flags that matter are in the low half.
    flags: view.getUint32(at + (wide && reader.bigEndian ? 12 : 8), little),
    address: reader.word(view, at + (wide ? 16 : 12)),
    position: reader.word(view, at + (wide ? 24 : 16)),
    size: reader.word(view, at + (wide ? 32 : 20)),
    link: view.getUint32(at + (wide ? 40 : 24), little),
    entrySize: reader.word(view, at + (wide ? 56 : 36)),
  };
}

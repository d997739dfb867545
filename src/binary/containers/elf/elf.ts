/**
 * ELF executables, 32 and 64 bits, both byte orders: headers to segments and sections, PIE relocations, symbols. Layouts
 * as in the System V ABI, chapters 4 and 5. Knows nothing of Go but the spelling of architectures. Not read: versioned and
 * dynamic symbols, relocations that name a symbol.
 */
import { ExecutableError } from "../../../errors.ts";
import type { ByteSource } from "../../../io/sources/source.ts";
import type { Executable, Section } from "../container.ts";
import { Image } from "../image.ts";
import type { Segment } from "../segments.ts";
import { checkSegment, orderSegments } from "../segments.ts";
import type { SymbolTable } from "../symbols.ts";
import { readElfDebugSection, unpackedElfDebugSize } from "./elf-debug-sections.ts";
import { ElfReader } from "./elf-reader.ts";
import { createElfRelocator, type DynamicRange } from "./elf-relocations.ts";
import { type ElfSection, readElfSections, SectionType } from "./elf-sections.ts";
import { readElfSymbols } from "./elf-symbols.ts";

/** First bytes of every ELF file. */
export const ELF_MAGIC = "\x7fELF";

const FileType = { Relocatable: 1, Executable: 2, Shared: 3, Core: 4 } as const;
const ProgramType = { Load: 1, Dynamic: 2 } as const;
const FLAG_EXECUTABLE = 1;
const FLAG_WRITABLE = 2;

/** e_machine to GOARCH; mips and ppc64 depend on more. */
const ARCHES: Readonly<Record<number, string>> = {
  3: "386",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

interface ElfHeader {
  readonly type: number;
  readonly machine: number;
  readonly programPosition: number;
  readonly programEntrySize: number;
  readonly programCount: number;
  readonly sectionPosition: number;
  readonly sectionEntrySize: number;
  readonly sectionCount: number;
  readonly sectionNames: number;
}

/** What kinds of files `openElf` takes. */
export interface OpenElfOptions {
  /** Take a file with debug information only (`objcopy --only-keep-debug`) instead of refusing it. Its image is empty. */
  readonly allowDebugOnly?: boolean;
}

/**
 * Opens an ELF executable. Reads the headers only; the source stays open, and `close` of what is returned closes it.
 * @throws ExecutableError (`core-file`, `unsupported`, `packed`, `truncated`, `damaged`, `not-an-executable`)
 */
export function openElf(source: ByteSource, { allowDebugOnly = false }: OpenElfOptions = {}): Executable {
  const reader = new ElfReader(source);
  const header = readHeader(reader);
  refuseOtherTypes(header, source.name);
  const elfSections = readElfSections(reader, header);
  // Sections without contents keep their headers, and those of segments are of no use then.
  const isDebugOnly = elfSections.some(({ name, type }) => name === ".text" && type === SectionType.NoBits);
  if (isDebugOnly && !allowDebugOnly) {
    throw new ExecutableError(`${source.name} holds debug information only, not the program`, {
      code: "unsupported",
      hint: "give the executable itself; a stripped one will do",
    });
  }
  const { segments, dynamic } = isDebugOnly ? { segments: [], dynamic: undefined } : readSegments(reader, header);
  refusePacked(reader, header);
  if (segments.length === 0 && !isDebugOnly) {
    throw new ExecutableError(`${source.name} has nothing to load`, { code: "not-an-executable" });
  }
  const relocate = createElfRelocator(reader, header.machine, segments, dynamic);
  let symbols: SymbolTable | undefined;
  return {
    name: source.name,
    format: "elf",
    arch: describeArch(reader, header.machine),
    pointerSize: reader.pointerSize,
    bigEndian: reader.bigEndian,
    type: header.type === FileType.Shared ? "pie" : "exec",
    segments,
    sections: elfSections.map(toSection),
    image: new Image(source, segments, reader, relocate),
    symbols: () => {
      symbols ??= readElfSymbols(reader, elfSections);
      return symbols;
    },
    debugSection: (name) => readElfDebugSection(reader, elfSections, name),
    unpackedDebugSize: (name) => unpackedElfDebugSize(reader, elfSections, name),
    close: () => source.close(),
  };
}

function readHeader(reader: ElfReader): ElfHeader {
  const wide = reader.pointerSize === 8;
  const view = reader.view(0, wide ? 64 : 52, "its header");
  const little = !reader.bigEndian;
  const tables = wide ? 32 : 28;
  const after = tables + 2 * reader.pointerSize + 4 + 2;
  return {
    type: view.getUint16(16, little),
    machine: view.getUint16(18, little),
    programPosition: reader.word(view, tables),
    sectionPosition: reader.word(view, tables + reader.pointerSize),
    programEntrySize: view.getUint16(after, little),
    programCount: view.getUint16(after + 2, little),
    sectionEntrySize: view.getUint16(after + 4, little),
    sectionCount: view.getUint16(after + 6, little),
    sectionNames: view.getUint16(after + 8, little),
  };
}

function refuseOtherTypes({ type }: ElfHeader, name: string): void {
  if (type === FileType.Executable || type === FileType.Shared) return;
  if (type === FileType.Core) {
    throw new ExecutableError(`${name} is a core file, the memory of a process, not its executable`, {
      code: "core-file",
      hint: "give the program that crashed; `file` tells its name",
    });
  }
  const what = type === FileType.Relocatable ? "an object file that was not linked" : `ELF of the unknown type ${type}`;
  throw new ExecutableError(`${name} is ${what}`, { code: "not-an-executable", position: 16 });
}

function readSegments(
  reader: ElfReader,
  header: ElfHeader,
): { readonly segments: readonly Segment[]; readonly dynamic: DynamicRange | undefined } {
  const wide = reader.pointerSize === 8;
  const { programCount: count, programEntrySize: entrySize, programPosition: table } = header;
  if (count === 0) return { segments: [], dynamic: undefined };
  if (entrySize < (wide ? 56 : 32)) {
    throw new ExecutableError(`program headers of ${entrySize} bytes`, { code: "damaged", position: 42 });
  }
  const view = reader.view(table, count * entrySize, "its program headers");
  const segments: Segment[] = [];
  let dynamic: DynamicRange | undefined;
  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const type = view.getUint32(at, !reader.bigEndian);
    if (type !== ProgramType.Load && type !== ProgramType.Dynamic) continue;
    const flags = view.getUint32(at + (wide ? 4 : 24), !reader.bigEndian);
    const position = reader.word(view, at + (wide ? 8 : 4));
    const address = reader.word(view, at + (wide ? 16 : 8));
    const fileSize = reader.word(view, at + (wide ? 32 : 16));
    const memorySize = reader.word(view, at + (wide ? 40 : 20));
    if (type === ProgramType.Dynamic) {
      dynamic = { position, size: fileSize };
      continue;
    }
    if (memorySize === 0) continue;
    const segment: Segment = {
      address,
      memorySize,
      position,
      fileSize,
      writable: (flags & FLAG_WRITABLE) !== 0,
      executable: (flags & FLAG_EXECUTABLE) !== 0,
    };
    checkSegment(segment, String(i), table + at);
    reader.demand(position, fileSize, `segment ${i}`);
    segments.push(segment);
  }
  return { segments: orderSegments(segments, table), dynamic };
}

/** Distance from either end of the file within which UPX leaves its mark. */
const PACKER_REACH = 4096;

function refusePacked(reader: ElfReader, header: ElfHeader): void {
  if (header.sectionCount !== 0) return;
  const { size } = reader.source;
  const length = Math.min(PACKER_REACH, size);
  for (const position of [0, size - length]) {
    const bytes = reader.bytes(position, length, "its ends");
    if (!String.fromCharCode(...bytes).includes("UPX!")) continue;
    throw new ExecutableError(`${reader.source.name} is packed by UPX`, {
      code: "packed",
      hint: "unpack a copy of it: upx -d -o unpacked <executable>",
    });
  }
}

function describeArch(reader: ElfReader, machine: number): string {
  const order = reader.bigEndian ? "" : "le";
  if (machine === 8) return `${reader.pointerSize === 8 ? "mips64" : "mips"}${order}`;
  if (machine === 21) return `ppc64${order}`;
  if (machine === 62 && reader.pointerSize === 4) return "amd64p32";
  return ARCHES[machine] ?? "unknown";
}

function toSection({ name, address, size, position, type }: ElfSection): Section {
  return { name, address, size, position, fileSize: type === SectionType.NoBits ? 0 : size };
}

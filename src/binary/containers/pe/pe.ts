/**
 * PE executables of Windows: PE32+ (amd64, arm64) and PE32 (386, arm). Knows nothing of Go but the spelling of
 * architectures. Not read: relocations, for pointers are in place for the address that the file was linked for; imports
 * and exports; the headers, which are mapped, too.
 */
import { ExecutableError } from "../../../errors.ts";
import type { ByteSource } from "../../../io/sources/source.ts";
import type { Executable } from "../container.ts";
import { FileReader } from "../file-reader.ts";
import { Image } from "../image.ts";
import { NamedDebugSections } from "../named-debug-sections.ts";
import type { Segment } from "../segments.ts";
import { checkSegment, orderSegments } from "../segments.ts";
import type { SymbolTable } from "../symbols.ts";
import { findPeHeader, type PeHeader, readPeHeader, toPeSegment } from "./pe-header.ts";
import { readPeSymbols } from "./pe-symbols.ts";

/** First bytes of every PE file, and of programs of DOS. */
export const PE_MAGIC = "MZ";

/** Machine to GOARCH. */
const ARCHES: Readonly<Record<number, string>> = {
  332: "386",
  452: "arm",
  34404: "amd64",
  43620: "arm64",
};

/** What kinds of files `openPe` takes. */
export interface OpenPeOptions {
  /** Take a file with debug information only (`objcopy --only-keep-debug`) instead of refusing it. Its image is empty. */
  readonly allowDebugOnly?: boolean;
}

/**
 * Opens a PE executable. Reads the headers and names only; the source stays open, and `close` of what is returned closes
 * it.
 * @throws ExecutableError (`unsupported`, `packed`, `truncated`, `damaged`, `not-an-executable`)
 */
export function openPe(source: ByteSource, { allowDebugOnly = false }: OpenPeOptions = {}): Executable {
  const reader = new FileReader(source);
  const position = findPeHeader(reader);
  if (position === undefined) {
    throw new ExecutableError(`${source.name} is a program for DOS, or a Windows executable cut short`, {
      code: "not-an-executable",
      position: 0x3c,
    });
  }
  const header = readPeHeader(reader, position);
  const { pointerSize, sections } = header;
  refusePacked(header, source.name);
  const isDebugOnly = sections.some(({ name, size, fileSize }) => name === ".text" && size > 0 && fileSize === 0);
  if (isDebugOnly && !allowDebugOnly) {
    throw new ExecutableError(`${source.name} holds debug information only, not the program`, {
      code: "unsupported",
      hint: "give the executable itself; a stripped one will do",
    });
  }
  const segments = isDebugOnly ? [] : readSegments(reader, header);
  if (segments.length === 0 && !isDebugOnly) {
    throw new ExecutableError(`${source.name} has nothing to load`, { code: "not-an-executable" });
  }
  let symbols: SymbolTable | undefined;
  const debug = new NamedDebugSections(reader, sections, (name) => ({
    plain: `.debug_${name}`,
    packed: `.zdebug_${name}`,
  }));
  return {
    name: source.name,
    format: "pe",
    arch: ARCHES[header.machine] ?? "unknown",
    pointerSize,
    bigEndian: false,
    type: header.isMovable ? "pie" : "exec",
    segments,
    sections,
    image: new Image(source, segments, { pointerSize, bigEndian: false }, () => {}),
    symbols: () => {
      symbols ??= readPeSymbols(reader, header);
      return symbols;
    },
    debugSection: (name) => debug.read(name),
    unpackedDebugSize: (name) => debug.unpackedSize(name),
    close: () => source.close(),
  };
}

function readSegments(reader: FileReader, { sections, sectionPosition }: PeHeader): readonly Segment[] {
  const segments: Segment[] = [];
  for (const section of sections) {
    reader.demand(section.position, section.fileSize, `section ${section.name}`);
    const segment = toPeSegment(section);
    if (segment === undefined) continue;
    checkSegment(segment, section.name, sectionPosition);
    segments.push(segment);
  }
  return orderSegments(segments, sectionPosition);
}

function refusePacked({ sections }: PeHeader, name: string): void {
  if (!sections.some((section) => section.name.startsWith("UPX"))) return;
  throw new ExecutableError(`${name} is packed by UPX`, {
    code: "packed",
    hint: "unpack a copy of it: upx -d -o unpacked <executable>",
  });
}

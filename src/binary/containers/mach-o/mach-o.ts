/**
 * Mach-O executables of macOS: 64-bit and little-endian, alone or in a fat file; and the files in .dSYM folders, which
 * hold debug information only. Knows nothing of Go but the spelling of architectures. Not read: rebases of older linkers,
 * which leave the addresses in place; symbols that other libraries define.
 */
import { ExecutableError } from "../../../errors.ts";
import type { ByteSource } from "../../../io/sources/source.ts";
import type { Executable } from "../container.ts";
import { FileReader } from "../file-reader.ts";
import { Image } from "../image.ts";
import { NamedDebugSections } from "../named-debug-sections.ts";
import type { SymbolTable } from "../symbols.ts";
import { chooseMachOSlice, FAT_MAGIC, FAT_MAGIC_64, isFatMachO, MACH_O_ARCHES, readMachOSlices } from "./mach-o-fat.ts";
import { createMachORelocator } from "./mach-o-fixups.ts";
import { MachOFileType, type MachOHeader, MachOMagic, readMachOHeader } from "./mach-o-header.ts";
import { readMachOSymbols } from "./mach-o-symbols.ts";

/** Which part of a file `openMachO` opens, and what kinds of files it takes. */
export interface OpenMachOOptions {
  /** GOARCH whose part of a fat file to open. Without it the file must have one part only that Go can have made. */
  readonly arch?: string;
  /** Take a file with debug information only (.dSYM) instead of refusing it. Its image is empty. */
  readonly allowDebugOnly?: boolean;
}

/** Bytes of a section's name, which is cut to fit. */
const NAME_LENGTH = 16;

/** First bytes of Mach-O files, as Latin-1: of any word size and byte order, fat or not (which Java classes share). */
export const MACH_O_MAGICS: readonly string[] = [...Object.values(MachOMagic), FAT_MAGIC, FAT_MAGIC_64].map((magic) =>
  String.fromCharCode(magic >>> 24, (magic >>> 16) & 0xff, (magic >>> 8) & 0xff, magic & 0xff),
);

/** Tells from a file's first 8 bytes whether it is Mach-O, of any word size and byte order, fat or not. */
export function isMachO(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const magic = new DataView(head.buffer, head.byteOffset, 8).getUint32(0);
  return Object.values<number>(MachOMagic).includes(magic) || isFatMachO(head);
}

/**
 * Opens a Mach-O executable. Reads the headers only; the source stays open, and `close` of what is returned closes it.
 * @throws ExecutableError (`core-file`, `unsupported`, `packed`, `truncated`, `damaged`, `mismatch`, `not-an-executable`)
 */
export function openMachO(source: ByteSource, options: OpenMachOOptions = {}): Executable {
  const reader = openSlice(source, options.arch);
  const header = readMachOHeader(reader);
  refuseOtherFiles(header, source.name, options.allowDebugOnly ?? false);
  const isDebugOnly = header.fileType === MachOFileType.DebugSymbols;
  const { arch, sections, symbols: ranges } = header;
  const segments = isDebugOnly ? [] : header.segments;
  const relocate = createMachORelocator(reader, header.fixups, header.imageBase);
  let symbols: SymbolTable | undefined;
  const debug = new NamedDebugSections(reader, sections, (name) => ({
    plain: `__debug_${name}`.slice(0, NAME_LENGTH),
    packed: `__zdebug_${name}`.slice(0, NAME_LENGTH),
  }));
  return {
    name: source.name,
    format: "mach-o",
    arch,
    pointerSize: 8,
    bigEndian: false,
    type: header.isPie ? "pie" : "exec",
    segments,
    sections,
    image: new Image(source, segments, { pointerSize: 8, bigEndian: false }, relocate),
    symbols: () => {
      symbols ??= readMachOSymbols(reader, ranges, sections);
      return symbols;
    },
    debugSection: (name) => debug.read(name),
    unpackedDebugSize: (name) => debug.unpackedSize(name),
    close: () => source.close(),
  };
}

function openSlice(source: ByteSource, arch: string | undefined): FileReader {
  const whole = new FileReader(source);
  if (!isFatMachO(whole.bytes(0, 8, "its header"))) return whole;
  return new FileReader(source, chooseMachOSlice(source.name, readMachOSlices(source), arch));
}

function refuseOtherFiles(header: MachOHeader, name: string, allowDebugOnly: boolean): void {
  const { arch, fileType, sections, segments } = header;
  if (!MACH_O_ARCHES.includes(arch)) {
    throw new ExecutableError(`${name} is for ${arch}, which Go has no Mach-O files for`, { code: "unsupported" });
  }
  if (sections.some((section) => section.name.startsWith("upx"))) {
    throw new ExecutableError(`${name} is packed by UPX`, {
      code: "packed",
      hint: "unpack a copy of it: upx -d -o unpacked <executable>",
    });
  }
  switch (fileType) {
    case MachOFileType.Executable:
    case MachOFileType.Library:
    case MachOFileType.Bundle:
      if (segments.length > 0) return;
      throw new ExecutableError(`${name} has nothing to load`, { code: "not-an-executable" });
    case MachOFileType.DebugSymbols:
      if (allowDebugOnly) return;
      throw new ExecutableError(`${name} holds debug information only, not the program`, {
        code: "unsupported",
        hint: "give the executable itself; a stripped one will do",
      });
    case MachOFileType.Core:
      throw new ExecutableError(`${name} is a core file, the memory of a process, not its executable`, {
        code: "core-file",
        hint: "give the program that crashed",
      });
    default: {
      const what =
        fileType === MachOFileType.Object ? "an object file that was not linked" : `Mach-O of type ${fileType}`;
      throw new ExecutableError(`${name} is ${what}`, { code: "not-an-executable" });
    }
  }
}

/** Mach-O's header and load commands, 64 bits and little-endian, as in <mach-o/loader.h>. Nothing else is made any more. */
import { ExecutableError } from "../../../errors.ts";
import type { Section } from "../container.ts";
import type { FileReader } from "../file-reader.ts";
import { readUint64 } from "../image.ts";
import type { Segment } from "../segments.ts";
import { checkSegment, orderSegments } from "../segments.ts";
import { readFixedString } from "../string-table.ts";
import { describeMachOArch } from "./mach-o-fat.ts";

/** As the header's bytes read big-endian, of all four kinds. */
export const MachOMagic = {
  Little64: 0xcffaedfe,
  Little32: 0xcefaedfe,
  Big64: 0xfeedfacf,
  Big32: 0xfeedface,
} as const;

/** What a file is: header's `filetype`. */
export const MachOFileType = { Object: 1, Executable: 2, Core: 4, Library: 6, Bundle: 8, DebugSymbols: 10 } as const;

const Command = {
  SymbolTable: 0x2,
  Segment64: 0x19,
  ChainedFixups: 0x8000_0034,
} as const;

const HEADER_SIZE = 32;
const SEGMENT_SIZE = 72;
const SECTION_SIZE = 80;
const FLAG_PIE = 0x20_0000;
const PROTECTION_WRITE = 2;
const PROTECTION_EXECUTE = 4;

/** Low byte of a section's flags: those that have no bytes in the file. */
const ZERO_FILL: ReadonlySet<number> = new Set([0x1, 0xc, 0x12]);
/** S_ATTR_PURE_INSTRUCTIONS and S_ATTR_SOME_INSTRUCTIONS. */
const INSTRUCTIONS = 0x8000_0400;

/** Not memory of the program: what the debugger and the dynamic linker read, and what must not be touched. */
const NOT_LOADED: ReadonlySet<string> = new Set(["__PAGEZERO", "__DWARF", "__LINKEDIT"]);

/** A section, with what tells code from data. */
export interface MachOSection extends Section {
  /** Name of its segment, such as "__DATA_CONST": section names repeat. */
  readonly segment: string;
  /** Tells whether it holds instructions. */
  readonly isCode: boolean;
}

/** A range of __LINKEDIT; positions count from the beginning of the file, slices included. */
export interface LinkRange {
  readonly position: number;
  readonly size: number;
}

/** Where the symbol table is (LC_SYMTAB). */
export interface MachOSymbolRanges {
  /** Position of the first nlist_64. */
  readonly position: number;
  readonly count: number;
  readonly names: LinkRange;
}

/** What the header and the load commands say. Positions count from the beginning of the file. */
export interface MachOHeader {
  readonly arch: string;
  readonly fileType: number;
  readonly isPie: boolean;
  /** By address; without those that are no memory. */
  readonly segments: readonly Segment[];
  /** In the file's order, which symbols count by, from 1. */
  readonly sections: readonly MachOSection[];
  /** Link-time address of the header, from which chained fixups count; 0 if no segment has it. */
  readonly imageBase: number;
  readonly symbols: MachOSymbolRanges | undefined;
  readonly fixups: LinkRange | undefined;
}

/**
 * Reads the header and all load commands that gohd knows.
 * @throws ExecutableError (`truncated`, `damaged`, `unsupported`)
 */
export function readMachOHeader(reader: FileReader): MachOHeader {
  const { start } = reader.range;
  const { name } = reader.source;
  refuseOtherKinds(reader.view(start, 4, "its header").getUint32(0), name, start);
  const header = reader.view(start, HEADER_SIZE, "its header");
  const size = header.getUint32(20, true);
  const table = start + HEADER_SIZE;
  const view = reader.view(table, size, "its load commands");
  const damaged = (what: string, at: number): ExecutableError =>
    new ExecutableError(what, { code: "damaged", position: table + at });

  const segments: Segment[] = [];
  const sections: MachOSection[] = [];
  let imageBase = 0;
  let symbols: MachOSymbolRanges | undefined;
  let fixups: LinkRange | undefined;
  let at = 0;
  for (let left = header.getUint32(16, true); left > 0; left--) {
    if (at + 8 > size) throw damaged("there are fewer load commands than the header says", at);
    const command = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    const least = command === Command.Segment64 ? SEGMENT_SIZE : command === Command.SymbolTable ? 24 : 8;
    if (length < least || at + length > size) throw damaged(`a load command of ${length} bytes`, at + 4);
    const word = (offset: number): number => view.getUint32(at + offset, true);
    if (command === Command.Segment64) {
      const segment = readSegment(view, at, start);
      const segmentName = readFixedString(view, at + 8, 16);
      reader.demand(segment.position, segment.fileSize, `segment ${segmentName}`);
      if (SEGMENT_SIZE + word(64) * SECTION_SIZE > length) {
        throw damaged(`segment ${segmentName} has no room for ${word(64)} sections`, at + 64);
      }
      for (let i = 0; i < word(64); i++) {
        sections.push(readSection(view, at + SEGMENT_SIZE + i * SECTION_SIZE, start));
      }
      if (!NOT_LOADED.has(segmentName) && segment.memorySize > 0) {
        checkSegment(segment, segmentName, table + at);
        if (segment.position === start && segment.fileSize > 0) imageBase = segment.address;
        segments.push(segment);
      }
    } else if (command === Command.SymbolTable) {
      const names = { position: start + word(16), size: word(20) };
      symbols = { position: start + word(8), count: word(12), names };
    } else if (command === Command.ChainedFixups && length >= 16) {
      fixups = { position: start + word(8), size: word(12) };
    }
    at += length;
  }
  return {
    arch: describeMachOArch(header.getUint32(4, true), header.getUint32(8, true)),
    fileType: header.getUint32(12, true),
    isPie: (header.getUint32(24, true) & FLAG_PIE) !== 0,
    segments: orderSegments(segments, table),
    sections,
    imageBase,
    symbols,
    fixups,
  };
}

function refuseOtherKinds(magic: number, name: string, position: number): void {
  if (magic === MachOMagic.Little64) return;
  if (magic === MachOMagic.Little32 || magic === MachOMagic.Big32 || magic === MachOMagic.Big64) {
    const what = magic === MachOMagic.Little32 ? "32-bit" : "big-endian";
    throw new ExecutableError(`${name} is a ${what} Mach-O file; gohd reads 64-bit ones of amd64 and arm64`, {
      code: "unsupported",
      hint: "convert without it; types will be missing",
    });
  }
  throw new ExecutableError(`${name} has no Mach-O header where one should be`, { code: "damaged", position });
}

function readSegment(view: DataView, at: number, start: number): Segment {
  const protection = view.getUint32(at + 60, true);
  return {
    address: readUint64(view, at + 24, false),
    memorySize: readUint64(view, at + 32, false),
    position: start + readUint64(view, at + 40, false),
    fileSize: readUint64(view, at + 48, false),
    writable: (protection & PROTECTION_WRITE) !== 0,
    executable: (protection & PROTECTION_EXECUTE) !== 0,
  };
}

function readSection(view: DataView, at: number, start: number): MachOSection {
  const size = readUint64(view, at + 40, false);
  const offset = view.getUint32(at + 48, true);
  const flags = view.getUint32(at + 64, true);
  // A section at the header's place has no bytes either: so .dSYM files have those of the program.
  const isInFile = offset !== 0 && !ZERO_FILL.has(flags & 0xff);
  return {
    name: readFixedString(view, at, 16),
    segment: readFixedString(view, at + 16, 16),
    address: readUint64(view, at + 32, false),
    size,
    position: isInFile ? start + offset : 0,
    fileSize: isInFile ? size : 0,
    isCode: (flags & INSTRUCTIONS) !== 0,
  };
}

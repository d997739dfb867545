/** PE's headers, PE32 and PE32+, as Microsoft's "PE Format" has them: file header, what gohd needs of the optional one, sections. */
import { ExecutableError } from "../../../errors.ts";
import type { Section } from "../container.ts";
import type { FileReader } from "../file-reader.ts";
import { readUint64 } from "../image.ts";
import type { Segment } from "../segments.ts";
import { readFixedString, stringAt } from "../string-table.ts";

const HEADER_POSITION = 0x3c;
const SIGNATURE = 0x5045_0000;
const FILE_HEADER_SIZE = 20;
const SECTION_SIZE = 40;
/** Of the optional header, up to the flags for libraries; PE32 and PE32+ have them at the same place. */
const LEAST_OPTIONAL_SIZE = 72;
const DLL_FLAGS = 70;
const MOVABLE = 0x40;

const OptionalMagic = { Pe32: 0x10b, Pe32Plus: 0x20b } as const;

/** Bytes of a symbol, which the string table follows. */
export const PE_SYMBOL_SIZE = 18;

const MAX_NAME_LENGTH = 256;

const SectionFlag = {
  Code: 0x20,
  Uninitialized: 0x80,
  Discardable: 0x0200_0000,
  Execute: 0x2000_0000,
  Write: 0x8000_0000,
} as const;

/** A section, with what tells code from data. */
export interface PeSection extends Section {
  /** Tells whether it holds instructions. */
  readonly isCode: boolean;
  readonly flags: number;
}

/** What the headers say, the string table included. */
export interface PeHeader {
  readonly machine: number;
  readonly pointerSize: 4 | 8;
  /** May be loaded elsewhere than at the address it was linked for. */
  readonly isMovable: boolean;
  /** In the file's order, which symbols count by, from 1. */
  readonly sections: readonly PeSection[];
  /** Position of the first section's header. */
  readonly sectionPosition: number;
  readonly symbolPosition: number;
  /** 0 if stripped. */
  readonly symbolCount: number;
  /** What names longer than 8 bytes are in; its first 4 bytes are its length. */
  readonly strings: Uint8Array;
}

/** Gives the position of the PE header in a file that begins with "MZ"; undefined if it is a program of DOS. */
export function findPeHeader(reader: FileReader): number | undefined {
  const { end } = reader.range;
  if (end < HEADER_POSITION + 4) return undefined;
  const position = reader.view(HEADER_POSITION, 4, "its DOS header").getUint32(0, true);
  if (position + 4 > end) return undefined;
  return reader.view(position, 4, "its header").getUint32(0) === SIGNATURE ? position : undefined;
}

/** @throws ExecutableError (`truncated`, `damaged`, `unsupported`) */
export function readPeHeader(reader: FileReader, position: number): PeHeader {
  const header = reader.view(position + 4, FILE_HEADER_SIZE, "its header");
  const sectionCount = header.getUint16(2, true);
  const symbolPosition = header.getUint32(8, true);
  const symbolCount = symbolPosition === 0 ? 0 : header.getUint32(12, true);
  const optionalSize = header.getUint16(16, true);
  const optionalPosition = position + 4 + FILE_HEADER_SIZE;
  if (optionalSize < LEAST_OPTIONAL_SIZE) {
    throw new ExecutableError(`an optional header of ${optionalSize} bytes`, {
      code: "damaged",
      position: position + 20,
    });
  }
  const optional = reader.view(optionalPosition, optionalSize, "its optional header");
  const magic = optional.getUint16(0, true);
  if (magic !== OptionalMagic.Pe32 && magic !== OptionalMagic.Pe32Plus) {
    throw new ExecutableError(`an optional header of the unknown kind 0x${magic.toString(16)}`, {
      code: "damaged",
      position: optionalPosition,
    });
  }
  const wide = magic === OptionalMagic.Pe32Plus;
  const imageBase = wide ? readUint64(optional, 24, false) : optional.getUint32(28, true);
  const sectionPosition = optionalPosition + optionalSize;
  const view = reader.view(sectionPosition, sectionCount * SECTION_SIZE, "its section headers");
  const strings = readStrings(reader, symbolPosition, symbolCount);
  return {
    machine: header.getUint16(0, true),
    pointerSize: wide ? 8 : 4,
    isMovable: (optional.getUint16(DLL_FLAGS, true) & MOVABLE) !== 0,
    sections: Array.from({ length: sectionCount }, (_, i) => readSection(view, i * SECTION_SIZE, imageBase, strings)),
    sectionPosition,
    symbolPosition,
    symbolCount,
    strings,
  };
}

/** A loaded section; undefined for those that Windows does not keep: debug information, relocations. */
export function toPeSegment({ address, size, position, fileSize, flags }: PeSection): Segment | undefined {
  if (size === 0 || (flags & SectionFlag.Discardable) !== 0) return undefined;
  return {
    address,
    memorySize: size,
    position,
    fileSize,
    writable: (flags & SectionFlag.Write) !== 0,
    executable: (flags & SectionFlag.Execute) !== 0,
  };
}

function readSection(view: DataView, at: number, imageBase: number, strings: Uint8Array): PeSection {
  const flags = view.getUint32(at + 36, true);
  const virtualSize = view.getUint32(at + 8, true);
  const rawSize = (flags & SectionFlag.Uninitialized) !== 0 ? 0 : view.getUint32(at + 16, true);
  // Old linkers say 0. Otherwise it is exact, and the raw size rounded up.
  const size = virtualSize === 0 ? rawSize : virtualSize;
  return {
    name: sectionName(readFixedString(view, at, 8), strings),
    address: imageBase + view.getUint32(at + 12, true),
    size,
    position: view.getUint32(at + 20, true),
    fileSize: Math.min(size, rawSize),
    isCode: (flags & (SectionFlag.Code | SectionFlag.Execute)) !== 0,
    flags,
  };
}

/** Names of more than 8 bytes are in the string table: "/123" tells where. */
function sectionName(name: string, strings: Uint8Array): string {
  return /^\/\d+$/.test(name) ? stringAt(strings, Number(name.slice(1)), MAX_NAME_LENGTH) || name : name;
}

function readStrings(reader: FileReader, symbolPosition: number, symbolCount: number): Uint8Array {
  if (symbolPosition === 0) return new Uint8Array(0);
  reader.demand(symbolPosition, symbolCount * PE_SYMBOL_SIZE, "its symbols");
  const position = symbolPosition + symbolCount * PE_SYMBOL_SIZE;
  // Nothing has to follow the symbols if all names are short.
  if (position + 4 > reader.range.end) return new Uint8Array(0);
  const length = reader.view(position, 4, "its names").getUint32(0, true);
  return reader.bytes(position, Math.max(4, length), "its names");
}

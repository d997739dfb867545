/**
 * What the loader does to the words of a position-independent executable: R_*_RELATIVE, which puts an address of the
 * file itself into a word. Go's own linker leaves the address in the word too; the system's linker need not. Relocations
 * without addends (386, arm: DT_REL; and DT_RELR everywhere) have it in the word by definition. In shared libraries of Go's
 * own (-buildmode=shared and plugin) most words are relative to a symbol of the same file; what names a symbol of another
 * file, a C library mostly, is left alone.
 */

import type { Relocate } from "../image.ts";
import type { Segment } from "../segments.ts";
import type { ElfReader } from "./elf-reader.ts";

/** Where PT_DYNAMIC lies in the file. */
export interface DynamicRange {
  readonly position: number;
  readonly size: number;
}

/** e_machine to the number of its RELATIVE relocation, for those that have addends. */
const RELATIVE: Readonly<Record<number, number>> = { 21: 22, 22: 12, 62: 8, 183: 1027, 243: 3, 258: 3 };

/** The same of the relocation that puts a symbol's address, and an addend, into a word. */
const SYMBOLIC: Readonly<Record<number, number>> = { 21: 38, 22: 22, 62: 1, 183: 257, 243: 2, 258: 2 };

const Tag = { Null: 0, SymbolsAddress: 6, RelaAddress: 7, RelaSize: 8, RelaEntrySize: 9 } as const;

/** Bytes of an Elf64_Rela; only 64-bit architectures have addends here. */
const ENTRY_SIZE = 24;
/** Bytes of an Elf64_Sym, and where it has its section, 0 for what another file has, and its value. */
const SYMBOL_SIZE = 24;
const SYMBOL_SECTION = 6;
const SYMBOL_VALUE = 8;

/** Makes the function that relocates segments when they are read. The table is read with the first segment that needs it. */
export function createElfRelocator(
  reader: ElfReader,
  machine: number,
  segments: readonly Segment[],
  dynamic: DynamicRange | undefined,
): Relocate {
  const relative = RELATIVE[machine];
  if (!dynamic || relative === undefined || reader.pointerSize !== 8) return () => {};
  let tables: Tables | undefined;
  return (segment, contents) => {
    if (!segment.writable) return;
    tables ??= readTables(reader, segments, dynamic);
    applyRelative(tables.relocations, reader.bigEndian, relative, segment, contents);
    applySymbolic(reader, tables, SYMBOLIC[machine]!, segment, contents);
  };
}

interface Tables {
  readonly relocations: DataView;
  /** Up to the end of the segment: nothing tells how many there are. */
  readonly symbols: DataView;
}

function applyRelative(
  table: DataView,
  bigEndian: boolean,
  relative: number,
  segment: Segment,
  contents: DataView,
): void {
  const little = !bigEndian;
  const low = little ? 0 : 4;
  const high = 4 - low;
  const start = segment.address;
  const last = contents.byteLength - 8;
  for (let at = 0; at + ENTRY_SIZE <= table.byteLength; at += ENTRY_SIZE) {
    if (table.getUint32(at + 8 + low, little) !== relative) continue;
    const offset = table.getUint32(at + high, little) * 0x1_0000_0000 + table.getUint32(at + low, little) - start;
    if (!(offset >= 0 && offset <= last)) continue;
    contents.setUint32(offset + low, table.getUint32(at + 16 + low, little), little);
    contents.setUint32(offset + high, table.getUint32(at + 16 + high, little), little);
  }
}

/** Puts the addresses of the file's own symbols into the words that are relative to them. */
function applySymbolic(
  reader: ElfReader,
  { relocations, symbols }: Tables,
  symbolic: number,
  { address: start }: Segment,
  contents: DataView,
): void {
  const little = !reader.bigEndian;
  const low = little ? 0 : 4;
  const last = contents.byteLength - 8;
  for (let at = 0; at + ENTRY_SIZE <= relocations.byteLength; at += ENTRY_SIZE) {
    if (relocations.getUint32(at + 8 + low, little) !== symbolic) continue;
    const offset = reader.word(relocations, at) - start;
    if (!(offset >= 0 && offset <= last)) continue;
    const symbol = relocations.getUint32(at + 12 - low, little) * SYMBOL_SIZE;
    if (symbol + SYMBOL_SIZE > symbols.byteLength) continue;
    if (symbols.getUint16(symbol + SYMBOL_SECTION, little) === 0) continue;
    const addend = relocations.getBigInt64(at + 16, little);
    contents.setBigInt64(offset, symbols.getBigInt64(symbol + SYMBOL_VALUE, little) + addend, little);
  }
}

function readTables(reader: ElfReader, segments: readonly Segment[], dynamic: DynamicRange): Tables {
  const entries = reader.view(dynamic.position, dynamic.size, "its dynamic section");
  let address = 0;
  let symbols = 0;
  let size = 0;
  let entrySize = ENTRY_SIZE;
  for (let at = 0; at + 16 <= entries.byteLength; at += 16) {
    const tag = reader.word(entries, at);
    const value = reader.word(entries, at + 8);
    if (tag === Tag.Null) break;
    if (tag === Tag.RelaAddress) address = value;
    else if (tag === Tag.SymbolsAddress) symbols = value;
    else if (tag === Tag.RelaSize) size = value;
    else if (tag === Tag.RelaEntrySize) entrySize = value;
  }
  const isKnown = entrySize === ENTRY_SIZE;
  return {
    relocations: viewAt(reader, segments, address, isKnown ? size : 0, "its relocations"),
    symbols: viewAt(reader, segments, symbols, Number.POSITIVE_INFINITY, "its dynamic symbols"),
  };
}

/** What the file has at an address, at most to the end of its segment. */
function viewAt(
  reader: ElfReader,
  segments: readonly Segment[],
  address: number,
  size: number,
  what: string,
): DataView {
  const home = segments.find((segment) => address >= segment.address && address < segment.address + segment.fileSize);
  if (!home || size === 0) return new DataView(new ArrayBuffer(0));
  const length = Math.min(size, home.address + home.fileSize - address);
  return reader.view(home.position + address - home.address, length, what);
}

/**
 * What the loader does to the words of a position-independent executable: R_*_RELATIVE, which puts an address of the
 * file itself into a word. Go's own linker leaves the address in the word too; the system's linker need not. Relocations
 * without addends (386, arm: DT_REL; and DT_RELR everywhere) have it in the word by definition. Those that name a symbol
 * belong to C libraries and are left alone.
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

const Tag = { Null: 0, RelaAddress: 7, RelaSize: 8, RelaEntrySize: 9 } as const;

/** Bytes of an Elf64_Rela; only 64-bit architectures have addends here. */
const ENTRY_SIZE = 24;

/** Makes the function that relocates segments when they are read. The table is read with the first segment that needs it. */
export function createElfRelocator(
  reader: ElfReader,
  machine: number,
  segments: readonly Segment[],
  dynamic: DynamicRange | undefined,
): Relocate {
  const relative = RELATIVE[machine];
  if (!dynamic || relative === undefined || reader.pointerSize !== 8) return () => {};
  let table: DataView | undefined;
  return (segment, contents) => {
    if (!segment.writable) return;
    table ??= readTable(reader, segments, dynamic);
    applyRelative(table, reader.bigEndian, relative, segment, contents);
  };
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

function readTable(reader: ElfReader, segments: readonly Segment[], dynamic: DynamicRange): DataView {
  const entries = reader.view(dynamic.position, dynamic.size, "its dynamic section");
  let address = 0;
  let size = 0;
  let entrySize = ENTRY_SIZE;
  for (let at = 0; at + 16 <= entries.byteLength; at += 16) {
    const tag = reader.word(entries, at);
    const value = reader.word(entries, at + 8);
    if (tag === Tag.Null) break;
    if (tag === Tag.RelaAddress) address = value;
    else if (tag === Tag.RelaSize) size = value;
    else if (tag === Tag.RelaEntrySize) entrySize = value;
  }
  const home = segments.find((segment) => address >= segment.address && address < segment.address + segment.fileSize);
  if (!home || size === 0 || entrySize !== ENTRY_SIZE) return new DataView(new ArrayBuffer(0));
  const length = Math.min(size, home.address + home.fileSize - address);
  return reader.view(home.position + address - home.address, length, "its relocations");
}

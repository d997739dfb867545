/** ELF's .symtab: names, addresses and sizes of functions and variables. `-ldflags=-s` and strip remove it. */

import { stringAt } from "../string-table.ts";
import { buildSymbolTable, SymbolKind, type SymbolTable } from "../symbols.ts";
import type { ElfReader } from "./elf-reader.ts";
import { type ElfSection, SectionType } from "./elf-sections.ts";

const UNDEFINED_SECTION = 0;

/** STT_OBJECT, STT_FUNC and STT_GNU_IFUNC; the rest are sections, files, thread-local offsets. */
const KINDS: Readonly<Record<number, number>> = { 1: SymbolKind.Data, 2: SymbolKind.Function, 10: SymbolKind.Function };

/**
 * Reads the symbol table; an empty one if there is none. Names are decoded when asked for.
 * @throws ExecutableError (`truncated`)
 */
export function readElfSymbols(reader: ElfReader, sections: readonly ElfSection[]): SymbolTable {
  const address: number[] = [];
  const size: number[] = [];
  const kind: number[] = [];
  const nameOffset: number[] = [];
  const table = sections.find((section) => section.type === SectionType.SymbolTable);
  const strings = table && sections[table.link];
  const wide = reader.pointerSize === 8;
  const entrySize = wide ? 24 : 16;
  if (!table || !strings || strings.type === SectionType.NoBits || table.entrySize !== entrySize) {
    return buildSymbolTable({ address, size, kind, name: () => "" });
  }
  const view = reader.view(table.position, table.size, "its symbols");
  const text = reader.bytes(strings.position, strings.size, "its symbols' names");
  const little = !reader.bigEndian;
  for (let at = 0; at + entrySize <= view.byteLength; at += entrySize) {
    const symbolKind = KINDS[view.getUint8(at + (wide ? 4 : 12)) & 15];
    if (symbolKind === undefined) continue;
    if (view.getUint16(at + (wide ? 6 : 14), little) === UNDEFINED_SECTION) continue;
    nameOffset.push(view.getUint32(at, little));
    address.push(reader.word(view, at + (wide ? 8 : 4)));
    size.push(reader.word(view, at + (wide ? 16 : 8)));
    kind.push(symbolKind);
  }
  return buildSymbolTable({ address, size, kind, name: (index) => stringAt(text, nameOffset[index]!) });
}

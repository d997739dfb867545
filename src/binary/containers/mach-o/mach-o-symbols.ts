/** Mach-O's symbol table: names and addresses of functions and variables, without sizes. `-ldflags=-s` and strip empty it. */
import type { FileReader } from "../file-reader.ts";
import { readUint64 } from "../image.ts";
import { stringAt } from "../string-table.ts";
import { deriveSymbolSizes } from "../symbol-sizes.ts";
import { buildSymbolTable, SymbolKind, type SymbolTable } from "../symbols.ts";
import type { MachOSection, MachOSymbolRanges } from "./mach-o-header.ts";

/** Bytes of an nlist_64. */
const ENTRY_SIZE = 16;
/** n_type: bits of debugger's symbols; and of the rest what they are relative to, of which only a section is of use. */
const DEBUGGER = 0xe0;
const RELATIVE_TO = 0x0e;
const SECTION = 0x0e;

const UNDERSCORE = 0x5f;

/**
 * Reads the symbol table; an empty one if there is none. Sizes reach to the next symbol.
 * @throws ExecutableError (`truncated`)
 */
export function readMachOSymbols(
  reader: FileReader,
  ranges: MachOSymbolRanges | undefined,
  sections: readonly MachOSection[],
): SymbolTable {
  const address: number[] = [];
  const sectionEnd: number[] = [];
  const kind: number[] = [];
  const nameOffset: number[] = [];
  if (ranges === undefined) return buildSymbolTable({ address, size: [], kind, name: () => "" });
  const view = reader.view(ranges.position, ranges.count * ENTRY_SIZE, "its symbols");
  const text = reader.bytes(ranges.names.position, ranges.names.size, "its symbols' names");
  let prefixed = 0;
  for (let at = 0; at < view.byteLength; at += ENTRY_SIZE) {
    const type = view.getUint8(at + 4);
    const section = sections[view.getUint8(at + 5) - 1];
    if ((type & DEBUGGER) !== 0 || (type & RELATIVE_TO) !== SECTION || section === undefined) continue;
    const offset = view.getUint32(at, true);
    nameOffset.push(offset);
    address.push(readUint64(view, at + 8, false));
    sectionEnd.push(section.address + section.size);
    kind.push(section.isCode ? SymbolKind.Function : SymbolKind.Data);
    if (text[offset] === UNDERSCORE) prefixed++;
  }
  // C's convention puts "_" before each name. Go's linker follows it since 1.16; before, only for names without a dot.
  const isPrefix = 2 * prefixed > address.length ? () => true : (name: string) => !name.includes(".");
  const beginning = (index: number, length?: number): string => {
    const spelled = stringAt(text, nameOffset[index]!, length);
    return spelled.startsWith("_") && isPrefix(spelled) ? spelled.slice(1) : spelled;
  };
  return buildSymbolTable({
    address,
    size: deriveSymbolSizes({ address, sectionEnd, beginning }),
    kind,
    name: (index) => beginning(index),
  });
}

/** PE's COFF symbol table: names and addresses of functions and variables, without sizes. Stripped files have none. */
import type { FileReader } from "../file-reader.ts";
import { readFixedString, stringAt } from "../string-table.ts";
import { deriveSymbolSizes } from "../symbol-sizes.ts";
import { buildSymbolTable, SymbolKind, type SymbolTable } from "../symbols.ts";
import { PE_SYMBOL_SIZE, type PeHeader } from "./pe-header.ts";

const StorageClass = { External: 2, Static: 3 } as const;
/** Sections, files and labels are symbols, too. */
const CLASSES: ReadonlySet<number> = new Set(Object.values(StorageClass));
/** High half of a type's low byte. */
const TYPE_FUNCTION = 0x20;

/**
 * Reads the symbol table; an empty one if there is none. Sizes reach to the next symbol.
 * @throws ExecutableError (`truncated`)
 */
export function readPeSymbols(reader: FileReader, header: PeHeader): SymbolTable {
  const { sections, strings, symbolPosition, symbolCount } = header;
  const view = reader.view(symbolPosition, symbolCount * PE_SYMBOL_SIZE, "its symbols");
  const address: number[] = [];
  const sectionEnd: number[] = [];
  const kind: number[] = [];
  const place: number[] = [];
  for (let i = 0; i < symbolCount; i++) {
    const at = i * PE_SYMBOL_SIZE;
    const type = view.getUint16(at + 14, true);
    const storage = view.getUint8(at + 16);
    const auxiliary = view.getUint8(at + 17);
    // Records that say more of the symbol before them.
    i += auxiliary;
    // Numbers 0 and below are no sections: undefined, absolute, of the debugger.
    const section = sections[view.getInt16(at + 12, true) - 1];
    if (section === undefined || !CLASSES.has(storage)) continue;
    const isFunction = type === TYPE_FUNCTION;
    const isSection = storage === StorageClass.Static && auxiliary > 0 && !isFunction;
    if (isSection) continue;
    place.push(at);
    address.push(section.address + view.getUint32(at + 8, true));
    sectionEnd.push(section.address + section.size);
    kind.push(isFunction || section.isCode ? SymbolKind.Function : SymbolKind.Data);
  }
  const beginning = (index: number, length?: number): string => {
    const at = place[index]!;
    return view.getUint32(at, true) === 0
      ? stringAt(strings, view.getUint32(at + 4, true), length)
      : readFixedString(view, at, 8);
  };
  return buildSymbolTable({
    address,
    size: deriveSymbolSizes({ address, sectionEnd, beginning }),
    kind,
    name: (index) => beginning(index),
  });
}

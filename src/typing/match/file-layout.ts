/** FileLayout: where a file has the parts that a process was made of, from its moduledata, or from its symbols and sections. */
import { type Executable, findSection, type ModuleData, SymbolKind, type SymbolTable } from "../../binary/index.ts";

/** Link-time addresses and sizes in bytes; what the file does not tell is undefined. */
export interface FileLayout {
  readonly data: Part | undefined;
  readonly bss: Part | undefined;
  readonly text: Part | undefined;
  /** Type descriptors; offsets of types count from its address. */
  readonly types: Part | undefined;
}

export interface Part {
  readonly address: number;
  readonly size: number;
}

/** The layout that moduledata tells. */
export function layoutOfModule(module: ModuleData): FileLayout {
  return {
    data: { address: module.data, size: module.edata - module.data },
    bss: { address: module.bss, size: module.ebss - module.bss },
    text: { address: module.text, size: module.etext - module.text },
    types: { address: module.types, size: module.etypes - module.types },
  };
}

const MARKS = ["data", "edata", "bss", "ebss", "text", "etext", "types", "etypes"] as const;
type Mark = (typeof MARKS)[number];

/** The layout of a file without contents, from the linker's marks among its symbols, else from its section headers. */
export function layoutOfSymbols(file: Executable): FileLayout {
  const marks = findMarks(file.symbols());
  const between = (start: Mark, end: Mark): Part | undefined => {
    const from = marks.get(start);
    const to = marks.get(end);
    return from === undefined || to === undefined ? undefined : { address: from, size: to - from };
  };
  return {
    data: between("data", "edata") ?? partOfSection(file, ".data", "__data"),
    bss: between("bss", "ebss") ?? partOfSection(file, ".bss", "__bss"),
    text: between("text", "etext") ?? partOfSection(file, ".text", "__text"),
    types: between("types", "etypes"),
  };
}

function findMarks(symbols: SymbolTable): Map<Mark, number> {
  const marks = new Map<Mark, number>();
  for (let i = 0; i < symbols.count; i++) {
    // Marks have no size, but for runtime.text, which some linkers give one; hardly any other symbol has none.
    if (symbols.size[i] !== 0 && symbols.kind[i] === SymbolKind.Data) continue;
    const name = symbols.name(i);
    if (!name.startsWith("runtime.")) continue;
    const mark = MARKS.find((candidate) => name === `runtime.${candidate}`);
    if (mark !== undefined) marks.set(mark, symbols.address[i]!);
  }
  return marks;
}

function partOfSection(file: Executable, ...names: readonly string[]): Part | undefined {
  for (const name of names) {
    const section = findSection(file, name);
    if (section !== undefined) return { address: section.address, size: section.size };
  }
  return undefined;
}

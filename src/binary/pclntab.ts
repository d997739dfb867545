/**
 * The function table (pclntab): which function a PC belongs to, and its file and line. Never stripped, for the runtime
 * needs it. Layouts of Go 1.2 … 1.27 as in runtime/symtab.go and runtime/runtime2.go (_func); design notes in
 * golang.org/s/go12symtab. PCs here are link-time addresses.
 */
import type { Image } from "./image.ts";
import { functionEntrySize, type ModuleData } from "./module-data.ts";
import { decodePcValue } from "./pc-value.ts";

/** No such function. */
export const NO_FUNCTION = -1;

export interface SourceLine {
  /** As compiled in: an absolute path, or one that -trimpath made. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Functions by dense index, in the order of their entries. */
export interface FunctionTable {
  readonly count: number;
  /** Float64Array, length `count` + 1, ascending: address of each function's first instruction, and the end of the last. */
  readonly entry: Float64Array;
  /** Index of the function that contains a PC, or NO_FUNCTION. O(log n). */
  indexAt(pc: number): number;
  /** Index of the function that begins at just this PC, or NO_FUNCTION. O(log n), at once for what is not in the text. */
  indexOfEntry(pc: number): number;
  /** Tells whether a function begins at just this PC. */
  isFunctionEntry(pc: number): boolean;
  /** Full name, such as "main.(*Server).run.func1". Cached. */
  name(index: number): string;
  /** File and line of the instruction at `pc`: for a return address ask for pc − 1. Undefined where the table says nothing. */
  lineAt(pc: number): SourceLine | undefined;
}

/** Offsets in _func that follow the entry. */
const NAME = 0;
const PCFILE = 16;
const PCLN = 20;
const CU_OFFSET = 28;
const NO_FILE = 0xffff_ffff;
/** Of pcHeader: the size to which instructions are aligned, in which PC deltas are counted. */
const QUANTUM = 6;

/** Reads the table of entries; everything else is read when asked for. O(functions). Empty if the table is damaged. */
export function readFunctionTable(image: Image, module: ModuleData): FunctionTable {
  const { entry, position } = readEntries(image, module);
  const count = Math.max(0, entry.length - 1);
  const names: (string | undefined)[] = [];
  const first = count === 0 ? 0 : entry[0]!;
  const end = count === 0 ? 0 : entry[count]!;
  /** Size of _func.entry. */
  const entrySize = module.minMinor >= 18 ? 4 : image.pointerSize;
  const quantum = Math.max(1, image.uint8(module.pcHeader + QUANTUM));

  function indexAt(pc: number): number {
    if (!(pc >= first && pc < end)) return NO_FUNCTION;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entry[middle]! <= pc) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function indexOfEntry(pc: number): number {
    const index = indexAt(pc);
    return index !== NO_FUNCTION && entry[index] === pc ? index : NO_FUNCTION;
  }

  /** Address of _func, behind its entry. */
  function record(index: number): number {
    return module.pclntable.address + position[index]! + entrySize;
  }

  function fileName(func: number, file: number): string | undefined {
    if (module.minMinor < 16) {
      if (file < 0 || file >= module.filetab.length) return undefined;
      const offset = image.uint32(module.filetab.address + 4 * file);
      return offset < 0 ? undefined : image.cString(module.pclntable.address + offset);
    }
    const index = image.uint32(func + CU_OFFSET) + file;
    if (file < 0 || index >= module.cutab.length) return undefined;
    const offset = image.uint32(module.cutab.address + 4 * index);
    return offset < 0 || offset === NO_FILE ? undefined : image.cString(module.filetab.address + offset);
  }

  return {
    count,
    entry,
    indexAt,
    indexOfEntry,
    isFunctionEntry: (pc) => indexOfEntry(pc) !== NO_FUNCTION,
    name(index) {
      names[index] ??= image.cString(module.funcnametab.address + image.uint32(record(index) + NAME)) ?? "";
      return names[index];
    },
    lineAt(pc) {
      const index = indexAt(pc);
      if (index === NO_FUNCTION) return undefined;
      const func = record(index);
      const pcValue = (field: number): number | undefined => {
        const table = image.uint32(func + field);
        return table > 0 ? decodePcValue(image, module.pctab.address + table, pc - entry[index]!, quantum) : undefined;
      };
      const line = pcValue(PCLN);
      const fileNumber = pcValue(PCFILE);
      if (line === undefined || fileNumber === undefined || line <= 0) return undefined;
      const file = fileName(func, fileNumber);
      return file === undefined ? undefined : { file, line };
    },
  };
}

/** Reads ftab: entries, and where each function's _func is in pclntable. */
function readEntries(
  image: Image,
  module: ModuleData,
): { readonly entry: Float64Array; readonly position: Float64Array } {
  const { ftab } = module;
  const size = functionEntrySize(module, image.pointerSize);
  // The last element has the end of the text as its entry. Up to Go 1.17 it has nothing else.
  const length = image.isInFile(ftab.address, ftab.length * size) ? ftab.length : 0;
  const entry = new Float64Array(length);
  const position = new Float64Array(length);
  const toAddress = module.minMinor >= 18 ? createTextMap(image, module) : undefined;
  for (let i = 0; i < length; i++) {
    const at = ftab.address + i * size;
    if (toAddress) {
      entry[i] = toAddress(image.uint32(at));
      position[i] = image.uint32(at + 4);
    } else {
      entry[i] = image.word(at);
      position[i] = image.word(at + image.pointerSize);
    }
  }
  return { entry, position };
}

/** Offsets from the text to addresses. Very large texts (arm, ppc64) are split, and the pieces listed in textsectmap. */
function createTextMap(image: Image, module: ModuleData): (offset: number) => number {
  const { text, textsectmap } = module;
  const { pointerSize } = image;
  if (textsectmap.length <= 1) return (offset) => text + offset;
  const sections = Array.from({ length: textsectmap.length }, (_, i) => {
    const at = textsectmap.address + 3 * i * pointerSize;
    return { start: image.word(at), end: image.word(at + pointerSize), address: image.word(at + 2 * pointerSize) };
  });
  const last = sections.at(-1)!;
  return (offset) => {
    const section =
      sections.find(({ start, end }) => offset >= start && offset < end) ?? (offset === last.end ? last : undefined);
    return section ? section.address + offset - section.start : text + offset;
  };
}

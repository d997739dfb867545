/**
 * Writes a function table as the linkers of Go 1.2 … 1.27 do: the inverse of src/binary/pclntab.ts, written from
 * cmd/link's pcln.go and the runtime's symtab.go.
 */
import type { Memory } from "./memory.ts";

export interface FunctionSpec {
  readonly name: string;
  /** Bytes of instructions. */
  readonly size: number;
  /** File and line from each offset on; the first is at 0. */
  readonly lines: readonly { readonly offset: number; readonly file: string; readonly line: number }[];
}

/** What moduledata says of the table: addresses and lengths. */
export interface WrittenFunctions {
  readonly words: Readonly<Record<string, readonly number[]>>;
  readonly entries: readonly number[];
  readonly end: number;
}

const MAGICS: readonly (readonly [number, number])[] = [
  [20, 0xfffffff1],
  [18, 0xfffffff0],
  [16, 0xfffffffa],
  [0, 0xfffffffb],
];

/** Writes the tables of functions that lie one behind the other from `text` on. @param quantum alignment of instructions */
export function writeFunctions(
  memory: Memory,
  specs: readonly FunctionSpec[],
  minor: number,
  text: number,
  quantum: number,
): WrittenFunctions {
  const entries: number[] = [];
  let end = text;
  for (const { size } of specs) {
    entries.push(end);
    end += size;
  }
  const header = writeHeader(memory, minor, quantum, specs.length);
  const files = [...new Set(specs.flatMap(({ lines }) => lines.map(({ file }) => file)))];
  const wide = memory.pointerSize;
  const isOld = minor < 16;
  const slice = (address: number, length: number): readonly number[] => [address, length, length];

  // Offsets count from the table they are in; in old versions everything is in one that begins with the header.
  const start = (): number => (isOld ? header : memory.allocate(0, 8));
  const names = start();
  const nameOffsets = specs.map(({ name }) => memory.add(`${name}\0`) - names);
  const namesEnd = memory.end;
  const fileNames = start();
  const fileOffsets = files.map((file) => memory.add(`${file}\0`) - fileNames);
  const fileNamesEnd = memory.end;
  const values = start();
  if (!isOld) memory.add([0]);
  const tables = specs.map((spec) => {
    const table = (of: (line: { file: string; line: number }) => number): number =>
      memory.add(encodePcValues(spec, of, quantum)) - values;
    // File numbers begin with 1 in old versions, with 0 in the unit's part of cutab.
    return { file: table(({ file }) => files.indexOf(file) + (isOld ? 1 : 0)), line: table(({ line }) => line) };
  });
  const valuesEnd = memory.end;
  const fileTable = memory.allocate(4 * (files.length + 1), 4);
  fileOffsets.forEach((offset, i) => {
    memory.setUint32(fileTable + 4 * (i + (isOld ? 1 : 0)), offset);
  });

  const functions = start();
  const entrySize = minor >= 18 ? 4 : wide;
  const records = specs.map((_, i) => {
    const at = memory.allocate(entrySize + 44, wide);
    if (minor >= 18) memory.setUint32(at, entries[i]! - text);
    else memory.setWord(at, entries[i]!);
    const field = at + entrySize;
    [nameOffsets[i]!, 0, 0, 0, tables[i]!.file, tables[i]!.line, 0, 0].forEach((value, k) => {
      memory.setUint32(field + 4 * k, value);
    });
    return at - functions;
  });
  const ftab = memory.allocate(0, 8);
  [...entries, end].forEach((entry, i) => {
    const at = memory.allocate(minor >= 18 ? 8 : 2 * wide, minor >= 18 ? 4 : wide);
    if (minor >= 18) {
      memory.setUint32(at, entry - text);
      memory.setUint32(at + 4, records[i] ?? 0);
    } else {
      memory.setWords(at, [entry, records[i] ?? 0]);
    }
  });
  const all = memory.end;
  return {
    entries,
    end,
    words: {
      pcHeader: [header],
      funcnametab: slice(names, namesEnd - names),
      cutab: slice(fileTable, files.length),
      filetab: isOld ? slice(fileTable, files.length + 1) : slice(fileNames, fileNamesEnd - fileNames),
      pctab: slice(values, valuesEnd - values),
      pclntable: slice(functions, all - functions),
      ftab: slice(ftab, specs.length + 1),
    },
  };
}

function writeHeader(memory: Memory, minor: number, quantum: number, count: number): number {
  const header = memory.allocate(8, 32);
  memory.setUint32(header, MAGICS.find(([from]) => minor >= from)![1]);
  memory.setUint8(header + 6, quantum);
  memory.setUint8(header + 7, memory.pointerSize);
  memory.addWords([count, 0, 0, 0, 0, 0, 0]);
  return header;
}

function encodePcValues(
  { size, lines }: FunctionSpec,
  value: (line: { file: string; line: number }) => number,
  quantum: number,
): number[] {
  const bytes: number[] = [];
  let before = -1;
  lines.forEach((line, i) => {
    const current = value(line);
    const delta = current - before;
    const next = lines[i + 1]?.offset ?? size;
    // A delta of zero would end the table.
    if (i > 0 && delta === 0) throw new Error("adjacent lines have to differ");
    bytes.push(...varint(delta < 0 ? -2 * delta - 1 : 2 * delta), ...varint((next - line.offset) / quantum));
    before = current;
  });
  return [...bytes, 0];
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

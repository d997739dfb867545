/**
 * Writes a function table as the linkers of Go 1.2 … 1.27 do: the inverse of src/binary/pclntab.ts, written from
 * cmd/link's pcln.go and the runtime's symtab.go.
 */
import type { Memory } from "../memory.ts";

export interface FunctionSpec {
  readonly name: string;
  /** Bytes of instructions. */
  readonly size: number;
  /** File and line from each offset on; the first is at 0. */
  readonly lines: readonly { readonly offset: number; readonly file: string; readonly line: number }[];
  /** Calls that were inlined, and which of them (-1 for none) the instructions from each offset on belong to. */
  readonly inlined?: {
    readonly calls: readonly InlinedSpec[];
    readonly rows: readonly { readonly offset: number; readonly row: number }[];
  };
  /** Made by the compiler. */
  readonly isWrapper?: boolean;
}

export interface InlinedSpec {
  readonly name: string;
  /** Offset of an instruction whose place is the call's. */
  readonly parentPc: number;
  /** Row of the caller, -1 for the function, and the call's place: what Go ≤ 1.11 writes instead. */
  readonly parent: number;
  readonly file: string;
  readonly line: number;
  readonly isWrapper?: boolean;
}

/** What moduledata says of the table: addresses and lengths. */
export interface WrittenFunctions {
  readonly words: Readonly<Record<string, readonly number[]>>;
  readonly entries: readonly number[];
  readonly end: number;
}

/** What the writer numbers wrappers with; versions differ. */
const WRAPPER_ID = 21;

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
  const inlinedCalls = specs.flatMap(({ inlined }) => inlined?.calls ?? []);
  const files = [...new Set([...specs.flatMap(({ lines }) => lines), ...inlinedCalls].map(({ file }) => file))];
  const wide = memory.pointerSize;
  const isOld = minor < 16;
  const slice = (address: number, length: number): readonly number[] => [address, length, length];

  // Offsets count from the table they are in; in old versions everything is in one that begins with the header.
  const start = (): number => (isOld ? header : memory.allocate(0, 8));
  const names = start();
  const nameOffsets = specs.map(({ name }) => memory.add(`${name}\0`) - names);
  const inlinedNames = new Map(inlinedCalls.map(({ name }) => [name, memory.add(`${name}\0`) - names]));
  const namesEnd = memory.end;
  const fileNames = start();
  const fileOffsets = files.map((file) => memory.add(`${file}\0`) - fileNames);
  const fileNamesEnd = memory.end;
  const values = start();
  if (!isOld) memory.add([0]);
  const tables = specs.map((spec) => {
    const table = (of: (line: { file: string; line: number }) => number): number =>
      memory.add(encodePcValues(spec, spec.lines, of, quantum)) - values;
    // File numbers begin with 1 in old versions, with 0 in the unit's part of cutab.
    const rows = spec.inlined?.rows ?? [];
    return {
      file: table(({ file }) => files.indexOf(file) + (isOld ? 1 : 0)),
      line: table(({ line }) => line),
      rows: rows.length === 0 ? 0 : memory.add(encodePcValues(spec, rows, ({ row }) => row, quantum)) - values,
    };
  });
  const valuesEnd = memory.end;
  const fileTable = memory.allocate(4 * (files.length + 1), 4);
  fileOffsets.forEach((offset, i) => {
    memory.setUint32(fileTable + 4 * (i + (isOld ? 1 : 0)), offset);
  });

  const trees = specs.map(({ inlined }) =>
    inlined === undefined
      ? 0
      : writeTree(
          memory,
          minor,
          inlined.calls,
          (name) => inlinedNames.get(name)!,
          (file) => files.indexOf(file) + (isOld ? 1 : 0),
        ),
  );

  const functions = start();
  const entrySize = minor >= 18 ? 4 : wide;
  const size = minor >= 20 ? 40 : minor >= 16 ? 36 : 32;
  const records = specs.map((spec, i) => {
    const at = memory.allocate(entrySize + size, wide);
    if (minor >= 18) memory.setUint32(at, entries[i]! - text);
    else memory.setWord(at, entries[i]!);
    const field = at + entrySize;
    const { pcdata, funcdata } = tablesOfTree(minor);
    const hasTree = spec.inlined !== undefined;
    [nameOffsets[i]!, 0, 0, 0, tables[i]!.file, tables[i]!.line, hasTree ? pcdata + 1 : 0, 0].forEach((value, k) => {
      memory.setUint32(field + 4 * k, value);
    });
    if (minor >= 12) {
      memory.setUint8(field + size - 4, spec.isWrapper ? WRAPPER_ID : 0);
      memory.setUint8(field + size - 1, hasTree ? funcdata + 1 : 0);
    } else {
      memory.setUint32(field + 28, hasTree ? funcdata + 1 : 0);
    }
    if (hasTree) {
      memory.setUint32(memory.allocate(4 * (pcdata + 1), 4) + 4 * pcdata, tables[i]!.rows);
      if (minor >= 18) memory.setUint32(memory.allocate(4 * (funcdata + 1), 4) + 4 * funcdata, trees[i]! - memory.base);
      else memory.setWord(memory.allocate(wide * (funcdata + 1), wide) + wide * funcdata, trees[i]!);
    }
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

/** PCDATA_InlTreeIndex and FUNCDATA_InlTree. */
function tablesOfTree(minor: number): { readonly pcdata: number; readonly funcdata: number } {
  if (minor >= 16) return { pcdata: 2, funcdata: 3 };
  return minor >= 13 ? { pcdata: 2, funcdata: 4 } : { pcdata: 1, funcdata: 2 };
}

/** Writes an array of runtime.inlinedCall. */
function writeTree(
  memory: Memory,
  minor: number,
  calls: readonly InlinedSpec[],
  nameOffset: (name: string) => number,
  fileNumber: (file: string) => number,
): number {
  const tree = memory.allocate(0, 8);
  for (const { name, parentPc, parent, file, line, isWrapper } of calls) {
    const id = isWrapper ? WRAPPER_ID : 0;
    const at = memory.allocate(minor >= 12 && minor < 20 ? 20 : 16, 4);
    if (minor >= 20) {
      memory.setUint8(at, id);
      memory.setUint32(at + 4, nameOffset(name));
      memory.setUint32(at + 8, parentPc);
      continue;
    }
    if (minor >= 12) {
      memory.setUint16(at, parent & 0xffff);
      memory.setUint8(at + 2, id);
      memory.setUint32(at + 16, parentPc);
    } else {
      memory.setUint32(at, parent);
    }
    memory.setUint32(at + 4, fileNumber(file));
    memory.setUint32(at + 8, line);
    memory.setUint32(at + 12, nameOffset(name));
  }
  return tree;
}

/** Encodes a value from each offset on. */
function encodePcValues<T extends { readonly offset: number }>(
  { size }: FunctionSpec,
  steps: readonly T[],
  value: (step: T) => number,
  quantum: number,
): number[] {
  const bytes: number[] = [];
  let before = -1;
  // A delta of zero would end the table, but for the first.
  const changes = steps.filter((step, i) => i === 0 || value(step) !== value(steps[i - 1]!));
  changes.forEach((step, i) => {
    const delta = value(step) - before;
    const next = changes[i + 1]?.offset ?? size;
    bytes.push(...varint(delta < 0 ? -2 * delta - 1 : 2 * delta), ...varint((next - step.offset) / quantum));
    before = value(step);
  });
  return [...bytes, 0];
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

/** Writes ELF executables for tests: segments, sections, symbols and relocations as told, in any class and byte order. */
import { type Machine, Memory } from "../../memory.ts";

export interface ElfSpec extends Machine {
  /** ET_EXEC by default. */
  readonly type?: number;
  readonly machine: number;
  readonly segments: readonly {
    readonly address: number;
    readonly bytes: Uint8Array;
    /** Length of `bytes` by default. */
    readonly memorySize?: number;
    readonly writable?: boolean;
    readonly executable?: boolean;
  }[];
  readonly sections?: readonly {
    readonly name: string;
    readonly address: number;
    readonly size: number;
    /** SHT_*: 1, with contents, by default; 8, without. */
    readonly type?: number;
    /** SHF_*; none by default. */
    readonly flags?: number;
  }[];
  readonly symbols?: readonly {
    readonly name: string;
    readonly address: number;
    readonly size: number;
    /** STT_*: 1 object, 2 function. */
    readonly type: number;
    /** Section index; 1 by default, 0 is undefined. */
    readonly section?: number;
  }[];
  /** Bytes of PT_DYNAMIC. */
  readonly dynamic?: Uint8Array;
}

const PAGE = 0x1000;

/** The file's bytes: headers, segments at whole pages, the dynamic section, symbols, names, section headers. */
export function writeElf(spec: ElfSpec): Uint8Array {
  const wide = spec.pointerSize === 8;
  const file = new Memory(0, spec);
  const headerSize = wide ? 64 : 52;
  const programSize = wide ? 56 : 32;
  const programCount = spec.segments.length + (spec.dynamic ? 1 : 0);
  const header = file.allocate(headerSize);
  const programs = file.allocate(programCount * programSize);

  const program = (index: number, type: number, flags: number, words: readonly number[]): void => {
    const at = programs + index * programSize;
    file.setUint32(at, type);
    file.setUint32(at + (wide ? 4 : 24), flags);
    const [offset, address, fileSize, memorySize] = words as [number, number, number, number];
    const first = at + (wide ? 8 : 4);
    file.setWords(first, [offset, address, address, fileSize, memorySize]);
  };
  const positions = spec.segments.map(({ address, bytes, memorySize, writable, executable }, i) => {
    const position = file.add(bytes, PAGE);
    const flags = 4 + (writable ? 2 : 0) + (executable ? 1 : 0);
    program(i, 1, flags, [position, address, bytes.length, memorySize ?? bytes.length]);
    return position;
  });
  if (spec.dynamic) {
    const position = file.add(spec.dynamic, 8);
    program(spec.segments.length, 2, 4, [position, 0, spec.dynamic.length, spec.dynamic.length]);
  }

  const sections = writeSections(file, spec, positions);
  const identification = [0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, spec.bigEndian ? 2 : 1, 1];
  identification.forEach((byte, i) => {
    file.setUint8(header + i, byte);
  });
  file.setUint16(16, spec.type ?? 2);
  file.setUint16(18, spec.machine);
  file.setUint32(20, 1);
  file.setWords(24, [0, programs, sections.position]);
  const after = 24 + 3 * spec.pointerSize + 4;
  [headerSize, programSize, programCount, wide ? 64 : 40, sections.count, sections.names].forEach((value, i) => {
    file.setUint16(after + 2 * i, value);
  });
  return file.bytes;
}

function writeSections(
  file: Memory,
  spec: ElfSpec,
  positions: readonly number[],
): { readonly position: number; readonly count: number; readonly names: number } {
  if (!spec.sections && !spec.symbols) return { position: 0, count: 0, names: 0 };
  const wide = spec.pointerSize === 8;
  const strings: number[] = [0];
  const string = (text: string): number => {
    const offset = strings.length;
    strings.push(...new TextEncoder().encode(text), 0);
    return offset;
  };
  interface Row {
    readonly name: number;
    readonly type: number;
    readonly flags?: number;
    readonly address: number;
    readonly position: number;
    readonly size: number;
    readonly link: number;
    readonly entrySize: number;
  }
  const rows: Row[] = [{ name: 0, type: 0, address: 0, position: 0, size: 0, link: 0, entrySize: 0 }];
  for (const { name, address, size, type = 1, flags = 0 } of spec.sections ?? []) {
    const home = spec.segments.findIndex(
      (segment) => address >= segment.address && address <= segment.address + segment.bytes.length,
    );
    const position = home < 0 ? 0 : positions[home]! + address - spec.segments[home]!.address;
    rows.push({ name: string(name), type, flags, address, position, size, link: 0, entrySize: 0 });
  }
  const names = rows.length + (spec.symbols ? 1 : 0);
  if (spec.symbols) {
    const entrySize = wide ? 24 : 16;
    const table = file.allocate(spec.symbols.length * entrySize, 8);
    spec.symbols.forEach((symbol, i) => {
      const at = table + i * entrySize;
      file.setUint32(at, string(symbol.name));
      file.setUint8(at + (wide ? 4 : 12), 0x10 + symbol.type);
      file.setUint16(at + (wide ? 6 : 14), symbol.section ?? 1);
      file.setWords(at + (wide ? 8 : 4), [symbol.address, symbol.size]);
    });
    const size = spec.symbols.length * entrySize;
    rows.push({ name: string(".symtab"), type: 2, address: 0, position: table, size, link: names, entrySize });
  }
  const name = string(".strtab");
  const text = file.add(strings);
  rows.push({ name, type: 3, address: 0, position: text, size: strings.length, link: 0, entrySize: 0 });
  const rowSize = wide ? 64 : 40;
  const position = file.allocate(rows.length * rowSize, 8);
  rows.forEach((row, i) => {
    const at = position + i * rowSize;
    file.setUint32(at, row.name);
    file.setUint32(at + 4, row.type);
    file.setWords(at + 8, [row.flags ?? 0, row.address, row.position, row.size]);
    file.setUint32(at + 8 + 4 * spec.pointerSize, row.link);
    file.setWord(at + (wide ? 56 : 36), row.entrySize);
  });
  return { position, count: rows.length, names };
}

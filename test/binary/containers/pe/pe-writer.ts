/** Writes PE executables for tests: sections and symbols as told, PE32 or PE32+. */
import { Memory } from "../../memory.ts";

export const MACHINE_386 = 0x14c;
export const MACHINE_AMD64 = 0x8664;

export interface PeSpec {
  readonly pointerSize: 4 | 8;
  /** By default that of 386 or amd64. */
  readonly machine?: number;
  readonly imageBase: number;
  readonly movable?: boolean;
  readonly sections: readonly {
    readonly name: string;
    /** With the image base. */
    readonly address: number;
    readonly bytes: Uint8Array;
    /** Length of `bytes` by default. */
    readonly memorySize?: number;
    /** Initialized data by default. */
    readonly flags?: number;
  }[];
  readonly symbols?: readonly PeSymbolSpec[];
}

export interface PeSymbolSpec {
  readonly name: string;
  /** From the beginning of the section. */
  readonly offset: number;
  /** Number of the section, from 1. */
  readonly section: number;
  /** 0x20 is a function. */
  readonly type?: number;
  /** IMAGE_SYM_CLASS_EXTERNAL by default. */
  readonly storage?: number;
  /** How many records follow that say more of it. */
  readonly auxiliary?: number;
}

/** Raw data is padded to these. */
const ALIGNMENT = 0x200;
const PE_POSITION = 0x80;

/** The file's bytes: DOS header, headers, sections, symbols, names. */
export function writePe(spec: PeSpec): Uint8Array {
  const { pointerSize, sections, symbols = [], imageBase } = spec;
  const file = new Memory(0, { pointerSize, bigEndian: false });
  const wide = pointerSize === 8;
  file.add("MZ");
  file.allocate(PE_POSITION - 2, 1);
  file.setUint32(0x3c, PE_POSITION);
  file.add("PE\0\0");
  const optionalSize = wide ? 240 : 224;
  const header = file.allocate(20, 1);
  const optional = file.allocate(optionalSize, 1);
  const table = file.allocate(40 * sections.length, 1);
  const strings: number[] = [0, 0, 0, 0];
  const string = (text: string): number => {
    strings.push(...new TextEncoder().encode(text), 0);
    return strings.length - text.length - 1;
  };
  sections.forEach(({ name, address, bytes, memorySize, flags }, i) => {
    const at = table + 40 * i;
    [...(name.length > 8 ? `/${string(name)}` : name)].forEach((char, k) => {
      file.setUint8(at + k, char.charCodeAt(0));
    });
    const position = file.allocate(Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT, ALIGNMENT);
    bytes.forEach((byte, k) => {
      file.setUint8(position + k, byte);
    });
    file.setUint32(at + 8, memorySize ?? bytes.length);
    file.setUint32(at + 12, address - imageBase);
    file.setUint32(at + 16, Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT);
    file.setUint32(at + 20, position);
    file.setUint32(at + 36, flags ?? 0x4000_0040);
  });
  const { position, count } = writeSymbols(file, symbols, string);
  const text = file.add(strings);
  file.setUint32(text, strings.length);
  file.setUint16(header, spec.machine ?? (wide ? MACHINE_AMD64 : MACHINE_386));
  file.setUint16(header + 2, sections.length);
  file.setUint32(header + 8, position);
  file.setUint32(header + 12, count);
  file.setUint16(header + 16, optionalSize);
  file.setUint16(header + 18, 0x22);
  file.setUint16(optional, wide ? 0x20b : 0x10b);
  file.setWord(optional + (wide ? 24 : 28), imageBase);
  file.setUint16(optional + 70, spec.movable ? 0x40 : 0);
  return file.bytes;
}

function writeSymbols(
  file: Memory,
  symbols: readonly PeSymbolSpec[],
  string: (text: string) => number,
): { readonly position: number; readonly count: number } {
  const position = file.allocate(0, 1);
  let count = 0;
  for (const { name, offset, section, type, storage, auxiliary = 0 } of symbols) {
    const at = file.allocate(18 * (1 + auxiliary), 1);
    count += 1 + auxiliary;
    if (name.length > 8) file.setUint32(at + 4, string(name));
    else {
      [...name].forEach((char, i) => {
        file.setUint8(at + i, char.charCodeAt(0));
      });
    }
    file.setUint32(at + 8, offset);
    file.setUint16(at + 12, section & 0xffff);
    file.setUint16(at + 14, type ?? 0);
    file.setUint8(at + 16, storage ?? 2);
    file.setUint8(at + 17, auxiliary);
  }
  return { position, count };
}

/**
 * Writes small Go executables for tests: the text is empty, but types, functions, itabs, moduledata and build
 * information are as each version's compiler and linker would leave them.
 */

import { writeElf } from "./containers/elf/elf-writer.ts";
import { writeMachO } from "./containers/mach-o/mach-o-writer.ts";
import { writePe } from "./containers/pe/pe-writer.ts";
import { type FunctionSpec, writeFunctions } from "./functions/function-writer.ts";
import { type Machine, Memory } from "./memory.ts";
import { type TypeSpec, writeTypes } from "./types/type-writer.ts";

export interface ProgramSpec extends Machine {
  /** N of Go 1.N. */
  readonly minor: number;
  readonly types?: readonly TypeSpec[];
  readonly functions?: readonly FunctionSpec[];
  /** Pairs of interface and dynamic type. */
  readonly itabs?: readonly (readonly [TypeSpec, TypeSpec])[];
  /** ELF by default. Mach-O wants 8 bytes, and it and PE little-endian. */
  readonly container?: "elf" | "mach-o" | "pe";
  /** ELF's number; x86-64 by default. The other containers are for amd64 and 386. */
  readonly machine?: number;
  /** Bytes of data and bss. */
  readonly dataSize?: number;
  readonly bssSize?: number;
  /** No build information, as in Go ≤ 1.12. */
  readonly anonymous?: boolean;
  readonly version?: string;
  /** Paths of modules that it depends on. */
  readonly dependencies?: readonly string[];
  /** Import path of the main package. */
  readonly mainPackage?: string;
  /** How it was built, from Go 1.18 on: `-buildmode=plugin`. */
  readonly settings?: readonly string[];
  /** What to write instead of the function table's magic number. */
  readonly magic?: number;
}

export interface WrittenProgram {
  /** The executable's bytes. */
  readonly file: Uint8Array;
  readonly types: ReadonlyMap<TypeSpec, number>;
  readonly entries: readonly number[];
  readonly itabs: readonly number[];
  readonly moduleAddress: number;
  readonly data: number;
  readonly bss: number;
  readonly dataSize: number;
  readonly bssSize: number;
}

export const TEXT = 0x401000;
const READ_ONLY = 0x500000;
const WRITABLE = 0x600000;
const QUANTUM = 4;

const ONE_FUNCTION: readonly FunctionSpec[] = [
  { name: "main.main", size: 64, lines: [{ offset: 0, file: "/src/main.go", line: 3 }] },
];

export function writeProgram(spec: ProgramSpec): WrittenProgram {
  const { minor, pointerSize } = spec;
  const dataSize = spec.dataSize ?? 0x120;
  const bssSize = spec.bssSize ?? 0x2340;
  const readOnly = new Memory(READ_ONLY, spec);
  const types = writeTypes(readOnly, spec.types ?? [], minor);
  const typesEnd = readOnly.end;
  const itabsStart = readOnly.allocate(0);
  const itabs = (spec.itabs ?? []).map(([face, dynamic]) => {
    const at = readOnly.addWords([types.get(face)!, types.get(dynamic)!]);
    readOnly.allocate(Math.max(4, pointerSize), 4);
    // One method at least; all of them are there.
    readOnly.addWords(Array.from({ length: Math.max(1, face.methods?.length ?? 0) }, () => TEXT));
    return at;
  });
  const itabsEnd = readOnly.end;
  const isNew = minor >= 27;
  const links = [...types.values()];
  const typelinks = readOnly.allocate(links.length * (minor >= 7 ? 4 : pointerSize));
  links.forEach((address, i) => {
    if (minor >= 7) readOnly.setUint32(typelinks + 4 * i, address - READ_ONLY);
    else readOnly.setWord(typelinks + pointerSize * i, address);
  });
  const itablinks = readOnly.addWords(itabs);
  const functions = writeFunctions(readOnly, spec.functions ?? ONE_FUNCTION, minor, TEXT, QUANTUM);
  if (spec.magic !== undefined) readOnly.setUint32(functions.words.pcHeader![0]!, spec.magic);
  const sections = readOnly.addWords([0, functions.end - TEXT, TEXT]);

  const writable = new Memory(WRITABLE, spec);
  writeBuildInfo(writable, spec);
  const data = writable.allocate(dataSize, 32);
  const moduleAddress = writable.allocate(0, 32);
  const bss = moduleAddress + 0x400;
  const slice = (address: number, length: number): number[] => [address, length, length];
  // Go 1.27 has the itabs in the types' range.
  const etypes = isNew ? itabsEnd : typesEnd;
  const words: Record<string, readonly number[]> = {
    ...functions.words,
    findfunctab: [0],
    minmax: [functions.entries[0]!, functions.end],
    text: [TEXT, functions.end],
    noptrdata: [WRITABLE, data],
    data: [data, data + dataSize],
    bss: [bss, bss + bssSize],
    noptrbss: [bss + bssSize, bss + bssSize],
    coverage: [0, 0],
    masks: [bss + bssSize, READ_ONLY, READ_ONLY],
    types: isNew ? [READ_ONLY, typesEnd - READ_ONLY, etypes] : [READ_ONLY, etypes],
    itabRange: [itabsStart - READ_ONLY, itabsEnd - itabsStart],
    rodata: [READ_ONLY, READ_ONLY],
    epclntab: [readOnly.end],
    textsectmap: slice(sections, 1),
    typelinks: slice(typelinks, links.length),
    itablinks: slice(itablinks, itabs.length),
  };
  writable.addWords(moduleFields(minor).flatMap((field) => words[field]!));
  writable.allocate(bss - writable.end, 1);
  const file = writeContainer(spec, [
    { name: "text", address: TEXT, bytes: new Uint8Array(functions.end - TEXT), executable: true },
    { name: "rodata", address: READ_ONLY, bytes: readOnly.bytes },
    {
      name: "data",
      address: WRITABLE,
      bytes: writable.bytes,
      memorySize: writable.bytes.length + bssSize,
      writable: true,
    },
  ]);
  return { file, types, entries: functions.entries, itabs, moduleAddress, data, bss, dataSize, bssSize };
}

interface ProgramSegment {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly memorySize?: number;
  readonly writable?: boolean;
  readonly executable?: boolean;
}

function writeContainer(spec: ProgramSpec, segments: readonly ProgramSegment[]): Uint8Array {
  switch (spec.container ?? "elf") {
    case "elf": {
      const sections = [{ name: ".text", address: TEXT, size: segments[0]!.bytes.length }];
      return writeElf({ ...spec, machine: spec.machine ?? 62, segments, sections });
    }
    case "mach-o":
      return writeMachO({
        segments: segments.map((segment) => ({
          ...segment,
          name: `__${segment.name.toUpperCase()}`,
          sections: [{ name: `__${segment.name}`, address: segment.address, size: segment.bytes.length }],
        })),
      });
    case "pe":
      return writePe({
        pointerSize: spec.pointerSize,
        imageBase: TEXT - 0x1000,
        sections: segments.map(({ name, writable, executable, ...segment }) => ({
          ...segment,
          name: `.${name}`,
          flags: 0x4000_0040 + (executable ? 0x2000_0020 : 0) + (writable ? 0x8000_0000 : 0),
        })),
      });
  }
}

/** Fields of moduledata, those that always go together under one name. */
function moduleFields(minor: number): readonly string[] {
  const tables =
    minor >= 16
      ? ["pcHeader", "funcnametab", "cutab", "filetab", "pctab", "pclntable", "ftab"]
      : ["pclntable", "ftab", "filetab"];
  return [
    ...tables,
    "findfunctab",
    "minmax",
    "text",
    "noptrdata",
    "data",
    "bss",
    "noptrbss",
    ...(minor >= 20 ? ["coverage"] : []),
    "masks",
    ...(minor >= 7 ? ["types"] : []),
    ...(minor >= 27 ? ["itabRange"] : []),
    ...(minor >= 18 ? ["rodata"] : []),
    ...(minor >= 26 ? ["epclntab"] : []),
    ...(minor >= 8 ? ["textsectmap"] : []),
    ...(minor <= 26 ? ["typelinks"] : []),
    ...(minor >= 7 && minor <= 26 ? ["itablinks"] : []),
  ];
}

/** Stands for the sixteen bytes that the go command writes before the first line, and that are no text. */
const MARK = "0w\f\b\x02A\x07\x18t\x01\x02\x03\x04\x05\x06\x07";

function writeBuildInfo(
  memory: Memory,
  { minor, pointerSize, bigEndian, anonymous, version, settings, dependencies, mainPackage }: ProgramSpec,
): void {
  if (anonymous) return;
  const text = version ?? `go1.${minor}.1`;
  const isInline = minor >= 18;
  const header = memory.allocate(32, 16);
  [..."\xff Go buildinf:"].forEach((char, i) => {
    memory.setUint8(header + i, char.charCodeAt(0));
  });
  memory.setUint8(header + 14, pointerSize);
  memory.setUint8(header + 15, isInline ? 2 : bigEndian ? 1 : 0);
  if (isInline) {
    // One text behind the other, each with its length: below 128, so a byte.
    const modules = (dependencies ?? []).map((path) => `dep\t${path}\tv1.2.3\n`);
    const path = mainPackage === undefined ? [] : [`${MARK}path\t${mainPackage}\n`];
    const module = [...path, ...modules, ...(settings ?? []).map((setting) => `build\t${setting}\n`)].join("");
    memory.add([text.length, ...Buffer.from(text), module.length, ...Buffer.from(module)]);
    return;
  }
  const address = memory.add(text);
  memory.setWord(header + 16, memory.addWords([address, text.length]));
}

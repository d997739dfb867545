/** Writes Mach-O files for tests: segments, sections, symbols and load commands as told; and fat files around several. */
import { Memory } from "../../memory.ts";

const MACHINE = { pointerSize: 8, bigEndian: false } as const;

export const CPU_AMD64 = 0x0100_0007;
export const CPU_ARM64 = 0x0100_000c;

export interface MachOSpec {
  readonly cpuType?: number;
  readonly cpuSubtype?: number;
  /** MH_EXECUTE by default. */
  readonly fileType?: number;
  readonly flags?: number;
  /** Address of the header: a segment __TEXT with nothing else in it. */
  readonly imageBase?: number;
  readonly segments: readonly {
    readonly name: string;
    readonly address: number;
    readonly bytes: Uint8Array;
    /** Length of `bytes` by default. */
    readonly memorySize?: number;
    readonly writable?: boolean;
    readonly executable?: boolean;
    readonly sections?: readonly MachOSectionSpec[];
  }[];
  readonly symbols?: readonly {
    readonly name: string;
    readonly address: number;
    /** Number of the section, from 1. */
    readonly section: number;
    /** N_SECT by default. */
    readonly type?: number;
  }[];
  /** Contents of LC_DYLD_CHAINED_FIXUPS. */
  readonly fixups?: Uint8Array;
}

export interface MachOSectionSpec {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly flags?: number;
}

const PAGE = 0x1000;
const SEGMENT_SIZE = 72;
const SECTION_SIZE = 80;

/** The file's bytes: header, load commands, segments at whole pages, symbols, names, fixups. */
export function writeMachO(spec: MachOSpec): Uint8Array {
  const file = new Memory(0, MACHINE);
  const { symbols, fixups, imageBase } = spec;
  const segments = [
    ...(imageBase === undefined ? [] : [{ name: "__TEXT", address: imageBase, bytes: new Uint8Array(PAGE) }]),
    ...spec.segments,
  ];
  const sectionCount = spec.segments.reduce((sum, segment) => sum + (segment.sections?.length ?? 0), 0);
  const commandCount = segments.length + (symbols ? 1 : 0) + (fixups ? 1 : 0);
  const commandSize =
    segments.length * SEGMENT_SIZE + sectionCount * SECTION_SIZE + (symbols ? 24 : 0) + (fixups ? 16 : 0);
  const header = file.allocate(32);
  const values = [
    0xfeedfacf,
    spec.cpuType ?? CPU_AMD64,
    spec.cpuSubtype ?? 3,
    spec.fileType ?? 2,
    commandCount,
    commandSize,
    spec.flags ?? 0,
    0,
  ];
  setAll(file, header, values);
  let at = file.allocate(commandSize);
  const commandsEnd = at + commandSize;
  if (imageBase !== undefined) file.allocate(PAGE - commandsEnd, 1);
  for (const segment of segments as MachOSpec["segments"]) {
    const { name, address, bytes, memorySize, writable, executable, sections = [] } = segment;
    const isHeader = imageBase !== undefined && address === imageBase;
    const position = isHeader ? 0 : file.add(bytes, PAGE);
    setAll(file, at, [0x19, SEGMENT_SIZE + sections.length * SECTION_SIZE]);
    setName(file, at + 8, name);
    file.setWords(at + 24, [address, memorySize ?? bytes.length, position, bytes.length]);
    const protection = 1 + (writable ? 2 : 0) + (executable ? 4 : 0);
    setAll(file, at + 56, [protection, protection, sections.length, 0]);
    at += SEGMENT_SIZE;
    for (const section of sections) {
      setName(file, at, section.name);
      setName(file, at + 16, name);
      file.setWords(at + 32, [section.address, section.size]);
      const isInFile = section.address < address + bytes.length;
      setAll(file, at + 48, [isInFile ? position + section.address - address : 0, 0, 0, 0, section.flags ?? 0]);
      at += SECTION_SIZE;
    }
  }
  if (symbols) {
    const table = file.allocate(16 * symbols.length, 8);
    const strings: number[] = [0];
    symbols.forEach(({ name, address, section, type }, i) => {
      const entry = table + 16 * i;
      file.setUint32(entry, strings.length);
      strings.push(...new TextEncoder().encode(name), 0);
      file.setUint8(entry + 4, type ?? 0x0e);
      file.setUint8(entry + 5, section);
      file.setWord(entry + 8, address);
    });
    setAll(file, at, [2, 24, table, symbols.length, file.add(strings), strings.length]);
    at += 24;
  }
  if (fixups) setAll(file, at, [0x8000_0034, 16, file.add(fixups, 8), fixups.length]);
  return file.bytes;
}

/** A fat file of slices, each at a whole page. */
export function writeFatMachO(
  slices: readonly { readonly cpuType: number; readonly cpuSubtype?: number; readonly bytes: Uint8Array }[],
  options: { readonly wide?: boolean } = {},
): Uint8Array {
  const { wide = false } = options;
  const file = new Memory(0, { pointerSize: 8, bigEndian: true });
  const entrySize = wide ? 32 : 20;
  file.setUint32(file.allocate(8), wide ? 0xcafebabf : 0xcafebabe);
  file.setUint32(4, slices.length);
  const table = file.allocate(entrySize * slices.length, 1);
  slices.forEach(({ cpuType, cpuSubtype = 0, bytes }, i) => {
    const at = table + i * entrySize;
    const position = file.add(bytes, PAGE);
    setAll(file, at, [cpuType, cpuSubtype]);
    if (wide) file.setWords(at + 8, [position, bytes.length]);
    else setAll(file, at + 8, [position, bytes.length, 12]);
  });
  return file.bytes;
}

function setAll(file: Memory, address: number, values: readonly number[]): void {
  values.forEach((value, i) => {
    file.setUint32(address + 4 * i, value);
  });
}

/** Names fill 16 bytes, and are cut to fit. */
function setName(file: Memory, address: number, name: string): void {
  [...name.slice(0, 16)].forEach((char, i) => {
    file.setUint8(address + i, char.charCodeAt(0));
  });
}

/** ELF containers: what is read, and what is refused in which words. */
import { describe, expect, test } from "vitest";
import {
  findSection,
  NO_SYMBOL,
  openDebugFile,
  openExecutable,
  SymbolKind,
  UNMAPPED,
} from "../../../../src/binary/index.ts";
import type { ExecutableError } from "../../../../src/errors.ts";
import { memorySource } from "../../../../src/io/sources/memory-source.ts";
import type { ByteSource } from "../../../../src/io/sources/source.ts";
import { Memory } from "../../memory.ts";
import { listSegments, refusalOf } from "../opened-files.ts";
import { type ElfSpec, writeElf } from "./elf-writer.ts";

const MACHINES = [
  { pointerSize: 8, bigEndian: false, machine: 62, arch: "amd64" },
  { pointerSize: 8, bigEndian: false, machine: 183, arch: "arm64" },
  { pointerSize: 8, bigEndian: true, machine: 22, arch: "s390x" },
  { pointerSize: 8, bigEndian: true, machine: 21, arch: "ppc64" },
  { pointerSize: 8, bigEndian: false, machine: 21, arch: "ppc64le" },
  { pointerSize: 8, bigEndian: false, machine: 8, arch: "mips64le" },
  { pointerSize: 8, bigEndian: false, machine: 243, arch: "riscv64" },
  { pointerSize: 8, bigEndian: false, machine: 258, arch: "loong64" },
  { pointerSize: 4, bigEndian: false, machine: 3, arch: "386" },
  { pointerSize: 4, bigEndian: false, machine: 40, arch: "arm" },
  { pointerSize: 4, bigEndian: true, machine: 8, arch: "mips" },
  { pointerSize: 4, bigEndian: false, machine: 9999, arch: "unknown" },
] as const;

const AMD64 = { pointerSize: 8, bigEndian: false, machine: 62 } as const;

describe.each(MACHINES)("$arch", ({ arch, ...machine }) => {
  const data = new Memory(0x20_0000, machine);
  data.addWords([0x12345678, 0x20_0000]);
  data.add("text\0");
  const elf = writeElf({
    ...machine,
    segments: [
      { address: 0x20_0000, bytes: data.bytes, memorySize: 0x2000, writable: true },
      { address: 0x10_0000, bytes: new Uint8Array(64).fill(0x90), executable: true },
    ],
    sections: [{ name: ".text", address: 0x10_0000, size: 64 }],
    symbols: [
      { name: "main.main", address: 0x10_0010, size: 16, type: 2 },
      { name: "runtime.data", address: 0x20_0000, size: 0, type: 1 },
      { name: "main.sessions", address: 0x20_0000, size: 8, type: 1 },
      { name: "elsewhere", address: 0, size: 0, type: 1, section: 0 },
      { name: "file.go", address: 1, size: 0, type: 4 },
    ],
  });

  test("headers", () => {
    const executable = openExecutable(memorySource(elf, "server"));
    expect(executable).toMatchObject({
      name: "server",
      format: "elf",
      arch,
      type: "exec",
      pointerSize: machine.pointerSize,
      bigEndian: machine.bigEndian,
    });
    expect(listSegments(executable)).toEqual([
      [0x10_0000, 64, false, true],
      [0x20_0000, 0x2000, true, false],
    ]);
    expect(findSection(executable, ".text")).toMatchObject({ address: 0x10_0000, size: 64, fileSize: 64 });
  });

  test("memory", () => {
    const { image } = openExecutable(memorySource(elf));
    const word = machine.pointerSize;
    expect(image.word(0x20_0000)).toBe(0x12345678);
    expect(image.word(0x20_0000 + word)).toBe(0x20_0000);
    expect(image.uint32(machine.bigEndian && word === 8 ? 0x20_0004 : 0x20_0000)).toBe(0x12345678);
    expect(image.uint8(0x10_003f)).toBe(0x90);
    expect(image.uint16(0x10_0000)).toBe(0x9090);
    expect(image.cString(0x20_0000 + 2 * word)).toBe("text");
    expect(image.text(0x20_0000 + 2 * word, 2)).toBe("te");
    expect(image.bytes(0x10_0000, 3)).toEqual(Uint8Array.of(0x90, 0x90, 0x90));
  });

  test("memory beyond the file is zero, beyond the segment it is not there", () => {
    const { image } = openExecutable(memorySource(elf));
    const end = 0x20_0000 + data.bytes.length;
    expect(image.word(0x20_1000)).toBe(0);
    // Half of it in the file: the last letter and the NUL of "text".
    expect(image.uint32(end - 2)).toBe(machine.bigEndian ? 0x7400_0000 : 0x74);
    expect(image.bytes(end - 1, 3)).toEqual(Uint8Array.of(0, 0, 0));
    expect([image.uint8(0x20_2000), image.uint16(0x20_1fff), image.uint32(0x10_003d), image.word(0x20_1ffd)]).toEqual(
      Array.from({ length: 4 }, () => UNMAPPED),
    );
    expect([image.uint8(-1), image.uint8(Number.NaN), image.word(2 ** 60), image.uint8(UNMAPPED)]).toEqual(
      Array.from({ length: 4 }, () => UNMAPPED),
    );
    expect(image.bytes(0x20_0000, 0x2001)).toBeUndefined();
    expect(image.isMapped(0x20_0000, 0x2000)).toBe(true);
    expect(image.isMapped(0x20_0000, 0x2001)).toBe(false);
    expect(image.isInFile(0x20_0000, data.bytes.length)).toBe(true);
    expect(image.isInFile(0x20_0000, data.bytes.length + 1)).toBe(false);
  });

  test("symbols", () => {
    const symbols = openExecutable(memorySource(elf)).symbols();
    expect(Array.from({ length: symbols.count }, (_, i) => symbols.name(i))).toEqual([
      "main.main",
      "main.sessions",
      "runtime.data",
    ]);
    expect(Array.from(symbols.kind)).toEqual([SymbolKind.Function, SymbolKind.Data, SymbolKind.Data]);
    const found = (address: number): string | number => {
      const index = symbols.find(address);
      return index === NO_SYMBOL ? index : symbols.name(index);
    };
    expect([0x10_000f, 0x10_0010, 0x10_001f, 0x10_0020].map(found)).toEqual([
      NO_SYMBOL,
      "main.main",
      "main.main",
      NO_SYMBOL,
    ]);
    expect([0x20_0000, 0x20_0007, 0x20_0008].map(found)).toEqual(["main.sessions", "main.sessions", NO_SYMBOL]);
  });
});

test("names of sections are cut, for each of thousands could reach to the end of a damaged file", () => {
  const section = { address: 0x1000, size: 4 };
  const segments = [{ address: 0x1000, bytes: new Uint8Array(8) }];
  const sections = [
    { name: "x".repeat(10_000), ...section },
    { name: ".text", ...section },
  ];
  const executable = openExecutable(memorySource(writeElf({ ...AMD64, segments, sections })));
  expect(executable.sections.slice(1, 3).map(({ name }) => name)).toEqual(["x".repeat(256), ".text"]);
});

test("a stripped file has no sections and no symbols", () => {
  const executable = openExecutable(
    memorySource(writeElf({ ...AMD64, segments: [{ address: 0x1000, bytes: Uint8Array.of(1) }] })),
  );
  expect(executable.sections).toEqual([]);
  expect(executable.symbols().count).toBe(0);
  expect(executable.symbols().find(0x1000)).toBe(NO_SYMBOL);
});

describe("position-independent executables", () => {
  /** One word to be relocated to 0x5008, those that name symbols, one outside. */
  function pie(
    machine: typeof AMD64 | { pointerSize: 8; bigEndian: true; machine: 22 },
    relative: number,
    symbolic: number,
  ) {
    const rela = new Memory(0x1000, machine);
    const row = (offset: number, type: number, addend: number): void => {
      const at = rela.allocate(24);
      rela.setWords(at, [offset, type, addend]);
    };
    row(0x5000, relative, 0x5008);
    row(0x5008, 2 * 0x1_0000_0000 + symbolic, 0x7777);
    row(0x5010, 1 * 0x1_0000_0000 + symbolic, 0x20);
    row(0x5018, 9 * 0x1_0000_0000 + symbolic, 0x7777);
    row(0x9000, relative, 0x7777);
    row(0x501c, relative, 0x7777);
    // Symbol 1 is in a section of the file, 2 is another file's; there is no 9.
    const symbols = new Memory(0x2000, machine);
    for (const [section, value] of [
      [0, 0],
      [1, 0x5000],
      [0, 0x5000],
    ] as const) {
      const at = symbols.allocate(24);
      symbols.setUint8(at + 6, section);
      symbols.setUint8(at + 7, section);
      symbols.setWord(at + 8, value);
    }
    const dynamic = new Memory(0, machine);
    dynamic.addWords([6, 0x2000, 7, 0x1000, 8, rela.bytes.length, 9, 24, 0, 0]);
    return writeElf({
      ...machine,
      type: 3,
      segments: [
        { address: 0x1000, bytes: rela.bytes },
        { address: 0x2000, bytes: symbols.bytes },
        { address: 0x5000, bytes: new Uint8Array(32), writable: true },
      ],
      dynamic: dynamic.bytes,
    });
  }

  test.each([
    [AMD64, 8, 1],
    [{ ...AMD64, machine: 183 } as unknown as typeof AMD64, 1027, 257],
    [{ pointerSize: 8, bigEndian: true, machine: 22 } as const, 12, 22],
  ] as const)("have the loader's addresses in their words: %o", (machine, relative, symbolic) => {
    const executable = openExecutable(memorySource(pie(machine, relative, symbolic)));
    expect(executable.type).toBe("pie");
    expect(executable.image.word(0x5000)).toBe(0x5008);
    expect(executable.image.word(0x5010)).toBe(0x5020);
    // The relocation with another file's symbol is not applied, nor one without any, nor the one that does not fit.
    expect(executable.image.word(0x5008)).toBe(0);
    expect(executable.image.word(0x5018)).toBe(0);
  });
});

test("only the headers are read before somebody asks for memory, and then one segment", () => {
  const elf = writeElf({
    ...AMD64,
    segments: [
      { address: 0x10_0000, bytes: new Uint8Array(1 << 20), executable: true },
      { address: 0x30_0000, bytes: new Uint8Array(1 << 12), writable: true },
    ],
  });
  let bytes = 0;
  const memory = memorySource(elf);
  const source: ByteSource = {
    ...memory,
    read(target, targetOffset, length, position) {
      bytes += length;
      return memory.read(target, targetOffset, length, position);
    },
  };
  const { image } = openExecutable(source);
  const headers = bytes;
  // The ends of files without sections are searched for a packer's mark.
  expect(headers).toBeLessThan(20_000);
  image.word(0x30_0000);
  expect(bytes - headers).toBe(1 << 12);
  image.word(0x30_0008);
  expect(bytes - headers).toBe(1 << 12);
});

test("a file of debug information only opens for whoever asks for just that", () => {
  const symbol = { name: "main.sessions", address: 0x2000, size: 8, type: 1 };
  const source = memorySource(
    writeElf({
      ...AMD64,
      segments: [{ address: 0x1000, bytes: new Uint8Array(0), memorySize: 0x100 }],
      sections: [
        { name: ".text", address: 0x1000, size: 0x40_0000, type: 8 },
        { name: ".debug_info", address: 0x1000, size: 0 },
      ],
      symbols: [symbol],
    }),
  );
  expect(() => openExecutable(source)).toThrow(expect.objectContaining({ code: "unsupported" }));
  const file = openDebugFile(source);
  expect(file.segments).toEqual([]);
  expect(file.image.word(0x1000)).toBe(UNMAPPED);
  expect(findSection(file, ".text")).toMatchObject({ size: 0x40_0000, fileSize: 0 });
  expect(file.symbols().name(0)).toBe("main.sessions");
  expect(file.debugSection("info")).toEqual(new Uint8Array(0));
});

describe("refused", () => {
  function failure(bytes: Uint8Array | string): ExecutableError {
    const data = typeof bytes === "string" ? Uint8Array.from(bytes, (char) => char.charCodeAt(0)) : bytes;
    return refusalOf(() => openExecutable(memorySource(data, "file")));
  }
  const valid: ElfSpec = { ...AMD64, segments: [{ address: 0x1000, bytes: new Uint8Array(64) }] };

  test.each([
    ["nothing", "", "not-an-executable", "file is empty"],
    ["text", "hello\nworld\n", "not-an-executable", "file is a text file, not an executable"],
    ["a script", "#!/bin/sh\nexec server\n", "not-an-executable", "file is a script, not an executable"],
    ["a heap dump", "go1.7 heap dump\n\x06\0\x08", "not-an-executable", "file is a heap dump"],
    ["gzip", "\x1f\x8b\x08\0\0\0\0\0", "not-an-executable", "file is compressed"],
    ["an archive", "!<arch>\n/               0", "not-an-executable", "file is an archive of object files"],
    ["noise", "\x01\x02\x03\x04\x05\x06\x07\x08\x09", "not-an-executable", "no header of ELF, Mach-O or PE"],
    ["a Java class", "\xca\xfe\xba\xbe\0\0\0\x34\0\x10", "not-an-executable", "file is a Java class"],
    ["WebAssembly", "\0asm\x01\0\0\0", "unsupported", "a WebAssembly module"],
  ])("%s", (_, bytes, code, message) => {
    const error = failure(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("a core file, an object file", () => {
    expect(failure(writeElf({ ...valid, type: 4 }))).toMatchObject({ code: "core-file" });
    expect(failure(writeElf({ ...valid, type: 4 })).hint).toContain("the program that crashed");
    expect(failure(writeElf({ ...valid, type: 1 }))).toMatchObject({ code: "not-an-executable" });
  });

  test("a file cut anywhere says where, or is whole", () => {
    const elf = writeElf({
      ...valid,
      sections: [{ name: ".text", address: 0x1000, size: 64 }],
      symbols: [{ name: "main.main", address: 0x1000, size: 8, type: 2 }],
    });
    for (let length = 4; length < elf.length; length++) {
      const error = failure(elf.slice(0, length));
      expect(error.code, `cut to ${length}`).toBe("truncated");
      expect(error.position).toBe(length);
    }
  });

  test("a packed one", () => {
    const bytes = new TextEncoder().encode("\0\0\0\0UPX!\r\x16\x02");
    const error = failure(writeElf({ ...AMD64, segments: [{ address: 0x1000, bytes }] }));
    expect(error.code).toBe("packed");
    expect(error.hint).toContain("upx -d");
  });

  test("overlapping segments, impossible sizes, unknown classes", () => {
    const bytes = new Uint8Array(64);
    const overlapping = writeElf({
      ...AMD64,
      segments: [
        { address: 0x1000, bytes },
        { address: 0x1020, bytes },
      ],
    });
    expect(failure(overlapping)).toMatchObject({ code: "damaged" });
    expect(failure(writeElf({ ...AMD64, segments: [{ address: 0x1000, bytes, memorySize: 32 }] }))).toMatchObject({
      code: "damaged",
    });
    const unknown = writeElf(valid);
    unknown[4] = 9;
    expect(failure(unknown)).toMatchObject({ code: "damaged", position: 4 });
  });

  test("nothing to load", () => {
    expect(failure(writeElf({ ...AMD64, segments: [] }))).toMatchObject({ code: "not-an-executable" });
  });
});

/** Mach-O containers: what is read, slices of fat files, and what is refused in which words. */
import { describe, expect, test } from "vitest";
import {
  type Executable,
  findSection,
  listArchitectures,
  NO_SYMBOL,
  openDebugFile,
  openExecutable,
  SymbolKind,
  UNMAPPED,
} from "../../../../src/binary/index.ts";
import type { ExecutableError } from "../../../../src/errors.ts";
import { memorySource } from "../../../../src/io/sources/memory-source.ts";
import { surviveDamage } from "../../damage.ts";
import { Memory } from "../../memory.ts";
import { listSegments, listSymbols, packAsZdebug, refusalOf } from "../opened-files.ts";
import { CPU_AMD64, CPU_ARM64, type MachOSpec, writeFatMachO, writeMachO } from "./mach-o-writer.ts";

const MACHINE = { pointerSize: 8, bigEndian: false } as const;
const BASE = 0x1_0000_0000;
const TEXT = BASE + 0x1000;
const DATA = BASE + 0x4000;
const CODE = 0x8000_0400;
const ZERO_FILL = 1;

const open = (bytes: Uint8Array, arch?: string): Executable =>
  openExecutable(memorySource(bytes, "server"), arch === undefined ? {} : { arch });

const INFO = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
const LOCLISTS = Uint8Array.of(9, 8, 7);

/** A program of two variables and two functions, with debug information. */
function specOf(spec: Partial<MachOSpec> = {}): MachOSpec {
  const data = new Memory(DATA, MACHINE);
  data.addWords([0x12345678, DATA]);
  data.add("text\0");
  const zdebug = packAsZdebug(INFO);
  const dwarf = new Uint8Array([...zdebug, ...LOCLISTS]);
  return {
    imageBase: BASE,
    flags: 0x20_0000,
    segments: [
      { name: "__PAGEZERO", address: 0, bytes: new Uint8Array(0), memorySize: BASE },
      {
        name: "__DATA",
        address: DATA,
        bytes: data.bytes,
        memorySize: 0x2000,
        writable: true,
        sections: [
          { name: "__data", address: DATA, size: 21 },
          { name: "__bss", address: DATA + 0x20, size: 0x1000, flags: ZERO_FILL },
        ],
      },
      {
        name: "__TEXT2",
        address: TEXT,
        bytes: new Uint8Array(64).fill(0x90),
        executable: true,
        sections: [{ name: "__text", address: TEXT, size: 64, flags: CODE }],
      },
      {
        name: "__DWARF",
        address: BASE + 0x8000,
        bytes: dwarf,
        memorySize: 0,
        sections: [
          { name: "__zdebug_info", address: BASE + 0x8000, size: zdebug.length },
          { name: "__debug_loclists", address: BASE + 0x8000 + zdebug.length, size: LOCLISTS.length },
        ],
      },
    ],
    symbols: [
      { name: "_main.main", address: TEXT + 0x10, section: 3 },
      { name: "_main.work", address: TEXT + 0x20, section: 3 },
      { name: "_runtime.data", address: DATA, section: 1 },
      { name: "_main.sessions", address: DATA, section: 1 },
      { name: "_main.count", address: DATA + 16, section: 1 },
      { name: "_main.cache", address: DATA + 0x20, section: 2 },
      { name: "_malloc", address: 0, section: 0, type: 0x01 },
      { name: "main.go", address: 5, section: 1, type: 0x64 },
      { name: "_beyond", address: 5, section: 77 },
    ],
    ...spec,
  };
}

describe("a Mach-O executable", () => {
  const bytes = writeMachO(specOf());

  test("headers", () => {
    const executable = open(bytes);
    expect(executable).toMatchObject({
      name: "server",
      format: "mach-o",
      arch: "amd64",
      type: "pie",
      pointerSize: 8,
      bigEndian: false,
    });
    expect(listSegments(executable)).toEqual([
      [BASE, 0x1000, false, false],
      [TEXT, 64, false, true],
      [DATA, 0x2000, true, false],
    ]);
    expect(findSection(executable, "__text")).toMatchObject({ address: TEXT, size: 64, fileSize: 64 });
    expect(findSection(executable, "__bss")).toMatchObject({ address: DATA + 0x20, size: 0x1000, fileSize: 0 });
    expect(open(writeMachO(specOf({ cpuType: CPU_ARM64, cpuSubtype: 0, flags: 0 })))).toMatchObject({
      arch: "arm64",
      type: "exec",
    });
  });

  test("memory; page zero is none", () => {
    const { image } = open(bytes);
    expect(image.word(DATA)).toBe(0x12345678);
    expect(image.word(DATA + 8)).toBe(DATA);
    expect(image.cString(DATA + 16)).toBe("text");
    expect(image.word(DATA + 0x1ff8)).toBe(0);
    expect(image.uint8(TEXT)).toBe(0x90);
    expect(image.uint32(BASE)).toBe(0xfeedfacf);
    expect([image.uint8(0), image.uint8(0x1000), image.uint8(DATA + 0x2000)]).toEqual([UNMAPPED, UNMAPPED, UNMAPPED]);
  });

  test("symbols lose the underscore and get the distance to the next as their size", () => {
    const symbols = open(bytes).symbols();
    expect(listSymbols(open(bytes))).toEqual([
      ["main.main", TEXT + 0x10, 0x10, SymbolKind.Function],
      ["main.work", TEXT + 0x20, 0x20, SymbolKind.Function],
      ["main.sessions", DATA, 16, SymbolKind.Data],
      ["runtime.data", DATA, 0, SymbolKind.Data],
      ["main.count", DATA + 16, 5, SymbolKind.Data],
      ["main.cache", DATA + 0x20, 0x1000, SymbolKind.Data],
    ]);
    expect(symbols.name(symbols.find(DATA + 15))).toBe("main.sessions");
    expect(symbols.find(DATA + 21)).toBe(NO_SYMBOL);
  });

  test("before Go 1.16 only names of C had an underscore", () => {
    const symbols = open(
      writeMachO(
        specOf({
          symbols: ["main.main", "_/home/me.work", "main.work", "__rt0_amd64_darwin", "runtime.text"].map(
            (name, i) => ({
              name,
              address: TEXT + i,
              section: 3,
            }),
          ),
        }),
      ),
    ).symbols();
    expect(Array.from({ length: symbols.count }, (_, i) => symbols.name(i))).toEqual([
      "main.main",
      "_/home/me.work",
      "main.work",
      "_rt0_amd64_darwin",
      "runtime.text",
    ]);
  });

  test("debug sections, packed or not, under names cut to 16 characters", () => {
    const executable = open(bytes);
    expect(Uint8Array.from(executable.debugSection("info")!)).toEqual(INFO);
    expect(executable.debugSection("loclists")).toEqual(LOCLISTS);
    expect(["info", "loclists", "line"].map(executable.unpackedDebugSize)).toEqual([INFO.length, 0, 0]);
    expect(executable.debugSection("line")).toBeUndefined();
  });

  test("without a symbol table", () => {
    const { symbols: _, ...spec } = specOf();
    expect(open(writeMachO(spec)).symbols().count).toBe(0);
  });
});

describe("fat files", () => {
  const amd64 = { cpuType: CPU_AMD64, cpuSubtype: 3, bytes: writeMachO(specOf()) };
  const arm64 = {
    cpuType: CPU_ARM64,
    cpuSubtype: 0,
    bytes: writeMachO(specOf({ cpuType: CPU_ARM64, cpuSubtype: 0 })),
  };
  const arm64e = { ...arm64, cpuSubtype: 0x8000_0002 };
  const i386 = { cpuType: 7, cpuSubtype: 3, bytes: Uint8Array.of(0xce, 0xfa, 0xed, 0xfe) };

  test.each([false, true])("the slice of an architecture (64-bit table: %s)", (wide) => {
    const fat = writeFatMachO([amd64, arm64], { wide });
    expect(listArchitectures(memorySource(fat))).toEqual(["amd64", "arm64"]);
    for (const arch of ["amd64", "arm64"]) {
      const executable = open(fat, arch);
      expect(executable.arch).toBe(arch);
      expect(executable.image.cString(DATA + 16)).toBe("text");
      expect(executable.symbols().name(0)).toBe("main.main");
      expect(Uint8Array.from(executable.debugSection("info")!)).toEqual(INFO);
    }
  });

  test("the only slice that can be Go's needs no choice", () => {
    const fat = writeFatMachO([i386, arm64e, arm64]);
    expect(listArchitectures(memorySource(fat))).toEqual(["arm64"]);
    expect(open(fat).arch).toBe("arm64");
  });

  test("an architecture has to be told, and has to be there", () => {
    const fat = writeFatMachO([amd64, arm64]);
    expect(() => open(fat)).toThrow(/is a fat Mach-O file for amd64, arm64, and which one is needed was not told/);
    expect(() => open(fat, "386")).toThrow(/has no part for 386, only for amd64, arm64/);
    expect(() => open(writeFatMachO([i386, arm64e]))).toThrow(/fat Mach-O file for 386, arm64e, none of which/);
  });

  test("other files have no list", () => {
    expect(listArchitectures(memorySource(amd64.bytes))).toEqual([]);
    expect(listArchitectures(memorySource(new Uint8Array(0)))).toEqual([]);
  });

  test("a slice that is cut, or lies on the table, is told by its position in the file", () => {
    const fat = writeFatMachO([arm64, amd64]);
    expect(() => open(fat.subarray(0, fat.length - 1), "arm64")).toThrow(
      expect.objectContaining({ code: "truncated", position: fat.length - 1 }),
    );
    const overlapping = fat.slice();
    new DataView(overlapping.buffer).setUint32(16, 8);
    expect(() => open(overlapping, "arm64")).toThrow(expect.objectContaining({ code: "damaged", position: 8 }));
  });

  test("a list without end is damaged", () => {
    const fat = new Uint8Array(1 << 16);
    fat.set(writeFatMachO([arm64], { wide: true }).subarray(0, 40));
    new DataView(fat.buffer).setUint32(4, 1000);
    expect(() => open(fat, "arm64")).toThrow(expect.objectContaining({ code: "damaged", position: 4 }));
  });

  test("nothing is read beyond the slice", () => {
    const fat = writeFatMachO([arm64, amd64]);
    // The first slice says that it ends where its symbols' names begin.
    const table = new DataView(fat.buffer);
    table.setUint32(20, arm64.bytes.length - 8);
    expect(() => open(fat, "arm64").symbols()).toThrow(expect.objectContaining({ code: "truncated" }));
  });
});

describe("refused", () => {
  const failure = (bytes: Uint8Array): ExecutableError => refusalOf(() => open(bytes));

  test.each([
    [[0xce, 0xfa, 0xed, 0xfe], "a 32-bit Mach-O file"],
    [[0xfe, 0xed, 0xfa, 0xcf], "a big-endian Mach-O file"],
    [[0xfe, 0xed, 0xfa, 0xce], "a big-endian Mach-O file"],
  ])("%o", (magic, what) => {
    const error = failure(Uint8Array.from([...magic, ...new Array<number>(60).fill(0)]));
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain(what);
  });

  test.each([
    [{ cpuType: 0x0100_0012 }, "unsupported", "is for ppc64"],
    [{ cpuType: CPU_ARM64, cpuSubtype: 2 }, "unsupported", "is for arm64e"],
    [{ cpuType: 99 }, "unsupported", "CPU type 0x63"],
    [{ fileType: 1 }, "not-an-executable", "object file"],
    [{ fileType: 4 }, "core-file", "core file"],
    [{ fileType: 9 }, "not-an-executable", "Mach-O of type 9"],
    [{ fileType: 10 }, "unsupported", "debug information only"],
  ])("%o", (change, code, message) => {
    const error = failure(writeMachO(specOf(change)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("what is packed, what has nothing to load", () => {
    const bytes = new Uint8Array(16);
    const sections = [{ name: "upxTEXT", address: TEXT, size: 16 }];
    expect(failure(writeMachO({ segments: [{ name: "__TEXT", address: TEXT, bytes, sections }] })).code).toBe("packed");
    expect(failure(writeMachO({ segments: [] })).code).toBe("not-an-executable");
  });

  test("impossible sizes and commands", () => {
    const bytes = new Uint8Array(64);
    const segment = { name: "__DATA", address: DATA, bytes };
    const damaged = (spec: MachOSpec, change: (view: DataView) => void = () => {}): ExecutableError => {
      const file = writeMachO(spec);
      change(new DataView(file.buffer));
      return failure(file);
    };
    const overlapping = { segments: [segment, { ...segment, name: "__MORE", address: DATA + 32 }] };
    expect(damaged(overlapping)).toMatchObject({ code: "damaged", position: 32 });
    expect(damaged({ segments: [{ ...segment, memorySize: 32 }] })).toMatchObject({ code: "damaged", position: 32 });
    const one = { segments: [segment] };
    expect(damaged(one, (view) => view.setUint32(16, 2, true))).toMatchObject({ code: "damaged", position: 104 });
    expect(damaged(one, (view) => view.setUint32(36, 4, true))).toMatchObject({ code: "damaged", position: 36 });
    expect(damaged(one, (view) => view.setUint32(36, 4000, true))).toMatchObject({ code: "damaged", position: 36 });
    expect(damaged(one, (view) => view.setUint32(32 + 64, 9, true))).toMatchObject({ code: "damaged", position: 96 });
  });

  test("a file cut anywhere says where, or is whole but for the symbols", () => {
    const file = writeMachO(specOf({ segments: specOf().segments.slice(0, 3), symbols: [] }));
    for (let length = 8; length < file.length - 1; length++) {
      const error = failure(file.slice(0, length));
      expect(error.code, `cut to ${length}`).toBe("truncated");
      expect(error.position).toBe(length);
    }
  });
});

test("a file of debug information only opens for whoever asks for just that", () => {
  const executable = openDebugFile(memorySource(writeMachO(specOf({ fileType: 10 }))));
  expect(Uint8Array.from(executable.debugSection("info")!)).toEqual(INFO);
  expect(executable.symbols().name(0)).toBe("main.main");
  expect(executable.segments).toEqual([]);
  expect(executable.image.word(DATA)).toBe(UNMAPPED);
});

test("damaged files give an error of their own, or some result", () => {
  const data = { cpuType: CPU_ARM64, cpuSubtype: 0, bytes: writeMachO(specOf({ cpuType: CPU_ARM64 })) };
  const files = [writeMachO(specOf()), writeFatMachO([data])];
  expect(surviveDamage(files, open, ["info", "loclists"], 7)).toBeGreaterThan(300);
});

/** PE containers: what is read, and what is refused in which words. */
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
import { type PeSpec, writePe } from "./pe-writer.ts";

const BASE = 0x40_0000;
const TEXT = BASE + 0x1000;
const DATA = BASE + 0x3000;
const CODE = 0x6000_0020;
const WRITABLE = 0xc000_0040;
const DISCARDABLE = 0x4200_0040;
const FUNCTION = 0x20;
const STATIC = 3;

const open = (bytes: Uint8Array): Executable => openExecutable(memorySource(bytes, "server.exe"));

const LINES = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
const LOCLISTS = Uint8Array.of(9, 8, 7);

/** A program of variables and functions, with debug information. */
function specOf(spec: Partial<PeSpec> = {}): PeSpec {
  const pointerSize = spec.pointerSize ?? 8;
  const data = new Memory(DATA, { pointerSize, bigEndian: false });
  data.addWords([0x12345678, DATA]);
  data.add("text\0");
  return {
    pointerSize,
    imageBase: BASE,
    movable: true,
    sections: [
      { name: ".text", address: TEXT, bytes: new Uint8Array(64).fill(0x90), flags: CODE },
      { name: ".data", address: DATA, bytes: data.bytes, memorySize: 0x2000, flags: WRITABLE },
      { name: ".zdebug_line", address: BASE + 0x6000, bytes: packAsZdebug(LINES), flags: DISCARDABLE },
      { name: ".debug_loclists", address: BASE + 0x7000, bytes: LOCLISTS, flags: DISCARDABLE },
      { name: ".bss", address: BASE + 0x8000, bytes: new Uint8Array(0), memorySize: 0x100, flags: WRITABLE + 0x80 },
    ],
    symbols: [
      { name: ".text", offset: 0, section: 1, storage: STATIC, auxiliary: 1 },
      { name: "main.go", offset: 0, section: -2, storage: 103, auxiliary: 2 },
      { name: "main.main", offset: 0x10, section: 1, type: FUNCTION },
      { name: "main.work", offset: 0x20, section: 1, type: FUNCTION, storage: STATIC },
      { name: "label", offset: 0x28, section: 1, storage: 6 },
      { name: "_tls", offset: 0x30, section: 1 },
      { name: "runtime.data", offset: 0, section: 2 },
      { name: "main.sessions", offset: 0, section: 2 },
      { name: "main.n", offset: 0x20, section: 2, storage: STATIC },
      { name: "absolute", offset: 0x20, section: -1 },
      { name: "elsewhere", offset: 0, section: 0 },
    ],
    ...spec,
  };
}

describe.each([
  [8, "amd64"],
  [4, "386"],
] as const)("a PE executable of %i bytes a word", (pointerSize, arch) => {
  const bytes = writePe(specOf({ pointerSize }));

  test("headers", () => {
    const executable = open(bytes);
    expect(executable).toMatchObject({
      name: "server.exe",
      format: "pe",
      arch,
      type: "pie",
      pointerSize,
      bigEndian: false,
    });
    expect(listSegments(executable)).toEqual([
      [TEXT, 64, false, true],
      [DATA, 0x2000, true, false],
      [BASE + 0x8000, 0x100, true, false],
    ]);
    expect(findSection(executable, ".text")).toMatchObject({ address: TEXT, size: 64, fileSize: 64 });
    expect(findSection(executable, ".bss")).toMatchObject({ size: 0x100, fileSize: 0 });
    expect(listArchitectures(memorySource(bytes))).toEqual([]);
  });

  test("memory", () => {
    const { image } = open(bytes);
    expect(image.word(DATA)).toBe(0x12345678);
    expect(image.word(DATA + pointerSize)).toBe(DATA);
    expect(image.cString(DATA + 2 * pointerSize)).toBe("text");
    expect(image.word(DATA + 0x1ff8)).toBe(0);
    expect(image.word(BASE + 0x8000)).toBe(0);
    // What pads a section in the file is not in memory.
    expect([image.uint8(TEXT + 64), image.uint8(BASE + 0x6000), image.uint8(0)]).toEqual([
      UNMAPPED,
      UNMAPPED,
      UNMAPPED,
    ]);
  });

  test("symbols get the distance to the next as their size", () => {
    const symbols = open(bytes).symbols();
    expect(listSymbols(open(bytes))).toEqual([
      ["main.main", TEXT + 0x10, 0x10, SymbolKind.Function],
      ["main.work", TEXT + 0x20, 0x10, SymbolKind.Function],
      ["_tls", TEXT + 0x30, 0x10, SymbolKind.Function],
      ["main.sessions", DATA, 0x20, SymbolKind.Data],
      ["runtime.data", DATA, 0, SymbolKind.Data],
      ["main.n", DATA + 0x20, 0x1fe0, SymbolKind.Data],
    ]);
    expect(symbols.name(symbols.find(DATA + 0x1f))).toBe("main.sessions");
    expect(symbols.find(TEXT)).toBe(NO_SYMBOL);
  });

  test("debug sections, packed or not, under names of more than 8 characters", () => {
    const executable = open(bytes);
    expect(Uint8Array.from(executable.debugSection("line")!)).toEqual(LINES);
    expect(executable.debugSection("loclists")).toEqual(LOCLISTS);
    expect(executable.debugSection("info")).toBeUndefined();
    expect(["line", "loclists", "info"].map(executable.unpackedDebugSize)).toEqual([LINES.length, 0, 0]);
  });

  test("a stripped one", () => {
    const executable = open(writePe(specOf({ pointerSize, symbols: [], movable: false })));
    expect(executable.type).toBe("exec");
    expect(executable.symbols().count).toBe(0);
  });
});

test("other machines", () => {
  const archOf = (machine: number): string => open(writePe(specOf({ machine }))).arch;
  expect([0xaa64, 0x1c4, 0x200].map(archOf)).toEqual(["arm64", "arm", "unknown"]);
});

describe("refused", () => {
  const failure = (bytes: Uint8Array): ExecutableError => refusalOf(() => open(bytes));
  const changed = (change: (view: DataView) => void, spec: PeSpec = specOf()): ExecutableError => {
    const bytes = writePe(spec);
    change(new DataView(bytes.buffer));
    return failure(bytes);
  };

  test("a program of DOS", () => {
    const bytes = new Uint8Array(256);
    bytes.set([0x4d, 0x5a]);
    expect(failure(bytes)).toMatchObject({ code: "not-an-executable", position: 0x3c });
    expect(failure(bytes.subarray(0, 40)).message).toContain("a program for DOS, or a Windows executable cut short");
    expect(changed((view) => view.setUint32(0x3c, 0xffff_ff00, true)).code).toBe("not-an-executable");
  });

  test("what is packed, what has nothing to load", () => {
    const bytes = new Uint8Array(16);
    const upx = { name: "UPX0", address: TEXT, bytes };
    expect(failure(writePe({ pointerSize: 8, imageBase: BASE, sections: [upx] })).code).toBe("packed");
    expect(failure(writePe({ pointerSize: 8, imageBase: BASE, sections: [] })).code).toBe("not-an-executable");
  });

  test("impossible headers", () => {
    expect(changed((view) => view.setUint16(0x94, 8, true))).toMatchObject({ code: "damaged", position: 0x94 });
    expect(changed((view) => view.setUint16(0x98, 0x107, true))).toMatchObject({ code: "damaged", position: 0x98 });
    const bytes = new Uint8Array(64);
    const sections = [
      { name: ".text", address: TEXT, bytes },
      { name: ".data", address: TEXT + 32, bytes },
    ];
    const table = 0x98 + 240;
    expect(changed(() => {}, specOf({ sections }))).toMatchObject({ code: "damaged", position: table });
    const far = changed((view) => view.setBigUint64(0x98 + 24, 2n ** 63n, true));
    expect(far).toMatchObject({ code: "damaged", position: table });
  });

  test("a file cut anywhere in its sections, symbols or names says where", () => {
    const file = writePe(specOf({ pointerSize: 4 }));
    const view = new DataView(file.buffer);
    const names = view.getUint32(0x8c, true) + 18 * view.getUint32(0x90, true);
    for (let length = 0x84; length < file.length; length++) {
      // A file may end with its symbols, if all names are short.
      if (length >= names && length < names + 4) continue;
      const error = failure(file.subarray(0, length));
      expect(error.code, `cut to ${length}`).toBe("truncated");
      expect(error.position).toBe(length);
    }
  });
});

test("a file of debug information only opens for whoever asks for just that", () => {
  const [text, ...others] = specOf().sections;
  const source = memorySource(
    writePe(specOf({ sections: [{ ...text!, bytes: new Uint8Array(0), memorySize: 64 }, ...others] })),
  );
  expect(() => openExecutable(source)).toThrow(/holds debug information only/);
  const file = openDebugFile(source);
  expect(file.segments).toEqual([]);
  expect(file.image.word(DATA)).toBe(UNMAPPED);
  expect(file.symbols().name(0)).toBe("main.main");
  expect(file.debugSection("loclists")).toEqual(LOCLISTS);
});

test("damaged files give an error of their own, or some result", () => {
  const files = [writePe(specOf()), writePe(specOf({ pointerSize: 4 }))];
  expect(surviveDamage(files, open, ["line", "loclists"], 11)).toBeGreaterThan(300);
});

import { describe, expect, test } from "vitest";
import {
  type Executable,
  findAnchoredModules,
  findModules,
  openExecutable,
  openProgram,
  readDependencies,
  readGoVersion,
  readMainPackage,
} from "../../../src/binary/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { type ProgramSpec, type WrittenProgram, writeProgram } from "../program-writer.ts";
import { sampleTypes } from "../types/sample-types.ts";

const MACHINE = { pointerSize: 8, bigEndian: false } as const;
const LAYOUTS = [5, 7, 8, 15, 16, 17, 18, 19, 20, 25, 26, 27];

function write(spec: Partial<ProgramSpec> & { minor: number }): { executable: Executable; written: WrittenProgram } {
  const machine = { ...MACHINE, ...spec };
  const written = writeProgram({ types: sampleTypes(machine.pointerSize, spec.minor).all, ...machine });
  return { executable: openExecutable(memorySource(written.file)), written };
}

const anchorOf = (written: WrittenProgram, bias: number) => ({
  dataAddress: written.data + bias,
  dataSize: written.dataSize,
  bssAddress: written.bss + bias,
  bssSize: written.bssSize,
});

describe.each(LAYOUTS)("moduledata of Go 1.%i", (minor) => {
  test.each([
    { pointerSize: 8, bigEndian: false, machine: 62 },
    { pointerSize: 4, bigEndian: false, machine: 40 },
    { pointerSize: 8, bigEndian: true, machine: 22 },
    { pointerSize: 4, bigEndian: true, machine: 8 },
    { pointerSize: 8, bigEndian: false, container: "mach-o" },
    { pointerSize: 8, bigEndian: false, container: "pe" },
    { pointerSize: 4, bigEndian: false, container: "pe" },
  ] as const)("is found by the dump's segments: $container $pointerSize bytes, big-endian $bigEndian", (machine) => {
    const { executable, written } = write({ minor, ...machine });
    const bias = machine.pointerSize === 8 ? 0x5555_0000_0000 : 0x1000;
    for (const goMinor of [minor, undefined]) {
      const found = findAnchoredModules(executable, anchorOf(written, bias), goMinor);
      expect(found).toHaveLength(1);
      expect(found[0]!.bias).toBe(bias);
      const { module } = found[0]!;
      expect(module.address).toBe(written.moduleAddress);
      expect(minor).toBeGreaterThanOrEqual(module.minMinor);
      expect(minor).toBeLessThanOrEqual(module.maxMinor);
      expect(module.text).toBe(written.entries[0]);
    }
  });

  test("is not found by another dump's segments", () => {
    const { executable, written } = write({ minor });
    const anchor = anchorOf(written, 0);
    expect(findAnchoredModules(executable, { ...anchor, dataSize: anchor.dataSize + 8 })).toEqual([]);
    expect(findAnchoredModules(executable, { ...anchor, bssSize: anchor.bssSize - 8 })).toEqual([]);
    expect(findAnchoredModules(executable, { ...anchor, bssAddress: anchor.bssAddress + 0x1000 })).toEqual([]);
  });

  test("is found by the function table's header", () => {
    const { executable, written } = write({ minor });
    expect(findModules(executable).map(({ address }) => address)).toEqual([written.moduleAddress]);
  });
});

test("an obfuscated function table hides from the search by header, not from the dump's segments", () => {
  const { executable, written } = write({ minor: 24, magic: 0x12345678 });
  expect(findModules(executable)).toEqual([]);
  expect(findAnchoredModules(executable, anchorOf(written, 0))).toHaveLength(1);
  expect(() => openProgram(executable)).toThrow(expect.objectContaining({ name: "ExecutableError", code: "not-go" }));
});

describe("the Go version", () => {
  test("is read from build information, new and old, in any byte order", () => {
    expect(readGoVersion(write({ minor: 27, version: "go1.27.3-X:nogreenteagc" }).executable)).toBe(
      "go1.27.3-X:nogreenteagc",
    );
    expect(readGoVersion(write({ minor: 15 }).executable)).toBe("go1.15.1");
    expect(readGoVersion(write({ minor: 17, pointerSize: 4, bigEndian: true, machine: 8 }).executable)).toBe(
      "go1.17.1",
    );
  });

  test("comes with the modules that the program depends on, since Go 1.18", () => {
    const dependencies = ["example.com/lib", "gopkg.in/yaml.v3"];
    expect(readDependencies(write({ minor: 27, dependencies, settings: ["-asan=true"] }).executable)).toEqual(
      dependencies,
    );
    expect(readDependencies(write({ minor: 27 }).executable)).toEqual([]);
    expect(readDependencies(write({ minor: 17, dependencies }).executable)).toEqual([]);
  });

  test("comes with the path of the main package, since Go 1.18, unless files were named one by one", () => {
    const read = (minor: number, mainPackage?: string): string | undefined =>
      readMainPackage(
        write({ minor, dependencies: ["gopkg.in/yaml.v3"], ...(mainPackage && { mainPackage }) }).executable,
      );
    expect(read(27, "example.com/chat")).toBe("example.com/chat");
    expect(read(27, "command-line-arguments")).toBeUndefined();
    expect(read(27)).toBeUndefined();
    expect(read(17, "example.com/chat")).toBeUndefined();
  });

  test("is unknown without", () => {
    const { executable } = write({ minor: 11, anonymous: true });
    expect(readGoVersion(executable)).toBeUndefined();
    expect(openProgram(executable).goMinor).toBe(15);
    expect(openProgram(executable, { goMinor: 11 }).goMinor).toBe(11);
    // No such moduledata in 1.27.
    expect(openProgram(executable, { goMinor: 27 }).goMinor).toBe(15);
  });

  test("told in vain gives way to the layout that fits", () => {
    const { executable } = write({ minor: 19, version: "devel +abcdef" });
    expect(openProgram(executable, { goMinor: 27 }).module.maxMinor).toBe(19);
  });
});

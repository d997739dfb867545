import { describe, expect, test } from "vitest";
import { type Executable, type FunctionTable, findLoadedAddresses, Image } from "../../../src/binary/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";

const TEXT = 0x40_0000;

/** What a function loads that has the given instructions, and `size` bytes, relative to its beginning. */
function findLoads(arch: string, instructions: readonly number[], size = instructions.length): number[] {
  const bytes = new Uint8Array(0x1000);
  bytes.set(instructions);
  const segment = {
    address: TEXT,
    memorySize: 0x1000,
    position: 0,
    fileSize: 0x1000,
    writable: false,
    executable: true,
  };
  const image = new Image(memorySource(bytes), [segment], { pointerSize: 8, bigEndian: false }, () => {});
  const functions = { count: 1, entry: Float64Array.of(TEXT, TEXT + size) } as unknown as FunctionTable;
  return findLoadedAddresses({ arch, image } as Executable, functions, 0).map((address) => address - TEXT);
}

describe("loaded addresses", () => {
  test("amd64: lea rel32, into any register", () => {
    // lea 0x100(rip), rax; nop; lea -16(rip), r9; mov of the same bytes; lea 8(rsp), rax.
    const code = [
      [0x48, 0x8d, 0x05, 0x00, 0x01, 0, 0],
      [0x90],
      [0x4c, 0x8d, 0x0d, 0xf0, 0xff, 0xff, 0xff],
      [0x48, 0x8b, 0x05, 0x00, 0x01, 0, 0],
      [0x48, 0x8d, 0x44, 0x24, 0x08],
    ];
    expect(findLoads("amd64", code.flat())).toEqual([0x107, -1]);
  });

  test("arm64: adrp, and add to the same register", () => {
    const code = [
      // adrp x0, +2 pages; add x0, x0, #0x620.
      [0x00, 0x00, 0x00, 0xd0, 0x00, 0x80, 0x18, 0x91],
      // adrp x1, -1 page; add x1, x1, #8.
      [0xe1, 0xff, 0xff, 0xf0, 0x21, 0x20, 0x00, 0x91],
      // adrp x2; add x3, x4, #8: of another register.
      [0x02, 0x00, 0x00, 0xb0, 0x83, 0x20, 0x00, 0x91],
    ];
    expect(findLoads("arm64", code.flat())).toEqual([0x2620, -0x1000 + 8]);
  });

  test("none where the architecture is not known, and none that goes on behind the function", () => {
    const lea = [0x48, 0x8d, 0x05, 0x00, 0x01, 0, 0];
    expect(findLoads("riscv64", lea)).toEqual([]);
    expect(findLoads("amd64", lea, 6)).toEqual([]);
    expect(findLoads("arm64", [0x00, 0x00, 0x00, 0xd0, 0x00, 0x80, 0x18, 0x91], 4)).toEqual([]);
  });
});

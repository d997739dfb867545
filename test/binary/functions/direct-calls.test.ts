import { describe, expect, test } from "vitest";
import {
  type Executable,
  type FunctionTable,
  findArguments,
  findDirectCalls,
  Image,
  NO_FUNCTION,
} from "../../../src/binary/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";

const TEXT = 0x40_0000;

/** Two functions: one with the given instructions, and from `target` on another one. */
function findCalls(arch: string, bigEndian: boolean, instructions: readonly number[], target = 0x1000): unknown {
  const bytes = new Uint8Array(0x2000);
  bytes.set(instructions);
  const segment = {
    address: TEXT,
    memorySize: 0x2000,
    position: 0,
    fileSize: 0x2000,
    writable: false,
    executable: true,
  };
  const image = new Image(memorySource(bytes), [segment], { pointerSize: 8, bigEndian }, () => {});
  const entry = Float64Array.of(TEXT, TEXT + target, TEXT + 0x2000);
  const indexOfEntry = (pc: number) => (pc === TEXT ? 0 : pc === TEXT + target ? 1 : NO_FUNCTION);
  const functions = { count: 2, entry, indexOfEntry } as unknown as FunctionTable;
  return findDirectCalls({ arch, image } as Executable, functions, 0).map(({ returnAddress, target: index }) => [
    returnAddress - TEXT,
    index,
  ]);
}

describe("direct calls", () => {
  test("amd64 and 386: call rel32", () => {
    // mov, call 0x1000, call 0 (itself), and a call into the middle of nowhere.
    const code = [0x48, 0x89, 0xe5, 0xe8, 0xf8, 0x0f, 0, 0, 0xe8, 0xf3, 0xff, 0xff, 0xff, 0xe8, 1, 2, 3, 4];
    expect(findCalls("amd64", false, code)).toEqual([
      [8, 1],
      [13, 0],
    ]);
    expect(findCalls("386", false, code)).toEqual(findCalls("amd64", false, code));
  });

  test("arm64: bl", () => {
    // nop, bl +0xffc, bl -8; b is none.
    const code = [0x1f, 0x20, 0x03, 0xd5, 0xff, 0x03, 0x00, 0x94, 0xfe, 0xff, 0xff, 0x97, 0xfd, 0xff, 0xff, 0x17];
    expect(findCalls("arm64", false, code)).toEqual([
      [8, 1],
      [12, 0],
    ]);
  });

  test("s390x: brasl %r14", () => {
    const code = [0x07, 0x07, 0xc0, 0xe5, 0x00, 0x00, 0x07, 0xff, 0xc0, 0xe5, 0xff, 0xff, 0xff, 0xfc];
    expect(findCalls("s390x", true, code)).toEqual([
      [8, 1],
      [14, 0],
    ]);
  });

  test("mips: jal, behind its delay slot", () => {
    // jal 0x401000, nop, j 0x401000.
    const code = [0x0c, 0x10, 0x04, 0x00, 0, 0, 0, 0, 0x08, 0x10, 0x04, 0x00];
    expect(findCalls("mips", true, code)).toEqual([[8, 1]]);
    const little = [0x00, 0x04, 0x10, 0x0c, 0, 0, 0, 0];
    expect(findCalls("mips64le", false, little)).toEqual([[8, 1]]);
  });

  test("none where the architecture is not known", () => {
    expect(findCalls("riscv64", false, [0xe8, 0xfb, 0x0f, 0, 0])).toEqual([]);
  });

  test("a call at the function's end returns there, and none begins behind it", () => {
    expect(findCalls("amd64", false, [0x90, 0x90, 0x90, 0xe8, 0, 0, 0, 0], 8)).toEqual([[8, 1]]);
    expect(findCalls("amd64", false, [0x90, 0x90, 0x90, 0x90, 0xe8, 0, 0, 0, 0], 8)).toEqual([]);
  });
});

describe("arguments", () => {
  /** In front of a call at offset 32; addresses in the second half are wanted. */
  function findBefore(arch: string, ...instructions: readonly (readonly [offset: number, ...bytes: number[]])[]) {
    const bytes = new Uint8Array(64);
    for (const [offset, ...code] of instructions) bytes.set(code, offset);
    const segment = { address: TEXT, memorySize: 64, position: 0, fileSize: 64, writable: false, executable: true };
    const image = new Image(memorySource(bytes), [segment], { pointerSize: 8, bigEndian: false }, () => {});
    return findArguments({ arch, image } as Executable, TEXT + 37, TEXT, (address) => address >= TEXT + 0x20);
  }
  const lea = (offset: number, target: number) => [offset, 0x48, 0x8d, 0x05, target - offset - 7, 0, 0, 0] as const;

  test("amd64: an address in AX, and behind it a constant in CX, or else in BX", () => {
    expect(findBefore("amd64", lea(0, 0x30))).toEqual({ address: TEXT + 0x30, constant: undefined });
    expect(findBefore("amd64", lea(0, 0x30), [8, 0xbb, 5, 0, 0, 0])).toEqual({ address: TEXT + 0x30, constant: 5 });
    const both = findBefore("amd64", lea(0, 0x30), [8, 0xbb, 5, 0, 0, 0], [14, 0xb9, 9, 0, 0, 0]);
    expect(both).toEqual({ address: TEXT + 0x30, constant: 9 });
    // The last one counts, if it is wanted; what was loaded before it is none of its.
    const two = findBefore("amd64", lea(0, 0x30), [7, 0xbb, 5, 0, 0, 0], lea(13, 0x38), lea(21, 0x1f));
    expect(two).toEqual({ address: TEXT + 0x38, constant: undefined });
  });

  test("none elsewhere", () => {
    expect(findBefore("arm64", lea(0, 0x30))).toEqual({ address: undefined, constant: undefined });
    expect(findBefore("amd64")).toEqual({ address: undefined, constant: undefined });
  });
});

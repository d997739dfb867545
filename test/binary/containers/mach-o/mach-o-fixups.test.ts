/** Chained fixups of Apple's linker, decoded into addresses. */
import { describe, expect, test } from "vitest";
import { type Executable, openExecutable } from "../../../../src/binary/index.ts";
import { memorySource } from "../../../../src/io/sources/memory-source.ts";
import { Memory } from "../../memory.ts";
import { writeMachO } from "./mach-o-writer.ts";

const MACHINE = { pointerSize: 8, bigEndian: false } as const;
const BASE = 0x1_0000_0000;
const TEXT = BASE + 0x1000;
const DATA = BASE + 0x4000;

const open = (bytes: Uint8Array): Executable => openExecutable(memorySource(bytes));

describe("chained fixups", () => {
  const words = (address: number) => DATA + 8 * address;
  /** A pointer of DYLD_CHAINED_PTR_64: target, bytes to the next in steps of 4, bound or not. */
  const link = (target: number, next: number, bind = false): bigint =>
    BigInt(target) | (BigInt(next / 4) << 51n) | (bind ? 1n << 63n : 0n);

  function program(format: number, chain: readonly bigint[], change: (fixups: Memory) => void = () => {}): Uint8Array {
    const data = new Uint8Array(0x1008);
    const view = new DataView(data.buffer);
    chain.forEach((value, i) => {
      view.setBigUint64(8 * (i + 1), value, true);
    });
    // In the second page, whose chain begins at its first byte.
    view.setBigUint64(0x1000, link(format === 6 ? 0x1234 : BASE + 0x1234, 0), true);
    const fixups = new Memory(0, MACHINE);
    const values = [0, 32, 0, 0, 0, 0, 0, 0];
    for (const value of values) fixups.setUint32(fixups.allocate(4, 4), value);
    // Of three segments only the last has chains.
    for (const value of [3, 0, 0, 16]) fixups.setUint32(fixups.allocate(4, 4), value);
    const starts = fixups.allocate(22 + 3 * 2, 1);
    fixups.setUint32(starts, 28);
    fixups.setUint16(starts + 4, 0x1000);
    fixups.setUint16(starts + 6, format);
    fixups.setWord(starts + 8, DATA - BASE);
    fixups.setUint16(starts + 20, 3);
    fixups.setUint16(starts + 22, 8);
    fixups.setUint16(starts + 24, 0);
    fixups.setUint16(starts + 26, 0xffff);
    change(fixups);
    return writeMachO({
      imageBase: BASE,
      segments: [{ name: "__DATA", address: DATA, bytes: data, writable: true }],
      fixups: fixups.bytes,
    });
  }

  test.each([
    [2, 0],
    [6, BASE],
  ])("of format %i become addresses", (format, base) => {
    const { image } = open(
      program(format, [link(DATA - base, 8), link(TEXT - base, 16), 0x77n, link(0x55, 8, true), link(0x30, 0), 0x99n]),
    );
    expect([1, 2, 3, 4, 5, 6].map((i) => image.word(words(i)))).toEqual([DATA, TEXT, 0x77, 0, base + 0x30, 0x99]);
    expect(image.word(DATA + 0x1000)).toBe(BASE + 0x1234);
  });

  test("a high byte stays one", () => {
    const { image } = open(program(2, [(0x80n << 36n) | BigInt(DATA)]));
    expect(image.uint8(words(1) + 7)).toBe(0x80);
    expect(image.uint32(words(1))).toBe(DATA % 2 ** 32);
  });

  test("a chain does not leave its page", () => {
    const chain = Array.from({ length: 8 }, () => link(DATA, 0x3ffc));
    expect(open(program(2, chain)).image.word(words(1))).toBe(DATA);
  });

  test("of arm64e, or damaged, are refused when memory is read", () => {
    const failure = (bytes: Uint8Array): unknown => {
      try {
        return open(bytes).image.word(DATA);
      } catch (error) {
        return error;
      }
    };
    expect(failure(program(1, []))).toMatchObject({ code: "unsupported", name: "ExecutableError" });
    const far = (fixups: Memory) => fixups.setUint32(4, 0xffff_fff0);
    expect(failure(program(2, [], far))).toMatchObject({ code: "damaged" });
    const many = (fixups: Memory) => fixups.setUint16(32 + 16 + 20, 0xffff);
    expect(failure(program(2, [], many))).toMatchObject({ code: "damaged" });
    const repeated = (fixups: Memory): void => {
      fixups.setUint32(4, fixups.bytes.length + 4);
      const table = fixups.allocate(4 * 200, 4);
      fixups.setUint32(table, 150);
      for (let i = 1; i < 150; i++) fixups.setUint32(table + 4 * i, 0x1_0000_0000 - table + 48);
    };
    expect(failure(program(2, [], repeated))).toMatchObject({ code: "damaged" });
  });
});

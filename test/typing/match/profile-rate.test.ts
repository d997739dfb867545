import { describe, expect, test } from "vitest";
import { SymbolKind, type SymbolTable } from "../../../src/binary/index.ts";
import type { Heap } from "../../../src/index.ts";
import { readProfileRate } from "../../../src/typing/match/profile-rate.ts";

const NAME = "runtime.MemProfileRate";

function symbolsOf(...symbols: (readonly [name: string, address: number, kind?: number])[]): SymbolTable {
  return {
    count: symbols.length,
    address: Float64Array.from(symbols, ([, address]) => address),
    size: new Float64Array(symbols.length).fill(8),
    kind: Uint8Array.from(symbols, ([, , kind]) => kind ?? SymbolKind.Data),
    name: (index) => symbols[index]![0],
    find: () => -1,
  };
}

/** A dump with 64 bytes of data at 0x1000 and of bss at 0x2000, and one word in them. */
function heapOf(pointerSize: 4 | 8, bigEndian: boolean, position: number, value: number): Heap {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  if (pointerSize === 4) view.setInt32(position, value, !bigEndian);
  else view.setBigInt64(position, BigInt(value), !bigEndian);
  const segment = { size: 64, pointerSlots: 0 };
  return {
    dump: { pointerSize, bigEndian },
    segments: [
      { ...segment, kind: "data", address: 0x1000, position: 64 },
      { ...segment, kind: "bss", address: 0x2000, position: 128 },
    ],
    readBytes: (from: number, length: number) => bytes.subarray(from, from + length),
  } as unknown as Heap;
}

describe("runtime.MemProfileRate", () => {
  test("is read where a dumped segment has it, in any byte order", () => {
    const symbols = symbolsOf(["main.a", 0xff8], ["main.b", 0x1000], [NAME, 0x1038], ["main.c", 0x2000]);
    expect(readProfileRate(heapOf(8, false, 64 + 0x38, 4096), symbols, 0)).toBe(4096);
    expect(readProfileRate(heapOf(4, true, 64 + 0x38, 512), symbols, 0)).toBe(512);
    const moved = symbolsOf([NAME, 0x2008 - 0x100]);
    expect(readProfileRate(heapOf(8, true, 128 + 8, 1), moved, 0x100)).toBe(1);
  });

  test("is not known where Go's linkers put it: beside what dumps have", () => {
    const heap = heapOf(8, false, 64, 4096);
    for (const address of [0xff8, 0x1040, 0x1ff8, 0x2040, 0x103c]) {
      expect(readProfileRate(heap, symbolsOf([NAME, address]), 0)).toBeUndefined();
    }
    expect(readProfileRate(heap, symbolsOf([NAME, 0x1000, SymbolKind.Function]), 0)).toBeUndefined();
    expect(readProfileRate(heap, symbolsOf(), 0)).toBeUndefined();
  });
});

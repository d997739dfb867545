/** What tests of all containers ask of a file that they wrote: its ranges and symbols as rows, or how it was refused. */
import { deflateSync } from "node:zlib";
import { expect } from "vitest";
import type { Executable } from "../../../src/binary/index.ts";
import { ExecutableError } from "../../../src/errors.ts";
import { Memory } from "../memory.ts";

/** Address, size in memory, writable, executable. */
export type SegmentRow = readonly [number, number, boolean, boolean];

export function listSegments({ segments }: Executable): SegmentRow[] {
  return segments.map(({ address, memorySize, writable, executable }) => [address, memorySize, writable, executable]);
}

/** Name, address, size, SymbolKind. */
export type SymbolRow = readonly [string, number, number, number];

export function listSymbols(executable: Executable): SymbolRow[] {
  const symbols = executable.symbols();
  return Array.from({ length: symbols.count }, (_, i) => [
    symbols.name(i),
    symbols.address[i]!,
    symbols.size[i]!,
    symbols.kind[i]!,
  ]);
}

/** The error with which a file is refused. */
export function refusalOf(open: () => unknown): ExecutableError {
  try {
    open();
  } catch (error) {
    expect(error).toBeInstanceOf(ExecutableError);
    return error as ExecutableError;
  }
  throw new Error("was not refused");
}

/** The contents of a section as Go's linker packed them until 1.18, under a name that begins with z. */
export function packAsZdebug(contents: Uint8Array): Uint8Array {
  const memory = new Memory(0, { pointerSize: 8, bigEndian: true });
  memory.add("ZLIB");
  memory.setWord(memory.allocate(8, 1), contents.length);
  memory.add(deflateSync(contents));
  return memory.bytes;
}

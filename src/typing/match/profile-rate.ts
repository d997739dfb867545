/**
 * runtime.MemProfileRate, read where the dump has it. It has no pointers, and so far every linker has put it where no dump
 * reaches (noptrdata or noptrbss, Go 1.15 to 1.27); `analysis/sampling-rate.ts` infers it.
 */
import { SymbolKind, type SymbolTable } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";

const VARIABLE = "runtime.MemProfileRate";

/**
 * Reads the sampling rate of the allocation profile; undefined unless its symbol lies in a dumped segment.
 * @param bias run-time minus link-time address of data and bss
 */
export function readProfileRate(heap: Heap, symbols: SymbolTable, bias: number): number | undefined {
  const { pointerSize, bigEndian } = heap.dump;
  for (const { address, size, position } of heap.segments) {
    for (let i = firstAt(symbols, address - bias); i < symbols.count; i++) {
      const offset = symbols.address[i]! + bias - address;
      if (offset + pointerSize > size) break;
      if (symbols.kind[i] !== SymbolKind.Data || symbols.name(i) !== VARIABLE) continue;
      const bytes = heap.readBytes(position + offset, pointerSize);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      if (bytes.length < pointerSize) return undefined;
      return pointerSize === 4 ? view.getInt32(0, !bigEndian) : Number(view.getBigInt64(0, !bigEndian));
    }
  }
  return undefined;
}

/** The first symbol at an address or behind it. */
function firstAt({ address, count }: SymbolTable, start: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Sizes of symbols for containers that tell none (Mach-O, PE): a symbol reaches to the next one, or to the end of its
 * section. That counts what pads the next symbol to its alignment.
 */

/**
 * Names that the Go linker puts at the beginning and end of ranges. They share addresses with the first variable of the
 * range, whose name is the better one, so they have no size, as in ELF.
 */
const MARKER =
  /^runtime\.(?:end|e?(?:text|data|bss|noptrdata|noptrbss|rodata|types|gcdata|gcbss|itablink|symtab|pclntab|covctrs))$|^(?:go|type|runtime)[.:].*\*$|^go:funcdesc$/;

/** Bytes of a name that tell whether it is a marker. */
const MARKER_LENGTH = 32;

/** Columns of symbols in any order. */
export interface UnsizedSymbols {
  readonly address: readonly number[];
  /** Address behind the symbol's section. */
  readonly sectionEnd: readonly number[];
  /** First `length` bytes of a symbol's name. */
  readonly beginning: (index: number, length: number) => string;
}

/** Gives each symbol's size: several at one address have the same, but markers 0. O(n log n). */
export function deriveSymbolSizes({ address, sectionEnd, beginning }: UnsizedSymbols): number[] {
  const count = address.length;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => address[a]! - address[b]!);
  const size = new Array<number>(count).fill(0);
  let next = Number.POSITIVE_INFINITY;
  for (let i = count - 1; i >= 0; i--) {
    const symbol = order[i]!;
    const start = address[symbol]!;
    const isMarker = MARKER.test(beginning(symbol, MARKER_LENGTH));
    if (!isMarker) size[symbol] = Math.max(0, Math.min(next, sectionEnd[symbol]!) - start);
    if (i > 0 && address[order[i - 1]!]! < start) next = start;
  }
  return size;
}

/** Symbols as columns: names of globals and functions by address, whatever the container calls its table. */
import { unescapeSymbol } from "../../symbol-names.ts";

/** Data and function symbols with an address, by ascending address; of several at one address the largest is first. */
export interface SymbolTable {
  readonly count: number;
  /** Float64Array, length `count`: link-time address. */
  readonly address: Float64Array;
  /** Float64Array, length `count`: bytes; 0 if unknown. Mach-O and PE do not say it: there it reaches to the next symbol. */
  readonly size: Float64Array;
  /** Uint8Array, length `count`: 1 for data, 2 for functions. */
  readonly kind: Uint8Array;
  /** Name of symbol `index`, such as "main.sessions" or "go:itab.*os.File,io.Writer". Decoded on each call. */
  name(index: number): string;
  /** Index of the symbol that covers `address`, or NO_SYMBOL. A symbol without a size covers only its address. O(log n). */
  find(address: number): number;
}

/** No such symbol. */
export const NO_SYMBOL = -1;

/** Values of `SymbolTable.kind`. */
export const SymbolKind = { Data: 1, Function: 2 } as const;

/** Columns of symbols in any order, as a container's reader collects them. */
export interface UnsortedSymbols {
  readonly address: readonly number[];
  readonly size: readonly number[];
  readonly kind: readonly number[];
  /** Name of the i-th of them. */
  readonly name: (index: number) => string;
}

/** Sorts symbols into a table. O(n log n). */
export function buildSymbolTable(symbols: UnsortedSymbols): SymbolTable {
  const count = symbols.address.length;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => symbols.address[a]! - symbols.address[b]! || symbols.size[b]! - symbols.size[a]! || a - b);
  const address = new Float64Array(count);
  const size = new Float64Array(count);
  const kind = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const from = order[i]!;
    address[i] = symbols.address[from]!;
    size[i] = symbols.size[from]!;
    kind[i] = symbols.kind[from]!;
  }
  return {
    count,
    address,
    size,
    kind,
    name: (index) => unescapeSymbol(symbols.name(order[index]!)),
    find(wanted) {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (address[middle]! <= wanted) low = middle + 1;
        else high = middle;
      }
      if (low === 0) return NO_SYMBOL;
      // Markers such as runtime.data share an address with the first variable, which has a size and comes first.
      let index = low - 1;
      while (index > 0 && address[index - 1] === address[index]) index--;
      const covers = wanted === address[index] || wanted < address[index]! + size[index]!;
      return covers ? index : NO_SYMBOL;
    },
  };
}

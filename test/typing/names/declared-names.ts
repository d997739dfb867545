/** Names as symbols and debug information would give them, made by hand. */
import {
  type CapturedVariable,
  type DebugInfo,
  type DebugLocal,
  type DebugPiece,
  NO_SYMBOL,
  SymbolKind,
  type SymbolTable,
  type Type,
} from "../../../src/binary/index.ts";
import type { NameSource } from "../../../src/typing/match/name-source.ts";

export interface DeclaredVariable {
  readonly name: string;
  readonly address: number;
  readonly type: Type;
}

export interface Declared {
  readonly variables?: readonly DeclaredVariable[];
  readonly symbols?: readonly { readonly name: string; readonly address: number; readonly size: number }[];
  /** By "entry pc", both in hex, the PC as it is asked for. */
  readonly locals?: Readonly<Record<string, readonly DebugLocal[]>>;
  /** By entry. */
  readonly captured?: ReadonlyMap<number, readonly CapturedVariable[]>;
  readonly biases?: NameSource["biases"];
}

/** A file that declares just that. */
export function declare(declared: Declared): NameSource {
  const { variables = [], symbols = [], locals = {}, captured, biases = { data: 0, text: 0, types: 0 } } = declared;
  const debug: DebugInfo = {
    version: 5,
    warnings: [],
    variables: [...variables].sort((a, b) => a.address - b.address),
    functionCount: 0,
    entryOf: () => undefined,
    localsAt: (entry, pc) => locals[`${entry.toString(16)} ${pc.toString(16)}`] ?? [],
    capturedBy: (entry) => captured?.get(entry) ?? [],
    release: () => {},
  };
  return { file: "made by hand", symbols: tableOf(symbols), debug, biases, explanation: "" };
}

/** A local variable of `main.main` that is whole, `frameOffset` bytes from the canonical frame address. */
export function local(name: string, type: Type, frameOffset: number, parts: Partial<DebugLocal> = {}): DebugLocal {
  const pieces: readonly DebugPiece[] = [{ offset: 0, size: type.size, frameOffset }];
  return { name, type, isParameter: frameOffset >= 0, function: "main.main", isInlined: false, pieces, ...parts };
}

function tableOf(symbols: NonNullable<Declared["symbols"]>): SymbolTable {
  const sorted = [...symbols].sort((a, b) => a.address - b.address);
  return {
    count: sorted.length,
    address: Float64Array.from(sorted, ({ address }) => address),
    size: Float64Array.from(sorted, ({ size }) => size),
    kind: new Uint8Array(sorted.length).fill(SymbolKind.Data),
    name: (index) => sorted[index]!.name,
    find(address) {
      const index = sorted.findIndex((symbol) => address >= symbol.address && address < symbol.address + symbol.size);
      return index < 0 ? NO_SYMBOL : index;
    },
  };
}

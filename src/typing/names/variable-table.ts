/**
 * VariableTable: which package variable covers an address, by debug information, which knows its type, by symbols, which
 * may also have the compiler's static temporaries (`main..stmp_7`).
 */
import { type DebugVariable, SymbolKind, type Type } from "../../binary/index.ts";
import type { NameSource } from "../match/name-source.ts";

/** A package variable in the dumped process. */
export interface Variable {
  readonly name: string;
  /** Run-time address. */
  readonly address: number;
  readonly size: number;
  /** Undefined where only a symbol tells of it. */
  readonly type: Type | undefined;
  /** What it is declared as, or was found to be: there also for the compiler's temporaries, which have no `type`. */
  readonly typeName: string | undefined;
}

/** What the compiler calls the values of composite literals; symbols have it where another linker than Go's made the executable. */
const TEMPORARY = /\.\.stmp_\d+$/;

/** Whether a variable is one of the compiler's, which has no name in the program. */
export function isTemporary({ name }: Variable): boolean {
  return TEMPORARY.test(name);
}

export class VariableTable {
  readonly #source: NameSource;
  readonly #variables: readonly DebugVariable[];
  /** By link-time address. */
  readonly #known = new Map<number, Variable>();
  /** By the run-time address of a word in them. */
  readonly #temporaries = new Map<number, Variable>();

  constructor(source: NameSource) {
    this.#source = source;
    this.#variables = source.debug?.variables ?? [];
  }

  /** The variable that covers a run-time address; the same object for every address in it. O(log n). */
  find(address: number): Variable | undefined {
    const linked = address - this.#source.biases.data;
    return this.#temporaries.get(address) ?? this.#findInDebug(linked) ?? this.#findInSymbols(linked);
  }

  /** Adds what no symbol of the program's names, but the word at a run-time address belongs to. */
  addTemporary(variable: Variable, address: number): void {
    this.#temporaries.set(address, variable);
  }

  #findInDebug(linked: number): Variable | undefined {
    const variables = this.#variables;
    let low = 0;
    let high = variables.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (variables[middle]!.address <= linked) low = middle + 1;
      else high = middle;
    }
    // Variables of size zero stand at the address of another.
    for (let i = low - 1; i >= 0; i--) {
      const variable = variables[i]!;
      const { size } = variable.type;
      if (linked < variable.address + size) return this.#keep(variable.name, variable.address, size, variable.type);
      if (size > 0) break;
    }
    return undefined;
  }

  #findInSymbols(linked: number): Variable | undefined {
    const { symbols } = this.#source;
    const index = symbols.find(linked);
    if (index < 0 || symbols.kind[index] !== SymbolKind.Data || symbols.size[index] === 0) return undefined;
    const start = symbols.address[index]!;
    return this.#known.get(start) ?? this.#keep(symbols.name(index), start, symbols.size[index]!, undefined);
  }

  #keep(name: string, linked: number, size: number, type: Type | undefined): Variable {
    let variable = this.#known.get(linked);
    if (variable === undefined) {
      variable = { name, address: linked + this.#source.biases.data, size, type, typeName: type?.name };
      this.#known.set(linked, variable);
    }
    return variable;
  }
}

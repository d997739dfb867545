/**
 * ExecutableTypes: the executable as the dumped process saw it: everything by run-time address. Joins the load bias, the
 * type descriptors and itabs, and the functions.
 */
import { AddressMap } from "../format/address-map.ts";
import type { TypeNode } from "./type-node.ts";
import type { TypeUniverse } from "./type-universe.ts";

export interface Functions {
  /** Whether a link-time address is a function's entry. */
  isEntry(address: number): boolean;
  /** Name of the function with an entry at a link-time address. */
  nameAt(address: number): string | undefined;
}

export interface Biases {
  /** Run-time minus link-time address of functions, … */
  readonly text: number;
  /** … and of type descriptors and itabs. */
  readonly types: number;
}

const UNKNOWN = -1;

export class ExecutableTypes {
  readonly universe: TypeUniverse;
  readonly #functions: Functions;
  readonly #biases: Biases;
  /** Words seen in front of pointers, with the node's id + 1, or 0 for those that are no type. */
  readonly #known = new AddressMap();
  readonly #types: { readonly start: number; readonly end: number };
  /** Range outside which no word is an itab or a type. */
  readonly wordMin: number;
  readonly wordMax: number;
  readonly #itabs: ReadonlyMap<number, number>;

  /**
   * @param types run-time range of the descriptors
   * @param itabs run-time addresses of itabs → run-time addresses of their dynamic types
   */
  constructor(
    universe: TypeUniverse,
    functions: Functions,
    biases: Biases,
    types: { readonly start: number; readonly end: number },
    itabs: ReadonlyMap<number, number>,
  ) {
    this.universe = universe;
    this.#functions = functions;
    this.#biases = biases;
    this.#types = types;
    this.#itabs = itabs;
    let min = types.start;
    let max = types.end;
    for (const itab of itabs.keys()) {
      min = Math.min(min, itab);
      max = Math.max(max, itab);
    }
    this.wordMin = min;
    this.wordMax = max;
  }

  /** The node of the type whose descriptor was at a run-time address. */
  typeAt(address: number): TypeNode | undefined {
    const { start, end } = this.#types;
    if (address < start || address >= end) return undefined;
    return this.universe.atAddress(address - this.#biases.types);
  }

  /** The id of the dynamic type that an interface's first word, an itab or a type, tells; -1 if it is neither. */
  dynamicType(word: number): number {
    const known = this.#known.get(word);
    if (known >= 0) return known - 1;
    const node = this.typeAt(this.#itabs.get(word) ?? word);
    this.#known.set(word, node === undefined ? 0 : node.id + 1);
    return node?.id ?? UNKNOWN;
  }

  /** Name of the function whose entry was at a run-time address. */
  functionAt(address: number): string | undefined {
    const linked = address - this.#biases.text;
    return this.#functions.isEntry(linked) ? this.#functions.nameAt(linked) : undefined;
  }
}

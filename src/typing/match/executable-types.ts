/**
 * ExecutableTypes: the executable as the dumped process saw it: everything by run-time address. Joins the load bias, the
 * type descriptors and itabs, and the functions.
 */
import type { Type } from "../../binary/index.ts";
import { AddressMap } from "../../format/records/address-map.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

export interface Functions {
  /** Whether a link-time address is a function's entry. */
  isEntry(address: number): boolean;
  /** Name of the function with an entry at a link-time address. */
  nameAt(address: number): string | undefined;
  /** Link-time addresses that the code of each function of that name loads, in their order. */
  loadedBy(name: string): readonly (readonly number[])[];
}

export interface Biases {
  /** Run-time minus link-time address of data and bss, … */
  readonly data: number;
  /** … of functions, … */
  readonly text: number;
  /** … and of type descriptors and itabs. */
  readonly types: number;
}

/** The biases in words: "data +0x20, text 0, types 0". */
export function describeBiases({ data, text, types }: Biases): string {
  const format = (bias: number): string =>
    bias === 0 ? "0" : `${bias < 0 ? "-" : "+"}0x${Math.abs(bias).toString(16)}`;
  return `data ${format(data)}, text ${format(text)}, types ${format(types)}`;
}

export class ExecutableTypes {
  readonly universe: TypeUniverse;
  /**
   * False if the process loaded other files with types, plugins or shared libraries: then what an object looks like, or the
   * only type for its shape, says nothing, because it may be of a type that is not in the universe.
   */
  readonly isComplete: boolean;
  /** Whether a red zone stands behind every value. */
  readonly hasRedZones: boolean;
  readonly #functions: Functions;
  readonly #biases: Biases;
  /** Types seen in front of pointers: run-time address → the node's id + 1, or 0 for what is no type. */
  readonly #seen = new AddressMap();
  /** Itabs → id of the dynamic type's node. */
  readonly #itabs = new AddressMap();
  readonly #itabWords: readonly number[];
  readonly #interfaces: ReadonlyMap<number, Type>;
  readonly #typesStart: number;
  readonly #typesEnd: number;

  /**
   * @param types run-time range of the descriptors
   * @param itabs run-time addresses of itabs → run-time addresses of their dynamic types
   * @param interfaces run-time addresses of itabs → interface types, as far as the executable knows
   * @param isComplete whether objects can only be of these types
   * @param hasRedZones whether it was built with -asan, so that a red zone stands behind every value
   */
  constructor(
    universe: TypeUniverse,
    functions: Functions,
    biases: Biases,
    types: { readonly start: number; readonly end: number },
    itabs: ReadonlyMap<number, number>,
    interfaces: ReadonlyMap<number, Type>,
    isComplete = true,
    hasRedZones = false,
  ) {
    this.hasRedZones = hasRedZones;
    this.universe = universe;
    this.isComplete = isComplete;
    this.#functions = functions;
    this.#biases = biases;
    this.#typesStart = types.start;
    this.#typesEnd = types.end;
    this.#interfaces = interfaces;
    this.#itabWords = [...itabs.keys()];
    for (const [itab, type] of itabs) {
      const node = this.typeAt(type);
      if (node !== undefined) this.#itabs.set(itab, node.id);
    }
  }

  /** Whether it is known where the process had the descriptors: else that `typeAt` knows none says nothing. */
  get isLocated(): boolean {
    return this.#typesEnd > this.#typesStart;
  }

  /** The node of the type whose descriptor was at a run-time address. */
  typeAt(address: number): TypeNode | undefined {
    if (address < this.#typesStart || address >= this.#typesEnd) return undefined;
    return this.universe.atAddress(address - this.#biases.types);
  }

  /** The id of the dynamic type that an interface's first word, an itab or a type, tells; -1 if it is neither. */
  dynamicType(word: number): number {
    // Since Go 1.27 itabs lie among the types.
    const itab = this.#itabs.get(word);
    if (itab >= 0 || word < this.#typesStart || word >= this.#typesEnd) return itab;
    const seen = this.#seen.get(word);
    if (seen >= 0) return seen - 1;
    const node = this.universe.atAddress(word - this.#biases.types);
    this.#seen.set(word, node === undefined ? 0 : node.id + 1);
    return node?.id ?? -1;
  }

  /** The ranges of words of which `dynamicType` may know a type: the descriptors', and the itabs'. */
  get dynamicTypeRanges(): readonly [start: number, end: number, firstItab: number, lastItab: number] {
    return [this.#typesStart, this.#typesEnd, this.#itabs.min, this.#itabs.max];
  }

  /** All words of which `dynamicType` knows a type, and these. Walks all types. */
  dynamicTypes(): ReadonlyMap<number, Type> {
    const types = new Map<number, Type>();
    const words = this.universe.sorted().map(({ address }) => address + this.#biases.types);
    for (const word of [...words, ...this.#itabWords]) {
      const type = this.universe.nodes[this.dynamicType(word)]?.type;
      if (type !== undefined) types.set(word, type);
    }
    return types;
  }

  /** Whether an address is an itab's. */
  isItab(address: number): boolean {
    return this.#itabs.get(address) >= 0;
  }

  /** The interface type of an itab; undefined if it is not known. */
  interfaceOf(itab: number): Type | undefined {
    return this.#interfaces.get(itab);
  }

  /** Name of the function whose entry was at a run-time address. */
  functionAt(address: number): string | undefined {
    const linked = address - this.#biases.text;
    return this.#functions.isEntry(linked) ? this.#functions.nameAt(linked) : undefined;
  }

  /** Run-time addresses of functions and types that the code of each function of that name loads, in their order. */
  loadedBy(name: string): readonly (readonly number[])[] {
    const { text, types } = this.#biases;
    const biasOf = (address: number): number => (this.#functions.isEntry(address) ? text : types);
    return this.#functions.loadedBy(name).map((loaded) => loaded.map((address) => address + biasOf(address)));
  }
}

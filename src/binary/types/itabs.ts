/**
 * Itabs of the executable: interface type and dynamic type, and the methods that join them. The compiler makes those it
 * can foresee; the others are made at run time, outside of the heap, and a dump lists them.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";
import { Kind, NO_TYPE, type TypeTable } from "./type.ts";

/** Itabs as columns, by ascending address. */
export interface ItabTable {
  readonly count: number;
  /** Float64Array, length `count`: link-time address. */
  readonly address: Float64Array;
  /** Int32Array, length `count`: index of the interface type. */
  readonly interfaceType: Int32Array;
  /** Int32Array, length `count`: index of the dynamic type. */
  readonly dynamicType: Int32Array;
}

/** Two types; what follows changed over time. */
export interface Itab {
  readonly interfaceType: number;
  readonly dynamicType: number;
}

/** Reads the itab at any address; undefined if there is none. Two memory reads. */
export function readItab(image: Image, types: TypeTable, address: number): Itab | undefined {
  const { pointerSize } = image;
  const interfaceType = types.indexAt(image.word(address));
  if (interfaceType === NO_TYPE || types.at(interfaceType).kind !== Kind.Interface) return undefined;
  const dynamicType = types.indexAt(image.word(address + pointerSize));
  return dynamicType === NO_TYPE ? undefined : { interfaceType, dynamicType };
}

/** Reads all itabs that the moduledata lists: Go 1.7 and later; before, there is no list. O(n log n). */
export function readItabs(image: Image, module: ModuleData, types: TypeTable): ItabTable {
  const addresses = module.itabsize > 0 ? walkItabs(image, module, types) : listItabs(image, module);
  const found = [...new Set(addresses)]
    .sort((a, b) => a - b)
    .map((address) => ({ address, itab: readItab(image, types, address) }))
    .filter(({ itab }) => itab !== undefined);
  return {
    count: found.length,
    address: Float64Array.from(found, ({ address }) => address),
    interfaceType: Int32Array.from(found, ({ itab }) => itab!.interfaceType),
    dynamicType: Int32Array.from(found, ({ itab }) => itab!.dynamicType),
  };
}

/** Go 1.7 … 1.26: a list of addresses. */
function listItabs(image: Image, { itablinks }: ModuleData): number[] {
  const { pointerSize } = image;
  if (!image.isInFile(itablinks.address, itablinks.length * pointerSize)) return [];
  return Array.from({ length: itablinks.length }, (_, i) => image.word(itablinks.address + i * pointerSize));
}

/** Go ≥ 1.27: one behind the other, each as long as its interface has methods (abi.ITab.Size). */
function walkItabs(image: Image, module: ModuleData, types: TypeTable): number[] {
  const { pointerSize } = image;
  const end = module.types + module.itaboffset + module.itabsize;
  // Two types, a hash padded to a word, at least one method.
  const smallest = 2 * pointerSize + Math.max(4, pointerSize) + pointerSize;
  const addresses: number[] = [];
  for (let at = module.types + module.itaboffset; at + smallest <= end; ) {
    addresses.push(at);
    const itab = readItab(image, types, at);
    if (!itab) break;
    const isEmpty = image.word(at + smallest - pointerSize) === 0;
    const methods = types.at(itab.interfaceType).methodCount;
    at += isEmpty ? smallest : smallest + (Math.max(1, methods) - 1) * pointerSize;
  }
  return addresses;
}

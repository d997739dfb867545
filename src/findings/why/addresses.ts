/** Addresses, as people and programs write them. */
import { UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";

/** In hexadecimal as reports print it, or in decimal as CSV and JSON have it. */
const ADDRESS = /^(?:0x[0-9a-f]{1,16}|[0-9]{1,20})$/i;

export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** Whether a text can only be meant as an address: no type, variable or path begins so. */
export function looksLikeAddress(text: string): boolean {
  return /^(?:0x|[0-9]+$)/i.test(text);
}

/** The address, counted as the heap does. @throws UsageError if it is none */
export function parseAddress({ dump }: Heap, text: string): number {
  if (!isAddress(text)) throw new UsageError(`${text} is not an address`, { hint: "for example 0xc000012340" });
  return Number(BigInt(text) - dump.addressBase);
}

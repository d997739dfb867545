/** What a leaf is to the walk of values: a pointer word that a value begins with. */
import { WordKind } from "../../heap/value-layouts.ts";
import { LeafKind } from "./leaves.ts";
import type { TypeNode } from "./type-node.ts";

const WORD_KINDS: ReadonlyMap<number, number> = new Map([
  [LeafKind.POINTER, WordKind.POINTER],
  [LeafKind.STRING, WordKind.STRING],
  [LeafKind.SLICE, WordKind.SLICE],
  [LeafKind.INTERFACE, WordKind.INTERFACE],
  [LeafKind.MAP, WordKind.MAP],
  [LeafKind.CHANNEL, WordKind.CHANNEL],
  [LeafKind.FUNC, WordKind.FUNC],
]);

/** The word that a leaf is the beginning of; leaves that only typing tells apart are plain pointers. */
export function wordKindOf(leafKind: number): number {
  return WORD_KINDS.get(leafKind) ?? WordKind.POINTER;
}

/** Bytes of what a leaf leads to, or of one element of that; 0 if it does not tell. */
export function elementSizeOf(leafKind: number, elem: TypeNode | undefined): number {
  if (leafKind === LeafKind.STRING) return 1;
  const hasElement = leafKind === LeafKind.POINTER || leafKind === LeafKind.SLICE || leafKind === LeafKind.CHANNEL;
  return hasElement ? (elem?.size ?? 0) : 0;
}

/**
 * Pointers out of field lists, for everything but objects of go1.4 and later (those have a decoder of their own): frames,
 * segments, objects of go1.3.
 */
import type { ContentsWords } from "../../format/records/contents-words.ts";
import type { FieldList } from "../../format/records/records.ts";
import { FieldKind } from "../../format/records/tags.ts";
import type { DynamicTypes } from "../facts/dynamic-types.ts";

/** Takes a pointer that is not nil. */
export type PointerVisitor = (offset: number, value: number) => void;

/**
 * Visits the pointers that a field list tells of.
 * @param base added to the list's offsets
 * @param types interfaces of go1.3 hold scalars as well; the types tell
 * @returns how many fields lie outside the contents (frames until Go 1.16 list some) or in contents that were not written
 */
export function visitPointers(
  words: ContentsWords,
  fields: FieldList,
  base: number,
  pointerSize: number,
  header: number,
  types: DynamicTypes,
  visit: PointerVisitor,
): number {
  let outside = 0;
  for (let i = 0; i < fields.kind.length; i++) {
    const kind = fields.kind[i]!;
    const offset = base + fields.offset[i]!;
    const fieldWords = kind === FieldKind.POINTER ? 1 : kind === FieldKind.SLICE ? 3 : 2;
    if (offset + fieldWords * pointerSize > words.size) {
      outside++;
      continue;
    }
    const first = words.at(offset);
    switch (kind) {
      case FieldKind.POINTER:
        if (first !== 0) visit(offset, first);
        break;
      case FieldKind.STRING:
        // An empty string can point behind its block; the same goes for a slice without capacity.
        if (first !== 0 && words.at(offset + pointerSize) !== 0) visit(offset, first);
        break;
      case FieldKind.SLICE:
        if (first !== 0 && words.at(offset + 2 * pointerSize) !== 0) visit(offset, first);
        break;
      default: {
        const data = words.at(offset + pointerSize);
        if (first === 0 || data === 0) break;
        if (header === 3) {
          const pointer = kind === FieldKind.IFACE ? types.isItabPointer(first) : types.at(first)?.pointer !== false;
          if (!pointer) break;
        }
        visit(offset + pointerSize, data);
      }
    }
  }
  return outside;
}

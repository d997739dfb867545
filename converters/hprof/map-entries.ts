/**
 * Maps of Go 1.24 and later, as Java tools read a map. Eclipse MAT lists the entries of whatever is below
 * java.util.IdentityHashMap: that has an array `table`, in which keys and values take turns, and a number `size`. So a map's
 * table has fields of these names, and the references in its groups are in that order. Nothing is added, and sizes are
 * Go's; what changes is which element of an array a pointer is.
 *
 * Only where a key is one pointer and an element at most one, or an array would list what is no entry; and buckets until
 * Go 1.23 have pointers to further buckets.
 */
import { Structure, type TypeTable } from "../../src/index.ts";

/** Entries of a group. */
const SLOT_COUNT = 8;
/** References of a group's entries. */
const GROUP_REFERENCES = 2 * SLOT_COUNT;
/** Bytes of a group whose references have room in an array beside Java's header, wherever there are two groups or more. */
const LEAST_GROUP_SIZE = 72;

/** The order of the references in an array of groups. */
export interface EntryOrder {
  /** Words of a group. */
  readonly words: number;
  /** By word of a group: its reference among the 16 of its entries; -1 for words that are no pointers. */
  readonly place: Int32Array;
}

/** The order for arrays of a type; undefined for types that are no groups, or none that Java's order is possible for. */
export function entryOrderOf({ layouts, fields }: TypeTable, row: number, pointerSize: number): EntryOrder | undefined {
  if (layouts?.structure[row] !== Structure.MAP_GROUPS || (fields?.stride(row) ?? 0) === 0) return undefined;
  const groups = layouts.mapGroups(row);
  const values = layouts.of(row);
  if (groups === undefined || values?.isMany !== true || values.size !== groups.size) return undefined;
  if (groups.size < LEAST_GROUP_SIZE || groups.size % pointerSize !== 0) return undefined;
  const { keyStart, keyStride, keySize, elementStart, elementStride, elementSize } = groups;
  const place = new Int32Array(groups.size / pointerSize).fill(-1);
  const isTaken = new Uint8Array(GROUP_REFERENCES);
  for (const offset of values.offset) {
    const key = slotAt(offset, keyStart, keyStride, keySize);
    const element = slotAt(offset, elementStart, elementStride, elementSize);
    const reference = key >= 0 ? 2 * key : 2 * element + 1;
    // A pointer of something else, or a second one of a key or of an element.
    if (reference < 0 || isTaken[reference] === 1) return undefined;
    isTaken[reference] = 1;
    place[offset / pointerSize] = reference;
  }
  for (let slot = 0; slot < SLOT_COUNT; slot++) if (isTaken[2 * slot] === 0) return undefined;
  return { words: place.length, place };
}

function slotAt(offset: number, start: number, stride: number, size: number): number {
  if (offset < start || stride === 0) return -1;
  const slot = Math.floor((offset - start) / stride);
  return slot < SLOT_COUNT && offset - start - slot * stride < size ? slot : -1;
}

/** Which element of the array the pointer in a word is. */
export function elementOf({ words, place }: EntryOrder, word: number): number {
  const group = Math.floor(word / words);
  return group * GROUP_REFERENCES + place[word - group * words]!;
}

/** Elements of an array that has the group of a word as its last. */
export function endOfGroup({ words }: EntryOrder, word: number): number {
  return (Math.floor(word / words) + 1) * GROUP_REFERENCES;
}

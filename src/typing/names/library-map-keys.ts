/**
 * LibraryMapKeys: names for what leads to the entries of sync.Map and its like, which since Go 1.23 are trees of hashes: by their
 * keys, as entries of maps are. internal/sync/hashtriemap.go.
 */
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { EntryNames } from "../../heap/types.ts";
import { ContentsReader } from "../evidence/contents.ts";
import type { DescribedField, DescribedNode } from "../universe/described-type.ts";
import { isSimpleKey, type KeyTexts } from "./key-texts.ts";

/** Nodes that lead to others, and entries. */
const INNER = /^internal\/(?:sync|concurrent)\.indirect\[/;
const ENTRY = /^internal\/(?:sync|concurrent)\.entry\[/;

/**
 * @param nodes of each row of the type table; undefined for rows that are no Go type
 * @param names of each row
 */
export function createLibraryMapNames(
  heap: Heap,
  nodes: readonly (DescribedNode | undefined)[],
  names: readonly string[],
  keys: KeyTexts,
): EntryNames {
  const contents = new ContentsReader(heap);
  const isInner = names.map((name) => INNER.test(name));
  const keyOfRow = names.map((name, row): DescribedField | undefined => {
    const key = ENTRY.test(name) ? nodes[row]?.type?.fields.find((field) => field.name === "key") : undefined;
    return key !== undefined && isSimpleKey(key.type) ? key : undefined;
  });
  return {
    has: (type) => isInner[type]!,
    name(object, offset) {
      const { objects } = heap;
      if (!isInner[objects.type[object]!]) return undefined;
      const entry = heap.findObject(contents.word(object, offset + valueOffset(objects, object)));
      const key = entry < 0 ? undefined : keyOfRow[objects.type[entry]!];
      const text = key === undefined ? undefined : keys.read(entry, valueOffset(objects, entry) + key.offset, key.type);
      return text === undefined ? undefined : `[${text}]`;
    },
  };
}

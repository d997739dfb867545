/**
 * Map keys: names for the pointers of maps' entries, read from the groups (Go ≥ 1.24) or buckets (until 1.23) that hold
 * them. An entry is named by its key if that is a string, an integer or a bool.
 */
import { Kind, type Type } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { EntryNames } from "../../heap/types.ts";
import { ContentsReader } from "../evidence/contents.ts";
import type { DescribedType } from "../universe/described-type.ts";
import { elemSlotAt, type GroupLayout, keySlotAt, layOutGroup, SLOT_COUNT } from "../universe/map-groups.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { fieldPath, joinPath } from "./field-names.ts";
import { isSimpleKey, type KeyTexts } from "./key-texts.ts";

/** What needs the layout of groups, for a warning. */
const FEATURE = "names of map entries by their keys";
/** Go ≥ 1.24: control bytes from here on are of empty and deleted slots. */
const FIRST_VACANT_CONTROL = 0x80;
/** Until Go 1.23: top hashes below this are of empty and evacuated slots. */
const LEAST_TOP_HASH = 5;

/**
 * Which rows of the type table are groups of entries that have names, and where these are.
 * @param nodes of each row; undefined for rows that are no Go type
 * @param universe all types of the executable: its maps tell which types are groups
 */
export function findEntryGroups(
  nodes: readonly (TypeNode | undefined)[],
  universe: TypeUniverse,
): readonly (GroupLayout | undefined)[] {
  const groups = new Map<Type, GroupLayout>();
  for (const { kind, group } of universe.all()) {
    const layout = kind === Kind.Map && group !== undefined ? layOutGroup(group, universe.runtime, FEATURE) : undefined;
    if (layout !== undefined && isSimpleKey(layout.key)) groups.set(layout.type, layout);
  }
  return nodes.map((node) => (node?.type === undefined ? undefined : groups.get(node.type)));
}

/** @param layoutOfRow as `findEntryGroups` tells it */
export function createEntryNames(
  heap: Heap,
  layoutOfRow: readonly (GroupLayout<DescribedType> | undefined)[],
  keys: KeyTexts,
): EntryNames {
  const contents = new ContentsReader(heap);
  return {
    has: (type) => layoutOfRow[type] !== undefined,
    name(object, offset) {
      const layout = layoutOfRow[heap.objects.type[object]!];
      if (layout === undefined) return undefined;
      const group = Math.floor(offset / layout.size) * layout.size;
      const within = offset - group;
      const asKey = keySlotAt(layout, within);
      const asElem = elemSlotAt(layout, within);
      const slot = Math.max(asKey, asElem);
      if (slot < 0) return undefined;
      const start = group + valueOffset(heap.objects, object);
      // The control bytes are one number, so that the first is its lowest byte.
      const place = layout.isSwiss && heap.dump.bigEndian ? SLOT_COUNT - 1 - slot : slot;
      const control = contents.byte(object, start + place);
      if (layout.isSwiss ? control >= FIRST_VACANT_CONTROL : control < LEAST_TOP_HASH) return undefined;
      const key = keys.read(object, start + layout.keyStart + slot * layout.keyStride, layout.key);
      if (key === undefined) return undefined;
      if (asKey >= 0) return `key:${key}`;
      const path = fieldPath(layout.elem, within - layout.elemStart - slot * layout.elemStride);
      return joinPath(`[${key}]`, path);
    },
  };
}

/** GroupFieldName: how a group of objects is held by the group above it, in words that are alike for all its members. */
import type { Heap } from "../../heap/heap.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { alikeName } from "../paths/pointer-path.ts";
import { DominatorGroupKind, type DominatorGroups } from "./dominator-group-rows.ts";

/** "sessions", "[…]", "[…].history"; "" where no pointer is named. Of groups that were made with `container`. O(1). */
export function groupFieldName({ types }: Heap, groups: DominatorGroups, row: number): string {
  const { field, names, parent, kind, type } = groups;
  if (field[row]! < 0) return "";
  const name = names[field[row]!]!;
  const above = parent[row]!;
  // Of a map it is its groups that have the pointers, whatever stands for the map: of one on a stack it is a part of it.
  const structure = kind[above] === DominatorGroupKind.OBJECTS ? types.layouts?.structure[type[above]!] : undefined;
  return structure !== undefined && OF_MAPS.has(structure)
    ? alikeName("map.group[", name)
    : name.replaceAll("[]", "[…]");
}

const OF_MAPS: ReadonlySet<number> = new Set([
  Structure.MAP,
  Structure.MAP_DIRECTORY,
  Structure.MAP_TABLE,
  Structure.MAP_GROUPS,
]);

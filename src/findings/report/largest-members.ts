/** Largest members: of each group of a tree the few things in it that own most. Columns: there are as many as nodes. */
import { DominatorGroupKind, type DominatorGroups } from "../../analysis/groups/dominator-group-rows.ts";
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Members that are told of a group. */
const MOST_MEMBERS = 3;

/** Objects between two breaths. */
const SLICE = 1 << 18;

export interface LargestMembers {
  /** The members of a row, those that own most first; none of a group of a single member. */
  of(row: number): number[];
}

/**
 * Finds the largest members of each group of objects. A member that another one of its group owns does not count. Linear in the
 * objects.
 * @param groups made of this tree, with `rowOf`
 */
export async function findLargestMembers(
  heap: Heap,
  owners: OwnerTree,
  groups: DominatorGroups,
  progress: Progress,
): Promise<LargestMembers> {
  const members = new Int32Array(groups.count * MOST_MEMBERS).fill(NO_OBJECT);
  for (let from = 0; from < heap.objects.count; from += SLICE) {
    enter(owners, groups, from, Math.min(from + SLICE, heap.objects.count), members);
    await breathe(progress);
  }
  return {
    of(row) {
      if (groups.kind[row] !== DominatorGroupKind.OBJECTS) return [];
      const own = members.subarray(row * MOST_MEMBERS, (row + 1) * MOST_MEMBERS);
      return [...own].filter((object) => object !== NO_OBJECT);
    },
  };
}

function enter(
  { tree: { immediateDominator }, ownedSize }: OwnerTree,
  { rowOf }: DominatorGroups,
  from: number,
  end: number,
  members: Int32Array,
): void {
  const rows = rowOf!;
  for (let object = from; object < end; object++) {
    const row = rows[object]!;
    if (rows[immediateDominator[object]!] === row) continue;
    const bytes = ownedSize[object]!;
    const first = row * MOST_MEMBERS;
    let at = first + MOST_MEMBERS;
    // From the last place up, as far as the object is larger.
    while (at > first && (members[at - 1] === NO_OBJECT || ownedSize[members[at - 1]!]! < bytes)) at--;
    if (at === first + MOST_MEMBERS) continue;
    members.copyWithin(at + 1, at, first + MOST_MEMBERS - 1);
    members[at] = object;
  }
}

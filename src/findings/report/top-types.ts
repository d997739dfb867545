/** Top types: the live objects by type, what they take and what they own. */
import { sumGroups } from "../../analysis/dominators/group-retained-size.ts";
import { computeHistogram, descending } from "../../analysis/histogram.ts";
import { computeOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";

export interface TypeRow {
  readonly name: string;
  /** Live objects, and their shallow sizes. */
  readonly count: number;
  readonly bytes: number;
  /** Bytes that they own together, their own included. */
  readonly ownedBytes: number;
  /** Of the objects, those whose type is guessed from shape and contents. */
  readonly inferred: number;
}

/** The types whose live objects take most bytes, and those that own most, each once. Costs the owner tree. */
export async function listTopTypes(heap: Heap, most: number, progress: Progress): Promise<TypeRow[]> {
  const { objects, types } = heap;
  const histogram = await computeHistogram(heap, progress);
  const { tree, ownedSize } = await computeOwnerTree(heap, progress);
  const owned = await sumGroups(tree, ownedSize, objects.type, types.count, progress);
  const inferred = new Float64Array(types.count);
  for (let i = 0; i < objects.count; i++) {
    if (objects.typeSource[i] === TypeSource.INFERRED) inferred[objects.type[i]!] = inferred[objects.type[i]!]! + 1;
  }
  const chosen = new Set<number>([
    ...descending(histogram.reachableBytes).subarray(0, most),
    ...descending(owned).subarray(0, most),
  ]);
  return [...chosen]
    .filter((type) => histogram.reachableObjects[type]! > 0)
    .map((type) => ({
      name: types.names[type]!,
      count: histogram.reachableObjects[type]!,
      bytes: histogram.reachableBytes[type]!,
      ownedBytes: owned[type]!,
      inferred: inferred[type]!,
    }))
    .sort((a, b) => b.bytes - a.bytes || b.ownedBytes - a.ownedBytes);
}

/** The one thing that somebody asks about: what it is, what it keeps, and who leads there, as the report says of what holds the memory. */
import { findRootsByCertainty } from "../../analysis/ownership/leading-roots.ts";
import { computeOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { ownerVertex } from "../../analysis/ownership/owners.ts";
import { isLibraryMap, shownTypeName } from "../../analysis/paths/library-maps.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { Structure } from "../../heap/value-layouts.ts";
import type { Progress } from "../../progress.ts";
import { computeValues } from "../../values/values.ts";
import { groupRoots, type HolderRoot } from "../holders/holder-roots.ts";
import type { HolderNodes } from "../holders/nodes.ts";
import { findUse, type HolderUse } from "../holders/use.ts";
import { countEntries, findNodes } from "./members.ts";

/** What is told of one live object beside the ways to it. */
export interface WhyThing {
  /** Its type; of a map that the library makes of objects of its own, "sync.Map". */
  readonly type: string;
  /** How much of it is in use; null if it is no slice, map or channel, or the heap has no types. */
  readonly use: HolderUse | null;
  /** What it is made of, if it is a list, ring or tree; else null. */
  readonly nodes: HolderNodes | null;
  /** Bytes that it owns, its own included, and their share of the live bytes, 0 … 1. */
  readonly ownedBytes: number;
  readonly share: number;
  /** All other roots that lead to it, alike ones together, most first. */
  readonly alsoUsedBy: readonly HolderRoot[];
}

/**
 * Describes a live object.
 * @param container per object what stands for it where it is part of a map, channel or list
 *
 * Costs the owner tree, of an array, map or channel the walk over values, and one search for the roots that lead there. */
export async function describeThing(
  heap: Heap,
  object: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<WhyThing> {
  const { objects, roots, types } = heap;
  const { ownedSize, owner } = await computeOwnerTree(heap, progress);
  const values = mayBeInUse(heap, object) ? await computeValues(heap, progress) : undefined;
  const [leading] = await findRootsByCertainty(heap, [object], progress);
  const type = types.names[objects.type[object]!]!;
  const live = ownedSize[objects.count + roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS)]!;
  const others = leading!.all.filter((root) => root !== ownerVertex(heap, owner[object]!));
  return {
    type: shownTypeName(type),
    use: isLibraryMap(type)
      ? countEntries(heap, object, container)
      : values === undefined
        ? null
        : findUse(heap, values, object),
    nodes: container === undefined ? null : findNodes(heap, object, container),
    ownedBytes: ownedSize[object]!,
    share: ownedSize[object]! / live,
    alsoUsedBy: groupRoots(heap, { ...leading!, all: others }, new Map()),
  };
}

/** Whether an object is of a type of which a count may tell how much is in use: the walk over all values is long. */
function mayBeInUse({ objects, types: { layouts } }: Heap, object: number): boolean {
  if (layouts === undefined) return false;
  const row = objects.type[object]!;
  return layouts.structure[row] !== Structure.NONE || layouts.of(row)?.isMany === true;
}

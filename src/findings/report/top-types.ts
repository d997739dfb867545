/** Top types: the live objects by type, what they take and what they own. */
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { listedTypeName } from "../../heap/types.ts";
import type { Progress } from "../../progress.ts";
import { areMostlyBackPointers } from "../back-pointers.ts";
import { isTypeGuessed } from "../guessed.ts";
import { listTypeRows } from "../top/object-groups.ts";
import { computeTypePlaces, type TypePlace } from "../type-places.ts";

export interface TypeRow {
  readonly name: string;
  /** Live objects, and their shallow sizes. */
  readonly count: number;
  readonly bytes: number;
  /** Bytes that they own together, their own included. */
  readonly ownedBytes: number;
  /** Of the objects, those whose type is guessed from shape and contents. */
  readonly inferred: number;
  /**
   * The fields and variables that have most of them, shallow, the largest first, without those that point back to what they hang on;
   * known of the ten types that take most.
   */
  readonly places: readonly TypePlace[];
}

/** The types whose live objects take most bytes, and those that own most, each once. Costs the owner tree. */
export async function listTopTypes(heap: Heap, most: number, progress: Progress): Promise<TypeRow[]> {
  const places = heap.types.layouts === undefined ? undefined : await computeTypePlaces(heap, progress);
  const groups = await listTypeRows(heap, progress);
  const above = (await computeOwnerTree(heap, progress)).tree.immediateDominator;
  const placesOf = (row: number): TypePlace[] =>
    (places?.get(row) ?? [])
      .filter(({ examples }) => !areMostlyBackPointers(above, examples))
      .map(({ examples, ...place }) => place);
  const first = (by: "shallowBytes" | "ownedBytes"): typeof groups =>
    [...groups].sort((a, b) => b[by] - a[by]).slice(0, most);
  return [...new Set([...first("shallowBytes"), ...first("ownedBytes")])]
    .map(({ row, name, count, shallowBytes, ownedBytes, guessed }) => ({
      name,
      count,
      bytes: shallowBytes,
      ownedBytes,
      inferred: guessed,
      places: placesOf(row),
    }))
    .sort((a, b) => b.bytes - a.bytes || b.ownedBytes - a.ownedBytes);
}

/** Objects of one type that nothing else in the garbage leads to, and the bytes of all that hangs on them. */
export interface GarbageRow {
  readonly name: string;
  readonly count: number;
  /** Of these, those whose type is guessed. */
  readonly guessed: number;
  readonly bytes: number;
}

/** What the garbage hangs on, by type, most bytes first. O(garbage). */
export async function listGarbage(heap: Heap, most: number, progress: Progress): Promise<GarbageRow[]> {
  const { objects, types, roots } = heap;
  const { ownedSize } = await computeOwnerTree(heap, progress);
  const vertex = objects.count + roots.vertices.kind.indexOf(RootVertexKind.UNREACHABLE);
  const rows = new Map<number, { count: number; guessed: number; bytes: number }>();
  await withOwnerChildren(heap, progress, ({ start, child }) => {
    for (let i = start[vertex]!; i < start[vertex + 1]!; i++) {
      const type = objects.type[child[i]!]!;
      const row = rows.get(type) ?? { count: 0, guessed: 0, bytes: 0 };
      row.count++;
      if (isTypeGuessed(objects, child[i]!)) row.guessed++;
      row.bytes += ownedSize[child[i]!]!;
      rows.set(type, row);
    }
  });
  return [...rows]
    .map(([type, row]) => ({ name: listedTypeName(types, type), ...row }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most);
}

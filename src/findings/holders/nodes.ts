/** Nodes: what a list, ring or tree that is one thing is made of. */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { type AlikeThings, isTypeGuessed } from "../guessed.ts";
import type { ThingTree, Vertices } from "./thing-tree.ts";

/** Values of one type that lead to one another. */
export type HolderNodes = AlikeThings;

/** The share of a thing's bytes that its nodes have with what hangs on them; with less, the thing is more than a list of them. */
const MOSTLY = 0.5;
/** Types of the library's own maps: sync.Map. */
export const LIBRARY = /^internal\/(sync|concurrent)\./;

/**
 * The values that there are most of among the parts of a thing; null if it has none but itself, if they have little of its bytes, or
 * are the runtime's own, as those of maps are. Linear in the parts and what hangs right below them.
 * @param parts the thing's, itself first
 */
export function findNodes({ objects, types }: Heap, tree: ThingTree, parts: Vertices): HolderNodes | null {
  const { layouts } = types;
  if (layouts === undefined || parts.length < 2) return null;
  const counts = new Map<number, number>();
  let most: number | undefined;
  for (const part of parts) {
    if (part >= objects.count) continue;
    const type = objects.type[part]!;
    if (LIBRARY.test(types.names[type]!)) continue;
    if (layouts.structure[type] !== Structure.NONE || layouts.of(type)?.isMany !== false) continue;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    if (most === undefined || counts.get(type)! > counts.get(most)!) most = type;
  }
  if (most === undefined || counts.get(most)! < 2) return null;
  let bytes = 0;
  let guessed = 0;
  const below = int32Column();
  for (const part of parts) {
    if (part >= objects.count || objects.type[part] !== most) continue;
    bytes += tree.sizeOf(part);
    if (isTypeGuessed(objects, part)) guessed++;
    tree.addRightBelow(part, below);
  }
  // Of nodes below one another the upper has the lower's bytes, too.
  for (const vertex of below.values) if (objects.type[vertex] === most) bytes -= tree.sizeOf(vertex);
  if (bytes < MOSTLY * tree.sizeOf(parts[0]!)) return null;
  return { type: types.names[most]!, count: counts.get(most)!, guessed };
}

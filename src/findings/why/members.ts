/** Members: how many entries a map of the library's has, and what a list, ring or tree is made of. */
import { isLibraryMapEntry, outlivesValue, withoutLibraryMap } from "../../analysis/paths/library-maps.ts";
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { breathe, type Progress } from "../../progress.ts";
import { isTypeGuessed } from "../guessed.ts";
import { type HolderNodes, LIBRARY } from "../holders/nodes.ts";
import type { HolderUse } from "../holders/use.ts";

/** Parts between two breaths. */
const SLICE = 1 << 14;

/** The entries of a library's map, by walking through it. Linear in what it is made of. */
export async function countEntries(
  heap: Heap,
  map: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<HolderUse> {
  const { objects, edges, types } = heap;
  const typeOf = (object: number): string => types.names[objects.type[object]!]!;
  const seen = new MarkedObjects(objects.count);
  const parts = [map];
  seen.add(map);
  let length = 0;
  let done = 0;
  for (let from = parts.pop(); from !== undefined; from = parts.pop()) {
    if (++done % SLICE === 0) await breathe(progress);
    const above = typeOf(from);
    const end = edges.start[from + 1]!;
    if (isLibraryMapEntry(above)) {
      if (end > edges.start[from]! || !outlivesValue(above)) length++;
      continue;
    }
    for (let edge = edges.start[from]!; edge < end; edge++) {
      const to = edges.to[edge]!;
      const name = edgeName(heap, from, edge, false) ?? "";
      // Of an inner node only what is below it was asked for.
      if (name === "parent") continue;
      const isPart = container?.[to] === container?.[from] || withoutLibraryMap(name, above, typeOf(to)) === "";
      if ((isPart || isLibraryMapEntry(typeOf(to))) && seen.add(to)) parts.push(to);
    }
  }
  return { kind: "map", length, capacity: length };
}

/** Of what a list, ring or tree is made of the values that there are most of; null if it is none. */
export function findNodes({ objects, types }: Heap, parts: readonly number[]): HolderNodes | null {
  const { layouts } = types;
  const ofType = new Map<number, number>();
  const guessed = new Map<number, number>();
  if (layouts === undefined || parts.length < 2) return null;
  for (const part of parts) {
    const type = objects.type[part]!;
    if (layouts.structure[type] !== Structure.NONE || LIBRARY.test(types.names[type]!)) continue;
    if (layouts.isLink[type] !== 1) continue;
    ofType.set(type, (ofType.get(type) ?? 0) + 1);
    if (isTypeGuessed(objects, part)) guessed.set(type, (guessed.get(type) ?? 0) + 1);
  }
  const [most] = [...ofType].sort(([, a], [, b]) => b - a);
  if (most === undefined || most[1] < 2) return null;
  const [type, count] = most;
  return { type: types.names[type]!, count, guessed: guessed.get(type) ?? 0 };
}

/** SeenPointers: a way as people see it: without the inside of the library's maps, whose entries lead to their values. */
import { isLibraryMapBox, isLibraryMapEntry, withoutLibraryMap } from "../../analysis/paths/library-maps.ts";
import { type Pointer, pointerTarget, writeRoot } from "../../analysis/paths/pointer-path.ts";
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";

/** The first name of a way, as its expression has it: of a map of the library's without the way to its first node. */
export function writeDoor(heap: Heap, pointer: Pointer): string {
  const { objects, types } = heap;
  const type = types.names[objects.type[pointerTarget(heap, pointer)]!]!;
  return withoutLibraryMap(writeRoot(heap, pointer.from - objects.count, pointer.edge), "", type);
}

/** A pointer, and what it leads to as people see it: the pointer to an entry of a library's map leads to its value. */
export interface SeenPointer {
  readonly pointer: Pointer;
  readonly target: number;
}

/** The pointers of a way without those inside the library's maps. */
export function followSeen(heap: Heap, pointers: readonly Pointer[]): readonly SeenPointer[] {
  const { objects, types } = heap;
  const typeOf = (object: number): string => types.names[objects.type[object]!]!;
  const seen: SeenPointer[] = [];
  let entry = "";
  for (const [i, pointer] of pointers.entries()) {
    const { from, edge } = pointer;
    const target = pointerTarget(heap, pointer);
    const above = i === 0 ? "" : typeOf(from);
    const isBox = isLibraryMapBox(entry, above);
    const inner = i === 0 || isBox ? "" : (edgeName(heap, from, edge, false) ?? "");
    const isHidden = isBox || (inner !== "" && withoutLibraryMap(inner, above, typeOf(target)) === "");
    if (!isHidden) seen.push({ pointer, target });
    else if (isBox || isLibraryMapEntry(above)) seen.push({ pointer: seen.pop()!.pointer, target });
    entry = above;
  }
  return seen;
}

/** What pointers are called, one at a time: for paths, pictures and profiles, which name few. */
import type { Heap } from "./heap.ts";
import { valueOffset } from "./objects.ts";

/** Byte offset of the pointer that edge `edge` is in the value of object `from`, a malloc header not counted. O(1). */
export function offsetInValue({ objects, edges }: Heap, from: number, edge: number): number {
  return edges.offset[edge]! - valueOffset(objects, from);
}

/**
 * The name of the pointer that edge `edge` of object `from` is: "next", "[3].key", `["user17"]`, "queue[0]"; "" where the
 * value is that one word; undefined where nothing is known. Element numbers are left out unless `withElements`, so that
 * alike pointers are called alike: "[].key". Asks the contents of maps and channels only with `withElements`.
 */
export function edgeName(heap: Heap, from: number, edge: number, withElements: boolean): string | undefined {
  const { fields } = heap.types;
  if (fields === undefined) return undefined;
  const row = heap.objects.type[from]!;
  const offset = offsetInValue(heap, from, edge);
  if (offset < 0) return undefined;
  if (withElements && fields.entries?.has(row) === true) {
    const name = fields.entries.name(from, offset);
    if (name !== undefined) return name;
  }
  const stride = fields.stride(row);
  const element = stride > 0 ? Math.floor(offset / stride) : 0;
  const path = fields.name(row, offset - element * stride);
  if (path === undefined || stride === 0) return path;
  const index = withElements ? `[${element}]` : "[]";
  return path === "" ? index : `${index}.${path}`;
}

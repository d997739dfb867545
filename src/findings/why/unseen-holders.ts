/**
 * Holders that a dump does not show: objects that no GC root leads to are garbage, unless a cleanup holds them, or what leads there
 * is in a part of the dump that is missing.
 */

import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { listHeldByCleanups } from "../../heap/held-by-cleanups.ts";
import { REACHABLE } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";

/** What may hold objects that seem unreachable: cleanups of runtime.AddCleanup, or whatever is missing in a dump that is cut off. */
export type UnseenHolder = "cleanups" | "missing";

/**
 * Tells what may hold any of the unreachable objects among those of `asked`; null if nothing can. Where there are any,
 * linear in all objects, and in the pointers of the unreachable ones; 1 byte an object, and 4 for each that waits to be looked at.
 */
export async function findUnseenHolder(
  heap: Heap,
  asked: Int32Array,
  progress: Progress,
): Promise<UnseenHolder | null> {
  const { objects, edges, dump } = heap;
  const isUnreachable = (object: number): boolean => (objects.flags[object]! & REACHABLE) === 0;
  if (!asked.some(isUnreachable)) return null;
  if (!dump.complete) return "missing";
  const isHeld = new Uint8Array(objects.count);
  const waiting = int32Column();
  const hold = (object: number): void => {
    if (isHeld[object] === 1 || !isUnreachable(object)) return;
    isHeld[object] = 1;
    waiting.push(object);
  };
  for (const object of await listHeldByCleanups(heap, progress)) hold(object);
  for (let done = 1; waiting.count > 0; done++) {
    if ((done & 0xffff) === 0) await breathe(progress);
    const object = waiting.get(--waiting.count);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) hold(edges.to[edge]!);
  }
  return asked.some((object) => isHeld[object] === 1) ? "cleanups" : null;
}

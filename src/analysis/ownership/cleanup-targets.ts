/**
 * CleanupTargets: the live objects that cleanups of runtime.AddCleanup lead to. A dump has no roots of cleanups; whatever they lead to
 * stays until they have run, whoever of the roots lets go, and one that leads to its own object never runs.
 */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { listCleanupEntries } from "../../heap/held-by-cleanups.ts";
import { REACHABLE } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { findBarredTypes } from "./owner-roles.ts";

export interface CleanupTargets {
  /** Per object, 1 if a cleanup leads there; garbage as well. */
  readonly isLedTo: Uint8Array;
  /** Whether cleanups lead there for sure: else by objects that may be arguments of theirs. */
  readonly isKnown: boolean;
}

/** Objects between two breaths. */
const SLICE = 1 << 16;

/** Finds them; undefined if there are none. Where there are cleanups, linear in what they lead to, and 1 byte an object. */
export async function findCleanupTargets(heap: Heap, progress: Progress): Promise<CleanupTargets | undefined> {
  const { objects: entries, isKnown } = await listCleanupEntries(heap, progress);
  if (entries.length === 0) return undefined;
  const { objects, edges } = heap;
  // As in the search for roots: a waiter leads to all goroutines.
  const isBarred = findBarredTypes(heap);
  const isLedTo = new Uint8Array(objects.count);
  const waiting = int32Column();
  let isAnyLive = false;
  const reach = (object: number): void => {
    if (isLedTo[object] === 1 || isBarred[objects.type[object]!] === 1) return;
    isLedTo[object] = 1;
    isAnyLive ||= (objects.flags[object]! & REACHABLE) !== 0;
    waiting.push(object);
  };
  for (const entry of entries) reach(entry);
  for (let done = 1; waiting.count > 0; done++) {
    if (done % SLICE === 0) await breathe(progress);
    const object = waiting.get(--waiting.count);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) reach(edges.to[edge]!);
  }
  return isAnyLive ? { isLedTo, isKnown } : undefined;
}

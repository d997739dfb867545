/**
 * Weak handles: where the dump shows what a weak.Pointer refers to. It points to a handle, an object without pointers that holds
 * an address: whoever has the handle can get the object for as long as anything else keeps it. runtime/mheap.go
 * (getOrAddWeakHandle).
 */
import type { Heap } from "../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT } from "../heap/objects.ts";
import { SequentialReader } from "./sequential-reader.ts";

/** N of the first Go 1.N in which programs can have weak pointers. */
const SINCE = 24;
/** runtime/malloc.go, maxTinySize: a handle is 16 bytes, or a part of a block of 16 that it shares with other small values. */
const MOST_BYTES = 16;
/** Objects are looked at in the order of their addresses, and small ones of a span alone are near one another in the dump. */
const WINDOW_SIZE = 1 << 12;

/** Handles, and what they refer to, in pairs. */
export interface WeakHandles {
  readonly handle: readonly number[];
  readonly target: readonly number[];
}

/**
 * Finds all that may be weak handles of certain objects: small objects without pointers that hold an address. Which of them are
 * handles is not known of old versions, and numbers that look like addresses are rare. Linear in the objects, and reads the small.
 * @param isWanted whether it matters how an object can be got
 */
export function findWeakHandles(heap: Heap, isWanted: (object: number) => boolean): WeakHandles {
  const { objects, dump } = heap;
  const found = { handle: [] as number[], target: [] as number[] };
  if (dump.go.minorMax < SINCE) return found;
  const { size, flags, position } = objects;
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  for (let object = 0; object < objects.count; object++) {
    const bytes = size[object]!;
    if (bytes > MOST_BYTES || (flags[object]! & HAS_POINTERS) !== 0) continue;
    for (let at = 0; at + dump.pointerSize <= bytes; at += dump.pointerSize) {
      const address = reader.address(position[object]! + at);
      const target = address === 0 ? NO_OBJECT : heap.findObject(address);
      if (target === NO_OBJECT || !isWanted(target)) continue;
      found.handle.push(object);
      found.target.push(target);
    }
  }
  return found;
}

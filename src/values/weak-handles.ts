/**
 * Weak handles: where the dump shows what a weak.Pointer refers to. It points to a handle, an object without pointers that holds
 * an address: whoever has the handle can get the object for as long as anything else keeps it. runtime/mheap.go
 * (getOrAddWeakHandle).
 */
import type { Heap } from "../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";
import { SequentialReader } from "./sequential-reader.ts";

/** N of the first Go 1.N in which programs can have weak pointers. */
export const WEAK_SINCE = 24;
/** runtime/malloc.go, maxTinySize: a handle is 16 bytes, or a part of a block of 16 that it shares with other small values. */
const MOST_BYTES = 16;
/** Objects are looked at in the order of their addresses, and small ones of a span alone are near one another in the dump. */
const WINDOW_SIZE = 1 << 12;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/** What is known of the n-th word of a handle, or of the block that handles share, as bits: `EMPTY << n`, `LEADS << n`. */
export const HandleWord = {
  /** It is zero: what it referred to was collected. */
  EMPTY: 1,
  /** It leads to an object. */
  LEADS: 16,
} as const;

/** Whether an object can be a handle, or have some in it. O(1). */
export function mayBeHandle({ objects: { size, flags } }: Heap, object: number): boolean {
  return size[object]! <= MOST_BYTES && (flags[object]! & HAS_POINTERS) === 0;
}

/**
 * Reads handles: the bits of `HandleWord` for each; of a word that is neither zero nor an address of an object none is set, and so it is
 * no handle's. When the dump was written, all that the last collection found dead had been swept. Linear in the objects, and reads those
 * that are asked for.
 * @param states per object: not 0 for those that are to be read, of which all may be handles; what is known of them takes its place
 */
export async function readHandles(heap: Heap, states: Uint8Array, progress: Progress): Promise<void> {
  const { objects, dump } = heap;
  const { size, position } = objects;
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  for (let object = 0; object < objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    if (states[object] === 0) continue;
    let state = 0;
    for (let n = 0; (n + 1) * dump.pointerSize <= size[object]!; n++) {
      const at = position[object]! + n * dump.pointerSize;
      const address = reader.address(at);
      // Behind the dump's end there is nothing that could be zero.
      if (!reader.has(at, dump.pointerSize)) continue;
      if (address === 0) state |= HandleWord.EMPTY << n;
      else if (heap.findObject(address) !== NO_OBJECT) state |= HandleWord.LEADS << n;
    }
    states[object] = state;
  }
}

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
  if (dump.go.minorMax < WEAK_SINCE) return found;
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

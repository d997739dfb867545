/**
 * GlobalPointers: the pointers of objects that lead into data and bss, to package variables and what the compiler laid out
 * for them. They are no edges, because nothing of the heap is there; typing follows them, because types go on behind them.
 */

import type { Segment } from "../roots/segments.ts";
import type { ObjectRuns } from "./page-order.ts";
import type { ResolvedPointers } from "./pointer-resolver.ts";

/** As columns, in the order of objects and offsets. */
export interface GlobalPointers {
  readonly count: number;
  /** Object that has the pointer; ascending. */
  readonly object: Int32Array;
  /** Byte offset of the pointer inside the object's slot. */
  readonly offset: Uint32Array;
  /** Where it leads. */
  readonly address: Float64Array;
}

/**
 * Lists them from what the resolver found. Linear in the objects of runs that have any such pointer.
 * @param strays number of the first pointer to no object at or behind each run, and of all of them
 */
export function listGlobalPointers(
  edgeStart: Uint32Array,
  pointerOffset: Uint32Array,
  { start, length, order }: ObjectRuns,
  { stray, strayPointer }: ResolvedPointers,
  strays: Uint32Array,
  segments: readonly Segment[],
): GlobalPointers {
  let count = 0;
  for (let i = 0; i < stray.length; i++) if (isGlobal(stray[i]!, segments)) count++;
  const object = new Int32Array(count);
  const offset = new Uint32Array(count);
  const address = new Float64Array(count);
  let next = 0;
  let base = 0;
  for (let k = 0; k < order.length; k++) {
    const run = order[k]!;
    const first = start[run]!;
    let owner = first;
    for (let i = strays[run]!; i < strays[run + 1]!; i++) {
      if (!isGlobal(stray[i]!, segments)) continue;
      const pointer = strayPointer[i]!;
      while (edgeStart[owner + 1]! <= pointer) owner++;
      object[next] = base + owner - first;
      offset[next] = pointerOffset[pointer]!;
      address[next++] = stray[i]!;
    }
    base += length[run]!;
  }
  // Those of objects that are left out are among the strays, but in no run.
  return {
    count: next,
    object: object.subarray(0, next),
    offset: offset.subarray(0, next),
    address: address.subarray(0, next),
  };
}

function isGlobal(target: number, segments: readonly Segment[]): boolean {
  for (const { address, size } of segments) if (target >= address && target < address + size) return true;
  return false;
}

/**
 * Heap timers: those that the runtime has in its heaps of timers. Until one fires or is stopped, it leads to what its function will work
 * on, and lets go of it when no root does. runtime/time.go.
 */
import type { Heap } from "../../heap/heap.ts";
import { REACHABLE } from "../../heap/objects.ts";

/** The heaps are arrays of pointers, or since Go 1.23 of structs that begin with one; some of a single element. */
const TIMER_HEAP = /^(\[\])?(\*runtime\.timer|runtime\.timerWhen)$/;

/** A row each, in the order of their edges. */
export interface HeapTimers {
  readonly count: number;
  /** The array that is the heap of timers, … */
  readonly array: Int32Array;
  /** … the edge from there to the timer, … */
  readonly edge: Int32Array;
  /** … and the timer. */
  readonly timer: Int32Array;
}

/** Lists them; none where there are no types. Linear in objects; 12 bytes a timer. */
export function listHeapTimers({ objects, edges, types }: Heap): HeapTimers {
  const isHeap = Uint8Array.from(types.names, (name) => (TIMER_HEAP.test(name) ? 1 : 0));
  const { type, flags } = objects;
  const arrays: number[] = [];
  let count = 0;
  if (isHeap.includes(1)) {
    for (let object = 0; object < objects.count; object++) {
      if (isHeap[type[object]!] === 0 || (flags[object]! & REACHABLE) === 0) continue;
      arrays.push(object);
      count += edges.start[object + 1]! - edges.start[object]!;
    }
  }
  const timers = { count, array: new Int32Array(count), edge: new Int32Array(count), timer: new Int32Array(count) };
  let row = 0;
  for (const array of arrays) {
    for (let edge = edges.start[array]!; edge < edges.start[array + 1]!; edge++, row++) {
      timers.array[row] = array;
      timers.edge[row] = edge;
      timers.timer[row] = edges.to[edge]!;
    }
  }
  return timers;
}

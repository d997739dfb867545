/** The timers that the runtime has in its heaps, by the pointers of these. runtime/time.go. */
import type { Heap } from "../../heap/heap.ts";
import { REACHABLE } from "../../heap/objects.ts";
import type { NamedWords } from "../named-words.ts";
import { TIMER_HEAP_ELEMENTS } from "./timer-types.ts";

export interface PendingTimer {
  /** The array that is the heap of timers. */
  readonly array: number;
  /** From there to the timer. */
  readonly edge: number;
  /** What its function is called with: of time.AfterFunc the function to call; NO_OBJECT if that is no object. */
  readonly argument: number;
}

/** Lists them in the order of their edges. Linear in objects. */
export function listPendingTimers({ objects, edges }: Heap, words: NamedWords): PendingTimer[] {
  const rows = new Set(words.rowsOf(TIMER_HEAP_ELEMENTS));
  const timers: PendingTimer[] = [];
  if (rows.size === 0) return timers;
  for (let object = 0; object < objects.count; object++) {
    if (!rows.has(objects.type[object]!) || (objects.flags[object]! & REACHABLE) === 0) continue;
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      timers.push({ array: object, edge, argument: words.follow(edges.to[edge]!, "arg") });
    }
  }
  return timers;
}

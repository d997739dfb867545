/** What another thread can do while who asks does something else. */
import type { Heap } from "../heap/heap.ts";
import { isShared } from "../workers/current.ts";

/** Whether another thread may search a heap's graph. */
export function mayWorkBeside({ edges }: Heap): boolean {
  return isShared(edges.to);
}

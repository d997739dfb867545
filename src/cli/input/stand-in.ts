/** StandIn: one heap of which another can take the place, while somebody works with it. */
import type { Heap } from "../../heap/heap.ts";

export interface StandIn {
  /** Has all that the current heap has. */
  readonly heap: Heap;
  /** From now on `heap` is this one. It has to be of the same dump, read in the same way. */
  replace(by: Heap): void;
}

/** Makes a heap that is `first`, until it is replaced. */
export function standInFor(first: Heap): StandIn {
  let current = first;
  const heap = {};
  for (const key of Object.keys(first) as (keyof Heap)[]) {
    Object.defineProperty(heap, key, { enumerable: true, get: () => current[key] });
  }
  return {
    heap: heap as Heap,
    replace(by) {
      current = by;
    },
  };
}

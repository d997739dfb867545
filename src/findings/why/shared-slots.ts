/**
 * Shared slots: small values without pointers lie several in a slot (runtime/malloc.go, tiny allocator), which then is no object of their
 * type. So who asks for such a type sees only those that have a slot alone.
 */
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS } from "../../heap/objects.ts";
import { TINY_BLOCK } from "../../heap/types.ts";

/** Values from here on have slots of their own. */
const TINY_SIZE = 16;

/** How many slots there are in which more values of the objects' one type may be; 0 if it is no such type. Linear. */
export function countSharedSlots({ objects, types }: Heap, asked: Int32Array): number {
  const row = objects.type[asked[0]!]!;
  const layout = types.layouts?.of(row);
  if (layout === undefined || layout.isMany || layout.size >= TINY_SIZE || types.names[row] === TINY_BLOCK) return 0;
  for (const object of asked)
    if (objects.type[object] !== row || (objects.flags[object]! & HAS_POINTERS) !== 0) return 0;
  const tiny = types.names.indexOf(TINY_BLOCK);
  let slots = 0;
  if (tiny >= 0) for (let i = 0; i < objects.count; i++) if (objects.type[i] === tiny) slots++;
  return slots;
}

/**
 * Roles: which objects own what they lead to. A closure that is called back works with things that others keep, and the
 * runtime's own structures lead from any goroutine to all others.
 */
import type { Heap } from "../../heap/heap.ts";

/** How objects of a type take part in the search for owners. */
export const OwnerRole = {
  /** Owns what it leads to. */
  PLAIN: 0,
  /** A closure: uses what it captured, and rarely owns it. */
  CLOSURE: 1,
  /** Something of the runtime that waits or will run: a waiter of a channel, a timer, a deferred call. */
  WAITER: 2,
  /** A descriptor of a goroutine, thread or processor: each leads to all others, so being led to one says nothing. */
  HUB: 3,
} as const;

/** The OwnerRole of every type. Uint8Array, length types.count. Without an executable all are PLAIN. */
export function findOwnerRoles({ types }: Heap): Uint8Array {
  return Uint8Array.from(types.names, (name) => {
    if (HUB.test(name)) return OwnerRole.HUB;
    if (WAITER.test(name)) return OwnerRole.WAITER;
    return CLOSURE.test(name) ? OwnerRole.CLOSURE : OwnerRole.PLAIN;
  });
}

/**
 * Per type: 1 if its objects lead nowhere where it is asked which roots lead to something: the runtime's descriptors and waiters, else every
 * goroutine would lead to all that any goroutine has. But whoever has a timer, stopped or not, leads to what that would work on; only the
 * runtime's heaps of timers lead from one to all.
 */
export function findBarredTypes(heap: Heap): Uint8Array {
  const { names } = heap.types;
  return findOwnerRoles(heap).map((role, type) => Number(role >= OwnerRole.WAITER && !TIMER.test(names[type]!)));
}

const CLOSURE = /^func /;
/** Structures of runtime/runtime2.go and runtime/time.go; and their lists. */
const HUB = /^(internal\/runtime\/atomic\.Pointer\[)?runtime\.(g|m|mPadded|p)\]?$/;
const WAITER = /^(\[\d*\]|\*)*runtime\.(g|m|p|sudog|_defer|_panic|timer|timeTimer|timerWhen|timers)$/;
const TIMER = /^runtime\.(timer|timeTimer)$/;

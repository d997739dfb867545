/**
 * Lock users: who may hold the lock that goroutines wait for. The runtime does not note who holds one; but whoever will release it has
 * what the lock is in on its stack, and mostly in a method of the type whose methods take it. Words that may be stale count: where a
 * deferred call will release it, the pointer may be in no other.
 */
import type { Heap } from "../../heap/heap.ts";
import { goroutineState } from "../../heap/roots/goroutines.ts";
import { frameFunctionName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { WaitTargets } from "./wait-targets.ts";

/** States of goroutines that wait for a lock. Until Go 1.19 that is semacquire, which says the same of a WaitGroup. */
const AT_LOCK = /^sync\.(Mutex|RWMutex)\.R?Lock$/;
/** It releases the lock meanwhile. */
const AT_CONDITION = "sync.Cond.Wait";

/** Whether goroutines in a state wait for a lock. */
export function isAtLock(state: string): boolean {
  return AT_LOCK.test(state);
}

/** "main.(*stats).", "main.": a function's receiver, or its package where it has none. */
function scopeOf(name: string): string {
  const receiver = name.indexOf(").");
  if (receiver >= 0 && name.lastIndexOf(".(", receiver) >= 0) return name.slice(0, receiver + 2);
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  return dot < 0 ? name : name.slice(0, dot + 1);
}

/** Goroutines that have what a lock is in on their stacks, by function. */
export class LockUsers {
  /** By object, then by the function's receiver or package. */
  readonly #users = new Map<number, Map<string, Set<number>>>();
  readonly #targets: WaitTargets["of"];

  /**
   * Linear in the frames.
   * @param targets what every goroutine waits for
   * @param atLock goroutines that wait for a lock
   */
  constructor(heap: Heap, targets: WaitTargets["of"], atLock: readonly number[]) {
    this.#targets = targets;
    for (const goroutine of atLock) for (const lock of targets[goroutine] ?? []) this.#users.set(lock, new Map());
    if (this.#users.size === 0) return;
    const { vertices, to } = heap.roots;
    const stateOf = (goroutine: number): string => goroutineState(heap.goroutines, goroutine);
    for (let frame = 0; frame < vertices.count; frame++) {
      if (vertices.kind[frame] !== RootVertexKind.FRAME) continue;
      const goroutine = vertices.item[vertices.parent[frame]!]!;
      for (let edge = vertices.edgeStart[frame]!; edge < vertices.edgeStart[frame + 1]!; edge++) {
        const users = this.#users.get(to[edge]!);
        if (users === undefined) continue;
        // Who waits for the lock does not hold it, unless it takes the lock twice.
        if (targets[goroutine]?.includes(to[edge]!) || stateOf(goroutine) === AT_CONDITION) continue;
        const scope = scopeOf(frameFunctionName(heap.goroutines, vertices.item[frame]!));
        const among = users.get(scope);
        if (among === undefined) users.set(scope, new Set([goroutine]));
        else among.add(goroutine);
      }
    }
  }

  /**
   * Who has what they all wait for on its stack, in functions of the same receiver; undefined if that is nobody, or they wait for several
   * locks. The same set for all who wait for one lock there.
   * @param site the function in which they take the lock
   */
  of(waiting: readonly number[], site: string): ReadonlySet<number> | undefined {
    const locks = new Set(waiting.flatMap((goroutine) => this.#targets[goroutine] ?? []));
    const [lock] = locks;
    return lock === undefined || locks.size > 1 ? undefined : this.#users.get(lock)?.get(scopeOf(site));
  }
}

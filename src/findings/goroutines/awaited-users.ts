/**
 * Awaited users: who may release the lock, or call Done of the WaitGroup, that goroutines wait for. The runtime does not note who has to;
 * but whoever will has what the lock is in on its stack, and mostly in a method of the type whose methods take it. Words that may be
 * stale count: where a deferred call does it, the pointer may be in no other.
 */
import type { Heap } from "../../heap/heap.ts";
import { goroutineState } from "../../heap/roots/goroutines.ts";
import { frameFunctionName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { WaitTargets } from "./wait-targets.ts";

/** Frames between two breaths. */
const SLICE = 1 << 16;

/** States of goroutines that wait for a lock or WaitGroup. Nothing is told of what earlier releases of Go all call semacquire. */
const AWAITING = /^sync\.((Mutex|RWMutex)\.R?Lock|WaitGroup\.Wait)$/;
/** Whoever waits in it has released the lock. */
const AT_CONDITION = "sync.Cond.Wait";

/** Whether goroutines in a state wait for a lock or WaitGroup. */
export function isAwaiting(state: string): boolean {
  return AWAITING.test(state);
}

/** "main.(*stats).", "main.": a function's receiver, or its package where it has none. */
function scopeOf(name: string): string {
  const receiver = name.indexOf(").");
  if (receiver >= 0 && name.lastIndexOf(".(", receiver) >= 0) return name.slice(0, receiver + 2);
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  return dot < 0 ? name : name.slice(0, dot + 1);
}

/** Goroutines that have what others wait for on their stacks, by function. */
export class AwaitedUsers {
  /** By object, then by the function's receiver or package. */
  readonly #users = new Map<number, Map<string, Set<number>>>();
  readonly #targets: WaitTargets["of"];

  private constructor(targets: WaitTargets["of"]) {
    this.#targets = targets;
  }

  /**
   * Finds them. Linear in the frames and their pointers.
   * @param targets what every goroutine waits for
   * @param awaiting goroutines that wait for a lock or WaitGroup
   */
  static async find(
    heap: Heap,
    targets: WaitTargets["of"],
    awaiting: readonly number[],
    progress: Progress,
  ): Promise<AwaitedUsers> {
    const users = new AwaitedUsers(targets);
    for (const goroutine of awaiting) {
      for (const target of targets[goroutine] ?? []) users.#users.set(target, new Map());
    }
    if (users.#users.size > 0) await users.#lookInto(heap, progress);
    return users;
  }

  async #lookInto(heap: Heap, progress: Progress): Promise<void> {
    const targets = this.#targets;
    const { vertices, to } = heap.roots;
    const stateOf = (goroutine: number): string => goroutineState(heap.goroutines, goroutine);
    for (let frame = 0; frame < vertices.count; frame++) {
      if (frame % SLICE === SLICE - 1) await breathe(progress);
      if (vertices.kind[frame] !== RootVertexKind.FRAME) continue;
      const goroutine = vertices.item[vertices.parent[frame]!]!;
      for (let edge = vertices.edgeStart[frame]!; edge < vertices.edgeStart[frame + 1]!; edge++) {
        const users = this.#users.get(to[edge]!);
        if (users === undefined) continue;
        // Who waits for it, too, hardly holds it: it would take a lock twice.
        if (targets[goroutine]?.includes(to[edge]!) || stateOf(goroutine) === AT_CONDITION) continue;
        const scope = scopeOf(frameFunctionName(heap.goroutines, vertices.item[frame]!));
        const among = users.get(scope);
        if (among === undefined) users.set(scope, new Set([goroutine]));
        else among.add(goroutine);
      }
    }
  }

  /**
   * Who has what they all wait for on its stack, in functions of the same receiver; undefined if that is nobody, or they do not
   * all wait for one thing. The same set for all who wait for one there.
   * @param site the function in which they wait
   */
  of(waiting: readonly number[], site: string): ReadonlySet<number> | undefined {
    const targets = new Set(waiting.flatMap((goroutine) => this.#targets[goroutine] ?? []));
    const [target] = targets;
    return target === undefined || targets.size > 1 ? undefined : this.#users.get(target)?.get(scopeOf(site));
  }
}

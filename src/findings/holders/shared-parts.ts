/**
 * Shared parts: what hangs right below a holder although no pointer of its own leads there, because several things in it do: the
 * entries of a cache that has a map and a list of them.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Finds through which of a holder's things others of them are reached. 1 byte per object. */
export class SharedParts {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  /** 1 for what is asked for. */
  readonly #isAsked: Uint8Array;

  constructor(heap: Heap, tree: ThingTree) {
    this.#heap = heap;
    this.#tree = tree;
    this.#isAsked = longColumn(Uint8Array, heap.objects.count);
  }

  /**
   * The doors that lead to most of some objects. Linear in the pointers below the doors.
   * @param shared objects right below the holder
   * @param doors others right below it
   */
  doorsTo(shared: readonly number[], doors: readonly number[]): number[] {
    for (const object of shared) this.#isAsked[object] = 1;
    const found = doors.filter((door) => 2 * this.#countFrom(door, shared) >= shared.length);
    for (const object of shared) this.#isAsked[object] = 0;
    return found;
  }

  /** How many of those that are asked for a door leads to; each counts as often as there are pointers. */
  #countFrom(door: number, shared: readonly number[]): number {
    // Nodes of a list are its own, though it points only to the first and the last.
    if (this.#tree.isOneThing(shared[0]!, door)) return shared.length;
    const { start, to } = this.#heap.edges;
    const below = [door];
    let count = 0;
    for (let object = below.pop(); object !== undefined; object = below.pop()) {
      for (let edge = start[object]!; edge < start[object + 1]!; edge++) count += this.#isAsked[to[edge]!]!;
      this.#tree.addRightBelow(object, below);
    }
    return count;
  }
}

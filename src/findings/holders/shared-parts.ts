/**
 * Shared parts: what hangs right below a holder although no pointer of its own leads there, because several things in it do: the
 * entries of a cache that has a map and a list of them.
 */
import { longColumn } from "../../column-memory.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import type { ThingTree, Vertices } from "./thing-tree.ts";

/** The share of some things from which on a door to them is told: whoever wants them gone has to know of it. */
const LEAST = 0.1;

/** Marks of objects while they are counted. */
const ASKED = 1;
const COUNTED = 2;
const PASSED = 4;

/** Things of a holder that have one name, such as the shards of a map; undefined for others that it shares, which have none. */
export interface Door {
  readonly name: string | undefined;
  /** Right below the holder. */
  readonly things: Vertices;
}

/** Finds through which of a holder's things others of them are reached. 1 byte per object. */
export class SharedParts {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  readonly #marks: Uint8Array;
  /** What is still to be gone through. */
  readonly #open = int32Column();
  /** What has marks to be taken back. */
  readonly #marked = int32Column();

  constructor(heap: Heap, tree: ThingTree) {
    this.#heap = heap;
    this.#tree = tree;
    this.#marks = longColumn(Uint8Array, heap.objects.count);
  }

  /**
   * The names of all doors that lead to a good part of some objects, most first; none if there is but one, or if something
   * without a name does as well, as some of those that hold them are worse than none. Linear in the pointers below the doors.
   * @param shared objects right below the holder
   */
  namesOf(shared: Vertices, doors: readonly Door[]): string[] {
    const [named, nameless] = [true, false].map((has) => doors.filter(({ name }) => (name !== undefined) === has));
    if (named!.length < 2) return [];
    for (const object of shared) this.#marks[object] = ASKED;
    const much = Math.ceil(LEAST * shared.length);
    const found: { readonly name: string; readonly count: number }[] = [];
    // First what can end it: where much has no name, that shows long before all that has names is gone through.
    if (nameless!.every(({ things }) => this.#countFrom(things, much) < much)) {
      for (const { name, things } of named!) {
        const count = this.#countFrom(things);
        if (count > 0 && count >= much) found.push({ name: name!, count });
      }
    }
    for (const object of shared) this.#marks[object] = 0;
    return found.length > 1 ? found.sort((a, b) => b.count - a.count).map(({ name }) => name) : [];
  }

  /** How many of those that are asked for some things lead to; counts no further than to `most`. */
  #countFrom(things: Vertices, most = Number.POSITIVE_INFINITY): number {
    const marks = this.#marks;
    const { start, to } = this.#heap.edges;
    const open = this.#open;
    const marked = this.#marked;
    marked.count = 0;
    let count = 0;
    for (const thing of things) {
      if (marks[thing]! >= PASSED) continue;
      open.push(thing);
      while (open.count > 0 && count < most) {
        const object = open.get(--open.count);
        // Nodes of a list are its own, though it points only to the first and the last; each is gone through once.
        if (this.#tree.isOneThing(object, thing)) {
          if (marks[object]! >= PASSED) continue;
          marks[object]! |= PASSED;
          marked.push(object);
        }
        for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
          const target = to[edge]!;
          if ((marks[target]! & (ASKED | COUNTED)) === ASKED) {
            marks[target]! |= COUNTED;
            marked.push(target);
            count++;
          }
          if (this.#tree.isOneThing(target, thing)) open.push(target);
        }
        this.#tree.addRightBelow(object, open);
      }
      open.count = 0;
      if (count >= most) break;
    }
    for (let i = 0; i < marked.count; i++) marks[marked.get(i)]! &= ASKED;
    return count;
  }
}

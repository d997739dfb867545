/**
 * Marking: which objects the GC roots lead to. Several threads can mark at once without waiting for one another: what they
 * set is one bit, and an object that two of them meet at the same moment is only looked into twice.
 */
import type { Progress } from "../../progress.ts";
import { withCrew } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { joinColumns } from "../addresses/join-columns.ts";
import { type Edges, HAS_POINTERS, REACHABLE } from "../objects.ts";

/** Edges that a part follows at most: some 10 ms. What it has found by then is shared anew. */
const PART_EDGES = 1 << 18;

/** Parts of a round: some for each thread, because some end early, … */
const PARTS = 16;

/** … and more if they had more objects to begin with than this: those that they do not come to are handed on, which adds up. */
const PART_OBJECTS = 1 << 13;

/** Sets REACHABLE in the flags of everything that `roots` lead to. Linear. */
export async function markReachable(
  { start, to, count }: Pick<Edges, "start" | "to" | "count">,
  flags: Uint8Array,
  roots: Int32Array,
  progress: Progress,
): Promise<void> {
  let found = enter(flags, roots);
  await withCrew(count, async (crew) => {
    while (found.length > 0) {
      const columns = { start, to, flags, found };
      const work = { rows: found.length, rowsPerPart: Math.min(PART_OBJECTS, Math.ceil(found.length / PARTS)) };
      found = joinColumns(Int32Array, await crew.share(MARK, columns, work, progress), (part) => part);
    }
  });
}

/** Marks the roots; those to be looked into. */
function enter(flags: Uint8Array, roots: Int32Array): Int32Array {
  return roots.filter((root) => {
    const flag = flags[root]!;
    flags[root] = flag | REACHABLE;
    return (flag & REACHABLE) === 0 && (flag & HAS_POINTERS) !== 0;
  });
}

interface MarkColumns extends Pick<Edges, "start" | "to"> {
  readonly flags: Uint8Array;
  /** Objects that are marked, and not looked into yet. */
  readonly found: Int32Array;
}

/** Marks what some of `found` lead to, as far as a part goes; what is still to be looked into is the result. */
export const MARK: Kernel<MarkColumns, Int32Array, MarkStack> = {
  name: "mark",
  scratch: () => new MarkStack(),
  run({ start, to, flags, found }, from, end, _, stack) {
    stack.push(found.subarray(from, end));
    follow(start, to, flags, REACHABLE, stack, PART_EDGES);
    const left = stack.objects.slice(0, stack.depth);
    stack.depth = 0;
    return left;
  },
};

/** Objects to be looked into. */
export class MarkStack {
  objects: Int32Array = new Int32Array(1 << 10);
  depth = 0;

  push(objects: Int32Array): void {
    this.reserve(this.depth + objects.length);
    this.objects.set(objects, this.depth);
    this.depth += objects.length;
  }

  /** Makes room. Returns where the objects are then. */
  reserve(count: number): Int32Array {
    if (count > this.objects.length) {
      const larger = new Int32Array(Math.max(count, 2 * this.objects.length));
      larger.set(this.objects);
      this.objects = larger;
    }
    return this.objects;
  }
}

/**
 * Marks by `bit` what the objects on the stack lead to; what is left there is still to be looked into.
 * @param marks begin as the objects' flags; of what is on the stack they are set
 * @param most edges to be followed, or a few more
 */
export function follow(
  start: Uint32Array,
  to: Int32Array,
  marks: Uint8Array,
  bit: number,
  stack: MarkStack,
  most: number,
): void {
  let objects: Int32Array = stack.objects;
  let { depth } = stack;
  let left = most;
  while (depth > 0 && left > 0) {
    const object = objects[--depth]!;
    const first = start[object]!;
    const end = start[object + 1]!;
    if (depth + end - first > objects.length) objects = stack.reserve(depth + end - first);
    for (let edge = first; edge < end; edge++) {
      const target = to[edge]!;
      const mark = marks[target]!;
      if ((mark & bit) === 0) {
        marks[target] = mark | bit;
        // Most objects have no pointers, and the flags at hand say so.
        if ((mark & HAS_POINTERS) !== 0) objects[depth++] = target;
      }
    }
    left -= end - first + 1;
  }
  stack.depth = depth;
}

/**
 * Retained sizes of groups of objects, such as those of a type: what the members retain together, as DevTools counts it.
 * An object that another one of its group dominates is retained by that one already and adds nothing, so a list retains
 * no more than its head.
 */
import type { Heap } from "../../heap/heap.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { virtualRoot } from "../vertices.ts";
import { type DominatorTree, listChildren } from "./dominator-tree.ts";
import { computeDominators } from "./dominators.ts";
import { computeRetainedSizes, type SizeColumn } from "./retained-size.ts";

/** Vertices between two breaths. */
const SLICE = 1 << 17;

/** Vertices on the way down for which there is room at first. */
const FIRST_DEPTH = 1 << 12;

/**
 * Computes the retained size in bytes of every group. A few linear passes after dominators and retained sizes; 8 bytes
 * per vertex while it runs.
 * @param group per object, its group, or negative if it is in none
 * @param groupCount length of the result; groups are 0 … groupCount-1
 */
export async function computeGroupRetainedSizes(
  heap: Heap,
  group: Int32Array,
  groupCount: number,
  progress: Progress = NO_PROGRESS,
): Promise<Float64Array> {
  const retained = await computeRetainedSizes(heap, progress);
  const children = await listChildren(await computeDominators(heap, progress), progress);
  return sumGroups(children, virtualRoot(heap), retained, group, groupCount, progress);
}

/**
 * Sums sizes of a dominator tree by group, each group's outermost members alone. Linear.
 * @param root of the tree; or another vertex, then only what it dominates counts
 * @param sizes per vertex, as of `sumDominated`
 * @param group per object, its group, or negative if it is in none
 */
export async function sumGroups(
  children: DominatorTree,
  root: number,
  sizes: SizeColumn,
  group: Int32Array,
  groupCount: number,
  progress: Progress,
): Promise<Float64Array> {
  const walk = new GroupWalk(children, root, sizes, group, groupCount);
  while (walk.advance(SLICE)) await breathe(progress);
  return walk.sums;
}

/** A walk down the whole tree, which knows of what groups the vertices on the way are. */
class GroupWalk {
  readonly sums: Float64Array;
  readonly #children: DominatorTree;
  readonly #sizes: SizeColumn;
  readonly #group: Int32Array;
  /** Per group: its members among the vertices on the way. */
  readonly #open: Int32Array;
  /** On the way: the vertex, and which of its children comes next. */
  #vertex = new Int32Array(FIRST_DEPTH);
  #next = new Int32Array(FIRST_DEPTH);
  #depth = 0;

  constructor(children: DominatorTree, root: number, sizes: SizeColumn, group: Int32Array, groupCount: number) {
    this.#children = children;
    this.#sizes = sizes;
    this.#group = group;
    this.sums = new Float64Array(groupCount);
    this.#open = new Int32Array(groupCount);
    this.#vertex[0] = root;
    this.#next[0] = children.start[root]!;
  }

  /** Looks at most at `steps` vertices. Returns whether there are more. */
  advance(steps: number): boolean {
    const { start, child } = this.#children;
    const group = this.#group;
    const count = group.length;
    const open = this.#open;
    const { sums } = this;
    const sizes = this.#sizes;
    let depth = this.#depth;
    let at = this.#next[depth]!;
    let end = start[this.#vertex[depth]! + 1]!;
    for (let left = steps; left > 0; ) {
      if (at === end) {
        const done = this.#vertex[depth]!;
        if (done < count && group[done]! >= 0) open[group[done]!]!--;
        if (depth === 0) return false;
        depth--;
        at = this.#next[depth]!;
        end = start[this.#vertex[depth]! + 1]!;
        continue;
      }
      left--;
      const v = child[at++]!;
      const row = v < count ? group[v]! : -1;
      if (row >= 0 && open[row] === 0) sums[row]! += sizes[v]!;
      const first = start[v]!;
      const after = start[v + 1]!;
      if (first === after) continue;
      if (row >= 0) open[row]!++;
      this.#next[depth++] = at;
      if (depth === this.#vertex.length) this.#grow();
      this.#vertex[depth] = v;
      at = first;
      end = after;
    }
    this.#depth = depth;
    this.#next[depth] = at;
    return true;
  }

  #grow(): void {
    const length = 2 * this.#vertex.length;
    const vertex = new Int32Array(length);
    vertex.set(this.#vertex);
    this.#vertex = vertex;
    const next = new Int32Array(length);
    next.set(this.#next);
    this.#next = next;
  }
}

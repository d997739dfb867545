/**
 * Whose the objects of a dominator group are: the variable, the frame, else the goroutine that dominates them; where no
 * symbols tell variables apart, the first place in the segment that points to the topmost of them, even if others of the
 * segment lead there, too. What only a group of roots dominates is nobody's.
 */

import type { Heap } from "../../heap/heap.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { frameFunctionName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { NAMELESS } from "../references/pointer-names.ts";
import { RootVertexNumbers } from "./root-vertex-numbers.ts";

/** No single root vertex owns it. */
export const NO_OWNER = -1;

/** The groups of a dominator tree while they are built, of which the first is the virtual root's. */
export interface GroupColumns {
  readonly count: number;
  /** Per vertex: its group. */
  readonly group: Int32Array;
  /** Per group, parents first; -1 for the virtual root's. */
  readonly parent: Int32Array;
  /** Per group: row of `heap.types`; negative for other groups than of objects. */
  readonly type: Int32Array;
  /** Per group: index into the pointers' names, or NAMELESS. */
  readonly field: Int32Array;
  /** Per group: a member. */
  readonly vertex: Int32Array;
}

/** Numbers for owners: those of one name have the same, for goroutines by the thousand run the same functions. */
export class Owners {
  readonly #heap: Heap;
  readonly #numbers: RootVertexNumbers;
  /** By number: RootVertexKind. */
  readonly #kinds: number[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#numbers = new RootVertexNumbers(heap, ownerName);
  }

  /** The owner that a variable, frame or goroutine is. */
  ofRoot(root: number): number {
    const number = this.#numbers.of(root);
    this.#kinds[number] = this.#heap.roots.vertices.kind[root]!;
    return 2 * number;
  }

  /** The owner that a place in a segment is, or a kind of root; by the pointer's name. */
  ofPlace(name: number): number {
    return name === NAMELESS ? NO_OWNER : 2 * name + 1;
  }

  /** RootVertexKind and name; SEGMENT of all that `ofPlace` numbers. */
  describe(owner: number, pointerNames: readonly string[]): { readonly kind: number; readonly name: string } {
    const number = owner >> 1;
    if (owner % 2 === 1) return { kind: RootVertexKind.SEGMENT, name: pointerNames[number]! };
    return { kind: this.#kinds[number]!, name: this.#numbers.names[number]! };
  }

  /** Per group: its owner, or NO_OWNER. Linear in the groups. */
  ofGroups({ count, parent, type, field, vertex }: GroupColumns): Int32Array {
    const { objects, roots } = this.#heap;
    const isRootVertex = (group: number): boolean => type[group]! < 0 && vertex[group]! >= objects.count;
    const owner = new Int32Array(count).fill(NO_OWNER);
    for (let group = 1; group < count; group++) {
      const above = parent[group]!;
      // What lies too deep may have a root vertex for an example, and is no one's but its parent's.
      const root = vertex[group]! - objects.count;
      if (isRootVertex(group)) owner[group] = isOwner(roots.vertices.kind[root]!) ? this.ofRoot(root) : owner[above]!;
      else if (owner[above] !== NO_OWNER) owner[group] = owner[above]!;
      else if (isRootVertex(above) && hasPlaces(roots.vertices.kind[vertex[above]! - objects.count]!))
        owner[group] = this.ofPlace(field[group]!);
    }
    return owner;
  }
}

const OWNERS: ReadonlySet<number> = new Set([
  RootVertexKind.VARIABLE,
  RootVertexKind.FRAME,
  RootVertexKind.GOROUTINE,
  RootVertexKind.FINALIZER,
]);

/** Whether a root vertex of this kind is an owner itself. */
export function isOwner(kind: number): boolean {
  return OWNERS.has(kind);
}

/** Whether the pointers of such a root vertex have different owners. */
export function hasPlaces(kind: number): boolean {
  return kind === RootVertexKind.SEGMENT || kind === RootVertexKind.OTHER;
}

/** What an owner is called: without the line and the state, which say nothing of it. */
function ownerName(heap: Heap, root: number): string {
  const { kind, item } = heap.roots.vertices;
  const { goroutines } = heap;
  if (kind[root] === RootVertexKind.FRAME) return frameFunctionName(goroutines, item[root]!);
  // What the linker laid out as the value of a variable, "*main.cache", is as good as the variable.
  if (kind[root] !== RootVertexKind.GOROUTINE) return rootVertexName(heap, root).replace(/^\*|\[:\]$/g, "");
  const entry = findEntryFunction(goroutines, item[root]!);
  return entry === undefined ? "goroutine" : `goroutine ${printedFunctionName(entry)}`;
}

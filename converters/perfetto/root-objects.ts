/**
 * Roots. In Perfetto only objects can be roots, and a root has a kind but no name. So each package variable, segment, goroutine, frame and
 * finalizer is an object of 0 bytes, of a class of its name. Frames are below their goroutine, which alone is the root.
 */
import { type Heap, isRootGroup, ROOT_KIND_NAMES, RootKind, RootVertexKind, rootVertexName } from "../../src/index.ts";
import { ClassKind, type ClassTable } from "./class-table.ts";
import type { FieldTable } from "./field-table.ts";

/** HeapGraphRoot.Type, by kind of root vertex; frames are no roots themselves. */
const ROOT_TYPES: Readonly<Record<number, number>> = {
  [RootVertexKind.SEGMENT]: 5, // STICKY_CLASS
  [RootVertexKind.VARIABLE]: 5,
  [RootVertexKind.GOROUTINE]: 8, // THREAD_OBJECT
  [RootVertexKind.FINALIZER]: 10, // FINALIZING
  [RootVertexKind.OTHER]: 13, // VM_INTERNAL
  // Nothing hangs on the other groups themselves; if it did, it would be the runtime's.
  [RootVertexKind.GC_ROOTS]: 13,
  [RootVertexKind.GLOBALS]: 13,
  [RootVertexKind.GOROUTINES]: 13,
  [RootVertexKind.FINALIZERS]: 13,
};

/** Has no object. */
const NONE = 0;

export class RootObjects {
  /** How many objects the roots are; their ids are 1 … count. */
  readonly count: number;
  /** Ids of roots by HeapGraphRoot.Type. */
  readonly idsByType = new Map<number, number[]>();
  /** Id of each root vertex, or NONE. */
  readonly #id: Int32Array;
  readonly #heap: Heap;

  constructor(heap: Heap) {
    const { vertices } = heap.roots;
    this.#heap = heap;
    this.#id = new Int32Array(vertices.count);
    let count = 0;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex]!;
      if (!isWritten(heap, vertex)) continue;
      count++;
      this.#id[vertex] = count;
      const type = ROOT_TYPES[kind];
      if (type === undefined) continue;
      const ids = this.idsByType.get(type);
      if (ids === undefined) this.idsByType.set(type, [count]);
      else ids.push(count);
    }
    this.count = count;
  }

  /**
   * Shows each root as an object, in the order of their ids: its class, and its references as pairs of a field and an
   * object's id. The array is used again.
   */
  *list(
    classes: ClassTable,
    fields: FieldTable,
  ): Generator<{ readonly class: number; readonly references: readonly number[] }> {
    const { vertices, to } = this.#heap.roots;
    const references: number[] = [];
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (this.#id[vertex] === NONE) continue;
      references.length = 0;
      const first = vertices.firstChild[vertex]!;
      // Groups stand for nothing; what is below them is a root by itself.
      if (!isRootGroup(vertices.kind[vertex]!)) {
        for (let child = first; child < vertices.firstChild[vertex + 1]!; child++) {
          if (this.#id[child] !== NONE)
            references.push(fields.intern("", `frames[${child - first}]`), this.#id[child]!);
        }
      }
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        references.push(this.#field(fields, vertex, edge), this.count + 1 + to[edge]!);
      }
      yield { class: classes.intern(rootVertexName(this.#heap, vertex), ClassKind.NORMAL), references };
    }
  }

  /** What a root edge is called: by the variable and the path in it, else by its place, else by why it is there. */
  #field(fields: FieldTable, vertex: number, edge: number): number {
    const { roots, variables } = this.#heap;
    const name = roots.edgeName?.(edge);
    const isVariable = roots.vertices.kind[vertex] === RootVertexKind.VARIABLE;
    if (name === "") {
      const type = isVariable ? variables![roots.vertices.item[vertex]!]!.type : undefined;
      return fields.intern(type ?? "", "value");
    }
    if (name !== undefined) return fields.intern("", name);
    const kind = roots.kind[edge]!;
    const place = `+0x${roots.offset[edge]!.toString(16)}`;
    switch (kind) {
      case RootKind.DATA:
      case RootKind.BSS:
        return fields.intern("", isVariable ? place : ROOT_KIND_NAMES[kind] + place);
      case RootKind.FRAME:
      case RootKind.FRAME_CONSERVATIVE:
        return fields.intern("", `sp${place}`);
      default:
        return fields.intern("", ROOT_KIND_NAMES[kind]!);
    }
  }
}

/** Goroutines and their frames are all told; of the rest what leads to an object. What is unreachable hangs on nothing. */
function isWritten({ roots: { vertices } }: Heap, vertex: number): boolean {
  switch (vertices.kind[vertex]) {
    case RootVertexKind.ROOT:
    case RootVertexKind.UNREACHABLE:
      return false;
    case RootVertexKind.GOROUTINE:
    case RootVertexKind.FRAME:
      return true;
    default:
      return vertices.edgeStart[vertex]! < vertices.edgeStart[vertex + 1]!;
  }
}

/**
 * The edges of the root vertices: down their tree, to the objects they keep alive, and two extras: weak edges from
 * finalizers to the objects that have them, and one from "(GC roots)" to "(end)".
 */
import { ROOT_KIND_NAMES, RootKind, RootVertexKind } from "../../src/index.ts";
import { type JsonWriter, putRecord, type Section } from "./json-writer.ts";
import { EdgeType, NODE_FIELD_COUNT } from "./layout.ts";
import { toWellFormed } from "./names.ts";
import { NO_NODE, objectOrdinal, type SnapshotPlan } from "./plan.ts";
import type { StringTable } from "./strings.ts";

/** What a child is to its group: the names of the edges that lead to it. */
const ROLES: Readonly<Record<number, string>> = {
  [RootVertexKind.GC_ROOTS]: "live",
  [RootVertexKind.UNREACHABLE]: "garbage",
  [RootVertexKind.GLOBALS]: "package variables",
  [RootVertexKind.GOROUTINES]: "goroutines",
  [RootVertexKind.FINALIZERS]: "kept for finalizers",
  [RootVertexKind.OTHER]: "kept by the runtime",
  [RootVertexKind.SEGMENT]: "segment",
  [RootVertexKind.VARIABLE]: "var",
  [RootVertexKind.FINALIZER]: "kind",
};

/** Edges of a root vertex that has a node. O(its children) where some have none, else O(1). */
export function rootEdgeCount(plan: SnapshotPlan, vertex: number): number {
  const { firstChild, edgeStart } = plan.heap.roots.vertices;
  let children = firstChild[vertex + 1]! - firstChild[vertex]!;
  if (vertex === 0) {
    for (let child = firstChild[0]!; child < firstChild[1]!; child++) {
      if (plan.vertexOrdinal[child] === NO_NODE) children--;
    }
  }
  const weak = plan.weakTargets.get(vertex)?.length ?? 0;
  const end = vertex === plan.endParent ? 1 : 0;
  return children + edgeStart[vertex + 1]! - edgeStart[vertex]! + weak + end;
}

export class RootEdges implements Section {
  done = 0;
  #vertex = 0;
  /** Next edge of the vertex: children, then root edges, then extras. */
  #edge = 0;
  readonly #plan: SnapshotPlan;
  readonly #strings: StringTable;

  constructor(plan: SnapshotPlan, strings: StringTable) {
    this.#plan = plan;
    this.#strings = strings;
  }

  fill(out: JsonWriter): boolean {
    const { vertexOrdinal } = this.#plan;
    const { count, firstChild, edgeStart } = this.#plan.heap.roots.vertices;
    while (this.#vertex < count) {
      const vertex = this.#vertex;
      if (vertexOrdinal[vertex] !== NO_NODE) {
        const children = firstChild[vertex + 1]! - firstChild[vertex]!;
        const roots = edgeStart[vertex + 1]! - edgeStart[vertex]!;
        const weakTargets = this.#plan.weakTargets.get(vertex) ?? [];
        const weak = weakTargets.length;
        const total = children + roots + weak + (vertex === this.#plan.endParent ? 1 : 0);
        while (this.#edge < total) {
          if (out.at > out.limit) return false;
          const edge = this.#edge++;
          if (edge < children) this.#putChild(out, vertex, firstChild[vertex]! + edge);
          else if (edge < children + roots) this.#putRoot(out, vertex, edgeStart[vertex]! + edge - children);
          else if (edge < children + roots + weak) this.#putWeak(out, weakTargets[edge - children - roots]!);
          else this.#put(out, EdgeType.INTERNAL, this.#strings.intern("end of file"), this.#plan.endOrdinal);
        }
      }
      this.#vertex++;
      this.#edge = 0;
    }
    return true;
  }

  #putChild(out: JsonWriter, vertex: number, child: number): void {
    const { heap, vertexOrdinal } = this.#plan;
    const { kind, item, firstChild } = heap.roots.vertices;
    const ordinal = vertexOrdinal[child]!;
    if (ordinal === NO_NODE) return;
    const index = item[child]!;
    switch (kind[child]) {
      case RootVertexKind.GOROUTINE:
        this.#putNumber(out, EdgeType.ELEMENT, heap.goroutines.id[index]!, ordinal);
        break;
      case RootVertexKind.FRAME:
        this.#put(out, EdgeType.ELEMENT, child - firstChild[vertex]!, ordinal);
        break;
      default:
        // What it is called, the node says.
        this.#put(out, EdgeType.INTERNAL, this.#strings.intern(ROLES[kind[child]!]!), ordinal);
        break;
    }
  }

  #putRoot(out: JsonWriter, vertex: number, row: number): void {
    const { roots } = this.#plan.heap;
    const ordinal = objectOrdinal(this.#plan, roots.to[row]!);
    if (ordinal < 0) throw new Error(`bug: root edge ${row} leads to an object that is left out`);
    const kind = roots.kind[row]!;
    switch (kind) {
      case RootKind.DATA:
      case RootKind.BSS:
      case RootKind.FRAME:
      case RootKind.FRAME_CONSERVATIVE:
        this.#putSlot(out, row, ordinal);
        break;
      case RootKind.UNREACHABLE:
        this.#put(out, EdgeType.ELEMENT, row - roots.vertices.edgeStart[vertex]!, ordinal);
        break;
      default:
        {
          const name = roots.edgeName?.(row);
          if (name) this.#put(out, EdgeType.PROPERTY, this.#strings.intern(toWellFormed(name)), ordinal);
          else this.#put(out, EdgeType.INTERNAL, this.#strings.intern(ROOT_KIND_NAMES[kind]!), ordinal);
        }
        break;
    }
  }

  /** A word of a segment, variable or frame: by the name of what it is, else by its offset. */
  #putSlot(out: JsonWriter, row: number, ordinal: number): void {
    const { roots } = this.#plan.heap;
    const name = roots.edgeName?.(row);
    if (name === undefined) this.#putNumber(out, EdgeType.HIDDEN, roots.offset[row]!, ordinal);
    else if (name === "") this.#put(out, EdgeType.INTERNAL, this.#strings.intern("value"), ordinal);
    else this.#put(out, EdgeType.PROPERTY, this.#strings.intern(toWellFormed(name)), ordinal);
  }

  #putWeak(out: JsonWriter, object: number): void {
    const ordinal = objectOrdinal(this.#plan, object);
    this.#put(out, EdgeType.WEAK, this.#strings.intern("object with a finalizer"), ordinal);
  }

  /** An edge that is called by a number; one of 2^32 and more, which the clients would cut, becomes a name. */
  #putNumber(out: JsonWriter, type: number, value: number, ordinal: number): void {
    if (value < 2 ** 32) this.#put(out, type, value, ordinal);
    else this.#put(out, EdgeType.PROPERTY, this.#strings.intern(String(value)), ordinal);
  }

  #put(out: JsonWriter, type: number, nameOrIndex: number, ordinal: number): void {
    putRecord(out, this.done === 0, [type, nameOrIndex, ordinal * NODE_FIELD_COUNT]);
    this.done++;
  }
}

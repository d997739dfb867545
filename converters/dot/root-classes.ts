/**
 * Root vertices by name: a thousand frames of one function in a thousand goroutines that wait for the same are one node
 * of a picture.
 */
import { type Heap, RootVertexKind, rootVertexName } from "../../src/index.ts";
import { type NodeKind, rootNodeKind } from "./picture.ts";

/** Root vertices that are one node. */
export interface RootClass {
  readonly kind: NodeKind;
  readonly name: string;
  /** Whose it is: a frame's goroutine. */
  readonly notes: readonly string[];
  /** Root vertices, ascending. */
  readonly vertices: number[];
}

/** All root vertices that hold something, by class. */
export interface RootClasses {
  readonly classes: readonly RootClass[];
  /** Class of each root vertex; -1 for those without root edges. */
  readonly of: Int32Array;
}

/** Puts root vertices together that have the same name, and goroutines of the same name. Linear in the root vertices. */
export function classifyRoots(heap: Heap): RootClasses {
  const { kind, count, parent, edgeStart } = heap.roots.vertices;
  const classes: RootClass[] = [];
  const of = new Int32Array(count).fill(-1);
  const known = new Map<string, number>();
  for (let vertex = 0; vertex < count; vertex++) {
    if (edgeStart[vertex] === edgeStart[vertex + 1]) continue;
    const name = rootVertexName(heap, vertex);
    const notes = kind[vertex] === RootVertexKind.FRAME ? [rootVertexName(heap, parent[vertex]!)] : [];
    const key = JSON.stringify([kind[vertex], name, notes]);
    let row = known.get(key);
    if (row === undefined) {
      row = classes.push({ kind: rootNodeKind(kind[vertex]!), name, notes, vertices: [] }) - 1;
      known.set(key, row);
    }
    classes[row]!.vertices.push(vertex);
    of[vertex] = row;
  }
  return { classes, of };
}

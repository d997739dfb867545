/** How many of the pointers that GC roots are have a variable's name, counted. */
import type { Heap } from "../../heap/heap.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";

export interface NamedCount {
  /** Pointers to objects. */
  readonly count: number;
  /** Those of them that a variable names. */
  readonly named: number;
}

export interface NamedRoots {
  /** Of data and bss, and those of them in a package variable. */
  readonly globals: NamedCount;
  /** Live slots of frames, and those of them that are a local variable's. */
  readonly frames: NamedCount;
}

/** Counts them. One pass over the root edges. */
export function countNamedRoots({ roots }: Heap): NamedRoots {
  const { vertices, kind, edgeName } = roots;
  const globals = { count: 0, named: 0 };
  const frames = { count: 0, named: 0 };
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const isVariable = vertices.kind[vertex] === RootVertexKind.VARIABLE;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      if (kind[edge] === RootKind.DATA || kind[edge] === RootKind.BSS) {
        globals.count++;
        if (isVariable) globals.named++;
      } else if (kind[edge] === RootKind.FRAME) {
        frames.count++;
        if (edgeName?.(edge) !== undefined) frames.named++;
      }
    }
  }
  return { globals, frames };
}

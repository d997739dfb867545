/** What the nodes above the objects are called: groups, segments, variables, goroutines, frames. */
import { findEntryFunction, type Goroutines, goroutineState, type Heap, RootVertexKind } from "../../src/index.ts";
import { toNodeName } from "./names.ts";

const GROUP_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.ROOT]: "",
  [RootVertexKind.GC_ROOTS]: "(GC roots)",
  [RootVertexKind.UNREACHABLE]: "(unreachable)",
  [RootVertexKind.GLOBALS]: "(globals)",
  [RootVertexKind.GOROUTINES]: "(goroutine stacks)",
  [RootVertexKind.FINALIZERS]: "(finalizers)",
  [RootVertexKind.OTHER]: "(other roots)",
};

/** True for the root and the groups, false for what stands for one thing of the process. */
export function isGroup(kind: number): boolean {
  return GROUP_NAMES[kind] !== undefined;
}

/** Returns the node name of a root vertex. */
export function rootVertexName(heap: Heap, vertex: number): string {
  const { kind, item } = heap.roots.vertices;
  const group = GROUP_NAMES[kind[vertex]!];
  if (group !== undefined) return group;
  const index = item[vertex]!;
  const { goroutines } = heap;
  switch (kind[vertex]) {
    case RootVertexKind.SEGMENT:
      return `${heap.segments[index]!.kind} segment at ${heap.formatAddress(heap.segments[index]!.address)}`;
    case RootVertexKind.VARIABLE:
      return toNodeName(heap.variables![index]!.name);
    case RootVertexKind.GOROUTINE:
      return goroutineName(goroutines, index);
    case RootVertexKind.FRAME:
      return toNodeName(goroutines.names[goroutines.frames.function[index]!]!);
    default:
      throw new Error(`bug: root vertex ${vertex} has kind ${kind[vertex]}`);
  }
}

/** "goroutine main.worker [chan receive]": no id, so that goroutines that are alike are called alike. */
function goroutineName(goroutines: Goroutines, index: number): string {
  const entry = findEntryFunction(goroutines, index);
  const state = goroutineState(goroutines, index);
  return toNodeName(entry === undefined ? `goroutine [${state}]` : `goroutine ${entry} [${state}]`);
}

/**
 * The classes of what is no goroutine. Each package variable is a class with static fields: so that it is the variable
 * that a tool says to keep what it alone leads to, and not all of its package; what several variables lead to is then
 * nobody's, as in Go. What no variable covers, finalizers and garbage have a class each. Where there are very many
 * pointers, an array holds them.
 */
import {
  type Heap,
  isRootGroup,
  packageOfSymbol,
  ROOT_KIND_NAMES,
  RootKind,
  RootVertexKind,
  rootEdgeName,
  rootVertexName,
} from "../../../src/index.ts";
import type { StaticField } from "../java-class.ts";
import { nameInPackage } from "../names.ts";

/** Pointers of a variable, segment or finalizer that are static fields each; more are the elements of an array. */
const MAX_FIELDS = 256;
/** Static fields of a class; the format counts them in 2 bytes. */
const MAX_STATICS = 60_000;

/** An array that stands for a root vertex. */
export interface RootArray {
  readonly id: number;
  readonly vertex: number;
}

export interface RootClass {
  readonly name: string;
  readonly statics: StaticField[];
}

export interface RootClasses {
  readonly classes: readonly RootClass[];
  readonly arrays: readonly RootArray[];
}

/**
 * Collects what the root vertices but goroutines and frames refer to.
 * @param ids of objects
 * @param add makes an id
 */
export function collectRootClasses(heap: Heap, ids: Uint32Array, unreachable: boolean, add: () => number): RootClasses {
  const { vertices, to, kind: rootKind } = heap.roots;
  const byName = new Map<string, RootClass[]>();
  const arrays: RootArray[] = [];

  function holder(name: string): RootClass {
    let classes = byName.get(name);
    if (classes === undefined) {
      classes = [];
      byName.set(name, classes);
    }
    let last = classes.at(-1);
    if (last === undefined || last.statics.length >= MAX_STATICS) {
      last = { name, statics: [] };
      classes.push(last);
    }
    return last;
  }

  for (let v = 0; v < vertices.count; v++) {
    const kind = vertices.kind[v]!;
    const first = vertices.edgeStart[v]!;
    const end = vertices.edgeStart[v + 1]!;
    if (first === end || kind === RootVertexKind.GOROUTINE || kind === RootVertexKind.FRAME) continue;
    if (kind === RootVertexKind.UNREACHABLE && !unreachable) continue;
    const { className, prefix } = placeOf(heap, v);
    if (end - first > MAX_FIELDS || kind === RootVertexKind.UNREACHABLE) {
      const id = add();
      arrays.push({ id, vertex: v });
      holder(className).statics.push({ name: prefix, value: id });
      continue;
    }
    for (let e = first; e < end; e++) {
      const edge = edgeNameOf(heap, v, e, rootKind[e]!);
      const name =
        kind === RootVertexKind.VARIABLE ? nameInPackage(edge, packageOfSymbol(rootVertexName(heap, v))) : edge;
      holder(className).statics.push({ name, value: ids[to[e]!]! });
    }
  }
  return { classes: [...byName.values()].flat(), arrays };
}

/** The class for a root vertex, and what its field would be called. */
function placeOf(heap: Heap, vertex: number): { className: string; prefix: string } {
  const kind = heap.roots.vertices.kind[vertex]!;
  const name = rootVertexName(heap, vertex);
  switch (kind) {
    case RootVertexKind.VARIABLE:
      return { className: `var ${name}`, prefix: nameInPackage(name, packageOfSymbol(name)) };
    case RootVertexKind.SEGMENT:
      return { className: `(${heap.segments[heap.roots.vertices.item[vertex]!]!.kind} segment)`, prefix: name };
    case RootVertexKind.FINALIZER:
      return { className: `(${name})`, prefix: "objects" };
    case RootVertexKind.UNREACHABLE:
      return { className: name, prefix: "garbage" };
    default:
      return { className: isRootGroup(kind) ? name : `(${name})`, prefix: "roots" };
  }
}

function edgeNameOf(heap: Heap, vertex: number, edge: number, kind: number): string {
  const name = rootEdgeName(heap, vertex, edge);
  if (name !== undefined) return name;
  const vertexKind = heap.roots.vertices.kind[vertex]!;
  const offset = heap.roots.offset[edge]!;
  if (vertexKind === RootVertexKind.VARIABLE) return `${rootVertexName(heap, vertex)}+${offset}`;
  return kind === RootKind.DATA || kind === RootKind.BSS ? `+${offset}` : ROOT_KIND_NAMES[kind]!;
}

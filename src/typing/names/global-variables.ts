/**
 * Global variables: debug information and symbols divide data and bss, so that every variable is a root of its own, with a
 * name and a retained size. Static temporaries of the compiler (`main..stmp_7`) are variables, too. What no variable covers
 * stays with its segment.
 */
import type { Heap } from "../../heap/heap.ts";
import { type Roots, RootVertexKind } from "../../heap/roots/roots.ts";
import type { GlobalVariable } from "../../heap/roots/segments.ts";
import type { DeclaredRoots } from "./declared-roots.ts";
import type { Variable } from "./variable-table.ts";

/**
 * Gives each variable that has a root edge a vertex under GLOBALS, behind the segments, and the root edges their names.
 * Linear in vertices and edges.
 * @returns the heap with `variables` and other `roots`
 */
export function nameRoots(heap: Heap, { variables: table, names, rootWords }: DeclaredRoots): Heap {
  const { vertices, offset, count } = heap.roots;
  /** Variable of each root edge of a segment; -1 where none covers it. */
  const variableOf = new Int32Array(count).fill(-1);
  const variables: GlobalVariable[] = [];
  const indexOf = new Map<Variable, number>();
  const inVariable = offset.slice();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.SEGMENT) continue;
    const segment = heap.segments[vertices.item[vertex]!]!;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const address = segment.address + offset[edge]!;
      const variable = table.find(address);
      if (variable === undefined || variable.address < segment.address) continue;
      let index = indexOf.get(variable);
      if (index === undefined) {
        index = variables.length;
        indexOf.set(variable, index);
        const { name, typeName, size } = variable;
        const position = segment.position + variable.address - segment.address;
        variables.push({ name, type: typeName, address: variable.address, size, position });
      }
      variableOf[edge] = index;
      inVariable[edge] = address - variable.address;
    }
  }
  const { roots, edgeBefore } = insertVariables(heap.roots, variables.length, variableOf, inVariable);
  return {
    ...heap,
    ...(variables.length === 0 ? {} : { variables }),
    roots: { ...roots, edgeName: names.finish(edgeBefore), words: rootWords.finish(edgeBefore) },
  };
}

function insertVariables(
  roots: Roots,
  variableCount: number,
  variableOf: Int32Array,
  offset: Float64Array,
): { readonly roots: Roots; readonly edgeBefore: Int32Array } {
  const old = roots.vertices;
  // Variables stand behind the last child of GLOBALS: vertices stay numbered breadth first.
  const first = old.firstChild[RootVertexKind.GLOBALS + 1]!;
  const count = old.count + variableCount;
  const moved = (vertex: number): number => (vertex < first ? vertex : vertex + variableCount);
  const vertexKind = new Uint8Array(count).fill(RootVertexKind.VARIABLE);
  const parent = new Int32Array(count).fill(RootVertexKind.GLOBALS);
  const item = Int32Array.from({ length: count }, (_, vertex) => vertex - first);
  for (let vertex = 0; vertex < old.count; vertex++) {
    vertexKind[moved(vertex)] = old.kind[vertex]!;
    parent[moved(vertex)] = old.parent[vertex]! < 0 ? -1 : moved(old.parent[vertex]!);
    item[moved(vertex)] = old.item[vertex]!;
  }
  const firstChild = new Int32Array(count + 1);
  let child = 1;
  for (let vertex = 0; vertex < count; vertex++) {
    firstChild[vertex] = child;
    while (child < count && parent[child] === vertex) child++;
  }
  firstChild[count] = child;

  // Counting sort of the edges by their new vertex.
  const vertexOf = new Int32Array(roots.count);
  for (let vertex = 0; vertex < old.count; vertex++) {
    for (let edge = old.edgeStart[vertex]!; edge < old.edgeStart[vertex + 1]!; edge++) {
      vertexOf[edge] = variableOf[edge]! < 0 ? moved(vertex) : first + variableOf[edge]!;
    }
  }
  const edgeStart = new Uint32Array(count + 1);
  for (const vertex of vertexOf) edgeStart[vertex + 1]!++;
  for (let vertex = 0; vertex < count; vertex++) edgeStart[vertex + 1]! += edgeStart[vertex]!;
  const next = edgeStart.slice();
  const sorted = {
    kind: new Uint8Array(roots.count),
    to: new Int32Array(roots.count),
    offset: new Float64Array(roots.count),
  };
  const edgeBefore = new Int32Array(roots.count);
  for (let edge = 0; edge < roots.count; edge++) {
    const at = next[vertexOf[edge]!]!++;
    edgeBefore[at] = edge;
    sorted.kind[at] = roots.kind[edge]!;
    sorted.to[at] = roots.to[edge]!;
    sorted.offset[at] = offset[edge]!;
  }
  const vertices = { count, kind: vertexKind, parent, firstChild, item, edgeStart };
  return { roots: { ...roots, ...sorted, vertices }, edgeBefore };
}

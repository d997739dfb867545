/**
 * Global variables: the executable's symbols divide data and bss, so that every variable is a root of its own, with a name
 * and a retained size. Static temporaries of the compiler (`main..stmp_7`) are variables, too. What no symbol covers stays
 * with its segment.
 */
import { SymbolKind, type SymbolTable } from "../binary/index.ts";
import type { Heap } from "../heap/heap.ts";
import { type Roots, RootVertexKind } from "../heap/roots.ts";
import type { GlobalVariable } from "../heap/segments.ts";

/**
 * Gives each variable that has a root edge a vertex under GLOBALS, behind the segments. Linear in vertices and edges.
 * @param bias run-time minus link-time address of data and bss
 * @returns the heap with `variables` and other `roots`; the same heap if the symbols name none
 */
export function nameGlobals(heap: Heap, symbols: SymbolTable, bias: number): Heap {
  const { vertices, kind, to, offset, count } = heap.roots;
  /** Variable of each root edge of a segment; -1 where no symbol covers it. */
  const variableOf = new Int32Array(count).fill(-1);
  const variables: GlobalVariable[] = [];
  const variableBySymbol = new Map<number, number>();
  const inVariable = offset.slice();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.SEGMENT) continue;
    const segment = heap.segments[vertices.item[vertex]!]!;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const address = segment.address + offset[edge]!;
      const symbol = symbols.find(address - bias);
      if (symbol < 0 || symbols.kind[symbol] !== SymbolKind.Data || symbols.size[symbol] === 0) continue;
      let variable = variableBySymbol.get(symbol);
      const start = symbols.address[symbol]! + bias;
      if (variable === undefined) {
        if (start < segment.address) continue;
        variable = variables.length;
        variableBySymbol.set(symbol, variable);
        variables.push({
          name: symbols.name(symbol),
          address: start,
          size: symbols.size[symbol]!,
          position: segment.position + start - segment.address,
        });
      }
      variableOf[edge] = variable;
      inVariable[edge] = address - start;
    }
  }
  if (variables.length === 0) return heap;
  return { ...heap, variables, roots: insertVariables(heap.roots, variables.length, variableOf, inVariable, kind, to) };
}

function insertVariables(
  roots: Roots,
  variableCount: number,
  variableOf: Int32Array,
  offset: Float64Array,
  kind: Uint8Array,
  to: Int32Array,
): Roots {
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
  for (let edge = 0; edge < roots.count; edge++) {
    const at = next[vertexOf[edge]!]!++;
    sorted.kind[at] = kind[edge]!;
    sorted.to[at] = to[edge]!;
    sorted.offset[at] = offset[edge]!;
  }
  return {
    ...roots,
    ...sorted,
    vertices: { count, kind: vertexKind, parent, firstChild, item, edgeStart },
  };
}

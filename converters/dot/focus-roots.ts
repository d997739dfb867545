/** The roots that `--focus` can name: package variables, functions on stacks, and their local variables. */
import { frameFunctionName, type Heap, RootVertexKind, rootVertexName } from "../../src/index.ts";

/** A name, and the root edges that it means. */
export interface FocusRoot {
  /** "main.cache", "main.serve", "main.serve buf". */
  readonly name: string;
  /** The root vertex; several can have one name. */
  readonly vertex: number;
  /** Whether the name is the vertex's, and not one of its pointers'. */
  readonly isWhole: boolean;
  /** Rows of `heap.roots`. */
  readonly edges: readonly number[];
}

/** Lists them, in the dump's order. Linear in the root edges. */
export function listFocusRoots(heap: Heap): FocusRoot[] {
  const { vertices, edgeName } = heap.roots;
  const found: FocusRoot[] = [];
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const kind = vertices.kind[vertex];
    const isFrame = kind === RootVertexKind.FRAME;
    if (!isFrame && kind !== RootVertexKind.VARIABLE) continue;
    const edges: number[] = [];
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) edges.push(edge);
    if (edges.length === 0) continue;
    // Without the line, which the name of a frame has besides.
    const name = isFrame ? frameFunctionName(heap.goroutines, vertices.item[vertex]!) : rootVertexName(heap, vertex);
    found.push({ name, vertex, isWhole: true, edges });
    if (!isFrame) continue;
    for (const edge of edges) {
      const local = edgeName?.(edge);
      if (!local) continue;
      // An argument of the function itself is not called after it once more.
      const own = ` (${name})`;
      const short = local.endsWith(own) ? local.slice(0, -own.length) : local;
      found.push({ name: `${name} ${short}`, vertex, isWhole: false, edges: [edge] });
    }
  }
  return found;
}

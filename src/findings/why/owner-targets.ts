/** Owner targets: what roots and owner paths have, by the names that `report`, `top --by root` and `diff` print for them. */
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { shortenImports } from "../../heap/short-names.ts";
import type { Progress } from "../../progress.ts";
import { computeOwnerPathSums } from "../aggregates/owner-path-sums.ts";
import { type PathTree, WHOLE_HEAP } from "../aggregates/path-tree.ts";
import { stableName } from "../stable-names.ts";

/** What groups of roots are called in sentences. */
const GROUPS: Readonly<Record<number, readonly string[]>> = {
  [RootVertexKind.FINALIZERS]: ["finalizers"],
  [RootVertexKind.OTHER]: ["other roots"],
  // What cleanups hold is garbage as far as a dump tells.
  [RootVertexKind.UNREACHABLE]: ["garbage", "cleanups"],
};
const ASKED_KINDS: ReadonlySet<number> = new Set([
  ...Object.keys(GROUPS).map(Number),
  RootVertexKind.FINALIZER,
  RootVertexKind.SEGMENT,
  RootVertexKind.GOROUTINE,
]);
/** "main.relay itself": of a path, without what is below it. */
const ITSELF = / itself$/;

/**
 * Finds what roots lead to that are called so and are no variables: "finalizer of *main.Conn: main.closeConn",
 * "finalizers", "garbage", and a goroutine whose frames lead nowhere. Ascending. Linear in the roots.
 */
export function findRootTargets(heap: Heap, text: string): Int32Array {
  const { roots } = heap;
  const { vertices } = roots;
  const found = new MarkedObjects(heap.objects.count);
  const take = (vertex: number): void => {
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++)
      found.add(roots.to[edge]!);
    for (let child = vertices.firstChild[vertex]!; child < vertices.firstChild[vertex + 1]!; child++) take(child);
  };
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const kind = vertices.kind[vertex]!;
    if (!ASKED_KINDS.has(kind)) continue;
    const name = rootVertexName(heap, vertex);
    if ([name, shortenImports(name), stableName(name), ...(GROUPS[kind] ?? [])].includes(text)) take(vertex);
  }
  return found.list();
}

/**
 * Finds what is on an owner path, as `diff` prints it: "pending timers", "goroutine main.main: main.Hub.clients[…]". Of a root what
 * is right below it. Ascending; of a map or channel one object, unless there are only parts. Costs what sums of owner paths do, once.
 */
export async function findOwnerPathTargets(
  heap: Heap,
  text: string,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<readonly number[]> {
  const { tree, rowOf } = await computeOwnerPathSums(heap, progress);
  const isMeant = markRows(tree, text.replace(ITSELF, ""));
  const parts: number[] = [];
  const found: number[] = [];
  for (let object = 0; object < heap.objects.count; object++) {
    if (isMeant[rowOf[object]!] === 0) continue;
    (container === undefined || container[object] === object ? found : parts).push(object);
  }
  // Nodes, of what another path has.
  return found.length > 0 ? found : parts;
}

/** Per row 1 if the path is called so, or is right below a root that is. */
function markRows(tree: PathTree, text: string): Uint8Array {
  const marks = new Uint8Array(tree.count);
  const stable = stableName(text);
  for (let row = WHOLE_HEAP + 1; row < tree.count; row++) {
    const above = tree.parentOf(row);
    const isRoot = tree.stepOf(above).kind !== "objects";
    const name = tree.textOf(row);
    marks[row] = (isRoot && marks[above] === 1) || name === stable || shortenImports(name) === stable ? 1 : 0;
  }
  return marks;
}

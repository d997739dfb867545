/**
 * Users: of many objects, who leads to them beside their owners: roots of one name together, with the way from them to each. What only the
 * runtime's descriptors and waiters lead to counts for nobody, as in `findLeadingRoots`.
 */
import { findOwnerRoles, OwnerRole } from "../../analysis/ownership/owner-roles.ts";
import { computeOwners, ownerVertex } from "../../analysis/ownership/owners.ts";
import { computeRetainers } from "../../analysis/references/retainers.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, REACHABLE } from "../../heap/objects.ts";
import { rootEdgeName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Roots of one name that lead to some of the objects. */
export interface Users {
  /** "goroutine main.worker [select]". */
  readonly root: string;
  /** How many are called so. */
  readonly rootCount: number;
  /** Objects that they lead to, and none of them owns. */
  readonly objects: readonly number[];
  /** The way to each, as `ShortestPaths` has it. */
  readonly paths: { readonly parent: Int32Array; readonly edge: Int32Array };
}

/** Names that are searched from at the most: a program can have any number of variables that lead to a thing. */
const MOST_SEARCHES = 32;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/**
 * Finds who leads to objects beside their owners; who leads to most comes first. Walks backwards from the objects once, then from each name
 * over what was come by. 5 bytes an object, 8 more for each name that is kept and for the one that is looked at, and the retainers.
 * @param most names
 */
export async function findUsers(
  heap: Heap,
  targets: readonly number[],
  most: number,
  progress: Progress,
): Promise<{ readonly users: readonly Users[]; readonly hasMore: boolean }> {
  const { objects } = heap;
  const owners = await computeOwners(heap, progress);
  const { isPassed, roots } = await findLeading(heap, targets, progress);
  const groups = new Map<string, Set<number>>();
  for (const root of roots) {
    const name = rootVertexName(heap, root);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, new Set([root]));
    else group.add(root);
  }
  const found: Users[] = [];
  let searches = 0;
  for (const [root, group] of groups) {
    if (targets.every((target) => group.has(owners[target]!))) continue;
    if (searches++ === MOST_SEARCHES) break;
    await breathe(progress);
    const paths = searchFrom(heap, group, isPassed);
    const reached = targets.filter((target) => {
      const isLive = (objects.flags[target]! & REACHABLE) !== 0;
      return isLive && paths.parent[target] !== NO_OBJECT && !group.has(owners[target]!);
    });
    if (reached.length === 0) continue;
    found.push({ root, rootCount: group.size, objects: reached, paths });
    // No more are kept than are told: each has columns over all objects.
    found.sort((a, b) => b.objects.length - a.objects.length || (a.root < b.root ? -1 : 1));
    found.length = Math.min(found.length, most + 1);
  }
  return { users: found.slice(0, most), hasMore: found.length > most || searches > MOST_SEARCHES };
}

/** What leads to the targets: a mark for each object, and the roots in the order in which they were come by. */
async function findLeading(
  heap: Heap,
  targets: readonly number[],
  progress: Progress,
): Promise<{ readonly isPassed: Uint8Array; readonly roots: readonly number[] }> {
  const { objects, types, roots } = heap;
  const { start, from } = await computeRetainers(heap, progress);
  const roles = findOwnerRoles(heap);
  const isBarred = types.names.map((_, type) => roles[type]! >= OwnerRole.WAITER);
  const isPassed = new Uint8Array(objects.count);
  const leading = new Set<number>();
  const queue = new Int32Array(objects.count);
  let queued = 0;
  const pass = (object: number): void => {
    if (isPassed[object] === 1) return;
    isPassed[object] = 1;
    queue[queued++] = object;
  };
  for (const target of targets) if ((objects.flags[target]! & REACHABLE) !== 0) pass(target);
  for (let done = 0; done < queued; done++) {
    if (done % SLICE === SLICE - 1) await breathe(progress);
    const object = queue[done]!;
    for (let i = start[object]!; i < start[object + 1]!; i++) {
      const vertex = from[i]!;
      if (vertex < objects.count) {
        if ((objects.flags[vertex]! & REACHABLE) !== 0 && !isBarred[objects.type[vertex]!]!) pass(vertex);
      } else if (roots.vertices.kind[vertex - objects.count] !== RootVertexKind.UNREACHABLE) {
        leading.add(ownerVertex(heap, vertex - objects.count));
      }
    }
  }
  return { isPassed, roots: [...leading].sort((a, b) => a - b) };
}

/** The shortest ways from some roots, breadth first, over what leads to a target. */
function searchFrom(heap: Heap, group: ReadonlySet<number>, isPassed: Uint8Array): Users["paths"] {
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const parent = new Int32Array(objects.count).fill(NO_OBJECT);
  const edge = new Int32Array(objects.count);
  const queue: number[] = [];
  const reach = (target: number, from: number, by: number): void => {
    if (isPassed[target] === 0 || parent[target] !== NO_OBJECT) return;
    parent[target] = from;
    edge[target] = by;
    queue.push(target);
  };
  // A variable that has a name says more than a word of the stack.
  for (const isNamed of [true, false]) {
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (!group.has(ownerVertex(heap, vertex))) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        if ((rootEdgeName(heap, vertex, row) !== undefined) === isNamed)
          reach(roots.to[row]!, objects.count + vertex, row);
      }
    }
  }
  for (let done = 0; done < queue.length; done++) {
    const from = queue[done]!;
    for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) reach(edges.to[by]!, from, by);
  }
  return { parent, edge };
}

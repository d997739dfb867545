/**
 * Users: of many objects, who leads to them beside their owners: roots of one name together, and pending timers, with the way from them to each. What only the
 * runtime's descriptors and waiters lead to counts for nobody, as in `findLeadingRoots`.
 */
import { listHeapTimers } from "../../analysis/ownership/heap-timers.ts";
import { findBarredTypes } from "../../analysis/ownership/owner-roles.ts";
import { computeOwners, ownerVertex } from "../../analysis/ownership/owners.ts";
import { computeRetainers } from "../../analysis/references/retainers.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, REACHABLE } from "../../heap/objects.ts";
import { rootEdgeName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { OF_RUNTIME } from "../holders/holder-roots.ts";
import { groupTimers, TimerWays } from "./timer-ways.ts";

/** Roots, or pending timers, of one name that lead to some of the objects. */
export interface Users {
  /** "goroutine main.worker [select]", "pending timer of func main.accept.func1". */
  readonly root: string;
  /** How many are called so. */
  readonly rootCount: number;
  /** Whether they lead there for sure: else there are only words of their stacks that may be left over from calls that have returned. */
  readonly isCertain: boolean;
  /** Objects that they lead to, and none that is called so owns. */
  readonly objects: Int32Array;
  /** The way to each, as `ShortestPaths` has it. */
  readonly paths: { readonly parent: Int32Array; readonly edge: Int32Array };
}

/** Names that are searched from at the most: a program can have any number of variables that lead to a thing. */
const MOST_SEARCHES = 32;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/**
 * Finds who leads to objects beside their owners; who leads there for sure and to most comes first. Walks backwards from the objects once, then from each name
 * over what was come by. 10 bytes an object, 8 more for each name that is kept and for the one that is looked at, and the retainers.
 * @param most names
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export async function findUsers(
  heap: Heap,
  targets: Int32Array,
  most: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<{ readonly users: readonly Users[]; readonly hasMore: boolean }> {
  const owners = await computeOwners(heap, progress);
  const { isPassed, roots } = await findLeading(heap, targets, progress);
  const names = new Map<string, Set<number>>();
  for (const root of [...roots.sure, ...roots.perhaps]) {
    const name = rootVertexName(heap, root);
    const group = names.get(name);
    if (group === undefined) names.set(name, new Set([root]));
    else group.add(root);
  }
  const found: Users[] = [];
  let searches = 0;
  const isSure = new Uint8Array(heap.objects.count);
  const keep = (users: Users): void => {
    found.push(users);
    // No more are kept than are told: each has columns over all objects.
    found.sort(compareUsers);
    found.length = Math.min(found.length, most + 1);
  };
  for (const [root, group] of names) {
    const others = targets.filter((target) => isLive(heap, target) && !group.has(owners[target]!));
    if (others.length === 0) continue;
    if (searches++ === MOST_SEARCHES) break;
    isSure.fill(0);
    for (const isCertain of [true, false]) {
      await breathe(progress);
      const leading = new Set([...group].filter((one) => (isCertain ? roots.sure : roots.perhaps).has(one)));
      if (leading.size === 0) continue;
      const paths = searchFrom(heap, leading, isCertain, isPassed);
      const reached = others.filter((target) => paths.parent[target] !== NO_OBJECT && isSure[target] === 0);
      if (reached.length === 0) continue;
      for (const target of reached) isSure[target] = 1;
      keep({ root, rootCount: leading.size, isCertain, objects: reached, paths });
    }
  }
  const { timer } = listHeapTimers(heap);
  const groups = groupTimers(heap, container, (row) => isPassed[timer[row]!] === 1);
  // What the runtime alone owns, timers do.
  const others = targets.filter(
    (target) => isLive(heap, target) && !OF_RUNTIME.test(rootVertexName(heap, owners[target]!)),
  );
  const ways = groups.length === 0 || others.length === 0 ? undefined : new TimerWays(heap);
  for (const [name, timers] of ways === undefined ? [] : groups) {
    if (searches++ === MOST_SEARCHES) break;
    await breathe(progress);
    const paths = await ways!.searchFrom(timers, (object) => isPassed[object] === 1, progress);
    const reached = others.filter((target) => paths.parent[target] !== NO_OBJECT);
    if (reached.length === 0) continue;
    keep({ root: name, rootCount: timers.length, isCertain: true, objects: reached, paths });
  }
  return { users: found.slice(0, most), hasMore: found.length > most || searches > MOST_SEARCHES };
}

function isLive({ objects }: Heap, object: number): boolean {
  return (objects.flags[object]! & REACHABLE) !== 0;
}

function compareUsers(a: Users, b: Users): number {
  return Number(b.isCertain) - Number(a.isCertain) || b.objects.length - a.objects.length || (a.root < b.root ? -1 : 1);
}

/** Roots that lead to targets, ascending; some do both. */
interface Leading {
  /** By what is a pointer for sure. */
  readonly sure: ReadonlySet<number>;
  /** By words of their stacks that may be stale. */
  readonly perhaps: ReadonlySet<number>;
}

/** What leads to the targets: a mark for each object, and the roots. */
async function findLeading(
  heap: Heap,
  targets: Int32Array,
  progress: Progress,
): Promise<{ readonly isPassed: Uint8Array; readonly roots: Leading }> {
  const { objects, roots } = heap;
  const { vertices } = roots;
  const { start, from } = await computeRetainers(heap, progress);
  const isBarred = findBarredTypes(heap);
  const isPassed = new Uint8Array(objects.count);
  const queue = new Int32Array(objects.count);
  let queued = 0;
  const pass = (object: number): void => {
    if (isPassed[object] === 1) return;
    isPassed[object] = 1;
    queue[queued++] = object;
  };
  for (const target of targets) if (isLive(heap, target)) pass(target);
  for (let done = 0; done < queued; done++) {
    if (done % SLICE === SLICE - 1) await breathe(progress);
    const object = queue[done]!;
    for (let i = start[object]!; i < start[object + 1]!; i++) {
      const vertex = from[i]!;
      if (vertex < objects.count && isLive(heap, vertex) && isBarred[objects.type[vertex]!] === 0) pass(vertex);
    }
  }
  const sure = new Set<number>();
  const perhaps = new Set<number>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    const owner = ownerVertex(heap, vertex);
    for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
      if (isPassed[roots.to[row]!] === 1) (isByWord(heap, row) ? perhaps : sure).add(owner);
    }
  }
  return { isPassed, roots: { sure, perhaps } };
}

function isByWord({ roots }: Heap, row: number): boolean {
  return roots.kind[row] === RootKind.FRAME_CONSERVATIVE;
}

/** The shortest ways from some roots, breadth first, over what leads to a target; by what is a pointer for sure, or by what may be stale. */
function searchFrom(heap: Heap, group: ReadonlySet<number>, isCertain: boolean, isPassed: Uint8Array): Users["paths"] {
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const parent = new Int32Array(objects.count).fill(NO_OBJECT);
  const edge = new Int32Array(objects.count);
  const queue = new Int32Array(objects.count);
  let queued = 0;
  const reach = (target: number, from: number, by: number): void => {
    if (isPassed[target] === 0 || parent[target] !== NO_OBJECT) return;
    parent[target] = from;
    edge[target] = by;
    queue[queued++] = target;
  };
  // A variable that has a name says more than a word of the stack.
  for (const isNamed of [true, false]) {
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (!group.has(ownerVertex(heap, vertex))) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        if (isByWord(heap, row) !== isCertain && (rootEdgeName(heap, vertex, row) !== undefined) === isNamed)
          reach(roots.to[row]!, objects.count + vertex, row);
      }
    }
  }
  for (let done = 0; done < queued; done++) {
    const from = queue[done]!;
    for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) reach(edges.to[by]!, from, by);
  }
  return { parent, edge };
}

/**
 * Root paths: for one object, the way from its owner, then one from each of the others among the roots that lead to it. Ways
 * that differ only in which of many alike roots, elements or entries they go through are one.
 */
import { findRootsOf } from "../../analysis/ownership/only-root.ts";
import { findOwnerPaths } from "../../analysis/ownership/owner-paths.ts";
import { findBarredTypes } from "../../analysis/ownership/owner-roles.ts";
import { ownerVertex } from "../../analysis/ownership/owners.ts";
import { type Pointer, tracePath, writePath } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, REACHABLE } from "../../heap/objects.ts";
import { rootEdgeName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { groupTimers, TimerWays } from "./timer-ways.ts";

/** A way, and what it begins at. */
export interface RootPath {
  /** Whether the root owns the object, or only uses it. Of garbage nobody is the owner. */
  readonly by: "owner" | "user" | "garbage";
  /** "main.store", "goroutine main.worker [select]", "pending timer of func main.accept.func1". */
  readonly root: string;
  /** Roots, or timers, that are called so and lead there, as far as somebody looked. */
  readonly rootCount: number;
  readonly pointers: readonly Pointer[];
  /** Whether it is the very way that was asked for. */
  readonly isAsked: boolean;
  /** Whether it is there for sure: else it begins with a word of a stack that may be left over from a call that has returned. */
  readonly isCertain: boolean;
}

export interface RootPaths {
  readonly paths: readonly RootPath[];
  /** Whether more roots lead there than the paths are from; null where nobody has looked. */
  readonly hasMore: boolean | null;
}

/** Of roots that are called alike, those that are searched from: their ways are hardly ever different ones. */
const MOST_ALIKE = 4;

/** Objects and pointers between two breaths. */
const SLICE = 1 << 17;

/** Searches beside those that find a path: a dump can have any number of roots, or functions of timers, whose ways are alike. */
const MOST_IN_VAIN = 64;

/**
 * Finds up to `most` different ways to an object, its owner's first. For more than one it asks which roots lead there, and
 * searches the graph from some of each kind of them.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export async function findRootPaths(
  heap: Heap,
  object: number,
  most: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<RootPaths> {
  const pointers = tracePath(heap, await findOwnerPaths(heap, [object], progress), object);
  const owner = ownerVertex(heap, pointers[0]!.from - heap.objects.count);
  const { objects } = heap;
  const isLive = (objects.flags[object]! & REACHABLE) !== 0;
  const first: RootPath = {
    by: isLive ? "owner" : "garbage",
    root: rootVertexName(heap, owner),
    rootCount: 1,
    pointers,
    isAsked: false,
    isCertain: beginsForSure(heap, pointers),
  };
  if (!isLive) return { paths: [first], hasMore: false };
  if (most <= 1) return { paths: [first], hasMore: null };
  const roots = await findRootsOf(heap, object, progress);
  const certain = new Set(roots.certain);
  const others = [certain, new Set(roots.all.filter((root) => !certain.has(root)))].flatMap((group) => {
    group.delete(owner);
    return groupByName(heap, group);
  });
  const alikeOwners =
    1 + (others.find(([root, [one]]) => root === first.root && certain.has(one!) === first.isCertain)?.[1].length ?? 0);
  const known = new Set([likenessOf(heap, pointers, container)]);
  const found: RootPath[] = [];
  let looked = 0;
  let inVain = 0;
  for (const [root, alike] of others) {
    if (found.length >= most - 1 || inVain >= MOST_IN_VAIN) break;
    looked++;
    for (const one of alike.slice(0, MOST_ALIKE)) {
      await breathe(progress);
      const path = await searchFrom(heap, one, object, progress);
      const likeness = path.length === 0 ? undefined : likenessOf(heap, path, container);
      if (likeness === undefined || known.has(likeness)) {
        inVain++;
        continue;
      }
      known.add(likeness);
      const isCertain = beginsForSure(heap, path);
      found.push({ by: "user", root, rootCount: alike.length, pointers: path, isAsked: false, isCertain });
    }
  }
  const asked = new Set(roots.timers);
  const timers = groupTimers(heap, container, (row) => asked.has(row));
  const ways = timers.length === 0 ? undefined : new TimerWays(heap);
  const isBarred = findBarredTypes(heap);
  for (const [name, some] of timers) {
    if (found.length >= most - 1 || inVain >= MOST_IN_VAIN) break;
    looked++;
    await breathe(progress);
    const paths = await ways!.searchFrom(some, (target) => isBarred[objects.type[target]!] === 0, progress, object);
    const path = paths.parent[object] === NO_OBJECT ? [] : tracePath(heap, paths, object);
    // What timers own is not used by them, too.
    if (path.length === 0 || known.has(likenessOf(heap, path, container))) {
      inVain++;
      continue;
    }
    const rootCount = some.length;
    found.push({ by: "user", root: name, rootCount, pointers: path, isAsked: false, isCertain: true });
  }
  const shown = found.sort((a, b) => a.pointers.length - b.pointers.length).slice(0, most - 1);
  return {
    paths: [{ ...first, rootCount: alikeOwners }, ...shown],
    hasMore: looked < others.length + timers.length || shown.length < found.length,
  };
}

/**
 * The way that was asked for, if it is another than those that are known: of what hangs on one object in two ways, the owner's may be
 * the other one.
 * @param asked from a root, or from an object, to which its owner leads
 */
export async function findAskedPath(
  heap: Heap,
  asked: readonly Pointer[],
  known: readonly RootPath[],
  container: Int32Array | undefined,
  progress: Progress,
): Promise<RootPath | undefined> {
  const { objects } = heap;
  const first = asked[0]?.from ?? objects.count;
  const lead = first < objects.count ? tracePath(heap, await findOwnerPaths(heap, [first], progress), first) : [];
  const pointers = [...lead, ...asked];
  if (pointers.length === 0) return undefined;
  const write = (way: readonly Pointer[]): string => {
    const { expression, where } = writePath(heap, way, { container, withElements: true });
    return `${where}\n${expression}`;
  };
  const text = write(pointers);
  if (known.some((path) => write(path.pointers) === text)) return undefined;
  const root = rootVertexName(heap, ownerVertex(heap, pointers[0]!.from - objects.count));
  return {
    by: known[0]!.by === "garbage" ? "garbage" : "user",
    root,
    rootCount: 1,
    pointers,
    isAsked: true,
    isCertain: beginsForSure(heap, pointers),
  };
}

/** Whether the first pointer of a way is none that the collector only takes for one. */
function beginsForSure(heap: Heap, [first]: readonly Pointer[]): boolean {
  return heap.roots.kind[first!.edge] !== RootKind.FRAME_CONSERVATIVE;
}

/** Roots by what they are called. */
function groupByName(heap: Heap, roots: Iterable<number>): (readonly [name: string, roots: readonly number[]])[] {
  const groups = new Map<string, number[]>();
  for (const root of roots) {
    const name = rootVertexName(heap, root);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [root]);
    else group.push(root);
  }
  return [...groups];
}

/** The same for ways that differ only in elements and entries. */
function likenessOf(heap: Heap, pointers: readonly Pointer[], container: Int32Array | undefined): string {
  const { expression, where } = writePath(heap, pointers, { container, withElements: false });
  return `${beginsForSure(heap, pointers)} ${where}\n${expression}`;
}

/** The shortest way from one root, breadth first; empty if it leads there only through the runtime's structures. */
async function searchFrom(heap: Heap, root: number, object: number, progress: Progress): Promise<readonly Pointer[]> {
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const parent = new Int32Array(objects.count).fill(NO_OBJECT);
  const edge = new Int32Array(objects.count);
  const queue = new Int32Array(objects.count);
  let queued = 0;
  const reach = (target: number, from: number, by: number): void => {
    if (parent[target] !== NO_OBJECT) return;
    parent[target] = from;
    edge[target] = by;
    queue[queued++] = target;
  };
  // A variable that has a name says more than a word of the stack; one that may be stale counts only where nothing else leads there.
  const rankOf = (vertex: number, row: number): number => {
    if (roots.kind[row] === RootKind.FRAME_CONSERVATIVE) return 2;
    return rootEdgeName(heap, vertex, row) === undefined ? 1 : 0;
  };
  const enter = (rank: number): void => {
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (ownerVertex(heap, vertex) !== root) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        if (rankOf(vertex, row) === rank) reach(roots.to[row]!, objects.count + vertex, row);
      }
    }
  };
  let done = 0;
  let left = SLICE;
  const follow = async (): Promise<void> => {
    for (; done < queued && parent[object] === NO_OBJECT; done++) {
      const from = queue[done]!;
      left -= edges.start[from + 1]! - edges.start[from]! + 1;
      if (left <= 0) {
        await breathe(progress);
        left = SLICE;
      }
      for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) reach(edges.to[by]!, from, by);
    }
  };
  enter(0);
  enter(1);
  await follow();
  if (parent[object] === NO_OBJECT) {
    enter(2);
    await follow();
  }
  return parent[object] === NO_OBJECT ? [] : tracePath(heap, { parent, edge }, object);
}

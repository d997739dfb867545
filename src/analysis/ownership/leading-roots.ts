/**
 * Leading roots: which roots lead to an object, the owner and all others, and what each of them keeps. The owner is one
 * answer to "who holds it"; whoever wants the memory back has to know the others.
 */
import { longColumn } from "../../column-memory.ts";
import { joinColumns } from "../../heap/addresses/join-columns.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE } from "../../heap/objects.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { isShared, newColumn } from "../../workers/current.ts";
import { beginComponents, type ComponentOrder, MOST_TARGETS } from "./component-search.ts";
import { searchEntries } from "./entry-search.ts";
import { listHeapTimers } from "./heap-timers.ts";
import { MASK_BITS, MaskSearch } from "./mask-search.ts";
import { findBarredTypes } from "./owner-roles.ts";
import { ownerVertex } from "./owners.ts";

/** Objects, or roots, that one call takes. One bit tells all other roots. */
export const MOST_AT_ONCE = Math.min(MOST_TARGETS, MASK_BITS - 1);

/** Roots that lead to one object, ascending. */
export interface LeadingRoots {
  readonly all: readonly number[];
  /**
   * Those that do for sure. The others do so only by words of their stacks that are taken for pointers conservatively: what is there
   * may be left over from calls that have returned.
   */
  readonly certain: readonly number[];
  /** Pending timers that do, as rows of `listHeapTimers`. */
  readonly timers: readonly number[];
}

/** Finds the roots that lead to each of some objects, as `findRootsByCertainty` does: all of them. */
export async function findLeadingRoots(
  heap: Heap,
  targets: readonly number[],
  progress: Progress = NO_PROGRESS,
  scratch: Int32Array = new Int32Array(heap.objects.count),
): Promise<readonly (readonly number[])[]> {
  return (await findRootsByCertainty(heap, targets, progress, scratch)).map(({ all }) => all);
}

/** Finds the roots that lead to each of some objects, as `searchRoots` does, and no more. */
export async function findRootsByCertainty(
  heap: Heap,
  targets: readonly number[],
  progress: Progress = NO_PROGRESS,
  scratch: Int32Array = new Int32Array(heap.objects.count),
): Promise<readonly LeadingRoots[]> {
  return (await searchRoots(heap, targets, progress, scratch, false)).of;
}

/** What a search for the roots that lead to some objects finds. */
export interface RootSearch {
  /** For each of the objects. */
  readonly of: readonly LeadingRoots[];
  /** Of all that roots lead to, for who measures what they keep; undefined if they were not wanted, or no object was asked for. */
  readonly components: ComponentOrder | undefined;
}

/**
 * Finds the roots that lead to each of some objects: variables, segments, goroutines, groups of the root tree; and the pending timers. The
 * runtime's descriptors and waiters (`owner-roles.ts`) are not gone through, else every goroutine would lead to all that
 * any goroutine has. One search over what roots lead to; with components it takes 4 bytes per object beside `scratch`.
 * @param targets objects, at most MOST_AT_ONCE
 * @param scratch written over; an element per object. Left out, 4 bytes more, and another thread may do the search, and what `measureRoots`
 *   does with the components
 */
export async function searchRoots(
  heap: Heap,
  targets: readonly number[],
  progress: Progress,
  scratch: Int32Array | undefined,
  withComponents: boolean,
): Promise<RootSearch> {
  if (targets.length > MOST_AT_ONCE) throw new Error(`bug: ${targets.length} targets at once`);
  if (targets.length === 0) return { of: [], components: undefined };
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const { count } = objects;
  progress.phase("roots that lead there");
  const { timer } = listHeapTimers(heap);
  const barred = findBarredTypes(heap);
  const { start, to } = edges;
  const columns = {
    start,
    to,
    targets,
    isOrdered: withComponents,
    entries: listEntries(heap, timer, barred, withComponents),
    state: beginComponents(
      start,
      (object) => barred[objects.type[object]!] === 1,
      scratch ?? newColumn(Int32Array, count),
    ),
    order: scratch === undefined ? newColumn(Int32Array, count) : longColumn(Int32Array, count),
  };
  const { bits: found, count: ordered } = await searchEntries(columns, progress);
  const leadsTo = new Uint32Array(vertices.count);
  const leadsForSure = new Uint32Array(vertices.count);
  let entry = 0;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    const owner = ownerVertex(heap, vertex);
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const bits = found[entry++]!;
      leadsTo[owner] = leadsTo[owner]! | bits;
      if (roots.kind[edge] !== RootKind.FRAME_CONSERVATIVE) leadsForSure[owner] = leadsForSure[owner]! | bits;
    }
  }
  const timerLeadsTo = new Uint32Array(found.subarray(entry, entry + timer.length));
  const list = (column: Uint32Array, bit: number): number[] => {
    const rows: number[] = [];
    for (let row = 0; row < column.length; row++) if ((column[row]! >>> bit) & 1) rows.push(row);
    return rows;
  };
  const of = targets.map((_, bit) => ({
    all: list(leadsTo, bit),
    certain: list(leadsForSure, bit),
    timers: list(timerLeadsTo, bit),
  }));
  return { of, components: withComponents ? { order: columns.order, count: ordered } : undefined };
}

/**
 * What a search begins at: what GC roots lead to, in the order of their edges, and then the timers. Behind these, if components are
 * wanted, what only the runtime's structures lead to: that is in components, too, though it counts for nobody. Linear in these, but for
 * sorting the structures.
 */
function listEntries(heap: Heap, timer: Int32Array, barred: Uint8Array, withComponents: boolean): Int32Array {
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  const entries = longColumn(Int32Array, roots.count);
  let count = 0;
  const structures = int32Column();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const object = roots.to[edge]!;
      entries[count++] = object;
      if (withComponents && barred[objects.type[object]!] === 1) structures.push(object);
    }
  }
  const behind = int32Column();
  let before = -1;
  // Once, however many roots lead to one of them.
  for (const object of structures.finish().sort()) {
    if (object === before) continue;
    before = object;
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) behind.push(edges.to[edge]!);
  }
  return joinColumns(Int32Array, [entries.subarray(0, count), timer, behind.values], (part) => part);
}

/** What roots and timers keep, in bytes. */
export interface KeptByRoots {
  /** Of each root: what it leads to, whoever else does. */
  readonly leadsTo: readonly number[];
  /** Of each root: what would go if it alone let go. */
  readonly alone: readonly number[];
  /** Of each set of roots: what would go if all of these let go. */
  readonly together: readonly number[];
}

/**
 * Measures what some roots keep. As above, nothing goes through the runtime's descriptors and waiters, so that a goroutine that
 * waits is not kept by its channel, nor by the timer that sends to it. What pending timers lead to stays, but for those that are chosen. One
 * search over the whole graph, unless somebody has done that; 1 to 4 bytes per object.
 * @param chosen root vertices, at most MOST_AT_ONCE, each of them an owner (`ownerVertex`); and what timers are called
 * @param sets some of them each
 * @param callTimer of each row of `listHeapTimers`: what several together are called, from the number of root vertices on
 * @param components as `searchRoots` finds them
 */
export async function measureRoots(
  heap: Heap,
  chosen: readonly number[],
  sets: readonly (readonly number[])[],
  progress: Progress = NO_PROGRESS,
  callTimer?: ArrayLike<number>,
  components?: ComponentOrder,
): Promise<KeptByRoots> {
  if (chosen.length > MOST_AT_ONCE) throw new Error(`bug: ${chosen.length} roots at once`);
  const { objects, edges } = heap;
  progress.phase("what these roots keep");
  const bitOf = new Map(chosen.map((vertex, bit) => [vertex, 1 << bit]));
  const others = 1 << chosen.length;
  const barred = barRuntimeStructures(heap, components !== undefined && isShared(components.order));
  const search = new MaskSearch(chosen.length + 1, edges.start, edges.to, barred);
  enterRoots(heap, search, (vertex) => bitOf.get(vertex) ?? others);
  for (const [row, object] of listHeapTimers(heap).timer.entries()) {
    search.add(object, bitOf.get(callTimer?.[row] ?? -1) ?? others);
  }
  await search.spread(progress, components);

  const { mask } = search;
  const masks = sets.map((set) => set.reduce((bits, vertex) => bits | bitOf.get(vertex)!, 0));
  const sums = { leadsTo: chosen.map(() => 0), alone: chosen.map(() => 0), together: sets.map(() => 0) };
  for (let i = 0; i < objects.count; i++) {
    const bits = mask[i]!;
    const known = bits & (others - 1);
    if (known === 0 || (objects.flags[i]! & REACHABLE) === 0) continue;
    const size = objectSize(objects, i);
    for (let rest = known; rest !== 0; rest &= rest - 1) sums.leadsTo[31 - Math.clz32(rest & -rest)]! += size;
    // What another root leads to stays. The runtime's structures are nobody's.
    if (bits !== known || barred[i] === 1) continue;
    for (let set = 0; set < masks.length; set++) if ((known & ~masks[set]!) === 0) sums.together[set]! += size;
    // One bit, so one root.
    if ((known & (known - 1)) === 0) sums.alone[31 - Math.clz32(known)]! += size;
  }
  return sums;
}

/** Gives the objects that root edges lead to the bits of the roots. */
function enterRoots(heap: Heap, search: MaskSearch, bitsOf: (vertex: number) => number): void {
  const { vertices, to } = heap.roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    const bits = bitsOf(ownerVertex(heap, vertex));
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      search.add(to[edge]!, bits);
    }
  }
}

/** Per object: 1 for the runtime's descriptors and waiters. */
function barRuntimeStructures(heap: Heap, isForThreads: boolean): Uint8Array {
  const { count, type } = heap.objects;
  const isBarred = findBarredTypes(heap);
  const barred = isForThreads ? newColumn(Uint8Array, count) : longColumn(Uint8Array, count);
  for (let i = 0; i < count; i++) barred[i] = isBarred[type[i]!]!;
  return barred;
}

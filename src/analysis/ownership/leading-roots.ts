/**
 * Leading roots: which roots lead to an object, the owner and all others, and what each of them keeps. The owner is one
 * answer to "who holds it"; whoever wants the memory back has to know the others.
 */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE } from "../../heap/objects.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { type ComponentOrder, ComponentSearch, MOST_TARGETS } from "./component-search.ts";
import { listHeapTimers } from "./heap-timers.ts";
import { MASK_BITS, MaskSearch } from "./mask-search.ts";
import { findBarredTypes } from "./owner-roles.ts";
import { ownerVertex } from "./owners.ts";

/** Objects, or roots, that one call takes. One bit tells all other roots. */
export const MOST_AT_ONCE = Math.min(MOST_TARGETS, MASK_BITS - 1);

/** Objects between two breaths. */
const SLICE = 1 << 17;

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
 * @param scratch written over; an element per object
 */
export async function searchRoots(
  heap: Heap,
  targets: readonly number[],
  progress: Progress,
  scratch: Int32Array,
  withComponents: boolean,
): Promise<RootSearch> {
  if (targets.length > MOST_AT_ONCE) throw new Error(`bug: ${targets.length} targets at once`);
  if (targets.length === 0) return { of: [], components: undefined };
  const { objects, edges, roots } = heap;
  const { vertices } = roots;
  progress.phase("roots that lead there");
  const barred = findBarredTypes(heap);
  const isBarred = (object: number): boolean => barred[objects.type[object]!] === 1;
  const search = new ComponentSearch(edges.start, edges.to, targets, isBarred, scratch, withComponents);
  const leadsTo = new Uint32Array(vertices.count);
  const leadsForSure = new Uint32Array(vertices.count);
  let left = SLICE;
  /** Whether the search from an object needs a breath; most take a few steps. */
  const begin = (object: number): boolean => {
    search.enter(object);
    left -= search.advance(left);
    return left === 0;
  };
  const finish = async (): Promise<void> => {
    while (left === 0) {
      await breathe(progress);
      left = SLICE - search.advance(SLICE);
    }
  };
  /** What only the runtime's structures lead to is in components, too, though it counts for nobody. */
  const beginBehind = async (object: number): Promise<void> => {
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      if (begin(edges.to[edge]!)) await finish();
    }
  };
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    const owner = ownerVertex(heap, vertex);
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const object = roots.to[edge]!;
      if (begin(object)) await finish();
      if (withComponents && isBarred(object)) await beginBehind(object);
      const bits = search.bitsOf(object);
      leadsTo[owner] = leadsTo[owner]! | bits;
      if (roots.kind[edge] !== RootKind.FRAME_CONSERVATIVE) leadsForSure[owner] = leadsForSure[owner]! | bits;
    }
  }
  const { timer } = listHeapTimers(heap);
  const timerLeadsTo = new Uint32Array(timer.length);
  for (const [row, object] of timer.entries()) {
    if (begin(object)) await finish();
    timerLeadsTo[row] = search.bitsOf(object);
  }
  const list = (column: Uint32Array, bit: number): number[] => {
    const found: number[] = [];
    for (let row = 0; row < column.length; row++) if ((column[row]! >>> bit) & 1) found.push(row);
    return found;
  };
  const of = targets.map((_, bit) => ({
    all: list(leadsTo, bit),
    certain: list(leadsForSure, bit),
    timers: list(timerLeadsTo, bit),
  }));
  return { of, components: withComponents ? search : undefined };
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
  const barred = barRuntimeStructures(heap);
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
function barRuntimeStructures(heap: Heap): Uint8Array {
  const { count, type } = heap.objects;
  const isBarred = findBarredTypes(heap);
  const barred = new Uint8Array(count);
  for (let i = 0; i < count; i++) barred[i] = isBarred[type[i]!]!;
  return barred;
}

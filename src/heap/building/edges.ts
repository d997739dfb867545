/**
 * Resolution: the pointers of the decoded objects become edges between objects, in address order. A few nanoseconds a
 * pointer, nearly all of it waiting for memory; hardly any memory beyond that of the pointers.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { breathe, type Progress } from "../../progress.ts";
import { newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import type { Crew } from "../../workers/pool.ts";
import type { AddressIndex } from "../addresses/address-index.ts";
import { type GlobalPointers, listGlobalPointers } from "../addresses/global-pointers.ts";
import type { ObjectRuns } from "../addresses/page-order.ts";
import { type ResolvedPointers, resolvePointers } from "../addresses/pointer-resolver.ts";
import { type Edges, NO_OBJECT } from "../objects.ts";
import type { Segment } from "../roots/segments.ts";

export interface ResolvedEdges {
  readonly edges: Edges;
  /** See `ResolvedPointers`. */
  readonly dynamicType: Int16Array | Int32Array;
  /** Values of the pointers that lead to no object. */
  readonly strayTargets: Float64Array;
  /** There only if asked for. */
  readonly globalPointers: GlobalPointers | undefined;
}

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const STRAY = NO_OBJECT;

/**
 * Resolves all pointers of `columns`, whose `edgeStart`, `target` and `offset` are used up by it.
 * @param start memory for the edges' column
 * @param flags HAS_HEADER of the objects, in address order
 * @param segments data and bss, if the pointers into them are to be listed
 */
export async function resolveEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  index: AddressIndex,
  start: Uint32Array,
  flags: Uint8Array,
  segments: readonly Segment[] | undefined,
  crew: Crew,
  progress: Progress,
): Promise<ResolvedEdges> {
  progress.phase("resolving pointers", runs.objectCount, "objects");
  const pointers = await resolvePointers(columns, runs, index.tables, flags, crew, progress);
  const strays = firstByRun(columns.edgeStart, runs, pointers.strayPointer);
  const globalPointers =
    segments === undefined
      ? undefined
      : listGlobalPointers(columns.edgeStart, columns.offset, runs, pointers, strays, segments);
  return {
    edges: await sortEdges(columns, runs, pointers, strays, start, crew, progress),
    dynamicType: pointers.dynamicType,
    strayTargets: pointers.stray,
    globalPointers,
  };
}

/**
 * Makes edges of the pointers, in address order: what they lead to goes into the second half of the pointers' memory, then
 * their offsets over the first.
 */
async function sortEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  pointers: ResolvedPointers,
  strays: Uint32Array,
  start: Uint32Array,
  crew: Crew,
  progress: Progress,
): Promise<Edges> {
  const { edgeStart, edgeCount, offset: offsetOf } = columns;
  const { found, interiorPointer, interiorOffset: offsetInSlot, strayPointer } = pointers;
  const { start: runStart, length, order } = runs;
  const runEdge = sortStarts(columns, runs, pointers, strays, start);
  await breathe(progress);
  const count = start[runs.objectCount]!;
  const to = new Int32Array(found.buffer, 4 * edgeCount, count);
  const interiors = firstByRun(edgeStart, runs, interiorPointer);
  const { interiorEdge, interiorOffset, runInterior } = placeInteriors(runs, interiors);
  const ofRuns = { edgeStart, start: runStart, length, order, runEdge };
  const ofPointers = { found, interiorPointer, offsetInSlot, interiors };
  const targets = { ...ofRuns, ...ofPointers, to, runInterior, interiorEdge, interiorOffset };
  const share = <C>(kernel: Kernel<C, unknown>, request: C): Promise<unknown[]> =>
    crew.share(kernel, request, { rows: order.length, steps: edgeCount }, progress);
  await share(SORT_TARGETS, targets);
  const offset = new Uint32Array(found.buffer, 0, count);
  await share(SORT_OFFSETS, { ...ofRuns, strays, strayPointer, from: offsetOf, to: offset });
  return { count, start, to, offset, interiorEdge, interiorOffset };
}

/** Number of the first of some pointers, which ascend, at or behind each run, and of all of them. */
function firstByRun(edgeStart: Uint32Array, { count, start }: ObjectRuns, pointers: Uint32Array): Uint32Array {
  const first = newColumn(Uint32Array, count + 1);
  const pointerCount = pointers.length;
  let next = 0;
  for (let run = 0; run < count; run++) {
    const from = edgeStart[start[run]!]!;
    while (next < pointerCount && pointers[next]! < from) next++;
    first[run] = next;
  }
  first[count] = pointerCount;
  return first;
}

/** Makes room for the interior edges, and tells where those of each run go, by address. */
function placeInteriors({ order }: ObjectRuns, interiors: Uint32Array) {
  const runInterior = newColumn(Uint32Array, order.length);
  let count = 0;
  for (let k = 0; k < order.length; k++) {
    runInterior[k] = count;
    count += interiors[order[k]! + 1]! - interiors[order[k]!]!;
  }
  return {
    runInterior,
    interiorEdge: newColumn(Uint32Array, count),
    interiorOffset: newColumn(Float64Array, count),
  };
}

/** Fills `start` with the first edge of each object; returns that of each run by address. */
function sortStarts(
  { edgeStart }: ObjectColumns,
  { start: runStart, length, order }: ObjectRuns,
  { strayPointer }: ResolvedPointers,
  strays: Uint32Array,
  start: Uint32Array,
): Uint32Array {
  const runEdge = newColumn(Uint32Array, order.length);
  let object = 0;
  let edge = 0;
  for (let k = 0; k < order.length; k++) {
    runEdge[k] = edge;
    const run = order[k]!;
    const first = runStart[run]!;
    const after = first + length[run]!;
    const lastStray = strays[run + 1]!;
    let stray = strays[run]!;
    let distance = edge - edgeStart[first]!;
    for (let i = first; i < after; i++) {
      const from = edgeStart[i]!;
      for (; stray < lastStray && strayPointer[stray]! < from; stray++) distance--;
      start[object++] = from + distance;
    }
    edge = edgeStart[after]! + distance - (lastStray - stray);
  }
  start[object] = edge;
  return runEdge;
}

/** The runs by address, and where their edges go. */
interface RunColumns extends Pick<ObjectRuns, "start" | "length" | "order"> {
  /** First pointer of each object, in the dump's order. */
  readonly edgeStart: Uint32Array;
  /** First edge of each run, by address. */
  readonly runEdge: Uint32Array;
}

interface TargetColumns extends RunColumns, Pick<ResolvedPointers, "found" | "interiorPointer"> {
  readonly offsetInSlot: ResolvedPointers["interiorOffset"];
  /** Number of the first interior pointer of each run, in the dump's order. */
  readonly interiors: Uint32Array;
  readonly to: Int32Array;
  /** Number of the first interior edge of each run, by address. */
  readonly runInterior: Uint32Array;
  /** The interior edges, and where in the slot they lead. */
  readonly interiorEdge: Uint32Array;
  readonly interiorOffset: Float64Array;
}

/** Writes what the edges of some runs lead to. */
export const SORT_TARGETS: Kernel<TargetColumns, unknown> = {
  name: "sort-targets",
  run(columns, firstRun, endRun) {
    const { edgeStart, start, length, order, runEdge, found, interiorPointer, offsetInSlot, interiors } = columns;
    const { to, runInterior, interiorEdge, interiorOffset } = columns;
    let edge = runEdge[firstRun]!;
    let at = runInterior[firstRun]!;
    for (let k = firstRun; k < endRun; k++) {
      const run = order[k]!;
      const first = start[run]!;
      const after = edgeStart[first + length[run]!]!;
      const lastInterior = interiors[run + 1]!;
      let i = edgeStart[first]!;
      // From one interior pointer to the next.
      for (let interior = interiors[run]!; interior <= lastInterior; interior++) {
        const stop = interior < lastInterior ? interiorPointer[interior]! : after;
        for (; i < stop; i++) {
          const object = found[i]!;
          if (object !== STRAY) to[edge++] = object;
        }
        if (interior === lastInterior) break;
        interiorEdge[at] = edge;
        interiorOffset[at++] = offsetInSlot[interior]!;
        to[edge++] = found[i++]!;
      }
    }
  },
};

interface OffsetColumns extends RunColumns, Pick<ResolvedPointers, "strayPointer"> {
  /** Number of the first stray of each run, in the dump's order. */
  readonly strays: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** Writes the offsets of the edges of some runs. */
export const SORT_OFFSETS: Kernel<OffsetColumns, unknown> = {
  name: "sort-offsets",
  run({ edgeStart, start, length, order, runEdge, strays, strayPointer, from, to }, firstRun, endRun) {
    let edge = runEdge[firstRun]!;
    for (let k = firstRun; k < endRun; k++) {
      const run = order[k]!;
      const first = start[run]!;
      const end = edgeStart[first + length[run]!]!;
      const lastStray = strays[run + 1]!;
      let i = edgeStart[first]!;
      // From stray to stray, which are left out.
      for (let stray = strays[run]!; stray <= lastStray; stray++, i++) {
        const stop = stray < lastStray ? strayPointer[stray]! : end;
        for (; i < stop; i++) to[edge++] = from[i]!;
      }
    }
  },
};

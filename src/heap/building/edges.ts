/**
 * Resolution: the pointers of the decoded objects become edges between objects, in address order. A few nanoseconds a
 * pointer, nearly all of it waiting for memory; hardly any memory beyond that of the pointers.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { AddressIndex } from "../addresses/address-index.ts";
import { type GlobalPointers, listGlobalPointers } from "../addresses/global-pointers.ts";
import type { ObjectRuns } from "../addresses/page-order.ts";
import { FIRST_INTERIOR, PointerResolver } from "../addresses/pointer-resolver.ts";
import { type Edges, NO_OBJECT } from "../objects.ts";
import type { Segment } from "../roots/segments.ts";

export interface ResolvedEdges {
  readonly edges: Edges;
  /** See `PointerResolver`. */
  readonly dynamicType: Int16Array | Int32Array;
  /** Values of the pointers that lead to no object. */
  readonly strayTargets: Float64Array;
  /** There only if asked for. */
  readonly globalPointers: GlobalPointers | undefined;
}

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const STRAY = NO_OBJECT;
const INTERIOR = FIRST_INTERIOR;

/** Objects whose pointers are resolved between two breaths. */
const SLICE = 1 << 18;

/**
 * Resolves all pointers of `columns`, whose `edgeStart`, `target` and `offset` are used up by it.
 * @param flags HAS_HEADER of the objects, in address order
 * @param segments data and bss, if the pointers into them are to be listed
 */
export async function resolveEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  index: AddressIndex,
  flags: Uint8Array,
  segments: readonly Segment[] | undefined,
  progress: Progress,
): Promise<ResolvedEdges> {
  progress.phase("resolving pointers", runs.objectCount, "objects");
  const { edgeStart } = columns;
  const resolver = new PointerResolver(columns, index, flags);
  for (let run = 0, done = 0; run < runs.count; ) {
    const next = resolveSlice(edgeStart, runs, run, resolver);
    for (; run < next; run++) done += runs.length[run]!;
    progress.update(done);
    await breathe(progress);
  }
  const strays = straysByRun(edgeStart, runs, resolver);
  const globalPointers =
    segments === undefined
      ? undefined
      : listGlobalPointers(edgeStart, columns.offset, runs, resolver, strays, segments);
  return {
    edges: await sortEdges(columns, runs, resolver, strays, progress),
    dynamicType: resolver.dynamicType,
    strayTargets: resolver.stray.subarray(0, resolver.strayCount),
    globalPointers,
  };
}

/**
 * Resolves the pointers of a slice of the runs, in the dump's order and many runs' at once; between them are those of
 * objects that are left out, if these have any.
 * @returns the first run behind the slice
 */
function resolveSlice(
  edgeStart: Uint32Array,
  { count, start, length }: ObjectRuns,
  firstRun: number,
  resolver: PointerResolver,
): number {
  const sliceEnd = start[firstRun]! + SLICE;
  let from = edgeStart[start[firstRun]!]!;
  let end = from;
  let run = firstRun;
  for (; run < count && start[run]! < sliceEnd; run++) {
    const first = start[run]!;
    if (edgeStart[first]! !== end) {
      resolver.resolve(from, end);
      from = edgeStart[first]!;
    }
    end = edgeStart[first + length[run]!]!;
  }
  resolver.resolve(from, end);
  return run;
}

/**
 * Makes edges of the pointers, in address order: what they lead to goes into the second half of the pointers' memory, then
 * their offsets over the first.
 */
async function sortEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  resolver: PointerResolver,
  strays: Uint32Array,
  progress: Progress,
): Promise<Edges> {
  const { edgeStart } = columns;
  const { found, interiorCount } = resolver;
  const start = sortStarts(edgeStart, runs, resolver, strays);
  await breathe(progress);
  const count = start[runs.objectCount]!;
  const to = new Int32Array(found.buffer, 4 * columns.edgeCount, count);
  const interiorEdge = new Uint32Array(interiorCount);
  const interiorOffset = new Float64Array(interiorCount);
  sortTargets(edgeStart, runs, resolver, to, interiorEdge, interiorOffset);
  await breathe(progress);
  const offset = new Uint32Array(found.buffer, 0, count);
  sortOffsets(edgeStart, runs, resolver, strays, columns.offset, offset);
  await breathe(progress);
  return { count, start, to, offset, interiorEdge, interiorOffset };
}

/** Number of the first stray at or behind each run, and of all strays. */
function straysByRun(
  edgeStart: Uint32Array,
  { count, start }: ObjectRuns,
  { strayCount, strayPointer }: PointerResolver,
): Uint32Array {
  const first = new Uint32Array(count + 1);
  let stray = 0;
  for (let run = 0; run < count; run++) {
    const from = edgeStart[start[run]!]!;
    while (stray < strayCount && strayPointer[stray]! < from) stray++;
    first[run] = stray;
  }
  first[count] = strayCount;
  return first;
}

function sortStarts(
  edgeStart: Uint32Array,
  { objectCount, start: runStart, length, order }: ObjectRuns,
  { strayPointer }: PointerResolver,
  strays: Uint32Array,
): Uint32Array {
  const start = new Uint32Array(objectCount + 1);
  let object = 0;
  let edge = 0;
  for (let k = 0; k < order.length; k++) {
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
  return start;
}

function sortTargets(
  edgeStart: Uint32Array,
  { start, length, order }: ObjectRuns,
  { found, interiorTarget, interiorOffset: offsetOf }: PointerResolver,
  to: Int32Array,
  interiorEdge: Uint32Array,
  interiorOffset: Float64Array,
): void {
  let edge = 0;
  let interiors = 0;
  for (let k = 0; k < order.length; k++) {
    const first = start[order[k]!]!;
    const end = edgeStart[first + length[order[k]!]!]!;
    for (let i = edgeStart[first]!; i < end; i++) {
      let object = found[i]!;
      if (object < 0) {
        if (object === STRAY) continue;
        const interior = INTERIOR - object;
        object = interiorTarget[interior]!;
        interiorEdge[interiors] = edge;
        interiorOffset[interiors++] = offsetOf[interior]!;
      }
      to[edge++] = object;
    }
  }
}

function sortOffsets(
  edgeStart: Uint32Array,
  { start, length, order }: ObjectRuns,
  { strayPointer }: PointerResolver,
  strays: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
): void {
  let edge = 0;
  for (let k = 0; k < order.length; k++) {
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
}

/**
 * Resolution: the pointers of the decoded objects become edges between objects, in address order. A few nanoseconds a
 * pointer, nearly all of it waiting for memory; hardly any memory beyond that of the pointers.
 */
import type { ObjectColumns } from "../format/object-columns.ts";
import { breathe, type Progress } from "../progress.ts";
import type { AddressIndex } from "./address-index.ts";
import type { Edges } from "./heap.ts";
import type { ObjectRuns } from "./page-order.ts";
import { FIRST_INTERIOR, PointerResolver } from "./pointer-resolver.ts";

export interface ResolvedEdges {
  readonly edges: Edges;
  /** See `PointerResolver`. */
  readonly dynamicType: Int16Array | Int32Array;
  /** Values of the pointers that lead to no object. */
  readonly strayTargets: Float64Array;
}

/** Objects between two breaths. */
const SLICE = 1 << 18;

/**
 * Resolves all pointers of `columns`, whose `edgeStart`, `target` and `offset` are used up by it.
 * @param flags HAS_HEADER of the objects, in address order
 */
export async function resolveEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  index: AddressIndex,
  flags: Uint8Array,
  progress: Progress,
): Promise<ResolvedEdges> {
  progress.phase("resolving pointers", runs.objectCount, "objects");
  const resolver = new PointerResolver(columns, runs, index, flags);
  let nextBreath = SLICE;
  for (let run = 0, done = 0; run < runs.count; run++) {
    resolver.resolveRun(run);
    done += runs.length[run]!;
    if (done < nextBreath) continue;
    nextBreath = done + SLICE;
    progress.update(done);
    await breathe(progress);
  }
  return {
    edges: await sortEdges(columns, runs, resolver, progress),
    dynamicType: resolver.dynamicType,
    strayTargets: resolver.stray.subarray(0, resolver.strayCount),
  };
}

/** Puts the edges in address order: what they lead to into the second half of the pointers' memory, then their offsets over the first. */
async function sortEdges(
  columns: ObjectColumns,
  runs: ObjectRuns,
  resolver: PointerResolver,
  progress: Progress,
): Promise<Edges> {
  const { edgeCount: count, found, interiorCount } = resolver;
  const to = new Int32Array(found.buffer, 4 * count, count);
  const interiorEdge = new Uint32Array(interiorCount);
  const interiorOffset = new Float64Array(interiorCount);
  sortTargets(columns.edgeStart, runs, resolver, to, interiorEdge, interiorOffset);
  await breathe(progress);
  const start = sortStarts(columns.edgeStart, runs, resolver);
  await breathe(progress);
  const offset = new Uint32Array(found.buffer, 0, count);
  sortOffsets(columns.edgeStart, runs, resolver, columns.offset, offset);
  await breathe(progress);
  return { count, start, to, offset, interiorEdge, interiorOffset };
}

function sortTargets(
  edgeStart: Uint32Array,
  runs: ObjectRuns,
  { found, runEdges, interiorTarget, interiorOffset: offsetOf }: PointerResolver,
  to: Int32Array,
  interiorEdge: Uint32Array,
  interiorOffset: Float64Array,
): void {
  let edge = 0;
  let interiors = 0;
  for (const run of runs.order) {
    const from = edgeStart[runs.start[run]!]!;
    const end = from + runEdges[run]!;
    for (let i = from; i < end; i++) {
      let object = found[i]!;
      if (object < 0) {
        const interior = FIRST_INTERIOR - object;
        object = interiorTarget[interior]!;
        interiorEdge[interiors] = edge;
        interiorOffset[interiors++] = offsetOf[interior]!;
      }
      to[edge++] = object;
    }
  }
}

function sortStarts(edgeStart: Uint32Array, runs: ObjectRuns, { runEdges }: PointerResolver): Uint32Array {
  const start = new Uint32Array(runs.objectCount + 1);
  let object = 0;
  let edge = 0;
  for (const run of runs.order) {
    const first = runs.start[run]!;
    const after = first + runs.length[run]!;
    const distance = edge - edgeStart[first]!;
    for (let i = first; i < after; i++) start[object++] = edgeStart[i]! + distance;
    edge += runEdges[run]!;
  }
  start[object] = edge;
  return start;
}

function sortOffsets(
  edgeStart: Uint32Array,
  runs: ObjectRuns,
  { runEdges }: PointerResolver,
  from: Uint32Array,
  to: Uint32Array,
): void {
  let edge = 0;
  for (const run of runs.order) {
    const start = edgeStart[runs.start[run]!]!;
    const end = start + runEdges[run]!;
    for (let i = start; i < end; i++) to[edge++] = from[i]!;
  }
}

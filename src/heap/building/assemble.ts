/**
 * Assembly: from a builder that has seen all records to the sealed heap. Decoded columns are released as soon as their
 * sorted counterparts exist, which is what keeps the peak of memory near the size of the result.
 */

import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import type { Cursor } from "../../format/records/cursor.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { breathe, type Progress } from "../../progress.ts";
import { withCrew } from "../../workers/current.ts";
import { indexAddresses } from "../addresses/address-index.ts";
import { orderObjects, type TailReserve } from "../addresses/page-order.ts";
import { accessDump, type ContentColumns } from "../dump-access.ts";
import { describeArch } from "../facts/arch.ts";
import type { DumpInfo, DumpWarning } from "../facts/dump-info.ts";
import { hasInlineMarks, hasMallocHeaders, refineVersion } from "../facts/go-version.ts";
import type { HeapStatistics } from "../facts/statistics.ts";
import type { Heap } from "../heap.ts";
import { HUGE_SIZE, type ObjectShapes, type Objects, TypeSource } from "../objects.ts";
import type { Goroutines } from "../roots/goroutines.ts";
import { RootKind } from "../roots/roots.ts";
import type { HeapBuilder } from "./builder.ts";
import { DumpTypes, hasSlotsOf24 } from "./dump-types.ts";
import { dumpWarnings } from "./dump-warnings.ts";
import { type ResolvedEdges, resolveEdges } from "./edges.ts";
import { FrameIndex } from "./frame-index.ts";
import { unreachableEntries } from "./reachability.ts";
import { Owner, type ResolvedRoots } from "./root-builder.ts";
import { type SortedObjects, sortObjects } from "./sorted-objects.ts";

/** Go ≥ 1.12 describes locals whose address is taken only while they are live themselves. */
const STACK_OBJECTS_SINCE = 12;

export async function assembleHeap(
  source: ByteSource,
  cursor: Cursor,
  builder: HeapBuilder,
  trailingBytes: number,
  salvaged: readonly DumpWarning[],
  keepShapes: boolean,
  progress: Progress,
): Promise<Heap> {
  const { columns, objectFormat } = builder;
  const objectRecords = columns.count;
  // An object that could not be read to its end leaves edges behind.
  columns.edgeCount = columns.edgeStart[columns.count]!;

  const dumpTypes = new DumpTypes(columns.shapes, builder.types, objectFormat.pointerSize);
  const { runs, objects, index, resolved } = await buildGraph(builder, dumpTypes, keepShapes, progress);
  const { missingPointers } = columns;
  const pointerSlots = columns.pointerSlots - runs.droppedSlots;
  const nilPointers = pointerSlots - missingPointers - (columns.edgeCount - runs.droppedPointers);
  const shapes = keepShapes ? keepShapesOf(objects, columns) : undefined;
  columns.releaseEdges();
  const { edges } = resolved;

  progress.phase("following roots");
  typeInterfaceTargets(objects, resolved, dumpTypes);
  const goroutines = builder.stacks.finish();
  const stacks = new FrameIndex(goroutines);
  addStackRoots(builder, cursor, goroutines, stacks);
  const roots = builder.roots.resolve(index);
  const finalizers = await builder.finalizers.resolve(index, edges, objects.flags, roots, progress);
  await breathe(progress);
  addUnreachable(roots, objects, resolved);
  const rootsByKind = roots.countByKind();

  const strays = classifyStrays(builder, resolved.strayTargets, stacks);
  const statistics: HeapStatistics = {
    objectRecords,
    phantomObjects: runs.phantomObjects,
    phantomBytes: runs.phantomBytes,
    overlappingObjects: runs.overlappingObjects,
    pointerSlots,
    nilPointers,
    pointersToObjects: edges.count,
    ...strays,
    interiorPointers: edges.interiorEdge.length,
    missingPointers,
    rootsByKind,
    defers: builder.defers,
    panics: builder.panics,
    osThreads: builder.osThreads,
    finalizers: builder.registeredFinalizers,
    queuedFinalizers: builder.queuedFinalizers,
    typeRecords: builder.types.typeRecords,
    itabRecords: builder.types.itabRecords,
  };
  const dump = describeDump(source, builder, goroutines, trailingBytes, [
    ...salvaged,
    ...dumpWarnings(builder, statistics, objects, finalizers.finalizers, runs.doubtfulPages),
  ]);
  return {
    dump,
    objects,
    edges,
    types: dumpTypes.finish(),
    roots: roots.finish(builder.segments, goroutines, finalizers),
    goroutines,
    segments: builder.segments,
    statistics,
    memStats: builder.memStats,
    memoryProfile: builder.profile.finish(index),
    dynamicTypes: builder.types,
    ...(shapes === undefined
      ? {}
      : { shapes, panicArguments: builder.panicArguments, stackPointers: builder.stacks.finishStackPointers() }),
    ...(resolved.globalPointers === undefined ? {} : { globalPointers: resolved.globalPointers }),
    ...accessDump(source, contentsOf(objects), (address) => index.find(address), objectFormat.addressBaseHigh),
  };
}

/** Objects and edges in address order. The threads that help end with it: the decoded columns are gone then. */
async function buildGraph(builder: HeapBuilder, dumpTypes: DumpTypes, keepShapes: boolean, progress: Progress) {
  const { columns } = builder;
  return withCrew(columns.edgeCount, async (crew) => {
    progress.phase("sorting objects");
    const runs = orderObjects(columns, tailReserve(builder));
    await breathe(progress);
    const { objects, starts } = await sortObjects(columns, runs, dumpTypes, keepShapes, crew, progress);
    const index = indexAddresses(objects);
    await breathe(progress);
    const targets = keepShapes ? builder.segments : undefined;
    const resolved = await resolveEdges(columns, runs, index, starts, objects.flags, targets, crew, progress);
    return { runs, objects, index, resolved };
  });
}

/** The columns that reading contents takes: the others must not stay because of it. */
function contentsOf({ position, size, hugeSize, presentSize }: SortedObjects): ContentColumns {
  return { position, size, hugeSize, presentSize };
}

/** The shapes by object, in the memory of those in the dump's order. */
function keepShapesOf({ count, type }: Objects, { shapes, shape }: ObjectColumns): ObjectShapes {
  const of = new Int32Array(shape.buffer, 0, count);
  of.set(type);
  return { table: shapes, of };
}

function tailReserve({ version, objectFormat }: HeapBuilder): TailReserve | undefined {
  if (!hasMallocHeaders(version)) return undefined;
  return {
    maxSize: objectFormat.headerMinSize,
    bitmapSize: 8192 / objectFormat.pointerSize / 8,
    marksSize: hasInlineMarks(version) ? 128 : 0,
  };
}

/** Gives the objects that interfaces point to the interfaces' dynamic types, where these settle it. */
function typeInterfaceTargets(objects: Objects, { dynamicType }: ResolvedEdges, dumpTypes: DumpTypes): void {
  const { count, size, type, typeSource, flags } = objects;
  for (let i = 0; i < count; i++) {
    const dynamic = dynamicType[i]!;
    if (dynamic < 0 || typeSource[i] !== TypeSource.NONE || size[i] === HUGE_SIZE) continue;
    const row = dumpTypes.rowOfInterfaceTarget(dynamic, size[i]!, flags[i]!);
    if (row < 0) continue;
    type[i] = row;
    typeSource[i] = TypeSource.PROPAGATED;
  }
}

function addStackRoots(builder: HeapBuilder, cursor: Cursor, goroutines: Goroutines, index: FrameIndex): void {
  const { stacks, roots } = builder;
  const conservative =
    builder.version.minorMax >= STACK_OBJECTS_SINCE
      ? stacks.followStackObjects(cursor, goroutines, index)
      : stacks.slotFrame.count;
  for (let slot = 0; slot < stacks.slotFrame.count; slot++) {
    const kind = slot < conservative ? RootKind.FRAME : RootKind.FRAME_CONSERVATIVE;
    roots.add(Owner.FRAME, stacks.slotFrame.get(slot), kind, stacks.slotOffset.get(slot), stacks.slotValue.get(slot));
  }
}

function addUnreachable(roots: ResolvedRoots, objects: Objects, { edges }: ResolvedEdges): void {
  const entries = unreachableEntries(edges, objects.flags);
  for (const object of entries) roots.add(Owner.UNREACHABLE, -1, RootKind.UNREACHABLE, 0, object);
}

/** Where the pointers lead that lead to no object. */
function classifyStrays(
  { segments }: HeapBuilder,
  targets: Float64Array,
  frames: FrameIndex,
): Pick<HeapStatistics, "pointersToGlobals" | "pointersToStacks" | "pointersElsewhere"> {
  let pointersToGlobals = 0;
  let pointersToStacks = 0;
  const starts = Float64Array.from(segments, ({ address }) => address);
  const ends = Float64Array.from(segments, ({ address, size }) => address + size);
  // There may be as many as objects.
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    let segment = 0;
    while (segment < starts.length && !(target >= starts[segment]! && target < ends[segment]!)) segment++;
    if (segment < starts.length) pointersToGlobals++;
    else if (frames.find(target) >= 0) pointersToStacks++;
  }
  return {
    pointersToGlobals,
    pointersToStacks,
    pointersElsewhere: targets.length - pointersToGlobals - pointersToStacks,
  };
}

function describeDump(
  source: ByteSource,
  builder: HeapBuilder,
  goroutines: Goroutines,
  trailingBytes: number,
  warnings: readonly DumpWarning[],
): DumpInfo {
  const { params, objectFormat } = builder;
  const { header } = objectFormat;
  return {
    name: source.name,
    size: source.size,
    header,
    go: refineVersion(builder.version, header, params, {
      interfaceWordsListed: builder.interfaceWordsListed,
      hasSlotsOf24: hasSlotsOf24(builder.columns.shapes),
      functions: new Set(goroutines.names),
      hasGcRecords: builder.segments.length > 0 || goroutines.frames.count > 0 || builder.types.itabRecords > 0,
    }),
    arch: describeArch(params),
    pointerSize: objectFormat.pointerSize,
    bigEndian: objectFormat.bigEndian,
    heapStart: objectFormat.heapStart,
    heapEnd: objectFormat.heapEnd,
    cpuCount: Number(params.cpuCount),
    complete: builder.complete,
    trailingBytes,
    warnings,
    addressBase: BigInt(objectFormat.addressBaseHigh) << 32n,
  };
}

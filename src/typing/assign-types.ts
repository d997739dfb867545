/**
 * Assignment: the whole of typing a heap, source of evidence after source of evidence, the strongest first, until nothing
 * changes.
 */

import type { CapturedVariable } from "../binary/index.ts";
import { hasMallocHeaders } from "../heap/facts/go-version.ts";
import type { Heap } from "../heap/heap.ts";
import { TypeSource } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";
import { Claims } from "./decision/claims.ts";
import { ClosureTypes } from "./evidence/closures.ts";
import { ContentsReader } from "./evidence/contents.ts";
import { InterfaceWords } from "./evidence/interface-words.ts";
import { SegmentWords } from "./evidence/segment-words.ts";
import { SlotTails } from "./evidence/slot-tails.ts";
import { Agreement } from "./inference/agreement.ts";
import { ClosureVotes } from "./inference/closure-votes.ts";
import { MapInference } from "./inference/map-inference.ts";
import { MapOwners } from "./inference/map-owners.ts";
import { PartConsistency } from "./inference/part-consistency.ts";
import { PartInference } from "./inference/part-inference.ts";
import { settlePlain } from "./inference/plain-pointers.ts";
import { Recognition } from "./inference/recognition.ts";
import { Structure } from "./inference/structure.ts";
import { settleTinyArrays } from "./inference/tiny-arrays.ts";
import type { ExecutableTypes } from "./match/executable-types.ts";
import type { NameSource } from "./match/name-source.ts";
import { DeclaredRoots } from "./names/declared-roots.ts";
import { GlobalTargets } from "./spread/global-targets.ts";
import { Propagation } from "./spread/propagation.ts";
import { RootClaims } from "./spread/root-claims.ts";
import { addRecordTypes, addRootBytes, addRootInterfaces, assignHeaderTypes } from "./spread/root-evidence.ts";
import { StaticValues } from "./spread/static-values.ts";
import { Targets } from "./spread/targets.ts";
import { buildTypedColumns, type TypedColumns } from "./typed-table.ts";
import { ShapeMatcher } from "./universe/shape-matcher.ts";
import { RedZones, SlotSizes } from "./universe/slot-sizes.ts";

/** Rounds of recognition and inference; real heaps settle after two to four. */
const MAX_ROUNDS = 6;

export interface AssignedTypes extends TypedColumns {
  /** What the roots are called; there only if there was something to name them by. */
  readonly declared: DeclaredRoots | undefined;
}

/**
 * Finds the type of every object it can.
 * @param heap read with `keepShapes`
 * @param names symbols and debug information
 * @param ClaimsOfHeap what weighs the claims; tests have theirs
 */
export async function assignTypes(
  heap: Heap,
  executable: ExecutableTypes,
  progress: Progress,
  names?: NameSource,
  ClaimsOfHeap: typeof Claims = Claims,
): Promise<AssignedTypes> {
  const { shapes, dump } = heap;
  if (shapes === undefined) throw new Error("bug: the heap was read without its shapes");
  const { pointerSize } = dump;
  const headerMinSize = hasMallocHeaders(dump.go) ? pointerSize * pointerSize * 8 : Number.POSITIVE_INFINITY;
  // Until Go 1.15 there was no class of 24 bytes.
  const redZones = dump.go.minor >= 24 ? RedZones.MASKED : RedZones.CLEAR;
  const slots = new SlotSizes(dump.go.minorMax >= 16, executable.hasRedZones ? redZones : RedZones.NONE);
  const isKnownType = (address: number): boolean => !executable.isLocated || executable.typeAt(address) !== undefined;
  const matcher = new ShapeMatcher(shapes.table, slots, headerMinSize, pointerSize, isKnownType);
  const contents = new ContentsReader(heap);
  const closures = new ClosureTypes(heap, executable, matcher, contents, capturedBy(names));
  const interfaces = new InterfaceWords(executable);
  await interfaces.collect(heap, progress);

  progress.phase("assigning types", heap.objects.count, "objects");
  const { universe } = executable;
  const tails = new SlotTails(heap, contents);
  const claims = new ClaimsOfHeap(heap, universe, matcher, contents, tails);
  const words = new SegmentWords(heap);
  const statics = new StaticValues(heap, universe, contents, words);
  const globals = new GlobalTargets(heap, executable, contents, statics);
  const targets = new Targets(claims, universe, contents, closures);
  const propagation = new Propagation(heap, targets, universe, interfaces, globals);
  const rootClaims = new RootClaims(heap, executable, contents, targets);
  const declared = names === undefined ? undefined : new DeclaredRoots(heap, universe, names, words, statics);
  const spread = async (): Promise<void> => {
    do await propagation.run(progress);
    while (statics.run(rootClaims));
    progress.update(claims.assignments.typedCount);
  };
  // What is known, the strongest first. Nothing of it is ever taken back.
  assignHeaderTypes(heap, executable, targets, slots);
  await spread();
  addRecordTypes(heap, executable, closures, targets);
  await spread();
  declared?.declareVariables();
  await spread();
  declared?.declareLocals(rootClaims);
  await spread();
  addRootInterfaces(heap, executable, contents, targets);
  await spread();
  const recognition = new Recognition(heap, executable, contents, closures, claims);
  const agreement = new Agreement(heap, executable, matcher, contents, claims);
  const closureVotes = new ClosureVotes(heap, universe, matcher, claims, closures, agreement);
  const mapOwners = new MapOwners(heap, universe, matcher, contents, claims);
  for (let before = -1; claims.assignments.typedCount !== before; ) {
    before = claims.assignments.typedCount;
    addObjectInterfaces(heap, interfaces, propagation, targets);
    await spread();
    await recognition.run(progress);
    await mapOwners.findTables(progress);
    await spread();
    await mapOwners.findDirectories(progress);
    await spread();
    await mapOwners.findHeaders(progress);
    await spread();
    closureVotes.run();
    await spread();
    if (await propagation.followParts(progress)) await spread();
  }

  // Guesses, round after round, each on what was known before it.
  progress.phase("guessing types", heap.objects.count, "objects");
  progress.update(claims.assignments.typedCount);
  const consistency = new PartConsistency(claims, universe);
  const partInference = new PartInference(heap, universe, matcher, tails, claims, agreement, consistency);
  const mapInference = new MapInference(heap, executable, matcher, contents, claims, agreement);
  const structure = new Structure(heap, executable, matcher, tails, claims, agreement, consistency);
  const guess = async (step: () => void | Promise<void>): Promise<void> => {
    consistency.refresh();
    await step();
    await spread();
    if (await propagation.followParts(progress)) await spread();
  };
  let isLast = false;
  // Where another module brought types of its own, what looks like a type of the executable may well be one of those.
  const rounds = executable.isComplete ? MAX_ROUNDS : 0;
  for (let round = 0; round < rounds; round++) {
    const before = claims.assignments.typedCount;
    await guess(() => partInference.run());
    await guess(() => mapInference.run(progress, false));
    await guess(() => mapInference.runDirectories(progress, false));
    await guess(() => structure.run(progress, false));
    await guess(() => structure.run(progress, true));
    if (claims.assignments.typedCount !== before) continue;
    if (isLast) break;
    isLast = true;
    await guess(() => structure.runUnique(progress));
    if (claims.assignments.typedCount === before) break;
  }
  if (rounds > 0) {
    await guess(() => mapInference.run(progress, true));
    await guess(() => mapInference.runDirectories(progress, true));
  }
  addRootBytes(heap, executable, contents, targets);
  await spread();
  await breathe(progress);
  settlePlain(heap, claims, universe, contents, agreement, interfaces, propagation);
  await breathe(progress);
  settleTinyArrays(claims, universe, contents);
  declared?.nameVariableWords();
  await breathe(progress);
  return { ...buildTypedColumns(heap, universe, claims), declared };
}

/** What closures capture, by the run-time entry of their function. */
function capturedBy(names: NameSource | undefined): (entry: number) => readonly CapturedVariable[] {
  if (names?.debug === undefined) return () => [];
  const { debug, biases } = names;
  return (entry) => debug.capturedBy(entry - biases.text);
}

/** Follows the interfaces in objects whose own type is not known. */
function addObjectInterfaces(heap: Heap, interfaces: InterfaceWords, propagation: Propagation, targets: Targets): void {
  const { start, to } = heap.edges;
  const { assignments } = targets.claims;
  for (let object = assignments.nextUntyped(-1); object >= 0; object = assignments.nextUntyped(object)) {
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const dynamic = interfaces.typeOf(edge);
      // What one says may be of the object itself.
      if (dynamic === undefined || assignments.isTyped(object)) continue;
      const target = to[edge]!;
      targets.addInterface(target, propagation.insideOf(edge, target), dynamic, TypeSource.PROPAGATED);
    }
  }
}

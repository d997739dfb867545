/**
 * Assignment: the whole of typing a heap, source of evidence after source of evidence, the strongest first, until nothing
 * changes. typing.md §4.
 */

import type { CapturedVariable } from "../../binary/index.ts";
import { hasMallocHeaders } from "../../heap/facts/go-version.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Progress } from "../../progress.ts";
import { ClosureTypes } from "../evidence/closures.ts";
import { ContentsReader } from "../evidence/contents.ts";
import { Evidence } from "../evidence/evidence.ts";
import { GlobalTargets } from "../evidence/global-targets.ts";
import { InterfaceWords } from "../evidence/interface-words.ts";
import { Recognition } from "../evidence/recognition.ts";
import { RootClaims } from "../evidence/root-claims.ts";
import { addRecordTypes, addRootBytes, addRootInterfaces, assignHeaderTypes } from "../evidence/root-evidence.ts";
import { SegmentWords } from "../evidence/segment-words.ts";
import { StaticValues } from "../evidence/static-values.ts";
import { Structure } from "../evidence/structure.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { NameSource } from "../match/name-source.ts";
import { DeclaredRoots } from "../names/declared-roots.ts";
import { buildTypedColumns, type TypedColumns } from "../typed-table.ts";
import { ShapeMatcher } from "../universe/shape-matcher.ts";
import { Claims } from "./claims.ts";
import { Propagation } from "./propagation.ts";
import { Rank } from "./rank.ts";

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
 */
export async function assignTypes(
  heap: Heap,
  executable: ExecutableTypes,
  progress: Progress,
  names?: NameSource,
): Promise<AssignedTypes> {
  const { shapes, dump } = heap;
  if (shapes === undefined) throw new Error("bug: the heap was read without its shapes");
  const { pointerSize } = dump;
  const headerMinSize = hasMallocHeaders(dump.go) ? pointerSize * pointerSize * 8 : Number.POSITIVE_INFINITY;
  const matcher = new ShapeMatcher(shapes.table, headerMinSize, pointerSize);
  const contents = new ContentsReader(heap);
  const closures = new ClosureTypes(heap, executable, matcher, contents, capturedBy(names));
  const interfaces = new InterfaceWords(executable);
  await interfaces.collect(heap, progress);

  progress.phase("assigning types", heap.objects.count, "objects");
  const { universe } = executable;
  const claims = new Claims(heap, universe, matcher);
  const words = new SegmentWords(heap);
  const statics = new StaticValues(heap, universe, contents, words);
  const globals = new GlobalTargets(heap, executable, contents, statics);
  const propagation = new Propagation(heap, claims, universe, interfaces, contents, closures, globals);
  const rootClaims = new RootClaims(heap, executable, contents, propagation);
  const declared = names === undefined ? undefined : new DeclaredRoots(heap, universe, names, words, statics);
  const spread = async (): Promise<void> => {
    do await propagation.run(progress);
    while (statics.run(rootClaims));
  };
  assignHeaderTypes(heap, executable, propagation);
  await propagation.run(progress);
  addRecordTypes(heap, executable, closures, propagation);
  await propagation.run(progress);
  declared?.declareVariables();
  await spread();
  declared?.declareLocals(rootClaims);
  await spread();
  addRootInterfaces(heap, executable, contents, propagation);
  await spread();
  addObjectInterfaces(heap, interfaces, propagation);
  await spread();

  const evidence = new Evidence(heap, executable, matcher, contents, claims);
  const recognition = new Recognition(heap, executable, matcher, contents, closures, propagation, evidence);
  const structure = new Structure(heap, executable, matcher, propagation, evidence);
  let isLast = false;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = claims.assignments.typedCount;
    await recognition.run(progress);
    await spread();
    addObjectInterfaces(heap, interfaces, propagation);
    await spread();
    await structure.run(progress);
    await spread();
    if (claims.assignments.typedCount !== before) continue;
    if (isLast) break;
    isLast = true;
    await structure.runUnique(progress);
    if (claims.assignments.typedCount === before) break;
  }
  addRootBytes(heap, executable, contents, propagation);
  declared?.nameVariableWords();
  return { ...buildTypedColumns(heap, universe, claims.assignments), declared };
}

/** What closures capture, by the run-time entry of their function. */
function capturedBy(names: NameSource | undefined): (entry: number) => readonly CapturedVariable[] {
  if (names?.debug === undefined) return () => [];
  const { debug, biases } = names;
  return (entry) => debug.capturedBy(entry - biases.text);
}

/** Follows the interfaces in objects whose own type is not known. */
function addObjectInterfaces(heap: Heap, interfaces: InterfaceWords, propagation: Propagation): void {
  interfaces.visit(heap, (object, edge, dynamic) => {
    if (propagation.claims.assignments.isTyped(object)) return;
    const target = heap.edges.to[edge]!;
    propagation.addInterfaceTarget(target, propagation.insideOf(edge, target), dynamic, Rank.INTERFACE);
  });
}

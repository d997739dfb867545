/** Typing: a heap and the executable that wrote it → the same heap with Go types. */
import { type Executable, readDependencies, readMainPackage } from "../binary/index.ts";
import { ExecutableError } from "../errors.ts";
import { describeCleanups, findCleanups } from "../heap/cleanups.ts";
import type { MemoryProfile } from "../heap/facts/memory-profile.ts";
import type { Heap } from "../heap/heap.ts";
import { learnPackageNames } from "../heap/short-names.ts";
import type { TypeTable } from "../heap/types.ts";
import { baseName } from "../io/base-name.ts";
import { NO_PROGRESS, type Progress } from "../progress.ts";
import { assignTypes } from "./assign-types.ts";
import { proveStackObjects } from "./evidence/stack-objects.ts";
import { createValueLayouts } from "./layouts/value-layouts.ts";
import { listBuildNotes } from "./match/build-notes.ts";
import { type MatchedExecutable, matchExecutable } from "./match/match-executable.ts";
import { describeContents, type NameSource, namesOfExecutable } from "./match/name-source.ts";
import { readProfileRate } from "./match/profile-rate.ts";
import { namesOfSymbolFile } from "./match/symbol-file.ts";
import { createQueueNames, eitherNames, findChannelFields } from "./names/channel-queues.ts";
import { nameFinalizers } from "./names/finalizer-names.ts";
import { nameRoots } from "./names/global-variables.ts";
import { findCalls } from "./names/goroutine-calls.ts";
import { KeyTexts } from "./names/key-texts.ts";
import { createLibraryMapNames } from "./names/library-map-keys.ts";
import { createEntryNames, findEntryGroups } from "./names/map-keys.ts";
import { listPackageNames } from "./names/package-names.ts";
import { nameInlinedSites } from "./names/profile-names.ts";
import { settleTypes } from "./universe/settled-types.ts";
import type { TypeNode } from "./universe/type-node.ts";

/** How `typeHeap` types a heap. */
export interface TypeOptions {
  /** Use the executable though it does not match. */
  readonly force?: boolean;
  /** Another build of the executable that was not stripped, or a file with its debug information, to name things by. */
  readonly symbols?: Executable;
  readonly progress?: Progress;
}

/** What variables are named by. */
export interface NamesReport {
  /** The file that has the names. */
  readonly file: string;
  readonly source: "debug information" | "symbols" | "none";
  /** In words, with what was compared if the file is not the executable. */
  readonly explanation: string;
}

/** What `typeHeap` gives: the heap with Go types, and what is known of the executable. */
export interface TypedHeap {
  readonly heap: Heap;
  readonly executable: MatchedExecutable;
  readonly names: NamesReport;
  /** What each row of the heap's type table is; undefined for rows that are no Go type. */
  readonly nodes: readonly (TypeNode | undefined)[];
  /** 1 for rows that stand for many values side by side. */
  readonly isMany: Uint8Array;
}

/**
 * Types a heap. The given one stays as it was, and shares everything with the result but its types, and what only typing needs.
 * @param read with `keepShapes`
 * @throws ExecutableError if the executable cannot be the one that wrote the dump, or the symbols not that program's
 */
export async function typeHeap(read: Heap, executable: Executable, options: TypeOptions = {}): Promise<TypedHeap> {
  const progress = options.progress ?? NO_PROGRESS;
  progress.phase("matching the executable");
  const matched = matchExecutable(read, executable, options.force === true ? { force: true } : {});
  const heap = await proveStackObjects(read, matched, progress);
  const { dispute, isClean } = matched;
  if (dispute !== undefined && isClean) {
    progress.warn("disputed-executable", `${executable.name} disagrees with the dump in ${dispute}; all else agrees`);
  }
  progress.phase("reading debug information");
  const names =
    options.symbols === undefined
      ? namesOfExecutable(executable, matched)
      : namesOfOther(heap, matched, options.symbols);
  const { types, type, typeSource, nodes, isMany, declared } = await assignTypes(heap, matched.types, progress, names);
  for (const warning of names.debug?.warnings ?? []) progress.warn("damaged-debug-information", warning);
  const calls = findCalls(heap.goroutines, matched.functions, matched.biases.text, matched.program.goMinor);
  const goroutines = { ...heap.goroutines, calls };
  const memoryProfile = nameProfile(heap, executable, matched, names);
  // What only typing needs goes with it.
  const { shapes: _, panicArguments: __, globalPointers: ___, stackPointers: ____, ...kept } = heap;
  const typed: Heap = {
    ...kept,
    program: baseName(executable.name),
    types,
    objects: { ...heap.objects, type, typeSource },
    goroutines,
    memoryProfile,
  };
  const named = { ...typed, types: describeTypes(typed, nodes, matched, executable) };
  const result = nameFinalizers(declared === undefined ? named : nameRoots(named, declared), matched.types);
  for (const warning of matched.types.universe.runtime.warnings()) progress.warn("unknown-runtime", warning);
  for (const { code, message } of listBuildNotes(result, matched, executable.name)) progress.warn(code, message);
  const cleanups = findCleanups(result);
  const described = cleanups && describeCleanups(cleanups);
  if (described !== undefined) progress.warn("cleanups", described);
  settleTypes(nodes);
  names.debug?.release();
  executable.image.releaseCode();
  return {
    heap: result,
    executable: matched,
    names: reportOf(names),
    nodes,
    isMany,
  };
}

/** The names that another file has, whose faults are not the executable's. */
function namesOfOther(heap: Heap, matched: MatchedExecutable, symbols: Executable): NameSource {
  try {
    return namesOfSymbolFile(heap, matched, symbols);
  } catch (error) {
    throw error instanceof ExecutableError ? error.ofSymbolFile() : error;
  }
}

/** The allocation profile with inlined functions' names, and its sampling rate if the dump has that. */
function nameProfile(
  heap: Heap,
  executable: Executable,
  { program: { functions, types } }: MatchedExecutable,
  { symbols, biases }: NameSource,
): MemoryProfile {
  const named = nameInlinedSites(heap.memoryProfile, { executable, functions, types });
  const rate = readProfileRate(heap, symbols, biases.data);
  return rate === undefined ? named : { ...named, rate };
}

function reportOf({ file, debug, symbols, explanation }: NameSource): NamesReport {
  return { file, source: describeContents(debug, symbols) ?? "none", explanation };
}

/** The type table with what contents tell: names of maps' entries, and where values are. */
function describeTypes(
  heap: Heap,
  nodes: readonly (TypeNode | undefined)[],
  { types, biases }: MatchedExecutable,
  executable: Executable,
): TypeTable {
  const { image } = executable;
  const layouts = createValueLayouts(heap.types, nodes, types);
  const mainPackage = readMainPackage(executable);
  const packageNames = listPackageNames(nodes);
  learnPackageNames(packageNames);
  const keys = new KeyTexts(heap, { image, bias: biases.types }, layouts.dynamicType);
  const entries = eitherNames(
    createEntryNames(heap, findEntryGroups(nodes, types.universe), keys),
    createLibraryMapNames(heap, nodes, heap.types.names, keys),
    createQueueNames(heap, nodes, findChannelFields(types.universe)),
  );
  return {
    ...heap.types,
    fields: { ...heap.types.fields!, entries },
    layouts,
    dependencies: readDependencies(executable),
    packageNames,
    ...(mainPackage === undefined ? {} : { mainPackage }),
  };
}

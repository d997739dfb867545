/** Typing: a heap and the executable that wrote it → the same heap with Go types. */
import type { Executable } from "../binary/index.ts";
import type { Heap } from "../heap/heap.ts";
import type { TypeTable } from "../heap/types.ts";
import { NO_PROGRESS, type Progress } from "../progress.ts";
import { assignTypes } from "./assign-types.ts";
import { createQueueNames, eitherNames } from "./channel-queues.ts";
import { nameGlobals } from "./global-variables.ts";
import { findCalls } from "./goroutine-calls.ts";
import { createEntryNames } from "./map-keys.ts";
import { type MatchedExecutable, matchExecutable } from "./match-executable.ts";
import type { TypeNode } from "./type-node.ts";

export interface TypeOptions {
  /** Use the executable though it does not match. */
  readonly force?: boolean;
  readonly progress?: Progress;
}

export interface TypedHeap {
  readonly heap: Heap;
  readonly executable: MatchedExecutable;
  /** What each row of the heap's type table is; undefined for rows that are no Go type. */
  readonly nodes: readonly (TypeNode | undefined)[];
}

/**
 * Types a heap. The given one stays as it was, and shares everything but its types with the result.
 * @param heap read with `keepShapes`
 * @throws ExecutableError if the executable cannot be the one that wrote the dump
 */
export async function typeHeap(heap: Heap, executable: Executable, options: TypeOptions = {}): Promise<TypedHeap> {
  const progress = options.progress ?? NO_PROGRESS;
  progress.phase("matching the executable");
  const matched = matchExecutable(heap, executable, options.force === true ? { force: true } : {});
  const { types, type, typeSource, nodes } = await assignTypes(heap, matched.types, progress);
  const calls = findCalls(heap.goroutines, matched.functions, matched.biases.text);
  const goroutines = { ...heap.goroutines, calls };
  const typed: Heap = { ...heap, types, objects: { ...heap.objects, type, typeSource }, goroutines };
  return {
    heap: nameGlobals(
      { ...typed, types: withEntryNames(typed, nodes, matched, executable) },
      executable.symbols(),
      matched.biases.data,
    ),
    executable: matched,
    nodes,
  };
}

function withEntryNames(
  heap: Heap,
  nodes: readonly (TypeNode | undefined)[],
  { types, biases }: MatchedExecutable,
  { image }: Executable,
): TypeTable {
  const constants = { image, bias: biases.types };
  const entries = eitherNames(
    createEntryNames(heap, nodes, types.universe.all(), constants),
    createQueueNames(heap, nodes),
  );
  return { ...heap.types, fields: { ...heap.types.fields!, entries } };
}

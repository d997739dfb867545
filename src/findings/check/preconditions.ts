/**
 * Preconditions: what has to be so before a heap can be judged. Each that is not is an error of its own, with what to do about it: a
 * budget that cannot be measured has neither held nor broken.
 */
import { findCleanups } from "../../heap/cleanups.ts";
import type { Heap } from "../../heap/heap.ts";
import { formatBytes, formatShare } from "../../quantities.ts";
import type { Totals } from "../report/totals.ts";

export type ProblemCode =
  /** Much of the heap is garbage: what is live was not collected before the dump. */
  | "garbage"
  /** No executable tells the types. */
  | "no-types"
  /** The executable has no names for variables. */
  | "no-names";

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

export interface Preconditions {
  /** Of all objects' bytes, 0 … 1: more garbage is too much. */
  readonly mostGarbage: number;
  /** Whether a budget or the baseline needs types. */
  readonly needsTypes: boolean;
  /** Whether one needs the names of variables. */
  readonly needsNames: boolean;
}

/** More garbage than this share of the heap is too much, if nobody says otherwise. */
export const MOST_GARBAGE = 0.05;
/** Less is nobody's concern: slots that collections leave, and blocks of the runtime's own. */
const LEAST_GARBAGE = 64 << 10;

/** Lists what is not as it has to be. Linear in the objects at the most. */
export function checkPreconditions(heap: Heap, totals: Totals, wanted: Preconditions): readonly Problem[] {
  const problems: Problem[] = [];
  const garbage = checkGarbage(heap, totals, wanted.mostGarbage);
  if (garbage !== undefined) problems.push(garbage);
  if (heap.types.fields === undefined) {
    if (wanted.needsTypes || wanted.needsNames) {
      problems.push({
        code: "no-types",
        message: "no types are known without the executable that wrote the dump",
        advice:
          "Give it with --exe. go test deletes its binary: build it with go test -c, and keep that file with the dump.",
      });
    }
  } else if (wanted.needsNames && heap.variables === undefined) {
    problems.push({
      code: "no-names",
      message: "the executable has neither symbols nor debug information, so variables have no names",
      advice:
        "go test strips the binary that it runs: build it with go test -c, run that, and give it with --exe. Of a program " +
        "that is built with -s, give the names with --symbols.",
    });
  }
  return problems;
}

function checkGarbage(heap: Heap, { live, garbage }: Totals, most: number): Problem | undefined {
  const cleanups = findCleanups(heap);
  // From Go 1.26 on nothing tells what of it cleanups hold.
  if (cleanups?.isKnown === false) return undefined;
  const bytes = garbage.bytes - (cleanups?.bytes ?? 0);
  const all = live.bytes + garbage.bytes;
  if (bytes < LEAST_GARBAGE || bytes <= most * all) return undefined;
  return {
    code: "garbage",
    message: `${formatBytes(bytes)} (${formatShare(bytes, all)}) of the heap are garbage, more than ${formatShare(most, 1)}`,
    advice:
      "Call runtime.GC() twice right before debug.WriteHeapDump: what was freed is still in the dump after one. " +
      "--most-garbage allows more.",
  };
}

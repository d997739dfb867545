/** What a dump's reader should be told of it: damage survived, records passed over, figures to be taken with care. */

import type { DumpWarning, GoVersion } from "../facts/dump-info.ts";
import { NEWEST_MINOR, NO_VERSION } from "../facts/go-version.ts";
import type { HeapStatistics } from "../facts/statistics.ts";
import { type Objects, objectSize, REACHABLE } from "../objects.ts";
import type { Finalizer } from "../roots/finalizers.ts";
import type { HeapBuilder } from "./builder.ts";

/** The N of Go 1.N. */
const CLEANUPS_SINCE = 24;

/** Unreachable share of the heap's bytes from which on it is worth a word. */
export const MUCH_UNREACHABLE = 0.1;

export function dumpWarnings(
  builder: HeapBuilder,
  statistics: HeapStatistics,
  objects: Objects,
  finalizers: readonly Finalizer[],
  doubtfulPages: number,
): DumpWarning[] {
  const warnings: DumpWarning[] = [];
  const warn = (condition: boolean, code: string, message: () => string): void => {
    if (condition) warnings.push({ code, message: message() });
  };
  warn(builder.segments.length < 2, "no-globals", () =>
    builder.complete
      ? "the dump has no global variables (gccgo writes none), so most objects look unreachable"
      : "globals are missing, so objects that only they hold look unreachable",
  );
  warn(
    builder.version.minor > NEWEST_MINOR,
    "new-go",
    () => `${builder.version.text} is newer than the releases gohd knows; figures can be off`,
  );
  const { version, types, params } = builder;
  warn(
    // What wrote itabs is no gccgo.
    params.version === NO_VERSION && version.compiler === "gccgo" && types.itabRecords > 0,
    "no-version",
    () =>
      "the program was built without its Go version, as by garble; if that is Go 1.22 or later, objects of more than 512 bytes have " +
      "no types, and what the allocator keeps counts as garbage",
  );
  warn(
    builder.damagedTypes > 0,
    "go1.5-damage",
    () =>
      `${count(builder.damagedTypes, "type record")} damaged by a bug of Go 1.5: names are lost, the rest was repaired`,
  );
  warn(
    builder.duplicateGoroutines > 0,
    "duplicate-goroutines",
    () => `${count(builder.duplicateGoroutines, "goroutine")} twice in the dump; gohd ignores the second record`,
  );
  warn(
    builder.runningGoroutines > 0 && !builder.complete,
    "running-goroutine",
    () => "a goroutine was running while the dump was written: Go 1.26 and 1.27 abort the dump then",
  );
  warn(
    statistics.overlappingObjects > 0,
    "overlapping-objects",
    () => `${count(statistics.overlappingObjects, "object record")} left out: they repeat or overlap others`,
  );
  warn(
    doubtfulPages > 0,
    "doubtful-pages",
    () =>
      `the allocator's own data was not where ${builder.version.text} keeps it on ${count(doubtfulPages, "page")}; some objects there may be none`,
  );
  warn(
    statistics.missingPointers > 0,
    "missing-contents",
    () =>
      `${count(statistics.missingPointers, "pointer")} left out, in parts of objects of 2 GiB and more that the runtime did not write`,
  );
  const never = finalizers.reduce((sum, { count, isNeverFinalized }) => sum + (isNeverFinalized ? count : 0), 0);
  warn(
    never > 0,
    "never-finalized",
    () =>
      `${count(never, "object")} will not be finalized as long as ${never === 1 ? "it is" : "they are"} in a cycle: what ` +
      `${never === 1 ? "it" : "each"} refers to leads back to it, and its finalizer keeps that alive. Unless the program takes ` +
      `the finalizer away, as a Close may, ${never === 1 ? "it stays" : "they stay"} forever; set finalizers on objects that ` +
      "are in no cycle",
  );
  warn(
    builder.fieldsOutside > 0,
    "fields-outside",
    () => `${count(builder.fieldsOutside, "pointer slot")} of globals left out: outside of their segment`,
  );
  // Without all globals much only looks unreachable.
  const share = builder.segments.length > 1 ? unreachableShare(objects) : 0;
  warn(
    share >= MUCH_UNREACHABLE,
    "much-unreachable",
    () =>
      `${(share * 100).toFixed(0)} % of the heap's bytes are unreachable: garbage that was not collected yet, or held ` +
      `only by what a dump does not show, such as ${describeHidden(builder.version)}. Unless the program did so, call ` +
      "runtime.GC() right before debug.WriteHeapDump to leave garbage out",
  );
  return warnings;
}

/** Holders that dumps of a version leave out. */
function describeHidden({ minorMax }: GoVersion): string {
  return `${minorMax >= CLEANUPS_SINCE ? "cleanups (runtime.AddCleanup) and " : ""}package variables of plugins and shared libraries`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Share of the bytes that no root leads to. */
function unreachableShare(objects: Objects): number {
  let all = 0;
  let unreachable = 0;
  for (let i = 0; i < objects.count; i++) {
    const size = objectSize(objects, i);
    all += size;
    if ((objects.flags[i]! & REACHABLE) === 0) unreachable += size;
  }
  return all === 0 ? 0 : unreachable / all;
}

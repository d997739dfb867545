/** What no GC root leads to in sentences: garbage, what cleanups hold, or what the missing part of a dump that is cut may lead to. */
import { MUCH_UNREACHABLE } from "../../heap/building/dump-warnings.ts";
import type { CleanupHoldings } from "../../heap/cleanups.ts";
import { formatBytes, formatNumber, formatShare } from "../../quantities.ts";
import type { Report } from "./report.ts";
import { sayMany } from "./said-names.ts";

interface UnreachableStatement {
  readonly sentence: string;
  readonly lines: readonly string[];
}

/** "16 B garbage"; "489 KiB unreachable" where cleanups may hold some of it, or what leads there may be missing; nothing if there is none. */
export function sayGarbage({ dump, totals, cleanups }: Pick<Report, "dump" | "totals" | "cleanups">): string[] {
  const { bytes } = totals.garbage;
  const what = dump.isComplete && cleanups === null ? "garbage" : "unreachable";
  return bytes > 0 ? [`${formatBytes(bytes)} ${what}`] : [];
}

/** What no root leads to, if it is much; what may hold it all the same. */
export function describeUnreachable({ dump, totals, cleanups, garbage }: Report): UnreachableStatement | undefined {
  const { bytes } = totals.garbage;
  const all = bytes + totals.live.bytes;
  if (bytes === 0 || bytes < MUCH_UNREACHABLE * all) return undefined;
  const largest = garbage
    .slice(0, 2)
    .filter((row) => row.bytes >= bytes / 20)
    .map((row) => `${sayMany({ ...row, type: row.name })}, ${formatBytes(row.bytes)}`);
  const lost =
    "What leads there may be in the part that is missing, so what is live cannot be told: take the dump again.";
  const why = dump.isComplete ? explainUnreachable(cleanups) : [lost];
  const name = !dump.isComplete ? "The dump is cut" : cleanups === null ? "Garbage" : "Held by cleanups, or garbage";
  const sentence = `${name}: ${formatBytes(bytes)} (${formatShare(bytes, all)} of the heap) that no GC root leads to`;
  return { sentence, lines: [...largest, ...why] };
}

/** Whether all cleanups are of handles of package unique, which go with these: nothing that anybody would have to mend. */
export function isOfHandles(cleanups: CleanupHoldings | null): boolean {
  return cleanups !== null && cleanups.ofHandles === cleanups.closures;
}

function explainUnreachable(cleanups: CleanupHoldings | null): string[] {
  if (cleanups === null) {
    return ["Unless the program did so, call runtime.GC() right before debug.WriteHeapDump to leave garbage out."];
  }
  const { ofHandles, objects, bytes, isKnown } = cleanups;
  // As in the warning, those of handles count only where there are no others.
  const areHandles = isOfHandles(cleanups);
  const closures = areHandles ? ofHandles : cleanups.closures - ofHandles;
  const held = isKnown
    ? `${formatNumber(closures, "cleanup")} of runtime.AddCleanup ${closures === 1 ? "holds" : "hold"} ${formatBytes(bytes)} in ${formatNumber(objects, "object")}, unless the program is done with them`
    : `${formatNumber(closures, "closure")} of runtime.AddCleanup ${closures === 1 ? "is" : "are"} among it; from Go 1.26 on a dump does not tell what cleanups hold`;
  if (areHandles) return [held, "All of them are of handles of package unique, and are freed with these."];
  return [held, "A cleanup whose argument leads back to its own object never runs; runtime.GC() frees none of it."];
}

/** The finalizers of `gohd info`: what is to be called with how many objects of which types. */
import type { Heap } from "../../heap/heap.ts";
import { formatCount, formatNumber } from "../../quantities.ts";

export interface FinalizerReport {
  /** Of the pointer that SetFinalizer was given; null if no executable tells. */
  readonly type: string | null;
  readonly function: string | null;
  /** Hexadecimal; of the type null if the dump does not tell. */
  readonly typeAddress: string | null;
  readonly functionAddress: string;
  /** Objects that have it. */
  readonly count: number;
  /** About to be called; else registered. */
  readonly queued: boolean;
  /** Will never be called: each object is reachable from what it refers to itself, which its finalizer keeps alive. */
  readonly neverFinalized: boolean;
}

/** Finalizers in the text; the rest is summed up. */
const MOST_ROWS = 10;

/** Lists finalizers, the most frequent first. */
export function listFinalizers({ roots, formatAddress }: Pick<Heap, "roots" | "formatAddress">): FinalizerReport[] {
  const list = roots.finalizers.map((finalizer) => ({
    type: finalizer.typeName ?? null,
    function: finalizer.functionName ?? null,
    typeAddress: finalizer.type === 0 ? null : formatAddress(finalizer.type),
    functionAddress: formatAddress(finalizer.function),
    count: finalizer.count,
    queued: finalizer.isQueued,
    neverFinalized: finalizer.isNeverFinalized,
  }));
  return list.sort((a, b) => b.count - a.count);
}

/** Rows of count, type, function and what there is to say. */
export function finalizerRows(finalizers: readonly FinalizerReport[]): string[][] {
  const rows = finalizers
    .slice(0, MOST_ROWS)
    .map(({ type, function: name, count, queued, neverFinalized, ...addresses }) => {
      const note = neverFinalized
        ? "will never be finalized: reachable from itself"
        : queued
          ? "about to be called"
          : "";
      const owner = type ?? (addresses.typeAddress === null ? "" : `type@${addresses.typeAddress}`);
      return [formatCount(count), owner, name ?? addresses.functionAddress, note];
    });
  const more = finalizers.slice(MOST_ROWS);
  if (more.length > 0) {
    const count = more.reduce((sum, row) => sum + row.count, 0);
    rows.push([formatCount(count), `others, of ${formatNumber(more.length, "kind")}`, "", ""]);
  }
  return rows;
}

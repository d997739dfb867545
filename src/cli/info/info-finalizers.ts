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

/** Kinds of finalizers that are left out, and the objects that have them. */
export interface MoreFinalizers {
  readonly kinds: number;
  readonly count: number;
}

/** Finalizers that are listed: each closure is one of its own. */
const MOST_LISTED = 1000;
/** Finalizers in the text; the rest is summed up. */
const MOST_ROWS = 10;

/** Lists finalizers, the most frequent first. */
export function listFinalizers({ roots, formatAddress }: Pick<Heap, "roots" | "formatAddress">): {
  readonly listed: readonly FinalizerReport[];
  readonly more: MoreFinalizers;
} {
  const list = roots.finalizers.map((finalizer) => ({
    type: finalizer.typeName ?? null,
    function: finalizer.functionName ?? null,
    typeAddress: finalizer.type === 0 ? null : formatAddress(finalizer.type),
    functionAddress: formatAddress(finalizer.function),
    count: finalizer.count,
    queued: finalizer.isQueued,
    neverFinalized: finalizer.isNeverFinalized,
  }));
  list.sort((a, b) => b.count - a.count);
  return { listed: list.slice(0, MOST_LISTED), more: sumUp(list.slice(MOST_LISTED)) };
}

function sumUp(finalizers: readonly FinalizerReport[]): MoreFinalizers {
  return { kinds: finalizers.length, count: finalizers.reduce((sum, { count }) => sum + count, 0) };
}

/**
 * Rows of count, type, function and what there is to say.
 * @param left kinds that are not among them
 */
export function finalizerRows(finalizers: readonly FinalizerReport[], left: MoreFinalizers): string[][] {
  const rows = finalizers
    .slice(0, MOST_ROWS)
    .map(({ type, function: name, count, queued, neverFinalized, ...addresses }) => {
      const note = neverFinalized ? "not finalized as long as it is in a cycle" : queued ? "about to be called" : "";
      const owner = type ?? (addresses.typeAddress === null ? "" : `type@${addresses.typeAddress}`);
      return [formatCount(count), owner, name ?? addresses.functionAddress, note];
    });
  const more = sumUp(finalizers.slice(MOST_ROWS));
  if (more.kinds > 0) {
    const kinds = formatNumber(more.kinds + left.kinds, "kind");
    rows.push([formatCount(more.count + left.count), `others, of ${kinds}`, "", ""]);
  }
  return rows;
}

/**
 * Totals: how many bytes the heap has, who owns them, and how well their types are known. Every live object has one owner, so the
 * owners' bytes add up to the live bytes.
 */
import { computeOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE, TypeSource } from "../../heap/objects.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export interface Totals {
  readonly live: Amount;
  /** What no GC root leads to. */
  readonly garbage: Amount;
  /** Live bytes by the kind of their owner; they add up. */
  readonly owned: {
    readonly variables: number;
    /** Data and bss where no variable is known. */
    readonly segments: number;
    readonly goroutines: number;
    readonly finalizers: number;
    readonly other: number;
  };
  /** Live bytes by how their types are known; they add up. */
  readonly typed: {
    readonly exact: number;
    readonly propagated: number;
    /** Guessed from shape and contents. */
    readonly inferred: number;
    readonly none: number;
  };
}

/** Sums a heap up. Costs the owner tree; linear in the objects. */
export async function sumTotals(heap: Heap, progress: Progress): Promise<Totals> {
  const { objects, roots } = heap;
  const { ownedSize } = await computeOwnerTree(heap, progress);
  const live = { count: 0, bytes: 0 };
  const garbage = { count: 0, bytes: 0 };
  const bySource = new Float64Array(4);
  for (let i = 0; i < objects.count; i++) {
    const bytes = objectSize(objects, i);
    const isLive = (objects.flags[i]! & REACHABLE) !== 0;
    const amount = isLive ? live : garbage;
    amount.count++;
    amount.bytes += bytes;
    if (isLive) bySource[objects.typeSource[i]!] = bySource[objects.typeSource[i]!]! + bytes;
  }
  const owned = { variables: 0, segments: 0, goroutines: 0, finalizers: 0, other: 0 };
  for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
    const kind = OWNER_KINDS[roots.vertices.kind[vertex]!];
    if (kind !== undefined) owned[kind] += ownedSize[objects.count + vertex]!;
  }
  // Whatever has several owners' kinds above it hangs on none of them.
  owned.other = live.bytes - owned.variables - owned.segments - owned.goroutines - owned.finalizers;
  return {
    live,
    garbage,
    owned,
    typed: {
      exact: bySource[TypeSource.EXACT]!,
      propagated: bySource[TypeSource.PROPAGATED]!,
      inferred: bySource[TypeSource.INFERRED]!,
      none: bySource[TypeSource.NONE]!,
    },
  };
}

const OWNER_KINDS: Readonly<Record<number, Exclude<keyof Totals["owned"], "other">>> = {
  [RootVertexKind.VARIABLE]: "variables",
  [RootVertexKind.SEGMENT]: "segments",
  [RootVertexKind.GOROUTINE]: "goroutines",
  [RootVertexKind.FINALIZERS]: "finalizers",
};

/** A root variable, segment or group, and what it owns. */
export interface OwnerRow {
  readonly name: string;
  readonly bytes: number;
}

/** The owners with most bytes; those that own none are none. O(root vertices). */
export async function listLargestOwners(heap: Heap, most: number, progress: Progress): Promise<OwnerRow[]> {
  const { roots, objects } = heap;
  const { ownedSize } = await computeOwnerTree(heap, progress);
  const found: { vertex: number; bytes: number }[] = [];
  for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
    if (OWNER_KINDS[roots.vertices.kind[vertex]!] === undefined) continue;
    const bytes = ownedSize[objects.count + vertex]!;
    if (bytes > 0) found.push({ vertex, bytes });
  }
  found.sort((a, b) => b.bytes - a.bytes);
  return found.slice(0, most).map(({ vertex, bytes }) => ({ name: rootVertexName(heap, vertex), bytes }));
}

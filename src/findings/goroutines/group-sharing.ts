/**
 * Group sharing: who else has what a group of goroutines owns. Of two goroutines that share a connection the older one owns it, and yet it
 * stays while the other one runs. Only what hangs right on the owners counts, and only who points there for sure.
 */
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Goroutines of another group that have what a group owns. */
export interface SharingGroup {
  readonly entry: string;
  readonly origin: string;
  readonly state: string;
  readonly site: string;
  /** Those that have any of it. */
  readonly count: number;
  /** Of the group's bytes what the things own that they have, each counted once. */
  readonly bytes: number;
}

/** A group of which that is asked. */
interface Sharer extends Omit<SharingGroup, "count" | "bytes"> {
  /** The root vertices of its goroutines; -1 for one without any. */
  readonly members: readonly number[];
}

/** Descriptors, waiters and the like: who waits for another goroutine uses nothing of it. */
const RUNTIME = /^(\[\d*\]|\*)*runtime\./;
/** Kinds of goroutines that are listed for a group. */
const MOST_LISTED = 4;
/** Goroutines, frames and words of these between two breaths. */
const SLICE = 1 << 16;

/**
 * Finds them, those that have most first. Linear in goroutines and what their frames point to.
 * @returns for each group
 */
export async function findSharing(
  heap: Heap,
  { tree, ownedSize, owner }: Pick<OwnerTree, "tree" | "ownedSize" | "owner">,
  groups: readonly Sharer[],
  progress: Progress,
): Promise<readonly (readonly SharingGroup[])[]> {
  const { objects, roots, types } = heap;
  const { vertices } = roots;
  const isOfRuntime = types.names.map((name) => RUNTIME.test(name));
  const groupOf = new Map(groups.flatMap(({ members }, group) => members.map((vertex) => [vertex, group] as const)));
  /** Of each group, by the group that uses what is its own. */
  const shared = groups.map(() => new Map<number, { count: number; bytes: number; last: number }>());
  let left = SLICE;
  for (const [group, { members }] of groups.entries()) {
    /** What this group has of others. */
    const seen = new Set<number>();
    const visit = (goroutine: number, from: number, end: number): void => {
      for (let edge = from; edge < end; edge++) {
        const object = roots.to[edge]!;
        const whose = owner[object]!;
        if (whose === goroutine || vertices.kind[whose] !== RootVertexKind.GOROUTINE) continue;
        if (roots.kind[edge] === RootKind.FRAME_CONSERVATIVE || isOfRuntime[objects.type[object]!]) continue;
        const other = groupOf.get(whose);
        if (other === undefined || other === group || tree.immediateDominator[object]! < objects.count) continue;
        const known = shared[other]!.get(group) ?? { count: 0, bytes: 0, last: -1 };
        if (!seen.has(object)) known.bytes += ownedSize[object]!;
        if (known.last !== goroutine) known.count++;
        known.last = goroutine;
        seen.add(object);
        shared[other]!.set(group, known);
      }
    };
    for (const goroutine of members) {
      if (goroutine < 0) continue;
      left--;
      for (let frame = vertices.firstChild[goroutine]!; frame < vertices.firstChild[goroutine + 1]!; frame++) {
        const end = vertices.edgeStart[frame + 1]!;
        left--;
        for (let from = vertices.edgeStart[frame]!; ; ) {
          const to = Math.min(end, from + Math.max(left, 0));
          visit(goroutine, from, to);
          left -= to - from;
          from = to;
          if (left <= 0) {
            await breathe(progress);
            left = SLICE;
          }
          if (from === end) break;
        }
      }
    }
  }
  return shared.map((users) =>
    [...users]
      .sort(([, a], [, b]) => b.bytes - a.bytes || b.count - a.count)
      .slice(0, MOST_LISTED)
      .map(([user, { count, bytes }]) => {
        const { entry, origin, state, site } = groups[user]!;
        return { entry, origin, state, site, count, bytes };
      }),
  );
}

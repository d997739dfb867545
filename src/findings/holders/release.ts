/** Release: what it takes to get a holder's memory back. What a thing owns is not what would go if it alone were let go. */
import type { CleanupTargets } from "../../analysis/ownership/cleanup-targets.ts";
import type { ComponentOrder } from "../../analysis/ownership/component-search.ts";
import { MOST_AT_ONCE, measureRoots } from "../../analysis/ownership/leading-roots.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import type { Accumulation } from "./accumulation.ts";
import { findHolderUsers, type HolderUsers } from "./holder-users.ts";
import type { ThingTree, Vertices } from "./thing-tree.ts";
import type { TimerUsers } from "./timer-users.ts";

/** Bytes of the whole heap that would become garbage. */
export interface HolderRelease {
  /** If the owner alone let go of all that it leads to; what others lead to stays. */
  readonly byOwner: number;
  /** If all roots and timers that lead to the holder let go; where that is the owner alone, with those that lead to what is in it. */
  readonly byAll: number;
}

/**
 * What would go with each holder's roots. One search over the graph if any has several, else nothing.
 * @param keepers of each the roots that keep it, or what is in it; and the timers, as `TimerUsers` numbers them
 * @param timerUserOf of each pending timer, that number
 */
export async function measureReleases(
  heap: Heap,
  accumulations: readonly Accumulation[],
  keepers: readonly (readonly number[])[],
  timerUserOf: Int32Array,
  components: ComponentOrder | undefined,
  progress: Progress,
): Promise<Releases> {
  const chosen = new Set<number>();
  const sets: number[][] = [];
  const setOf = new Map<Accumulation, number>();
  for (const [i, accumulation] of accumulations.entries()) {
    const set = [...new Set([accumulation.owner, ...keepers[i]!])];
    if (set.length === 1) continue;
    // A segment is all variables without names at once: none of them could let go of so much.
    if (set.some((root) => heap.roots.vertices.kind[root] === RootVertexKind.SEGMENT)) continue;
    if (new Set([...chosen, ...set]).size > MOST_AT_ONCE) continue;
    for (const root of set) chosen.add(root);
    setOf.set(accumulation, sets.push(set) - 1);
  }
  if (chosen.size === 0) return { of: accumulations.map(() => null), leadsTo: new Map() };
  const roots = [...chosen];
  const { leadsTo, alone, together } = await measureRoots(heap, roots, sets, progress, timerUserOf, components);
  return {
    of: accumulations.map((accumulation) => {
      const set = setOf.get(accumulation);
      if (set === undefined) return null;
      return { byOwner: alone[roots.indexOf(accumulation.owner)]!, byAll: together[set]! };
    }),
    leadsTo: new Map(roots.map((root, row) => [root, leadsTo[row]!])),
  };
}

/**
 * Who leads to each of the chosen, and what it takes to get their memory back.
 * @param container, scratch as of `findHolderUsers`
 */
export async function askWhoUses(
  heap: Heap,
  tree: ThingTree,
  chosen: readonly Accumulation[],
  container: Int32Array | undefined,
  scratch: Int32Array | undefined,
  progress: Progress,
): Promise<{ readonly users: readonly HolderUsers[]; readonly timers: TimerUsers; readonly releases: Releases }> {
  const { timers, of: users, components } = await findHolderUsers(heap, tree, chosen, container, progress, scratch);
  const keepers = users.map((each) => each.keepers);
  return { users, timers, releases: await measureReleases(heap, chosen, keepers, timers.userOf, components, progress) };
}

/** What of a holder cleanups lead to as well. */
export interface HeldByCleanups {
  readonly bytes: number;
  /** Whether they do for sure: else what leads there may be arguments of theirs. */
  readonly isKnown: boolean;
}

/** The share of a holder's bytes from which on it is told that cleanups lead there. */
const LEAST_HELD = 0.1;

/**
 * What of some vertices and all below them cleanups lead to: a dump has no roots of these. Null if that is next to nothing. Linear in these.
 * @param all bytes of the holder
 */
export async function measureHeld(
  tree: ThingTree,
  cleanups: CleanupTargets | undefined,
  vertices: Vertices,
  all: number,
  progress: Progress,
): Promise<HeldByCleanups | null> {
  if (cleanups === undefined) return null;
  const bytes = await tree.sumMarked(vertices, cleanups.isLedTo, progress);
  return bytes < LEAST_HELD * all ? null : { bytes, isKnown: cleanups.isKnown };
}

export interface Releases {
  /** Of each accumulation. */
  readonly of: readonly (HolderRelease | null)[];
  /** Bytes that a root leads to, of those that were measured. */
  readonly leadsTo: ReadonlyMap<number, number>;
}

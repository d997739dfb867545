/**
 * Holder users: who leads to each of some holders, or only to what is in it: roots, and pending timers; and who of them has to let go if it
 * is to be freed.
 */
import type { ComponentOrder } from "../../analysis/ownership/component-search.ts";
import { type LeadingRoots, MOST_AT_ONCE, searchRoots } from "../../analysis/ownership/leading-roots.ts";
import { findBarredTypes } from "../../analysis/ownership/owner-roles.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Progress } from "../../progress.ts";
import type { Accumulation } from "./accumulation.ts";
import { chooseSamples, contentUsers, eachUsers, sampleContents } from "./content-users.ts";
import type { ThingTree } from "./thing-tree.ts";
import { TimerUsers } from "./timer-users.ts";

/** What leads somewhere. */
export interface RootUsers extends Pick<LeadingRoots, "all" | "certain"> {
  /** As `TimerUsers` numbers them. */
  readonly timers: readonly number[];
}

export interface HolderUsers {
  /** What leads to the holder, its owner as well. */
  readonly leading: RootUsers;
  /** What leads only to what is in it. */
  readonly ofContents: RootUsers;
  /** Names of goroutines that lead to a part of that each. */
  readonly ofParts: readonly string[];
  /** Root vertices, and timers as `TimerUsers` numbers them, beside the owner: who has to let go. */
  readonly keepers: readonly number[];
}

const NO_ROOTS: LeadingRoots = { all: [], certain: [], timers: [] };

/** Where there are so many objects, the search leaves its components to who measures releases: that saves seconds, and takes room. */
const LEAST_ORDERED = 1 << 24;

/** The users of several holders. */
export interface FoundUsers {
  readonly timers: TimerUsers;
  /** Of each. */
  readonly of: readonly HolderUsers[];
  /** See `RootSearch`. */
  readonly components: ComponentOrder | undefined;
}

/**
 * Finds them by one search for the roots that lead there.
 * @param chosen at most MOST_AT_ONCE
 * @param container per object what stands for it where it is part of a map, channel or list
 * @param scratch as of `searchRoots`
 */
export async function findHolderUsers(
  heap: Heap,
  tree: ThingTree,
  chosen: readonly Accumulation[],
  container: Int32Array | undefined,
  progress: Progress,
  scratch: Int32Array | undefined,
): Promise<FoundUsers> {
  const { count, type } = heap.objects;
  const objects = chosen.map(({ point }) => point).filter((point) => point < count);
  const samples = chooseSamples(
    chosen.map((accumulation) => sampleContents(heap, tree, accumulation)),
    MOST_AT_ONCE - objects.length,
  );
  const asked = [...new Set([...objects, ...samples.flatMap(({ ofLargest, ofMost }) => [...ofLargest, ...ofMost])])];
  const isOrdered = count >= LEAST_ORDERED || scratch === undefined;
  const { of: leading, components } = await searchRoots(heap, asked, progress, scratch, isOrdered);
  const rootsOf = (point: number): LeadingRoots => leading[asked.indexOf(point)] ?? NO_ROOTS;
  const isBarred = findBarredTypes(heap);
  const isOfRuntime = (point: number): boolean => point < count && isBarred[type[point]!] === 1;
  const points = chosen.map(({ owner, point }) => {
    // Whoever has a timer leads to the processor that has it as well, and does not use that.
    return isOfRuntime(point) ? { all: [owner], certain: [owner], timers: [] } : rootsOf(point);
  });
  const timers = new TimerUsers(heap, points, container);
  const of = chosen.map(({ owner, point }, i): HolderUsers => {
    const { all, certain, timers: pending } = points[i]!;
    const known = [owner, ...all];
    const roots = samples[i]!.ofMost.map(rootsOf);
    const ofContents = {
      all: contentUsers(
        heap,
        roots.map((root) => root.all),
        known,
      ),
      certain: contentUsers(
        heap,
        roots.map((root) => root.certain),
        known,
      ),
      timers: timers.ownAll(owner) || isOfRuntime(point) ? [] : timers.ofContents(points[i]!, roots),
    };
    const ofLargest = samples[i]!.ofLargest.map((object) => rootsOf(object).certain);
    // What leads to all of a kind has no part of its own.
    const ofKind = contentUsers(heap, ofLargest, known);
    const ofParts = eachUsers(heap, ofLargest, [...known, ...ofContents.all, ...ofKind]);
    const direct = timers.of(pending);
    // What the runtime alone owns hangs on timers, and there is nobody but them who could let go.
    const keepers = timers.ownAll(owner) ? all : [...all, ...direct];
    // Goroutines that have a part each are too many to be measured.
    const inside = ofParts.length > 0 ? [] : [...ofContents.all, ...ofContents.timers];
    return {
      leading: { all, certain, timers: direct },
      ofContents,
      ofParts,
      keepers: keepers.some((root) => root !== owner) ? keepers : inside,
    };
  });
  return { timers, of, components };
}

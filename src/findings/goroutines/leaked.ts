/**
 * Leaked goroutines: those that can be proved never to go on, because what they wait for is reachable only from goroutines that
 * wait likewise. It is what Go 1.26's goroutineleak profile decides in the process itself (runtime/mgc.go): goroutines that can run
 * are roots; whoever waits for something that these lead to can run too; what is left at the end is leaked. Beside pointers, weak
 * ones lead to more, and so do cleanups, of which a dump does not show what they hold: what they may hold counts as reached.
 */
import { findOwnerRoles, OwnerRole } from "../../analysis/ownership/owner-roles.ts";
import {
  findWhoElseGoesOn,
  findWhoGoesOn,
  isDone,
  type Reach,
  type Waits,
} from "../../analysis/references/awaited-search.ts";
import type { Heap } from "../../heap/heap.ts";
import { listHeldByCleanups } from "../../heap/held-by-cleanups.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootKind, type Roots, RootVertexKind } from "../../heap/roots/roots.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { findWeakHandles } from "../../values/weak-handles.ts";
import { TIMER } from "../timers/timer-types.ts";
import { findWaitTargets } from "./wait-targets.ts";

/** Searches that have begun. */
const begun = new WeakMap<Heap, Promise<Uint8Array>>();

/** Begins to find the leaked goroutines; `findLeakedGoroutines` waits for the result. */
export function beginLeakedGoroutines(heap: Heap, progress: Progress): void {
  const search = searchLeaked(heap, progress);
  // Whoever asks for the result is told; until then it must not count as unhandled.
  search.catch(() => {});
  begun.set(heap, search);
}

/**
 * Finds the leaked goroutines. Uint8Array of 0 and 1, length goroutines.count; all 0 if the types are not known. True reachability,
 * but not through the runtime's descriptors and waiters, which lead from any goroutine to all others. Linear; 6 bytes an object.
 */
export async function findLeakedGoroutines(heap: Heap, progress: Progress = NO_PROGRESS): Promise<Uint8Array> {
  const search = begun.get(heap) ?? searchLeaked(heap, progress);
  begun.delete(heap);
  return search;
}

async function searchLeaked(heap: Heap, progress: Progress): Promise<Uint8Array> {
  const { goroutines, objects, types, dump, memStats } = heap;
  const leaked = new Uint8Array(goroutines.count);
  // Where the dump ends before the statistics, variables may be missing, which are in front of them.
  if (!dump.complete && memStats === undefined) return leaked;
  const { of: targets } = await findWaitTargets(heap, progress);
  if (targets.every((known) => known === undefined)) return leaked;
  progress.phase("goroutines that cannot go on");
  const roles = findOwnerRoles(heap);
  // Timers that run lead to what they will do; one that does not run any more is taken for one that does.
  const isTimer = types.names.map((name) => TIMER.test(name));
  const isBarred = types.names.map((_, type) => roles[type]! >= OwnerRole.WAITER && !isTimer[type]);
  const waits = { entries: listEntries(heap, isTimer), targets, leadsTo: listLeads(heap) };
  const reach = await findWhoGoesOn(heap, waits, (object) => isBarred[objects.type[object]!]!, progress);
  const left = [...leaked.keys()].filter((goroutine) => reach.goesOn[goroutine] === 0);
  if (left.length === 0) return leaked;
  const hidden = await waitHidden(heap, left, waits, reach, progress);
  const canRun = await findWhoElseGoesOn(heap, hidden, reach, progress);
  for (const [i, goroutine] of left.entries()) if (canRun[i] === 0) leaked[goroutine] = 1;
  return leaked;
}

/**
 * What goroutines that are left wait for, if what cleanups may hold is reached as well, and weak pointers lead to what they refer
 * to: whoever has a handle of one waits, as it were, for the handle.
 */
async function waitHidden(
  heap: Heap,
  left: readonly number[],
  { targets, leadsTo }: Waits,
  reach: Reach,
  progress: Progress,
): Promise<Waits> {
  const entries = await listHeldByCleanups(heap, progress);
  const handles = findWeakHandles(heap, (object) => !isDone(reach, object));
  const hidden = { entries, targets: left.map((i) => targets[i]), leadsTo: left.map((i) => leadsTo[i]!) };
  for (const [i, handle] of handles.handle.entries()) {
    const target = handles.target[i]!;
    if (isDone(reach, handle)) entries.push(target);
    else {
      hidden.targets.push([handle]);
      hidden.leadsTo.push([target]);
    }
  }
  return hidden;
}

/** What runs leads to, beside goroutines: variables, finalizers and timers. */
function listEntries({ objects, roots }: Heap, isTimer: readonly boolean[]): number[] {
  const { vertices } = roots;
  const entries: number[] = [];
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const kind = vertices.kind[vertex];
    if (kind === RootVertexKind.UNREACHABLE || kind === RootVertexKind.GOROUTINE || kind === RootVertexKind.FRAME)
      continue;
    addTargets(roots, vertex, entries);
  }
  for (let i = 0; i < objects.count; i++) if (isTimer[objects.type[i]!]) entries.push(i);
  return entries;
}

/** What each goroutine leads to that can run: its frames, and what its descriptor alone knows. */
function listLeads(heap: Heap): number[][] {
  const { goroutines, roots, edges } = heap;
  const { vertices } = roots;
  const leads = Array.from({ length: goroutines.count }, (): number[] => []);
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.GOROUTINE) continue;
    const goroutine = vertices.item[vertex]!;
    const found = leads[goroutine]!;
    addTargets(roots, vertex, found);
    for (let frame = vertices.firstChild[vertex]!; frame < vertices.firstChild[vertex + 1]!; frame++) {
      addTargets(roots, frame, found);
    }
    const descriptor = heap.findObject(goroutines.address[goroutine]!);
    if (descriptor === NO_OBJECT) continue;
    for (let edge = edges.start[descriptor]!; edge < edges.start[descriptor + 1]!; edge++) found.push(edges.to[edge]!);
  }
  return leads;
}

function addTargets({ vertices, kind, to }: Roots, vertex: number, found: number[]): void {
  for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
    if (kind[edge] !== RootKind.UNREACHABLE) found.push(to[edge]!);
  }
}

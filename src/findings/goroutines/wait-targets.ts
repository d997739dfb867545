/**
 * What goroutines wait for, as far as the dump shows it: the channels of a receive, send or select, the object that has the
 * semaphore of a lock or WaitGroup, the Cond, the coroutine of an iterator. runtime/runtime2.go (sudog), runtime/sema.go, sync/cond.go,
 * runtime/coro.go.
 */
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../../heap/objects.ts";
import { findWaitReason, GoroutineStatus } from "../../heap/roots/goroutines.ts";
import { frameFunctionName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";
import { findDescriptors, GoroutineField } from "./goroutine-field.ts";
import { findWaiters, type Waiters } from "./waiters.ts";

/** Coroutines are few, and anywhere. */
const WINDOW_SIZE = 1 << 12;

/** Why a goroutine is or is not waiting for something that can be looked at. */
export interface WaitTargets {
  /** Per goroutine: what would have to be reachable for it to go on; undefined if it runs, or if that is not known. */
  readonly of: readonly (readonly number[] | undefined)[];
}

/** The runtime's reason of a select that nothing can end. */
export const NO_CASES = "select (no cases)";
/** Waits that nothing can end: of a nil channel, of a select without cases. */
const FOR_EVER = /^(select \(no cases\)|chan (receive|send) \(nil chan\))$/;
export const OF_CHANNELS = /^(chan (receive|send)|select)$/;
/** Waits for a semaphore that is a field of something. */
export const OF_SEMAPHORES = /^(semacquire|sync\.(Mutex|RWMutex)\.(R?Lock)|sync\.WaitGroup\.Wait)$/;
export const OF_CONDITIONS = "sync.Cond.Wait";
/** Of an iterator of iter.Pull, until its next or stop is called; and of who called that, until it yields. */
const OF_COROUTINES = "coroutine";
/** The function in which goroutines wait for a Cond. */
export const COND_WAIT = "sync.(*Cond).Wait";

/**
 * Finds what every goroutine waits for. Needs the types of the runtime's structures; without them nothing is known of any. An
 * empty list is a wait that nothing ends. Linear in the waiters, the goroutines and their frames.
 */
export async function findWaitTargets(heap: Heap, progress: Progress): Promise<WaitTargets> {
  const { goroutines } = heap;
  const waiters = collectWaits(heap, await findWaiters(heap, progress));
  const conditions = collectConditions(heap);
  const coroutines = collectCoroutines(heap);
  const waiting = new GoroutineField(heap, "waiting", 1);
  const of = Array.from({ length: goroutines.count }, (_, goroutine) => {
    if (goroutines.status[goroutine] !== GoroutineStatus.WAITING || goroutines.system[goroutine] === 1)
      return undefined;
    const reason = findWaitReason(goroutines, goroutine);
    if (FOR_EVER.test(reason)) return [];
    if (reason === OF_CONDITIONS) return conditions.get(goroutine);
    if (reason === OF_COROUTINES) return coroutines.get(goroutine);
    const known = waiters.get(goroutine);
    if (known === undefined) return reason === "select" && waitsForNothing(heap, goroutine, waiting) ? [] : undefined;
    if (OF_CHANNELS.test(reason)) return known.isComplete && known.channels.length > 0 ? known.channels : undefined;
    if (OF_SEMAPHORES.test(reason)) return known.semaphores.length > 0 ? known.semaphores : undefined;
    return undefined;
  });
  return { of };
}

/**
 * Whether a select has no waiter: all of its channels are nil. type g struct { …; waiting *sudog; … }; runtime/select.go puts all
 * waiters there before the goroutine stops.
 */
function waitsForNothing({ dump }: Heap, goroutine: number, waiting: GoroutineField): boolean {
  const at = dump.complete ? waiting.positionOf(goroutine) : undefined;
  return at !== undefined && waiting.address(at) === 0;
}

/** What a goroutine's waiters lead to. */
interface Waits {
  readonly channels: number[];
  readonly semaphores: number[];
  /** Whether every waiter of the goroutine shows its channel. */
  isComplete: boolean;
}

/** By goroutine, of those that have waiters. */
function collectWaits(heap: Heap, { count, goroutine, channel, element }: Waiters): Map<number, Waits> {
  const found = new Map<number, Waits>();
  for (let row = 0; row < count; row++) {
    // Waiters that are kept for reuse still name the goroutine that had them last, which may be another one by now.
    const isFree = heap.dump.complete && channel[row] === NO_OBJECT && element[row] === NO_OBJECT;
    if (isFree) continue;
    let waiters = found.get(goroutine[row]!);
    if (waiters === undefined) {
      waiters = { channels: [], semaphores: [], isComplete: true };
      found.set(goroutine[row]!, waiters);
    }
    if (channel[row] !== NO_OBJECT) waiters.channels.push(channel[row]!);
    else waiters.isComplete = false;
    if (channel[row] === NO_OBJECT && element[row] !== NO_OBJECT) waiters.semaphores.push(element[row]!);
  }
  return found;
}

/**
 * The coroutines by the goroutine that waits to be switched to: who has the coroutine can do that, and nobody else.
 * runtime/coro.go: type coro struct { gp guintptr; … }, which the collector takes for no pointer.
 */
function collectCoroutines(heap: Heap): Map<number, number[]> {
  const { objects, types } = heap;
  const found = new Map<number, number[]>();
  const row = types.names.indexOf("runtime.coro");
  const field = row < 0 ? undefined : types.details?.(row)?.fields.find(({ name }) => name === "gp");
  if (field === undefined) return found;
  const goroutineAt = findDescriptors(heap);
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  for (let coroutine = 0; coroutine < objects.count; coroutine++) {
    if (objects.type[coroutine] !== row) continue;
    const at = objects.position[coroutine]! + valueOffset(objects, coroutine) + field.offset;
    const descriptor = heap.findObject(reader.address(at));
    const goroutine = descriptor === NO_OBJECT ? undefined : goroutineAt.get(descriptor);
    if (goroutine === undefined) continue;
    const known = found.get(goroutine);
    if (known === undefined) found.set(goroutine, [coroutine]);
    else known.push(coroutine);
  }
  return found;
}

/** What the frames of Cond.Wait have, by goroutine: the Cond among it, which is needed when the wait is over. */
function collectConditions(heap: Heap): Map<number, number[]> {
  const { roots } = heap;
  const { vertices } = roots;
  const found = new Map<number, number[]>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
    if (frameFunctionName(heap.goroutines, vertices.item[vertex]!) !== COND_WAIT) continue;
    const targets: number[] = [];
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      if (roots.kind[edge] === RootKind.FRAME) targets.push(roots.to[edge]!);
    }
    if (targets.length > 0) found.set(vertices.item[vertices.parent[vertex]!]!, targets);
  }
  return found;
}

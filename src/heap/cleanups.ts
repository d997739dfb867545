/**
 * Cleanups: what runtime.AddCleanup's closures hold. The runtime keeps them outside of the heap, in lists that a dump lacks,
 * so all that they hold seems unreachable, and no collection takes it away. The closures are on the heap, and told by their
 * function. Up to Go 1.25 they capture the argument; from Go 1.26 on they are a leftover of the call that holds nothing, and
 * the argument is in an object of its own to which nothing in the dump points. The handles of package unique have cleanups of their
 * own, which hold nothing of the program's: they are told apart.
 */
import type { Heap } from "./heap.ts";
import { objectSize, REACHABLE } from "./objects.ts";

/** How the names of their types begin: each instantiation of the generic function has its own. */
export const CLEANUP_PREFIX = "func runtime.AddCleanup[";
/** N of the first Go 1.N whose closures do not hold the argument. */
export const DETACHED_SINCE = 26;

/** What package unique gives to AddCleanup for handles of a type: it knows the table of handles, a hash and a weak pointer. */
export const OF_HANDLES = /^func unique\.\(\*canonMap\[(.*)\]\)\.LoadOrStore\.func\d+$/;
/** What a handle's cleanup is given, which is nothing. */
const NO_ARGUMENT = /,\s*go\.shape\.struct \{\}\]\.func\d+$/;

/** Less than this share of the heap is not worth a word. */
const LEAST_SHARE = 0.01;

/** What cleanups hold, or may hold, of the unreachable part of a heap. */
export interface CleanupHoldings {
  /** Unreachable closures of runtime.AddCleanup, and how many of them package unique made for its handles. */
  readonly closures: number;
  readonly ofHandles: number;
  /** They and what they refer to; of versions whose closures do not hold the argument, all that is unreachable. */
  readonly objects: number;
  readonly bytes: number;
  /** Whether the dump tells what the cleanups hold: until Go 1.25. */
  readonly isKnown: boolean;
}

/**
 * Finds what cleanups hold; undefined if there are none that hold a hundredth of the heap, or could. Linear in the objects and
 * pointers.
 * @param heap typed; else there is nothing that tells cleanups
 */
export function findCleanups(heap: Heap): CleanupHoldings | undefined {
  const { objects, types, dump } = heap;
  const isCleanup = types.names.map((name) => name.startsWith(CLEANUP_PREFIX));
  if (!isCleanup.includes(true)) return undefined;
  const typeOfHandles = types.names.map((name) => OF_HANDLES.exec(name)?.[1]);
  const handles = new Map<string, number>();
  const closures: number[] = [];
  const unreachable = { objects: 0, bytes: 0 };
  let all = 0;
  for (let object = 0; object < objects.count; object++) {
    const size = objectSize(objects, object);
    all += size;
    if ((objects.flags[object]! & REACHABLE) !== 0) continue;
    unreachable.objects++;
    unreachable.bytes += size;
    const row = objects.type[object]!;
    if (isCleanup[row]) closures.push(object);
    const handle = typeOfHandles[row];
    if (handle !== undefined) handles.set(handle, (handles.get(handle) ?? 0) + 1);
  }
  if (closures.length === 0) return undefined;
  const ofHandles = closures.filter((object) => takesHandle(handles, types.names[objects.type[object]!]!)).length;
  const isKnown = dump.go.minorMax < DETACHED_SINCE;
  const held = isKnown ? sumBelow(heap, closures) : unreachable;
  return held.bytes < LEAST_SHARE * all ? undefined : { closures: closures.length, ofHandles, ...held, isKnown };
}

/** Whether a closure is one that package unique made for a handle; counts that handle as done with. */
function takesHandle(handles: Map<string, number>, name: string): boolean {
  const end = name.search(NO_ARGUMENT);
  if (end < 0) return false;
  const type = name.slice(CLEANUP_PREFIX.length, end);
  const left = handles.get(type) ?? 0;
  if (left > 0) handles.set(type, left - 1);
  return left > 0;
}

/** Sums up unreachable objects, and the unreachable ones that they lead to. */
function sumBelow({ objects, edges }: Heap, from: readonly number[]): { objects: number; bytes: number } {
  const isSeen = new Uint8Array(objects.count);
  const waiting: number[] = [];
  const visit = (object: number): void => {
    if (isSeen[object] === 1 || (objects.flags[object]! & REACHABLE) !== 0) return;
    isSeen[object] = 1;
    waiting.push(object);
  };
  for (const object of from) visit(object);
  const sum = { objects: 0, bytes: 0 };
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    sum.objects++;
    sum.bytes += objectSize(objects, object);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) visit(edges.to[edge]!);
  }
  return sum;
}

/** What cleanups hold in words, for a warning; undefined if all are of handles, which every program may have. */
export function describeCleanups(holdings: CleanupHoldings): string | undefined {
  const { objects, bytes, isKnown } = holdings;
  const closures = holdings.closures - holdings.ofHandles;
  if (closures === 0) return undefined;
  const found = `the unreachable objects include ${closures} ${closures === 1 ? "closure" : "closures"} of runtime.AddCleanup`;
  if (!isKnown) {
    return (
      `${found}. Of Go 1.26 and later a dump tells neither the cleanups' functions nor which objects are their arguments: ` +
      "what seems unreachable may be held by cleanups, and then runtime.GC() does not free it. Look for arguments that " +
      "lead back to the object of their own cleanup"
    );
  }
  return (
    `${found}, which with what they refer to are ${objects} objects of ${bytes} bytes. Unless the program ` +
    "is done with them, cleanups hold these, and runtime.GC() does not free them: a cleanup whose argument leads back to " +
    "its object never runs"
  );
}

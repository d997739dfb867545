/**
 * What the runtime holds for cleanups from outside of the heap, in lists that a dump lacks: closures until Go 1.25, later the
 * cleanup's function and its argument, in an object of its own. Which objects these are is not in the dump, but what they cannot be
 * is. runtime/mcleanup.go (AddCleanup).
 */
import { breathe, type Progress } from "../progress.ts";
import { CLEANUP_PREFIX, DETACHED_SINCE, OF_HANDLES } from "./cleanups.ts";
import type { Heap } from "./heap.ts";
import { objectSize, REACHABLE, valueOffset } from "./objects.ts";
import { frameFunctionName } from "./roots/root-names.ts";
import { TypeKind } from "./types.ts";

/** Objects between two breaths. */
const SLICE = 1 << 20;
/** What is known of the arguments of cleanups: none has pointers, or all with pointers are one pointer. */
const Argument = { NONE: 0, POINTER: 1, ANY: 2 } as const;
/** Types of one word that is a pointer, and types without any pointer, as the names of instantiations have them. */
const ONE_POINTER = /^go\.shape\.(\*|chan |<-chan |map\[|func\(|unsafe\.Pointer$)/;
const NO_POINTER = /^go\.shape\.(struct \{\}|bool|u?int(8|16|32|64|ptr)?|float(32|64)|complex(64|128))$/;
/** The smallest slot, in which one pointer is. */
const LEAST_SLOT = 8;
/** How the names of closures begin. */
const CLOSURE = "func ";
/** Functions that the compiler makes for go and defer statements: they have no arguments, and a cleanup's function has one. */
const OF_STATEMENT = /\.(gowrap|deferwrap)\d+$/;

/**
 * Lists the objects that cleanups hold or may hold, without what these lead to. Linear in the objects, and in the pointers of the
 * unreachable ones.
 * @param heap typed; else there is nothing that tells cleanups
 */
export async function listHeldByCleanups(heap: Heap, progress: Progress): Promise<number[]> {
  const { unreachable, cleanups } = await listUnreachable(heap, progress);
  if (cleanups.length === 0 || heap.dump.go.minorMax < DETACHED_SINCE) return [...cleanups];
  return [...listFunctions(heap, unreachable), ...listArguments(heap, unreachable, argumentOfAny(heap, cleanups))];
}

/**
 * Lists the objects by which cleanups lead to what they refer to, for who tells who else leads somewhere. Those of the handles of package
 * unique do not count. None where nothing tells arguments from garbage: there are more objects that may be one than there are cleanups.
 * Linear as above.
 * @returns whether all are cleanups' for sure, or may be as well as not
 */
export async function listCleanupEntries(
  heap: Heap,
  progress: Progress,
): Promise<{ readonly objects: readonly number[]; readonly isKnown: boolean }> {
  const { objects, edges, types, dump } = heap;
  const { unreachable, cleanups } = await listUnreachable(heap, progress);
  if (cleanups.length === 0) return { objects: [], isKnown: true };
  if (dump.go.minorMax < DETACHED_SINCE) {
    const isOfHandles = types.names.map((name) => OF_HANDLES.test(name));
    const isForHandle = (closure: number): boolean =>
      edges.to
        .subarray(edges.start[closure]!, edges.start[closure + 1]!)
        .some((target) => isOfHandles[objects.type[target]!]);
    return { objects: cleanups.filter((closure) => !isForHandle(closure)), isKnown: true };
  }
  const found = listArguments(heap, unreachable, argumentOfAny(heap, cleanups));
  // A name may be long, and a million closures have it.
  const hasArgument = new Map<number, boolean>();
  let most = 0;
  for (const closure of cleanups) {
    const type = objects.type[closure]!;
    let has = hasArgument.get(type);
    if (has === undefined) {
      has = argumentOf(types.names[type]!) !== Argument.NONE;
      hasArgument.set(type, has);
    }
    if (has) most++;
  }
  return { objects: found.length > most ? [] : found, isKnown: false };
}

/** Unreachable objects, and the closures of AddCleanup among them; both empty where the heap has no such type. */
async function listUnreachable(
  { objects, types }: Heap,
  progress: Progress,
): Promise<{ readonly unreachable: readonly number[]; readonly cleanups: readonly number[] }> {
  const isCleanup = types.names.map((name) => name.startsWith(CLEANUP_PREFIX));
  const unreachable: number[] = [];
  const cleanups: number[] = [];
  if (!isCleanup.includes(true)) return { unreachable, cleanups };
  for (let object = 0; object < objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    if ((objects.flags[object]! & REACHABLE) !== 0) continue;
    unreachable.push(object);
    if (isCleanup[objects.type[object]!]) cleanups.push(object);
  }
  return { unreachable, cleanups };
}

/** What an argument of any of some cleanups can be. */
function argumentOfAny({ objects, types }: Heap, cleanups: readonly number[]): number {
  let argument: number = Argument.NONE;
  for (const type of new Set(cleanups.map((object) => objects.type[object]!)))
    argument = Math.max(argument, argumentOf(types.names[type]!));
  return argument;
}

/** Unreachable closures, except those of functions that cannot be a cleanup's. */
function listFunctions(heap: Heap, unreachable: readonly number[]): number[] {
  const { objects, edges, types } = heap;
  const begunWith = listBegunWith(heap);
  const mayBe = types.names.map(
    (name) => name.startsWith(CLOSURE) && !OF_STATEMENT.test(name) && !begunWith.has(name.slice(CLOSURE.length)),
  );
  return unreachable.filter((object) => {
    const type = objects.type[object]!;
    // Of a closure whose type is not known the first word is the function, which is not in the heap.
    return (
      mayBe[type] ||
      (types.kind[type] === TypeKind.SHAPE &&
        edges.start[object] !== edges.start[object + 1] &&
        !beginsWithPointer(heap, object))
    );
  });
}

/** The functions that goroutines began with, which have no arguments. */
function listBegunWith({ goroutines }: Heap): Set<string> {
  const found = new Set<string>();
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    // The outermost frame is runtime.goexit's.
    const end = goroutines.frameStart[goroutine + 1]!;
    for (let frame = Math.max(goroutines.frameStart[goroutine]!, end - 2); frame < end; frame++)
      found.add(frameFunctionName(goroutines, frame));
  }
  return found;
}

/** Unreachable objects to which no other points, and which an argument can be. */
function listArguments(heap: Heap, unreachable: readonly number[], argument: number): number[] {
  if (argument === Argument.NONE) return [];
  const { objects, edges } = heap;
  // Nothing but what is unreachable itself points to the unreachable.
  const isPointedTo = new Uint8Array(objects.count);
  for (const object of unreachable) {
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      if (edges.to[edge] !== object) isPointedTo[edges.to[edge]!] = 1;
    }
  }
  return unreachable.filter((object) => {
    if (isPointedTo[object] === 1 || edges.start[object] === edges.start[object + 1]) return false;
    return argument === Argument.ANY || (objectSize(objects, object) <= LEAST_SLOT && beginsWithPointer(heap, object));
  });
}

function beginsWithPointer({ objects, edges }: Heap, object: number): boolean {
  return edges.offset[edges.start[object]!] === valueOffset(objects, object);
}

/** What the name of an instantiation tells of the argument: "func runtime.AddCleanup[T,S].func1". */
function argumentOf(name: string): number {
  const end = name.lastIndexOf("]");
  let depth = 0;
  let at = end - 1;
  for (; at > 0 && (depth > 0 || name[at] !== ","); at--) {
    if ("])}".includes(name[at]!)) depth++;
    else if ("[({".includes(name[at]!)) depth--;
    if (depth < 0) return Argument.ANY;
  }
  const type = name.slice(at + 1, end);
  if (NO_POINTER.test(type)) return Argument.NONE;
  return ONE_POINTER.test(type) ? Argument.POINTER : Argument.ANY;
}

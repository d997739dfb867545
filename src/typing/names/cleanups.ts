/**
 * Cleanups: what runtime.AddCleanup's closures hold. The runtime keeps them outside of the heap, in lists that a dump lacks,
 * so all that they hold seems unreachable, and no collection takes it away. The closures are on the heap, and told by their
 * function. Up to Go 1.25 they capture the argument; from Go 1.26 on they are a leftover of the call that holds nothing, and
 * the argument is in an object of its own to which nothing in the dump points.
 */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE } from "../../heap/objects.ts";

/** How the names of their types begin: each instantiation of the generic function has its own. */
const PREFIX = "func runtime.AddCleanup[";
/** N of the first Go 1.N whose closures do not hold the argument. */
const DETACHED_SINCE = 26;

/**
 * Says what cleanups hold, or may hold, of the unreachable part of a heap; undefined if there are none that could.
 * Linear in the objects and pointers.
 * @param heap typed
 */
export function describeCleanups(heap: Heap): string | undefined {
  const { objects, edges, types, dump } = heap;
  const isCleanup = types.names.map((name) => name.startsWith(PREFIX));
  if (!isCleanup.includes(true)) return undefined;
  const isSeen = new Uint8Array(objects.count);
  const waiting: number[] = [];
  const visit = (object: number): void => {
    if (isSeen[object] === 1 || (objects.flags[object]! & REACHABLE) !== 0) return;
    isSeen[object] = 1;
    waiting.push(object);
  };
  let closures = 0;
  for (let object = 0; object < objects.count; object++) {
    if (!isCleanup[objects.type[object]!] || (objects.flags[object]! & REACHABLE) !== 0) continue;
    closures++;
    visit(object);
  }
  if (closures === 0) return undefined;
  const found = `the unreachable objects include ${closures} ${closures === 1 ? "closure" : "closures"} of runtime.AddCleanup`;
  if (dump.go.minorMax >= DETACHED_SINCE) {
    return (
      `${found}. Of Go 1.26 and later a dump tells neither the cleanups' functions nor which objects are their arguments: ` +
      "what seems unreachable may be held by cleanups, and then runtime.GC() does not free it. Look for arguments that " +
      "lead back to the object of their own cleanup"
    );
  }
  let bytes = 0;
  let held = 0;
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    held++;
    bytes += objectSize(objects, object);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) visit(edges.to[edge]!);
  }
  return (
    `${found}, which with what they refer to are ${held} objects of ${bytes} bytes. Unless the program is done with them, ` +
    "cleanups hold these, and runtime.GC() does not free them: a cleanup whose argument leads back to its object never runs"
  );
}

/** Frame targets: what goroutines have on their stacks, by the function or the goroutine as gohd prints them. */
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { frameFunctionName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { isWrittenAs, shortenImports } from "../../heap/short-names.ts";
import { stableName } from "../stable-names.ts";

/** " main.go:42" behind a function. */
const LINE = / \S+:\d+$/;
const GOROUTINE = "goroutine ";
/** How sentences begin that tell of several: "5 goroutines main.worker", "1,400 more goroutines main.worker". */
const SEVERAL = /^[\d,]+ (?:more )?goroutines? /;
/** " [select]" behind the function of a goroutine; the parameters of generic ones have no space before them. */
const STATE = / \[[^[\]]*\]$/;

/** What frames of one name lead to. */
export interface FrameTargets {
  /** Ascending. */
  readonly objects: Int32Array;
  /** Goroutines with frames that are called so, a wrapper's as what it calls: how many, and their names. */
  readonly goroutineCount: number;
  readonly goroutines: ReadonlySet<string>;
}

/**
 * Finds the objects that frames lead to: those of a function ("pool.Submit[...].func1", also with a line behind), or of all goroutines
 * of a name ("goroutine main.worker", "main.worker [select]", "5 goroutines main.worker"). Linear in the frames and what they lead to.
 */
export function findFrameTargets(heap: Heap, text: string): FrameTargets {
  const { roots, goroutines } = heap;
  const { vertices } = roots;
  const asked = text.replace(SEVERAL, GOROUTINE);
  const isGoroutine = asked.startsWith(GOROUTINE) || STATE.test(asked);
  const wanted = !isGoroutine ? asked.replace(LINE, "") : asked.startsWith(GOROUTINE) ? asked : GOROUTINE + asked;
  const isMeant = memoiseByName(
    (name) => isCalled(name, wanted) || (isGoroutine && isCalled(name.replace(STATE, ""), wanted)),
  );
  const found = new MarkedObjects(heap.objects.count);
  const named = new Set<number>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
    const parent = vertices.parent[vertex]!;
    const name = isGoroutine ? rootVertexName(heap, parent) : frameFunctionName(goroutines, vertices.item[vertex]!);
    if (!isMeant(name)) continue;
    named.add(parent);
    const [start, end] = [vertices.edgeStart[vertex]!, vertices.edgeStart[vertex + 1]!];
    // Where no slot is known to be live, the frame is said to keep what any may hold.
    const kinds = roots.kind.subarray(start, end);
    const kind = kinds.includes(RootKind.FRAME) ? RootKind.FRAME : RootKind.FRAME_CONSERVATIVE;
    for (let edge = start; edge < end; edge++) if (roots.kind[edge] === kind) found.add(roots.to[edge]!);
  }
  return {
    objects: found.list(),
    goroutineCount: named.size,
    goroutines: new Set(Array.from(named, (vertex) => rootVertexName(heap, vertex))),
  };
}

function isCalled(name: string, text: string): boolean {
  const short = shortenImports(name);
  return isWrittenAs(name, text) || stableName(name) === text || stableName(short) === text;
}

function memoiseByName(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const answer = known.get(name) ?? test(name);
    known.set(name, answer);
    return answer;
  };
}

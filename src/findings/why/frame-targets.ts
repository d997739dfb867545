/** Frame targets: what goroutines have on their stacks, by the function or the goroutine as gohd prints them. */
import type { Heap } from "../../heap/heap.ts";
import { frameFunctionName, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { shortenImports } from "../../heap/short-names.ts";
import { stableName } from "../stable-names.ts";

/** " main.go:42" behind a function. */
const LINE = / \S+:\d+$/;
const GOROUTINE = "goroutine ";

/**
 * Finds the objects that frames lead to: those of a function ("pool.Submit[...].func1", also with a line behind), or of all goroutines
 * of a name ("goroutine main.worker", "goroutine main.worker [select]"). Ascending. Linear in the frames and what they lead to.
 */
export function findFrameTargets(heap: Heap, text: string): readonly number[] {
  const { roots, goroutines } = heap;
  const { vertices } = roots;
  const isGoroutine = text.startsWith(GOROUTINE);
  const wanted = isGoroutine ? text : text.replace(LINE, "");
  const isMeant = memoiseByName(
    (name) => isCalled(name, wanted) || (isGoroutine && isCalled(withoutState(name), wanted)),
  );
  const found = new Set<number>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
    const name = isGoroutine
      ? rootVertexName(heap, vertices.parent[vertex]!)
      : frameFunctionName(goroutines, vertices.item[vertex]!);
    if (!isMeant(name)) continue;
    const [start, end] = [vertices.edgeStart[vertex]!, vertices.edgeStart[vertex + 1]!];
    // Where no slot is known to be live, the frame is said to keep what any may hold.
    const kinds = roots.kind.subarray(start, end);
    const kind = kinds.includes(RootKind.FRAME) ? RootKind.FRAME : RootKind.FRAME_CONSERVATIVE;
    for (let edge = start; edge < end; edge++) if (roots.kind[edge] === kind) found.add(roots.to[edge]!);
  }
  return [...found].sort((a, b) => a - b);
}

function isCalled(name: string, text: string): boolean {
  const short = shortenImports(name);
  return name === text || short === text || stableName(name) === text || stableName(short) === text;
}

function withoutState(name: string): string {
  return name.replace(/ \[[^[\]]*\]$/, "");
}

function memoiseByName(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const answer = known.get(name) ?? test(name);
    known.set(name, answer);
    return answer;
  };
}

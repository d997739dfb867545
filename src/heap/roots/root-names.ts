/** What the root vertices are called: groups, segments, variables, goroutines, frames, finalizers. */
import { baseName } from "../../io/base-name.ts";
import { finalizerName } from "./finalizers.ts";
import { printedFunctionName } from "./function-names.ts";
import { findEntryFunction, findNamingCall, type Goroutines, goroutineState } from "./goroutines.ts";
import type { RootedHeap } from "./rooted-heap.ts";
import { RootVertexKind } from "./roots.ts";

const GROUP_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.ROOT]: "",
  [RootVertexKind.GC_ROOTS]: "(GC roots)",
  [RootVertexKind.UNREACHABLE]: "(unreachable)",
  [RootVertexKind.GLOBALS]: "(globals)",
  [RootVertexKind.GOROUTINES]: "(goroutine stacks)",
  [RootVertexKind.FINALIZERS]: "(finalizers)",
  [RootVertexKind.OTHER]: "(other roots)",
};

/** Tells whether a root vertex is a group (or the root) and not one thing of the process; `kind` is its RootVertexKind. */
export function isRootGroup(kind: number): boolean {
  return GROUP_NAMES[kind] !== undefined;
}

/** The name of a root vertex for people; "" for the virtual root. Not unique. */
export function rootVertexName(heap: RootedHeap, vertex: number): string {
  const { kind, item } = heap.roots.vertices;
  const group = GROUP_NAMES[kind[vertex]!];
  if (group !== undefined) return group;
  const index = item[vertex]!;
  const { goroutines } = heap;
  switch (kind[vertex]) {
    case RootVertexKind.SEGMENT:
      return `${heap.segments[index]!.kind} segment at ${heap.formatAddress(heap.segments[index]!.address)}`;
    case RootVertexKind.VARIABLE:
      return heap.variables![index]!.name;
    case RootVertexKind.GOROUTINE:
      return goroutineName(goroutines, index);
    case RootVertexKind.FRAME:
      return frameName(goroutines, index);
    case RootVertexKind.FINALIZER:
      return finalizerName(heap.roots.finalizers[index]!, heap.formatAddress);
    default:
      throw new Error(`bug: root vertex ${vertex} has kind ${kind[vertex]}`);
  }
}

/** "goroutine main.worker [chan receive]": no id, so that goroutines that are alike are called alike. */
function goroutineName(goroutines: Goroutines, index: number): string {
  const entry = findEntryFunction(goroutines, index);
  const state = goroutineState(goroutines, index);
  return entry === undefined ? `goroutine [${state}]` : `goroutine ${printedFunctionName(entry)} [${state}]`;
}

/** "main.worker main.go:42": the function, and where in it the frame is. */
function frameName(goroutines: Goroutines, frame: number): string {
  const name = frameFunctionName(goroutines, frame);
  const { calls } = goroutines;
  if (calls === undefined) return name;
  const call = findNamingCall(goroutines, calls, frame);
  return atLine(name, calls.names[calls.file[call]!]!, calls.line[call]!);
}

/** "main.startPool main.go:42": where a goroutine was started; "" if that is not known. */
export function goroutineOrigin({ calls }: Goroutines, index: number): string {
  if (calls === undefined) return "";
  const { origin, names } = calls;
  const name = names[origin.function[index]!]!;
  return name === "" ? "" : atLine(printedFunctionName(name), names[origin.file[index]!]!, origin.line[index]!);
}

/** "main.worker main.go:42"; without the line if that is not known. */
export function atLine(name: string, file: string, line: number): string {
  return line === 0 ? name : `${name} ${baseName(file)}:${line}`;
}

/** The function that a frame is called after, as Go prints it: not a wrapper if it is known what that wraps. */
export function frameFunctionName(goroutines: Goroutines, frame: number): string {
  const { frames, names, calls } = goroutines;
  if (calls === undefined) return printedFunctionName(names[frames.function[frame]!]!);
  return printedFunctionName(calls.names[calls.function[findNamingCall(goroutines, calls, frame)]!]!);
}

/**
 * The whole name of a root edge: the variable, and the path in it: "main.records", "main.queue.head", of frames "s.items".
 * @param vertex that the edge goes from
 * @returns undefined if nothing names it
 */
export function rootEdgeName(heap: RootedHeap, vertex: number, edge: number): string | undefined {
  const name = heap.roots.edgeName?.(edge);
  const kind = heap.roots.vertices.kind[vertex];
  if (kind === RootVertexKind.FRAME && name?.endsWith(")") === true)
    return withoutOwnFunction(name, rootVertexName(heap, vertex));
  if (kind !== RootVertexKind.VARIABLE) return name || undefined;
  return joinVariable(rootVertexName(heap, vertex), name ?? "");
}

/**
 * "w (main.(*Watcher).loop)" in the frame "main.(*Watcher).loop main.go:42" → "w": inlined into a wrapper, the function is what the
 * frame is called after.
 */
export function withoutOwnFunction(name: string, frame: string): string {
  const split = splitFunction(name);
  if (split === undefined) return name;
  const owner = printedFunctionName(split.of);
  return frame === owner || frame.startsWith(`${owner} `) ? split.name : name;
}

/**
 * "w (main.(*Watcher).loop)" → "w" and the function that it is a variable of; undefined if none stands behind it. Linear, whatever the
 * text.
 * @param at where the function begins; left out, behind the first " (", for variables and fields have none in their names
 */
export function splitFunction(
  text: string,
  at = text.indexOf(" ("),
): { readonly name: string; readonly of: string } | undefined {
  return at < 0 || !text.endsWith(")") ? undefined : { name: text.slice(0, at), of: text.slice(at + 2, -1) };
}

/**
 * "main.store" and "queue" → "main.store.queue"; "main.table" and "[].next" → "main.table[].next"; "main.first" and "" →
 * "main.first". A field of `*main.hub` is `main.hub.clients`, as in Go: the star before that would be of the field.
 */
export function joinVariable(variable: string, path: string): string {
  if (path === "") return variable;
  const base = variable.startsWith("*") ? variable.slice(1) : variable;
  return path.startsWith("[") ? base + path : `${base}.${path}`;
}

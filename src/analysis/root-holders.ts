/**
 * Root holders: which variables and frames point to the objects that no single one of them holds. Such objects hang below
 * a whole group of roots in the dominator tree, and nothing there tells who would have to let go of them.
 */

import { printedFunctionName } from "../heap/function-names.ts";
import { findEntryFunction } from "../heap/goroutines.ts";
import type { Heap } from "../heap/heap.ts";
import { frameFunctionName, joinVariable, rootVertexName } from "../heap/root-names.ts";
import { RootVertexKind } from "../heap/roots.ts";
import { breathe, type Progress } from "../progress.ts";
import { NAMELESS, type PointerNames } from "./pointer-names.ts";
import { RootVertexNumbers } from "./root-vertex-numbers.ts";

/** Names that are kept of one group. */
const MOST_NAMES = 12;
/** Root edges between two breaths, at least. */
const SLICE = 1 << 17;

/** What roots point to the objects of one group directly. */
export interface RootHolders {
  /**
   * Distinct names, at most 12: "main.store", "main.main app" (function and local variable), "main.worker" where the
   * local has no name, "data+0x1c0". Those that name a variable come first.
   */
  readonly names: readonly string[];
  /** Distinct names that there are. */
  readonly count: number;
}

/** Root vertices of one name. */
interface Holder {
  /** RootVertexKind. */
  readonly kind: number;
  /** What their pointers are called, by number. */
  readonly pointers: Set<number>;
}

/**
 * Finds the holders of each group whose objects are dominated by a root vertex that does not point to them itself. One
 * pass over the root edges.
 * @param group per vertex, the number of its group
 * @param isGroup tells whether a group is one of objects, below a root vertex
 */
export async function findRootHolders(
  heap: Heap,
  immediateDominator: Int32Array,
  group: Int32Array,
  names: PointerNames,
  isGroup: (group: number) => boolean,
  progress: Progress,
): Promise<Map<number, RootHolders>> {
  const { roots, objects } = heap;
  const { count, kind, edgeStart } = roots.vertices;
  const numbers = new RootVertexNumbers(heap, holderName);
  /** Per group, by number of the vertex's name. */
  const found = new Map<number, Map<number, Holder>>();
  let next = SLICE;
  for (let root = 0; root < count; root++) {
    const first = edgeStart[root]!;
    const end = edgeStart[root + 1]!;
    if (end > next) {
      await breathe(progress);
      next = end + SLICE;
    }
    if (kind[root] === RootVertexKind.UNREACHABLE) continue;
    let number = NAMELESS;
    for (let edge = first; edge < end; edge++) {
      const object = roots.to[edge]!;
      const dominator = immediateDominator[object]!;
      if (dominator === objects.count + root || dominator < objects.count) continue;
      const held = group[object]!;
      if (!isGroup(held)) continue;
      if (number === NAMELESS) number = numbers.of(root);
      const holders = found.get(held) ?? new Map<number, Holder>();
      if (holders.size === 0) found.set(held, holders);
      const holder = holders.get(number) ?? { kind: kind[root]!, pointers: new Set() };
      if (holder.pointers.size === 0) holders.set(number, holder);
      holder.pointers.add(tellingName(heap, names, edge, kind[root]!));
    }
  }
  return new Map([...found].map(([held, holders]) => [held, nameHolders(holders, numbers.names, names.names)]));
}

/** What a root vertex is called in front of a pointer's name: without the line and the state, which say nothing of it. */
function holderName(heap: Heap, root: number): string {
  const { kind, item } = heap.roots.vertices;
  const { goroutines } = heap;
  switch (kind[root]) {
    case RootVertexKind.FRAME:
      return frameFunctionName(goroutines, item[root]!);
    case RootVertexKind.GOROUTINE: {
      const entry = findEntryFunction(goroutines, item[root]!);
      return entry === undefined ? "goroutine" : `goroutine ${printedFunctionName(entry)}`;
    }
    case RootVertexKind.VARIABLE:
      return rootVertexName(heap, root);
    default:
      return "";
  }
}

/** The name of a pointer, if it tells more than its vertex does; of segments and groups of roots there is no other. */
function tellingName(heap: Heap, names: PointerNames, edge: number, kind: number): number {
  const { edgeName } = heap.roots;
  if (kind === RootVertexKind.FRAME || kind === RootVertexKind.VARIABLE) {
    const name = edgeName?.(edge);
    // ".autotmp_6" is the compiler's.
    return name && !name.startsWith(".") ? names.ofRootEdge(edge, kind) : NAMELESS;
  }
  return kind === RootVertexKind.GOROUTINE ? NAMELESS : names.ofRootEdge(edge, kind);
}

function nameHolders(
  holders: ReadonlyMap<number, Holder>,
  rootNames: readonly string[],
  pointerNames: readonly string[],
): RootHolders {
  const variables: string[] = [];
  const functions: string[] = [];
  const others: string[] = [];
  for (const [number, { kind, pointers }] of holders) {
    const root = rootNames[number]!;
    const named = [...pointers].filter((name) => name !== NAMELESS).map((name) => pointerNames[name]!);
    if (kind === RootVertexKind.VARIABLE) {
      variables.push(...(named.length > 0 ? named.map((name) => joinVariable(root, name)) : [root]));
    } else if (kind === RootVertexKind.FRAME) {
      // One local variable with a name tells enough of a function.
      if (named.length > 0) variables.push(...named.map((name) => joinLocal(root, name)));
      else functions.push(root);
    } else {
      others.push(...(named.length > 0 ? named : [root]));
    }
  }
  const all = new Set([...variables, ...functions, ...others]);
  return { names: [...all].slice(0, MOST_NAMES), count: all.size };
}

/** "main.main app"; an argument that the function's own frame has is not called after it once more. */
function joinLocal(root: string, pointer: string): string {
  const own = ` (${root})`;
  const local = pointer.endsWith(own) ? pointer.slice(0, -own.length) : pointer;
  return `${root} ${local}`;
}

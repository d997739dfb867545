/** Reachability: which objects the GC roots lead to, and where to enter the parts of the heap that they do not. */
import { type Edges, REACHABLE } from "./heap.ts";

/** Sets REACHABLE in the flags of everything that `roots` lead to. Linear. */
export function markReachable(edges: Edges, flags: Uint8Array, roots: Int32Array): void {
  new Marker(edges, flags.length).mark(flags, roots, REACHABLE);
}

/**
 * Chooses entries into the unreachable part, so that from them everything unreachable is reached: each object that nothing
 * unreachable refers to, and one member of each remaining cycle that nothing outside it refers to. Linear.
 * @returns objects, ascending
 */
export function unreachableEntries(edges: Edges, flags: Uint8Array): Int32Array {
  const { start, to } = edges;
  const count = flags.length;
  let unreachable = 0;
  for (let i = 0; i < count; i++) if ((flags[i]! & REACHABLE) === 0) unreachable++;
  if (unreachable === 0) return new Int32Array(0);

  const state = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    if ((flags[i]! & REACHABLE) !== 0) continue;
    for (let e = start[i]!; e < start[i + 1]!; e++) if (to[e] !== i) state[to[e]!] = REFERRED;
  }
  const marker = new Marker(edges, count);
  const entries = new Int32Array(unreachable);
  let entryCount = 0;
  for (let i = 0; i < count; i++) {
    if ((flags[i]! & REACHABLE) === 0 && state[i] !== REFERRED) entries[entryCount++] = i;
    state[i] = (flags[i]! & REACHABLE) !== 0 ? FOUND : 0;
  }
  marker.mark(state, entries.subarray(0, entryCount), FOUND);

  // What is left are cycles and what hangs from them. In a depth-first search of it, the vertex that is left last lies in a
  // component that no other one leads to; so does, from the back, every vertex not reached from those before.
  const finished = finishingOrder(edges, state);
  const single = new Int32Array(1);
  for (let k = finished.length - 1; k >= 0; k--) {
    const object = finished[k]!;
    if ((state[object]! & FOUND) !== 0) continue;
    entries[entryCount++] = object;
    single[0] = object;
    marker.mark(state, single, FOUND);
  }
  return entries.slice(0, entryCount).sort();
}

/** `state`: something unreachable refers to it. */
const REFERRED = 1;
/** `state`: an entry leads to it. */
const FOUND = 2;
/** `state`: the depth-first search has been there. */
const VISITED = 4;

/** Objects that are not FOUND, in the order in which a depth-first search is done with them. */
function finishingOrder({ start, to }: Edges, state: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < state.length; i++) if ((state[i]! & FOUND) === 0) count++;
  const finished = new Int32Array(count);
  if (count === 0) return finished;
  const path = new Int32Array(count);
  const nextEdge = new Uint32Array(count);
  let done = 0;
  for (let root = 0; root < state.length; root++) {
    if ((state[root]! & (FOUND | VISITED)) !== 0) continue;
    let depth = 0;
    path[0] = root;
    nextEdge[0] = start[root]!;
    state[root]! |= VISITED;
    while (depth >= 0) {
      const object = path[depth]!;
      const edge = nextEdge[depth]!;
      if (edge === start[object + 1]!) {
        finished[done++] = object;
        depth--;
        continue;
      }
      nextEdge[depth] = edge + 1;
      const target = to[edge]!;
      if ((state[target]! & (FOUND | VISITED)) !== 0) continue;
      state[target]! |= VISITED;
      depth++;
      path[depth] = target;
      nextEdge[depth] = start[target]!;
    }
  }
  return finished;
}

class Marker {
  readonly #edges: Edges;
  /** Objects to look into; every object gets here once at the most. */
  readonly #stack: Int32Array;

  constructor(edges: Edges, count: number) {
    this.#edges = edges;
    this.#stack = new Int32Array(count);
  }

  mark(marks: Uint8Array, roots: Int32Array, bit: number): void {
    const { start, to } = this.#edges;
    const stack = this.#stack;
    let depth = 0;
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i]!;
      if ((marks[root]! & bit) !== 0) continue;
      marks[root]! |= bit;
      stack[depth++] = root;
      while (depth > 0) {
        const object = stack[--depth]!;
        const end = start[object + 1]!;
        for (let edge = start[object]!; edge < end; edge++) {
          const target = to[edge]!;
          const mark = marks[target]!;
          if ((mark & bit) === 0) {
            marks[target] = mark | bit;
            // Without edges there is nothing to look into.
            if (start[target + 1] !== start[target]) stack[depth++] = target;
          }
        }
      }
    }
  }
}

/** Reachability: what objects with finalizers keep alive, and where to enter the parts of the heap that GC roots do not lead to. */
import { copyColumn } from "../../column-memory.ts";
import { type Edges, REACHABLE } from "../objects.ts";
import { follow, MarkStack } from "./marking.ts";

/**
 * Chooses among objects with a finalizer those that keep alive what they refer to: that no GC root leads to, nor another of
 * the chosen; of such in a cycle, one. Sets REACHABLE in the flags of everything that they lead to. Linear.
 * @param flags with REACHABLE for what the other roots lead to
 * @param finalized objects
 * @returns per object 1 or 0
 */
export function markThroughFinalized(edges: Edges, flags: Uint8Array, finalized: Int32Array): Uint8Array {
  const chosen = new Uint8Array(finalized.length);
  const single = new Int32Array(1);
  /** Objects that no earlier one leads to. One that nothing leads to, or one of each cycle that nothing leads to, is there. */
  const first: number[] = [];
  let visited: Uint8Array | undefined;
  const marker = new Marker(edges);
  for (let i = 0; i < finalized.length; i++) {
    if ((flags[finalized[i]!]! & REACHABLE) !== 0) continue;
    visited ??= flags.map((flag) => ((flag & REACHABLE) !== 0 ? flag | VISITED : flag));
    single[0] = finalized[i]!;
    if ((visited[single[0]]! & VISITED) !== 0) continue;
    first.push(i);
    marker.mark(visited, single, VISITED);
  }
  // A later one may lead to an earlier one, but not the other way round.
  for (const i of first.reverse()) {
    const object = finalized[i]!;
    if ((flags[object]! & REACHABLE) !== 0) continue;
    chosen[i] = 1;
    const referents = edges.to.subarray(edges.start[object]!, edges.start[object + 1]!);
    marker.mark(flags, Int32Array.from(referents.filter((referent) => referent !== object)), REACHABLE);
  }
  return chosen;
}

/**
 * Chooses entries into the unreachable part, so that from them everything unreachable is reached: each object that nothing
 * unreachable refers to, and one member of each remaining cycle that nothing outside it refers to. Linear.
 * @returns objects, ascending
 */
export function unreachableEntries(edges: Edges, flags: Uint8Array): Int32Array {
  const { start, to } = edges;
  const unreachable = unreachableObjects(flags);
  if (unreachable.length === 0) return unreachable;

  const state = copyColumn(flags);
  for (const object of unreachable) {
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      if (to[edge] !== object) state[to[edge]!]! |= REFERRED;
    }
  }
  const marker = new Marker(edges);
  const entries = new Int32Array(unreachable.length);
  let entryCount = 0;
  for (const object of unreachable) {
    if ((state[object]! & REFERRED) !== 0) continue;
    entries[entryCount++] = object;
  }
  marker.mark(state, entries.subarray(0, entryCount), REACHABLE);

  // What is left are cycles and what hangs from them. Of a depth-first search through it, the object done with last is in
  // a cycle that nothing else leads to; so is, going backwards, every object that those before did not reach.
  const finished = finishingOrder(edges, state, unreachable);
  const single = new Int32Array(1);
  for (let k = finished.length - 1; k >= 0; k--) {
    const object = finished[k]!;
    if ((state[object]! & REACHABLE) !== 0) continue;
    entries[entryCount++] = object;
    single[0] = object;
    marker.mark(state, single, REACHABLE);
  }
  return entries.slice(0, entryCount).sort();
}

/** Bits of `state` above those of the objects' flags: something unreachable refers to it; */
const REFERRED = 64;
/** the depth-first search has been there. */
const VISITED = 128;

function unreachableObjects(flags: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < flags.length; i++) if ((flags[i]! & REACHABLE) === 0) count++;
  const objects = new Int32Array(count);
  let at = 0;
  for (let i = 0; at < count; i++) if ((flags[i]! & REACHABLE) === 0) objects[at++] = i;
  return objects;
}

/** Those of `objects` that are not REACHABLE yet, in the order in which a depth-first search is done with them. */
function finishingOrder({ start, to }: Edges, state: Uint8Array, objects: Int32Array): Int32Array {
  const finished = new Int32Array(objects.length);
  const path = new Int32Array(objects.length);
  const nextEdge = new Uint32Array(objects.length);
  let done = 0;
  for (const root of objects) {
    if ((state[root]! & (REACHABLE | VISITED)) !== 0) continue;
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
      if ((state[target]! & (REACHABLE | VISITED)) !== 0) continue;
      state[target]! |= VISITED;
      depth++;
      path[depth] = target;
      nextEdge[depth] = start[target]!;
    }
  }
  return finished.subarray(0, done);
}

class Marker {
  readonly #edges: Edges;
  readonly #stack = new MarkStack();

  constructor(edges: Edges) {
    this.#edges = edges;
  }

  /** @param marks begins as the objects' flags */
  mark(marks: Uint8Array, roots: Int32Array, bit: number): void {
    const { start, to } = this.#edges;
    const stack = this.#stack;
    const one = new Int32Array(1);
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i]!;
      if ((marks[root]! & bit) !== 0) continue;
      marks[root]! |= bit;
      one[0] = root;
      stack.push(one);
      follow(start, to, marks, bit, stack, Number.POSITIVE_INFINITY);
    }
  }
}

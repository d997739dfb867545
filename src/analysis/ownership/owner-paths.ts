/**
 * Owner paths: the shortest way from an object's owner to it, through nothing that another owner has. It is the way that the owner
 * tree stands for. A shorter one may begin at a root that only uses the object, or at a word of the owner's stack that may be stale:
 * such a word leads only to what nothing leads to for sure.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, isKnown, memoise } from "../../heap/memo.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { ShortestPaths } from "../references/shortest-paths.ts";
import { computeOwners, ownerVertex } from "./owners.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

/** In a search: an object that is asked for, … */
const ASKED = 1;
/** … and one that was come by. */
const REACHED = 2;

/** The ways of owners, of all objects or of some: columns over the objects, as of `ShortestPaths`. */
export type OwnerWays = Pick<ShortestPaths, "parent" | "edge">;

/** The ways of all objects, memoised per heap: for who keeps them. Costs as `findOwnerPaths` does; 8 bytes per object. */
export const computeOwnerWays: Analysis<OwnerWays> = memoise((heap, progress) => searchWays(heap, undefined, progress));

/**
 * Finds the ways of some objects, and of the objects on these: breadth first, through what their owners have, until all are reached. Costs
 * `computeOwners`, and at most one pass, linear; 9 bytes per object, and 4 for each that is come by. Nothing if `computeOwnerWays` is known.
 * @param asked in any order; one may be there twice
 */
export async function findOwnerPaths(heap: Heap, asked: Iterable<number>, progress: Progress): Promise<OwnerWays> {
  return isKnown(computeOwnerWays, heap) ? computeOwnerWays(heap, progress) : searchWays(heap, asked, progress);
}

/** @param asked undefined for all objects */
async function searchWays(heap: Heap, asked: Iterable<number> | undefined, progress: Progress): Promise<OwnerWays> {
  const owners = await computeOwners(heap, progress);
  const { objects, edges, roots } = heap;
  const { start, to } = edges;
  const { vertices } = roots;
  progress.phase("paths of owners");
  const parent = longColumn(Int32Array, objects.count);
  const edge = longColumn(Int32Array, objects.count);
  const state = longColumn(Uint8Array, objects.count);
  const queue = longColumn(Int32Array, objects.count);
  const isOwner = new Uint8Array(vertices.count).fill(asked === undefined ? 1 : 0);
  let left = asked === undefined ? objects.count : 0;
  if (asked === undefined) state.fill(ASKED);
  for (const object of asked ?? []) {
    if (state[object] !== ASKED) left++;
    state[object] = ASKED;
    isOwner[owners[object]!] = 1;
  }
  let queued = 0;
  const reach = (target: number, from: number, by: number): void => {
    if (state[target] === ASKED) left--;
    state[target] = REACHED;
    parent[target] = from;
    edge[target] = by;
    queue[queued++] = target;
  };
  let done = 0;
  for (const areWords of [false, true]) {
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const own = ownerVertex(heap, vertex);
      if (isOwner[own] === 0) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        const target = roots.to[row]!;
        if (isWord(heap, row) !== areWords || state[target] === REACHED || owners[target] !== own) continue;
        reach(target, objects.count + vertex, row);
      }
    }
    for (; done < queued && left > 0; done++) {
      if (done % SLICE === SLICE - 1) await breathe(progress);
      const from = queue[done]!;
      const own = owners[from]!;
      for (let by = start[from]!; by < start[from + 1]!; by++) {
        const target = to[by]!;
        if (state[target] !== REACHED && owners[target] === own) reach(target, from, by);
      }
    }
  }
  if (left > 0) throw new Error("bug: an object that its owner does not lead to");
  return { parent, edge };
}

/** Whether a root edge is a word of a stack that may be left over from a call that has returned. */
function isWord({ roots }: Heap, row: number): boolean {
  return roots.kind[row] === RootKind.FRAME_CONSERVATIVE;
}

/**
 * OwnedBytes: what one thing owns, as the owner tree would tell, without the tree: of what it leads to among the objects of its owner,
 * all that nothing of that owner's leads to but through the thing.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { computeOverruled, type OwnerColumn, ownerVertex } from "./owners.ts";

/** Objects between two breaths. */
const SLICE = 1 << 18;

/** What an object is to the thing: nothing, … */
const OUTSIDE = 0;
/** … part of it, … */
const PART = 1;
/** … below it, as far as is known, … */
const BELOW = 2;
/** … or below it, and something else leads there, too. */
const SHARED = 3;

/**
 * Measures the bytes of a thing and of what it owns. One look at every edge, two at those of what the thing leads to; 1 byte an object, 4
 * for each that it leads to, and 4 for each of these that is shared.
 * @param parts objects of one owner: what the thing is made of
 * @param owners of all objects
 */
export async function measureOwned(
  heap: Heap,
  parts: readonly number[],
  owners: OwnerColumn,
  progress: Progress,
): Promise<number> {
  const { objects, edges, roots } = heap;
  const { start, to } = edges;
  const { vertices } = roots;
  const owner = owners[parts[0]!]!;
  const state = new Uint8Array(objects.count);
  const below = longColumn(Int32Array, objects.count);
  let belowCount = 0;
  for (const part of parts) state[part] = PART;
  const follow = (from: number): void => {
    for (let edge = start[from]!; edge < start[from + 1]!; edge++) {
      const target = to[edge]!;
      if (state[target] !== OUTSIDE || owners[target] !== owner) continue;
      state[target] = BELOW;
      below[belowCount++] = target;
    }
  };
  for (const [i, part] of parts.entries()) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    follow(part);
  }
  for (let done = 0; done < belowCount; done++) {
    if (done % SLICE === SLICE - 1) await breathe(progress);
    follow(below[done]!);
  }
  const shared = longColumn(Int32Array, belowCount);
  let sharedCount = 0;
  const share = (target: number): void => {
    if (state[target] !== BELOW) return;
    state[target] = SHARED;
    shared[sharedCount++] = target;
  };
  if (belowCount > 0) {
    const isOverruled = hasWords(heap, owner) ? await computeOverruled(heap, progress) : undefined;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (ownerVertex(heap, vertex) !== owner) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        if (isOverruled?.[row] !== 1) share(roots.to[row]!);
      }
    }
    for (let i = 0; i < objects.count; i++) {
      if (i % SLICE === SLICE - 1) await breathe(progress);
      if (owners[i] !== owner || state[i] !== OUTSIDE) continue;
      for (let edge = start[i]!; edge < start[i + 1]!; edge++) share(to[edge]!);
    }
  }
  for (let done = 0; done < sharedCount; done++) {
    if (done % SLICE === SLICE - 1) await breathe(progress);
    const from = shared[done]!;
    for (let edge = start[from]!; edge < start[from + 1]!; edge++) share(to[edge]!);
  }
  const sumOf = (list: readonly number[] | Int32Array, count: number): number => {
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += objectSize(objects, list[i]!);
    return bytes;
  };
  return sumOf(parts, parts.length) + sumOf(below, belowCount) - sumOf(shared, sharedCount);
}

/** Whether an owner leads anywhere by words that may be stale. */
function hasWords(heap: Heap, owner: number): boolean {
  const { vertices, kind } = heap.roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (ownerVertex(heap, vertex) !== owner) continue;
    const [first, end] = [vertices.edgeStart[vertex]!, vertices.edgeStart[vertex + 1]!];
    if (kind.subarray(first, end).includes(RootKind.FRAME_CONSERVATIVE)) return true;
  }
  return false;
}

/**
 * Owners: every object gets one owner among the roots, the strongest that leads to it (`owner-tiers.ts`), among those of
 * one tier the nearest in pointers. What only closures and the runtime's bookkeeping lead to comes after all that.
 */
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { memoise } from "../memo.ts";
import { computeOwnerTiers, findReluctantTypes, GARBAGE_TIER } from "./owner-tiers.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

/** Not owned yet. */
const NOBODY = -1;

/**
 * The root vertex that owns each object: a variable, a segment, a goroutine, a group of the root tree, or UNREACHABLE.
 * Int32Array, length objects.count. One breadth-first pass; 9 bytes per object while it runs, 4 when it is done.
 */
export const computeOwners = memoise(async (heap: Heap, progress: Progress): Promise<Int32Array> => {
  const { objects, roots } = heap;
  progress.phase("owners", objects.count, "objects");
  const search = new OwnerSearch(heap);
  const tiers = computeOwnerTiers(heap);
  const order = sortByTier(tiers);
  const vertexOf = rootVertexOfEdges(heap);
  let at = 0;
  const claimTier = async (tier: number): Promise<void> => {
    for (; at < order.length && tiers[order[at]!] === tier; at++) {
      search.claim(roots.to[order[at]!]!, ownerVertex(heap, vertexOf[order[at]!]!));
    }
    await follow();
  };
  const follow = async (): Promise<void> => {
    while (search.advance(SLICE)) {
      progress.update(search.done);
      await breathe(progress);
    }
  };
  /** How many waited when each tier was done. */
  const waited = [0];
  while (at < order.length && tiers[order[at]!] !== GARBAGE_TIER) {
    await claimTier(tiers[order[at]!]!);
    waited.push(search.waitingCount);
  }
  for (let i = 1; i < waited.length; i++) {
    search.release(waited[i - 1]!, waited[i]!);
    await follow();
  }
  search.release(0, 0);
  await claimTier(GARBAGE_TIER);
  return search.owner;
});

/** The root vertex that a root edge counts for: a frame's are its goroutine's. O(1). */
export function ownerVertex({ roots: { vertices } }: Heap, vertex: number): number {
  return vertices.kind[vertex] === RootVertexKind.FRAME ? vertices.parent[vertex]! : vertex;
}

class OwnerSearch {
  readonly owner: Int32Array;
  /** Objects that wait for the second pass, in the order in which they were found. */
  waitingCount = 0;
  readonly #heap: Heap;
  readonly #isReluctant: Uint8Array;
  /** Objects whose pointers are to be followed: from the front; those that wait: from the back. Each is in one of both. */
  readonly #queue: Int32Array;
  #head = 0;
  #tail = 0;
  /** Those that waited, once they are being followed; from then on nobody waits. */
  #released: Int32Array | undefined;

  constructor(heap: Heap) {
    const { count } = heap.objects;
    this.#heap = heap;
    this.owner = new Int32Array(count).fill(NOBODY);
    this.#isReluctant = findReluctantTypes(heap);
    this.#queue = new Int32Array(count);
  }

  /** Objects followed so far. */
  get done(): number {
    return this.#head;
  }

  claim(object: number, owner: number): void {
    if (this.owner[object] !== NOBODY) return;
    this.owner[object] = owner;
    const { start } = this.#heap.edges;
    if (start[object] === start[object + 1]) return;
    if (this.#released === undefined && this.#isReluctant[this.#heap.objects.type[object]!] === 1) {
      this.#queue[this.#queue.length - ++this.waitingCount] = object;
    } else {
      this.#queue[this.#tail++] = object;
    }
  }

  /** Lets those that wait, from `from` to `to`-1, be followed. From then on nobody waits. */
  release(from: number, to: number): void {
    // A copy, because they go into the queue's front now, which then needs the room.
    this.#released ??= this.#queue.slice(this.#queue.length - this.waitingCount).reverse();
    for (let i = from; i < to; i++) this.#queue[this.#tail++] = this.#released[i]!;
  }

  /** Follows at most `steps` objects. Returns whether there is more to do. */
  advance(steps: number): boolean {
    const { start, to } = this.#heap.edges;
    const { type } = this.#heap.objects;
    const owner = this.owner;
    const queue = this.#queue;
    const isReluctant = this.#isReluctant;
    const isSecondPass = this.#released !== undefined;
    let head = this.#head;
    let tail = this.#tail;
    const last = Math.min(head + steps, queue.length);
    for (; head < last && head < tail; head++) {
      const from = queue[head]!;
      const mine = owner[from]!;
      const end = start[from + 1]!;
      for (let edge = start[from]!; edge < end; edge++) {
        const target = to[edge]!;
        if (owner[target] !== NOBODY) continue;
        owner[target] = mine;
        if (start[target] === start[target + 1]) continue;
        if (!isSecondPass && isReluctant[type[target]!] === 1) queue[queue.length - ++this.waitingCount] = target;
        else queue[tail++] = target;
      }
    }
    this.#head = head;
    this.#tail = tail;
    return head < tail;
  }
}

/** Root edges in the order of their tiers; stable. */
function sortByTier(tiers: Int32Array): Int32Array {
  return Int32Array.from(tiers.keys()).sort((a, b) => tiers[a]! - tiers[b]! || a - b);
}

/** The root vertex of every root edge. */
function rootVertexOfEdges({ roots }: Heap): Int32Array {
  const { edgeStart, count } = roots.vertices;
  const vertex = new Int32Array(roots.count);
  for (let v = 0; v < count; v++) vertex.fill(v, edgeStart[v]!, edgeStart[v + 1]!);
  return vertex;
}

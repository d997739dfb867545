/**
 * Timer ways: pending timers that lead to things as users, as roots are. A way begins where the runtime leads to the heaps of timers, by its
 * variables and processors, and goes on through a timer.
 */
import type { Pointer } from "../../analysis/paths/pointer-path.ts";
import type { ShortestPaths } from "../../analysis/references/shortest-paths.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { listPendingTimers, type PendingTimer } from "../timers/pending-timers.ts";

/** What leads to heaps of timers, and these; not the timers themselves, of which there may be any number. */
const ON_THE_WAY = /^((\[\d*\]|\*)*runtime\.(p|timers|timerWhen)|(\[\d*\]|\*)+runtime\.timer)$/;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/**
 * Pending timers by what they are called as users, most first. Linear in objects.
 * @param isAsked of each row of `listHeapTimers`
 */
export function groupTimers(
  heap: Heap,
  container: Int32Array | undefined,
  isAsked: (row: number) => boolean,
): (readonly [name: string, timers: readonly PendingTimer[]])[] {
  const groups = new Map<string, PendingTimer[]>();
  for (const [row, timer] of listPendingTimers(heap, container).entries()) {
    if (!isAsked(row)) continue;
    const group = groups.get(timer.userName);
    if (group === undefined) groups.set(timer.userName, [timer]);
    else group.push(timer);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

/** How the runtime leads to its heaps of timers. */
export class TimerWays {
  readonly #heap: Heap;
  /** The pointer that leads to each object on the way. */
  readonly #to = new Map<number, Pointer>();

  /** Linear in root edges, and in the pointers of the runtime's processors. */
  constructor(heap: Heap) {
    this.#heap = heap;
    const { objects, edges, roots, types } = heap;
    const { vertices } = roots;
    const isOnTheWay = types.names.map((name) => ON_THE_WAY.test(name));
    const queue: number[] = [];
    const reach = (object: number, from: number, edge: number): void => {
      if (object >= objects.count || !isOnTheWay[objects.type[object]!] || this.#to.has(object)) return;
      this.#to.set(object, { from, edge });
      queue.push(object);
    };
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        reach(roots.to[row]!, objects.count + vertex, row);
      }
    }
    for (const object of queue) {
      for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++)
        reach(edges.to[edge]!, object, edge);
    }
  }

  /**
   * The shortest ways from any of some timers, breadth first. 12 bytes an object.
   * @param mayPass whether a way may go through an object
   * @param last where to stop; without, it goes on to all
   */
  async searchFrom(
    timers: readonly PendingTimer[],
    mayPass: (object: number) => boolean,
    progress: Progress,
    last = NO_OBJECT,
  ): Promise<Pick<ShortestPaths, "parent" | "edge">> {
    const { objects, edges } = this.#heap;
    const parent = new Int32Array(objects.count).fill(NO_OBJECT);
    const edge = new Int32Array(objects.count);
    const queue = new Int32Array(objects.count);
    let queued = 0;
    for (const { array, edge: toTimer } of timers) {
      const timer = edges.to[toTimer]!;
      if (!this.#to.has(array) || parent[timer] !== NO_OBJECT) continue;
      for (let on = array; on < objects.count && parent[on] === NO_OBJECT; on = parent[on]!) {
        const pointer = this.#to.get(on)!;
        parent[on] = pointer.from;
        edge[on] = pointer.edge;
      }
      parent[timer] = array;
      edge[timer] = toTimer;
      queue[queued++] = timer;
    }
    for (let done = 0; done < queued && (last === NO_OBJECT || parent[last] === NO_OBJECT); done++) {
      if (done % SLICE === SLICE - 1) await breathe(progress);
      const from = queue[done]!;
      for (let by = edges.start[from]!; by < edges.start[from + 1]!; by++) {
        const target = edges.to[by]!;
        if (parent[target] !== NO_OBJECT || !mayPass(target)) continue;
        parent[target] = from;
        edge[target] = by;
        queue[queued++] = target;
      }
    }
    return { parent, edge };
  }
}

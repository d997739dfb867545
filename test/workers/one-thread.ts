/** A pool of one thread that is none: it does its orders in this one, a turn of the event loop later. */
import type { Heap } from "../../src/heap/heap.ts";
import { KERNELS } from "../../src/kernels.ts";
import { newColumn, usePool } from "../../src/workers/current.ts";
import { NO_BYTES } from "../../src/workers/kernel.ts";
import { Pool, type ThreadEvents } from "../../src/workers/pool.ts";
import { type Order, serve } from "../../src/workers/thread.ts";

/** Does `work` with such a pool, for which nothing is too small. Returns the names of the kernels that the thread did. */
export async function withOneThread(work: () => Promise<void>): Promise<readonly string[]> {
  const done: string[] = [];
  const start = (events: ThreadEvents) => {
    let take: (order: Order) => void = () => {};
    serve(
      {
        answer: (answer) => setImmediate(() => events.onAnswer(structuredClone(answer))),
        onOrder: (listener) => (take = listener),
        openBytes: () => NO_BYTES,
      },
      KERNELS,
    );
    const post = (order: Order): void => {
      done.push(order.kernel);
      setImmediate(() => take(structuredClone(order)));
    };
    return { post, end: () => {} };
  };
  usePool(new Pool(start, 1, { leastSteps: 0, partSteps: 1 << 10 }));
  try {
    await work();
  } finally {
    usePool(undefined);
  }
  return done;
}

/** The heap with its edges where threads share them; for work that `withOneThread` does. */
export function sharedHeap(heap: Heap): Heap {
  const to = newColumn(Int32Array, heap.edges.to.length);
  to.set(heap.edges.to);
  return { ...heap, edges: { ...heap.edges, to } };
}

/** The timers that the runtime has in its heaps, by what they will work on. runtime/time.go. */
import { listHeapTimers } from "../../analysis/ownership/heap-timers.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { NamedWords } from "../named-words.ts";
import { findStopped } from "./stopped-timers.ts";

export interface PendingTimer {
  /** The array that is the heap of timers. */
  readonly array: number;
  /** From there to the timer. */
  readonly edge: number;
  /** What its function is called with: of time.AfterFunc the function to call; NO_OBJECT if that is no object. */
  readonly argument: number;
  /** The type of what its function is called with: of time.AfterFunc that of the function to call. */
  readonly name: string;
  /** Whether it was stopped, and the runtime has not taken it out yet. */
  readonly isStopped: boolean;
}

/** What timers are called that will work on things of a type, as users of a thing: "pending timer of func main.accept.func1". */
export function timerUserName({ name, isStopped }: PendingTimer): string {
  return `${isStopped ? "stopped" : "pending"} timer of ${name}`;
}

/**
 * Lists them in the order of their edges, as `listHeapTimers` does. Linear in objects; reads a word of each timer from the dump.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export function listPendingTimers(heap: Heap, container: Int32Array | undefined): PendingTimer[] {
  const { objects, types } = heap;
  const words = new NamedWords(heap);
  const { array, edge, timer } = listHeapTimers(heap);
  const stopped = findStopped(heap, timer);
  return Array.from(timer, (object, row) => {
    const argument = words.follow(object, "arg");
    const name =
      argument === NO_OBJECT
        ? "timers without an argument"
        : types.names[objects.type[container?.[argument] ?? argument]!]!;
    return { array: array[row]!, edge: edge[row]!, argument, name, isStopped: stopped[row] === 1 };
  });
}

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
  /** What it is called as a user of a thing: "pending timer of func main.accept.func1"; of those that are called alike the very same text. */
  readonly userName: string;
  /** Whether it was stopped, and the runtime has not taken it out yet. */
  readonly isStopped: boolean;
}

/** What timers without an argument are called together. */
const WITHOUT_ARGUMENT = "timers without an argument";

/**
 * Lists them in the order of their edges, as `listHeapTimers` does. Linear in objects; reads a word of each timer from the dump.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export function listPendingTimers(heap: Heap, container: Int32Array | undefined): PendingTimer[] {
  const { objects, types } = heap;
  const words = new NamedWords(heap);
  const { array, edge, timer } = listHeapTimers(heap);
  const stopped = findStopped(heap, timer);
  const userNames = [new Map<string, string>(), new Map<string, string>()] as const;
  // A name may be long, and timers many: it is written once.
  const userNameOf = (name: string, isStopped: boolean): string => {
    const known = userNames[isStopped ? 1 : 0];
    let userName = known.get(name);
    if (userName === undefined) {
      const argument = name === WITHOUT_ARGUMENT ? "without an argument" : `of ${name}`;
      userName = `${isStopped ? "stopped" : "pending"} timer ${argument}`;
      known.set(name, userName);
    }
    return userName;
  };
  return Array.from(timer, (object, row) => {
    const argument = words.follow(object, "arg");
    const name =
      argument === NO_OBJECT ? WITHOUT_ARGUMENT : types.names[objects.type[container?.[argument] ?? argument]!]!;
    const isStopped = stopped[row] === 1;
    const userName = userNameOf(name, isStopped);
    return { array: array[row]!, edge: edge[row]!, argument, name, userName, isStopped };
  });
}

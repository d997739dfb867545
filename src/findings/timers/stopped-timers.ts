/**
 * Stopped timers: those that were stopped, but that the runtime has not taken out of its heaps yet, which it does when they come up or are
 * many. Until then they keep what they lead to. runtime/time.go.
 */
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";

/** Timers that were made at one time are near each other. */
const WINDOW_SIZE = 1 << 12;
/** The runtime's timer in a timeTimer since Go 1.23, and in the program's before. */
const INNER = /^(timer|r)$/;

/** Where a timer says that it was stopped: in a word of this size and value. */
interface Mark {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** Of each of some objects, timers: 1 if it says that it was stopped. Reads a word of each from the dump. */
export function findStopped(heap: Heap, timers: Int32Array): Uint8Array {
  const { objects } = heap;
  const stopped = new Uint8Array(timers.length);
  if (timers.length === 0) return stopped;
  const marks = new Map<number, Mark | undefined>();
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  const inOrder = Int32Array.from(timers.keys()).sort((a, b) => timers[a]! - timers[b]!);
  for (const row of inOrder) {
    const timer = timers[row]!;
    const type = objects.type[timer]!;
    if (!marks.has(type)) marks.set(type, findMark(heap, type));
    const mark = marks.get(type);
    if (mark === undefined) continue;
    const at = objects.position[timer]! + valueOffset(objects, timer) + mark.offset;
    if (reader.integer(at, mark.size) === mark.value) stopped[row] = 1;
  }
  return stopped;
}

/** Undefined where timers do not tell. */
function findMark({ types }: Heap, type: number): Mark | undefined {
  const row = types.names.indexOf("runtime.timer");
  const timer = row < 0 ? undefined : types.details?.(row);
  if (timer === undefined) return undefined;
  const inner = types.details!(type)?.fields.find((field) => INNER.test(field.name) && field.type.size === timer.size);
  const inside = type === row ? 0 : inner?.offset;
  if (inside === undefined) return undefined;
  const offsetOf = (name: string, size: number): number | undefined => {
    const field = timer.fields.find((one) => one.name === name && one.type.size === size);
    return field === undefined ? undefined : inside + field.offset;
  };
  // From Go 1.14 to 1.22 timerDeleted; since then it is not due any more.
  const status = offsetOf("status", 4);
  if (status !== undefined) return { offset: status, size: 4, value: 3 };
  const when = offsetOf("state", 1) === undefined ? undefined : offsetOf("when", 8);
  return when === undefined ? undefined : { offset: when, size: 8, value: 0 };
}

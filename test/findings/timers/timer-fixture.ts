/** Pending timers in drawn heaps, for all who tell what these keep. */
import type { Heap } from "../../../src/heap/heap.ts";
import type { ValueLayouts } from "../../../src/heap/value-layouts.ts";
import type { HeapSketch } from "../../support/heap-fixture.ts";

/** Bytes of a timer, and of the closure that it will call. */
export const TIMER_SIZE = 112;
export const CLOSURE_SIZE = 16;

/**
 * Draws a processor whose heap of timers has one for each of some things, which leads there by a closure.
 * @param typeOf of each closure
 */
export function drawTimers(s: HeapSketch, things: readonly number[], typeOf: (row: number) => string): void {
  const processor = s.object({ type: "runtime.p", size: 128 });
  const array = s.object({ type: "[]runtime.timerWhen", size: 16 * Math.max(1, things.length) });
  s.pointer(processor, array);
  for (const [row, thing] of things.entries()) {
    const timer = s.object({ type: "runtime.timeTimer", size: TIMER_SIZE });
    const closure = s.object({ type: typeOf(row), size: CLOSURE_SIZE });
    s.pointer(array, timer, 16 * row);
    s.pointer(timer, processor, 8);
    s.pointer(timer, closure, 16);
    s.pointer(closure, thing, 8);
  }
  s.global(processor, 8);
}

/** With layouts that tell of each timer what it will work on. */
export function withTimerArguments(heap: Heap): Heap {
  const { names } = heap.types;
  const layout = { offset: [16], name: () => ({ text: "timer.arg" }) };
  const of = (row: number) => (names[row] === "runtime.timeTimer" ? layout : undefined);
  return { ...heap, types: { ...heap.types, layouts: { of } as unknown as ValueLayouts } };
}

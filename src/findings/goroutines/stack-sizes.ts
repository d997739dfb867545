/**
 * Stacks of goroutines: how large the runtime made each, which stands in its runtime.g, whose fields an executable tells, and how
 * much of that its frames take. runtime/runtime2.go: type g struct { stack struct { lo, hi uintptr }; … }
 */
import type { Heap } from "../../heap/heap.ts";
import { GoroutineField } from "./goroutine-field.ts";

/** A stack as the runtime allocated it. */
export interface Stack {
  readonly size: number;
  /** From the innermost frame on. */
  readonly used: number;
}

export class StackSizes {
  readonly #heap: Heap;
  readonly #stack: GoroutineField;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#stack = new GoroutineField(heap, "stack", 2);
  }

  /** The stack of a goroutine; undefined if the dump does not tell, or it has no frames. Reads its runtime.g. */
  of(goroutine: number): Stack | undefined {
    const { goroutines, dump } = this.#heap;
    const { frames, frameStart } = goroutines;
    if (frameStart[goroutine] === frameStart[goroutine + 1]) return undefined;
    const at = this.#stack.positionOf(goroutine);
    if (at === undefined) return undefined;
    const low = this.#stack.address(at);
    const high = this.#stack.address(at + dump.pointerSize);
    const top = frames.address[frameStart[goroutine]!]!;
    return low < top && top < high ? { size: high - low, used: high - top } : undefined;
  }

  /** Bytes of a goroutine's stack; where the dump does not tell, those of its frames. */
  bytesOf(goroutine: number): number {
    const stack = this.of(goroutine);
    if (stack !== undefined) return stack.size;
    const { frames, frameStart } = this.#heap.goroutines;
    let bytes = 0;
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) bytes += frames.size[frame]!;
    return bytes;
  }
}

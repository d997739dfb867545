/**
 * Stacks of goroutines: how large the runtime made each, which stands at the beginning of its runtime.g, and how much of that its
 * frames take. runtime/runtime2.go: type g struct { stack struct { lo, hi uintptr } // offset known to runtime/cgo; … }
 */
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../../heap/objects.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";

/** A stack as the runtime allocated it. */
export interface Stack {
  readonly size: number;
  /** From the innermost frame on. */
  readonly used: number;
}

/** The words that are read are in objects far apart. */
const WINDOW_SIZE = 1 << 12;

export class StackSizes {
  readonly #heap: Heap;
  readonly #reader: SequentialReader;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#reader = new SequentialReader(heap, WINDOW_SIZE);
  }

  /**
   * The stack of a goroutine; undefined if the dump does not tell, or it has no frames. Reads its runtime.g, and believes it only if
   * all frames are in the stack that it tells of.
   */
  of(goroutine: number): Stack | undefined {
    const { goroutines, objects, dump } = this.#heap;
    const { frames, frameStart } = goroutines;
    const [innermost, outermost] = [frameStart[goroutine]!, frameStart[goroutine + 1]! - 1];
    const object = innermost > outermost ? NO_OBJECT : this.#heap.findObject(goroutines.address[goroutine]!);
    if (object === NO_OBJECT) return undefined;
    const at = objects.position[object]! + valueOffset(objects, object);
    const low = this.#reader.address(at);
    const high = this.#reader.address(at + dump.pointerSize);
    const top = frames.address[innermost]!;
    const bottom = frames.address[outermost]! + frames.size[outermost]!;
    return low < top && top <= bottom && bottom <= high ? { size: high - low, used: high - top } : undefined;
  }

  /** Bytes of a goroutine's stack; where the dump does not tell, those of its frames. */
  bytesOf(goroutine: number): number {
    return this.of(goroutine)?.size ?? this.framesOf(goroutine);
  }

  /** Bytes of a goroutine's frames. */
  framesOf(goroutine: number): number {
    const { frames, frameStart } = this.#heap.goroutines;
    let bytes = 0;
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) bytes += frames.size[frame]!;
    return bytes;
  }
}

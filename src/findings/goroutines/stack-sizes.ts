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

/** A runtime.g is some hundred bytes, and those of many goroutines stand side by side. */
const WINDOW_SIZE = 1 << 14;

/** Where the runtime's stack of each goroutine begins and ends; 0 where the dump does not tell. */
interface StackBounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const known = new WeakMap<Heap, StackBounds>();

/** Reads all of them, in the order of the dump; once, whoever asks. 16 bytes a goroutine. */
function readBounds(heap: Heap): StackBounds {
  let bounds = known.get(heap);
  if (bounds === undefined) {
    const { goroutines, objects, dump } = heap;
    bounds = { low: new Float64Array(goroutines.count), high: new Float64Array(goroutines.count) };
    const position = Float64Array.from(goroutines.address, (address) => {
      const object = heap.findObject(address);
      return object === NO_OBJECT ? Number.NaN : objects.position[object]! + valueOffset(objects, object);
    });
    const reader = new SequentialReader(heap, WINDOW_SIZE);
    const found = Uint32Array.from(position.keys()).filter((goroutine) => !Number.isNaN(position[goroutine]));
    for (const goroutine of found.sort((a, b) => position[a]! - position[b]!)) {
      bounds.low[goroutine] = reader.address(position[goroutine]!);
      bounds.high[goroutine] = reader.address(position[goroutine]! + dump.pointerSize);
    }
    known.set(heap, bounds);
  }
  return bounds;
}

export class StackSizes {
  readonly #heap: Heap;
  readonly #bounds: StackBounds;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#bounds = readBounds(heap);
  }

  /**
   * The stack of a goroutine; undefined if the dump does not tell, or it has no frames. Believes its runtime.g only if all frames are
   * in the stack that it tells of.
   */
  of(goroutine: number): Stack | undefined {
    const { frames, frameStart } = this.#heap.goroutines;
    const [innermost, outermost] = [frameStart[goroutine]!, frameStart[goroutine + 1]! - 1];
    if (innermost > outermost) return undefined;
    const low = this.#bounds.low[goroutine]!;
    const high = this.#bounds.high[goroutine]!;
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

/** FrameIndex: address → stack frame, by binary search. */
import type { Goroutines } from "../roots/goroutines.ts";

export class FrameIndex {
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #frame: Int32Array;
  readonly #min: number;
  readonly #max: number;

  /** Sorts the goroutines by address, and the frames only where those of one are not together. */
  constructor(goroutines: Goroutines) {
    const { address, size } = goroutines.frames;
    const order = orderFrames(goroutines);
    this.#frame = order;
    this.#start = Float64Array.from(order, (frame) => address[frame]!);
    this.#end = Float64Array.from(order, (frame) => address[frame]! + size[frame]!);
    this.#min = this.#start[0] ?? Number.POSITIVE_INFINITY;
    this.#max = this.#end.reduce((max, end) => Math.max(max, end), Number.NEGATIVE_INFINITY);
  }

  /** The frame that holds `address`, or -1. */
  find(address: number): number {
    if (!(address >= this.#min && address < this.#max)) return -1;
    let low = 0;
    let high = this.#start.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low > 0 && address < this.#end[low - 1]! ? this.#frame[low - 1]! : -1;
  }
}

/** Frames that are not empty, by address; of one address the first one first. */
function orderFrames({ count, frameStart, frames }: Goroutines): Int32Array {
  const { address, size } = frames;
  const order = new Int32Array(frames.count);
  let length = 0;
  let isSorted = true;
  // A goroutine's frames, the innermost first, ascend in its stack, and no other's are between them.
  const lowest = Float64Array.from({ length: count }, (_, goroutine) => address[frameStart[goroutine]!] ?? 0);
  for (const goroutine of Uint32Array.from(lowest.keys()).sort((a, b) => lowest[a]! - lowest[b]!)) {
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) {
      // Empty ones (goexit on link-register machines) hold nothing, and could hide another of the same address.
      if (size[frame] === 0) continue;
      if (length > 0 && address[order[length - 1]!]! >= address[frame]!) isSorted = false;
      order[length++] = frame;
    }
  }
  const found = order.subarray(0, length);
  return isSorted ? found : found.sort((a, b) => address[a]! - address[b]! || a - b);
}

/** Frames of a group of goroutines: the function whose frames take most of their stacks. */
import type { Goroutines } from "../../heap/roots/goroutines.ts";
import { frameFunctionName } from "../../heap/roots/root-names.ts";

/** Frames of one function on the stacks of a group. */
export interface StackFrames {
  readonly function: string;
  readonly count: number;
  readonly bytes: number;
}

export class GroupFrames {
  readonly #goroutines: Goroutines;
  /** By the name's index; a frame of each, to name them by. */
  readonly #functions = new Map<number, { readonly frame: number; count: number; bytes: number }>();

  constructor(goroutines: Goroutines) {
    this.#goroutines = goroutines;
  }

  /** Adds the frames of a goroutine. Linear in these. */
  add(goroutine: number): void {
    const { frames, frameStart } = this.#goroutines;
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) {
      let sum = this.#functions.get(frames.function[frame]!);
      if (sum === undefined) {
        sum = { frame, count: 0, bytes: 0 };
        this.#functions.set(frames.function[frame]!, sum);
      }
      sum.count++;
      sum.bytes += frames.size[frame]!;
    }
  }

  /** Those of one function that take most; null if there are no frames. */
  largest(): StackFrames | null {
    const [most] = [...this.#functions.values()].sort((a, b) => b.bytes - a.bytes || a.frame - b.frame);
    if (most === undefined) return null;
    const { frame, count, bytes } = most;
    return { function: frameFunctionName(this.#goroutines, frame), count, bytes };
  }
}

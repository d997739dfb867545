/** The goroutine that runs finalizers: one runs all of them, so where it is in one, all others wait. */
import { findEntryFunction, GoroutineStatus, type Goroutines, goroutineState } from "../../heap/roots/goroutines.ts";

/** What the goroutine that runs finalizers is at. */
export interface FinalizerRunner {
  /** The finalizer that it is in; null if it is between two, or has not begun. */
  readonly function: string | null;
  /** "sync.Mutex.Lock", "runnable". */
  readonly state: string;
  /** Whether it waits, or is in a call of the system, and does not just have to get its turn. */
  readonly isBlocked: boolean;
}

/** The function that such a goroutine begins with; the second since Go 1.25. */
const RUNS_FINALIZERS: ReadonlySet<string> = new Set(["runtime.runfinq", "runtime.runFinalizers"]);
/** Frames at the beginning of a stack that may come before that: `runtime.goexit`. */
const FIRST_FRAMES = 2;
/** Why the runtime parks who has nothing to do with that: for collections. */
const OF_COLLECTIONS = /^(GC |wait for GC|garbage collection|preempted|stopping the world)/;

/** Finds the goroutine; undefined if there is none, or its frames are not known. Linear in the goroutines. */
export function findFinalizerRunner(goroutines: Goroutines): FinalizerRunner | undefined {
  const { count, frameStart, frames, names, status } = goroutines;
  for (let goroutine = 0; goroutine < count; goroutine++) {
    const first = Math.max(frameStart[goroutine]!, frameStart[goroutine + 1]! - FIRST_FRAMES);
    for (let frame = first; frame < frameStart[goroutine + 1]!; frame++) {
      if (!RUNS_FINALIZERS.has(names[frames.function[frame]!]!)) continue;
      const entry = findEntryFunction(goroutines, goroutine);
      const state = goroutineState(goroutines, goroutine);
      const waits = status[goroutine] === GoroutineStatus.WAITING && !OF_COLLECTIONS.test(state);
      const isInOne = entry !== undefined && !entry.startsWith("runtime.");
      return {
        function: isInOne ? entry : null,
        state,
        isBlocked: isInOne && (waits || status[goroutine] === GoroutineStatus.SYSCALL),
      };
    }
  }
  return undefined;
}

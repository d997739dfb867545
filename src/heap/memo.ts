/**
 * Memoisation of analyses: each is computed once per heap, whoever asks, and is freed with it.
 */

import { NO_PROGRESS, type Progress } from "../progress.ts";
import type { Heap } from "./heap.ts";

/** An analysis as callers see it: a promise that all callers share. Do not write into its result. */
export type Analysis<T> = (heap: Heap, progress?: Progress) => Promise<T>;

/**
 * Makes `compute` run once per heap. Callers that come while it runs share the run, and with it the first caller's
 * progress. A run that fails or is aborted is forgotten, so that the next caller starts anew.
 */
export function memoise<T>(compute: (heap: Heap, progress: Progress) => Promise<T>): Analysis<T> {
  const results = new WeakMap<Heap, Promise<T>>();
  return (heap, progress = NO_PROGRESS) => {
    const known = results.get(heap);
    if (known) return known;
    const result = compute(heap, progress);
    results.set(heap, result);
    result.catch(() => results.delete(heap));
    return result;
  };
}

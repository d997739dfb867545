/**
 * Memoisation of analyses: each is computed once per heap, whoever asks, and is freed with it, or when somebody who knows
 * what is still to come lets go of it.
 */

import { letGo } from "../column-memory.ts";
import { NO_PROGRESS, type Progress } from "../progress.ts";
import type { Heap } from "./heap.ts";

/** An analysis as callers see it: a promise that all callers share. Do not write into its result. */
export type Analysis<T> = (heap: Heap, progress?: Progress) => Promise<T>;

/** Where the results of an analysis are, by heap. */
interface Results {
  has(heap: Heap): boolean;
  /** Whether it has it, or was given it. */
  isThere(heap: Heap): boolean;
  delete(heap: Heap): boolean;
  /** What is taken in place of what would be computed. */
  give(heap: Heap, result: () => Promise<unknown>): void;
}

/** Every memoised analysis of the program. */
const memoised = new Map<Analysis<unknown>, Results>();

/**
 * Gives the result of an analysis of a heap, because it is known already: it is taken whenever it would be computed.
 * @param analysis made by `memoise`
 * @param result asked for then; undefined if it has to be computed after all
 */
export function giveResult<T>(analysis: Analysis<T>, heap: Heap, result: () => Promise<T | undefined>): void {
  memoised.get(analysis)!.give(heap, result);
}

/**
 * Makes `compute` run once per heap. Callers that come while it runs share the run, and with it the first caller's
 * progress. A run that fails or is aborted is forgotten, so that the next caller starts anew.
 */
export function memoise<T>(compute: (heap: Heap, progress: Progress) => Promise<T>): Analysis<T> {
  const results = new WeakMap<Heap, Promise<T>>();
  const given = new WeakMap<Heap, () => Promise<T | undefined>>();
  const analysis: Analysis<T> = (heap, progress = NO_PROGRESS) => {
    const known = results.get(heap);
    if (known) return known;
    const take = given.get(heap);
    const result =
      take === undefined ? compute(heap, progress) : take().then((taken) => taken ?? compute(heap, progress));
    results.set(heap, result);
    result.catch(() => results.delete(heap));
    return result;
  };
  memoised.set(analysis, {
    has: (heap) => results.has(heap),
    isThere: (heap) => results.has(heap) || given.has(heap),
    delete: (heap) => results.delete(heap),
    give: (heap, result) => given.set(heap, result as () => Promise<T | undefined>),
  });
  return analysis;
}

/** Whether the result of an analysis of a heap is known, or is being computed: for who has a way of his own that costs less than computing it. */
export function isKnown<T>(analysis: Analysis<T>, heap: Heap): boolean {
  return memoised.get(analysis)!.isThere(heap);
}

/** Lists the analyses whose results `heap` has, running ones included. */
export function listAnalyses(heap: Heap): readonly Analysis<unknown>[] {
  return [...memoised].flatMap(([analysis, results]) => (results.has(heap) ? [analysis] : []));
}

/** Bytes of an object that what is worth borrowing takes at least. */
const LEAST_BORROWED = 8;

/** The analyses that are being borrowed, by heap. */
const borrowed = new WeakMap<Heap, Set<Analysis<unknown>>>();

/** The analyses that somebody will ask for later, by heap. */
const kept = new WeakMap<Heap, ReadonlySet<Analysis<unknown>>>();

/**
 * Runs `work`, and lets go of what it had computed of `analysis`, unless that was there before, somebody further out borrows
 * it, or `keepAnalyses` named it. For a large result that is quickly computed again.
 */
export async function borrowing<T, W>(analysis: Analysis<T>, heap: Heap, work: () => Promise<W>): Promise<W> {
  const results = memoised.get(analysis)!;
  const ofHeap = borrowed.get(heap) ?? new Set();
  if (results.has(heap) || ofHeap.has(analysis) || kept.get(heap)?.has(analysis)) return work();
  borrowed.set(heap, ofHeap.add(analysis));
  try {
    return await work();
  } finally {
    ofHeap.delete(analysis);
    results.delete(heap);
    letGo(LEAST_BORROWED * heap.objects.count);
  }
}

/**
 * Lets go of the results that `heap` has, but for those of `analyses`, which from now on stay, whoever computes them. Who asks for
 * another has it computed again.
 */
export function keepAnalyses(heap: Heap, analyses: ReadonlySet<Analysis<unknown>>): void {
  kept.set(heap, analyses);
  for (const [analysis, results] of memoised) if (!analyses.has(analysis)) results.delete(heap);
}

/**
 * The pool of the program, if it has one. Whoever has work asks here: nobody has to be handed a pool, and without one all is
 * done by the thread that asks.
 */
import { type ColumnType, longColumn, roomFor } from "../column-memory.ts";
import type { Progress } from "../progress.ts";
import type { Kernel } from "./kernel.ts";
import { type Crew, Pool } from "./pool.ts";

/** Has no threads. */
const NOBODY = new Pool(() => {
  throw new Error("bug: no threads to start");
}, 0);

let current = NOBODY;

/** Makes `pool` the program's, or takes it away. */
export function usePool(pool: Pool | undefined): void {
  current = pool ?? NOBODY;
}

/**
 * Does `work` with a crew, which is dismissed after it.
 * @param steps of the work: see `PoolLimits.leastSteps`
 */
export async function withCrew<T>(steps: number, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = current.hire(steps);
  try {
    return await work(crew);
  } finally {
    crew.dismiss();
  }
}

/** A thread that does one thing after the other, while who hired it does something else. */
export interface Helper {
  /** Has it do all rows of a kernel's work, after what it was given before. @throws as `Crew.share` */
  do<Columns, Result>(
    kernel: Kernel<Columns, Result>,
    columns: Columns,
    rows: number,
    progress: Progress,
  ): Promise<Result>;
  /** Lets it go as soon as it has done what it was given. */
  release(): void;
}

/** Hires a thread that does something else meanwhile; undefined if nobody is free, or it is not worth it. The caller releases it. */
export function hireHelper(steps: number): Helper | undefined {
  const crew = current.hire(steps, 1);
  if (crew.size === 0) {
    crew.dismiss();
    return undefined;
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    do(kernel, columns, rows, progress) {
      const result = last.then(() => crew.delegate(kernel, columns, rows, progress));
      // Whoever asks for the result is told; until then it must not count as unhandled.
      last = result.catch(() => {});
      return result;
    },
    release: () => void last.then(() => crew.dismiss()),
  };
}

/** Work that one thread does as a whole. */
export interface WholeWork<Columns, Result> {
  readonly kernel: Kernel<Columns, Result>;
  readonly columns: Columns;
  /** Those of the columns that are too long to be copied for another thread. */
  readonly long: readonly { readonly buffer: ArrayBufferLike }[];
  /** See `PoolLimits.leastSteps`. */
  readonly steps: number;
  /** Does the same on the thread that asks, and breathes. */
  here(columns: Columns, progress: Progress): Promise<Result>;
}

/** Has another thread do work, so that this one can do other things meanwhile. Does it here if nobody is free, or threads do not share the columns. */
export async function doBeside<Columns, Result>(
  { kernel, columns, long, steps, here }: WholeWork<Columns, Result>,
  progress: Progress,
): Promise<Result> {
  const helper = long.every(isShared) ? hireHelper(steps) : undefined;
  try {
    return await (helper?.do(kernel, columns, 1, progress) ?? here(columns, progress));
  } finally {
    helper?.release();
  }
}

/** Whether threads share a column's memory, so that it costs nothing to tell one of it. */
export function isShared(column: { readonly buffer: ArrayBufferLike }): boolean {
  return !(column.buffer instanceof ArrayBuffer);
}

/**
 * Makes a column that kernels work on. Threads share its memory, if there are any; browsers have no such memory for every
 * page. It costs no more than other memory (Node 20).
 */
export function newColumn<T>(Type: ColumnType<T>, length: number): T {
  const count = Math.trunc(length);
  if (current === NOBODY) return longColumn(Type, count);
  return new Type(new SharedArrayBuffer(roomFor(count * Type.BYTES_PER_ELEMENT)), 0, count);
}

/** A column with what is in another, in memory that threads share, if there are any; else that one. */
export function toShared(column: Uint32Array): Uint32Array {
  if (current === NOBODY) return column;
  const shared = newColumn(Uint32Array, column.length);
  shared.set(column);
  return shared;
}

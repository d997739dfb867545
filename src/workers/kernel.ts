/**
 * Kernels: work that any thread can do, because all that it needs is in columns. One function does it, whatever thread it
 * runs in. Knows no threads.
 */

/**
 * A pure function of columns, for part of a table. It writes into columns only what no other part reads or writes, or a mark
 * that every part would set alike (`heap/building/marking.ts`), and returns what does not fit there: plain data, whose memory is
 * the result's alone.
 */
export interface Kernel<Columns, Result, Scratch = unknown> {
  /** By which another thread finds it; see `KernelTable`. */
  readonly name: string;
  /** Makes what each thread needs for itself, once for all parts that it does. */
  scratch?(columns: Columns): Scratch;
  /** Does the rows `from` … `to`-1. `read` reads the bytes that the work was given, if it was given any. */
  run(columns: Columns, from: number, to: number, read: ReadBytes, scratch: Scratch): Result | Promise<Result>;
}

/** Copies up to `length` bytes from `position` to the beginning of `into`; returns how many there were. */
export type ReadBytes = (position: number, length: number, into: Uint8Array) => number;

/** Bytes of a file that kernels read. */
export interface KernelBytes {
  readonly read: ReadBytes;
  /** By which other threads read the same; undefined if they cannot. */
  readonly descriptor: number | undefined;
}

/** Where there are none. */
export const NO_BYTES: ReadBytes = () => {
  throw new Error("bug: the kernel was given no bytes");
};

/** Every kernel there is, by name; loaded when it is needed. */
export type KernelTable = Readonly<Record<string, () => Promise<Kernel<never, unknown>>>>;

/** The parts of one piece of work, which threads take until there are none left. */
export interface Parts {
  /** Rows of the table. */
  readonly total: number;
  /** Rows of a part. */
  readonly size: number;
  /** In memory that the threads share. At NEXT, the part that nobody has taken; behind it, 1 for each thread that has begun. */
  readonly state: Int32Array;
}

const NEXT = 0;

/** What came of one part. */
export interface PartResult<Result> {
  readonly part: number;
  readonly result: Result;
}

/** Element of `Parts.state` that tells whether thread number `thread` has begun to take parts. */
export function begunAt(thread: number): number {
  return NEXT + 1 + thread;
}

export function countParts({ total, size }: Pick<Parts, "total" | "size">): number {
  return Math.ceil(total / size);
}

/**
 * Takes parts until there are none left.
 * @param pause runs after each part
 */
export async function takeParts<Columns, Result>(
  kernel: Kernel<Columns, Result>,
  columns: Columns,
  parts: Parts,
  read: ReadBytes,
  pause?: (rowsTaken: number) => Promise<void>,
): Promise<PartResult<Result>[]> {
  const { total, size, state } = parts;
  const count = countParts(parts);
  const results: PartResult<Result>[] = [];
  let scratch: unknown;
  let isReady = false;
  for (;;) {
    const part = Atomics.add(state, NEXT, 1);
    if (part >= count) return results;
    if (!isReady) scratch = kernel.scratch?.(columns);
    isReady = true;
    const result = await kernel.run(columns, part * size, Math.min(total, (part + 1) * size), read, scratch);
    results.push({ part, result });
    await pause?.(Math.min(total, Atomics.load(state, NEXT) * size));
  }
}

/** Leaves nothing for anybody to take. */
export function stopParts(parts: Parts): void {
  Atomics.store(parts.state, NEXT, countParts(parts));
}

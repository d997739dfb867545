/**
 * The pool: the only place that starts threads, and ends them. Work hires a crew for as long as it lasts; who is hired
 * shares parts of it with the thread that hires. What nobody is free for, or is not worth a thread, that thread does alone,
 * so nothing ever waits in a queue.
 *
 * Threads end with their work. Starting one is cheap, and one that waits would keep the memory of columns that it has
 * seen until its own garbage collection, long after everybody else has let go of them.
 */
import { breathe, type Progress } from "../progress.ts";
import {
  begunAt,
  countParts,
  type Kernel,
  type KernelBytes,
  NO_BYTES,
  type PartResult,
  type Parts,
  stopParts,
  takeParts,
} from "./kernel.ts";
import type { Answer, Order } from "./thread.ts";

/** A thread as the platform has it. */
export interface Thread {
  post(order: Order): void;
  /** Ends it, whatever it does. */
  end(): void;
}

/** Starts a thread, the platform's way; it runs `serve`. */
export type StartThread = (events: ThreadEvents) => Thread;

export interface ThreadEvents {
  onAnswer(answer: Answer): void;
  /** It is gone, by an error or by itself. */
  onGone(error: Error): void;
}

export interface PoolLimits {
  /**
   * Steps (rows, pointers) of work from which on it gets threads. One takes 9 MB and 0.1 s of CPU until it works as fast as the
   * others: it starts, loads its kernel, and compiles it anew (Node 20, 2026-11). Eight million steps take 0.3 s and more.
   */
  readonly leastSteps: number;
  /** Steps of a part: a few milliseconds, so that all threads are done at nearly the same time. */
  readonly partSteps: number;
}

export const POOL_LIMITS: PoolLimits = { leastSteps: 8 << 20, partSteps: 1 << 16 };

/** Starts and ends threads, at most `size` at a time. */
export class Pool {
  readonly #start: StartThread;
  readonly #size: number;
  readonly #limits: PoolLimits;
  readonly #crews = new Set<Crew>();

  /** @param size threads besides those that hire */
  constructor(start: StartThread, size: number, limits: PoolLimits = POOL_LIMITS) {
    this.#start = start;
    this.#size = size;
    this.#limits = limits;
  }

  /** Hires for work of so many steps whoever is free. The caller dismisses the crew, however its work ends. */
  hire(steps: number, most = Number.POSITIVE_INFINITY): Crew {
    let free = steps < this.#limits.leastSteps ? 0 : Math.min(this.#size, most);
    for (const crew of this.#crews) free -= crew.size;
    const crew = new Crew(this.#start, Math.max(0, free), this.#limits.partSteps, () => this.#crews.delete(crew));
    this.#crews.add(crew);
    return crew;
  }

  /** Ends all threads. */
  close(): void {
    for (const crew of [...this.#crews]) crew.dismiss();
  }
}

/** An order that is not answered yet. */
interface Waiting {
  resolve(results: readonly PartResult<unknown>[]): void;
  reject(error: unknown): void;
  /** Whether it has taken a part, or may have. */
  hasBegun(): boolean;
}

interface Member {
  readonly thread: Thread;
  readonly waiting: Map<number, Waiting>;
  isGone: boolean;
}

/** What a crew is told of work besides the kernel. */
export interface Work {
  /** Of the table. */
  readonly rows: number;
  /** Of all rows together, from which follows how many rows make a part; one for each unless told. */
  readonly steps?: number;
  /** Rows of a part, if steps do not tell. */
  readonly rowsPerPart?: number;
  /** What the kernel reads. */
  readonly bytes?: KernelBytes;
  /** Told how many rows were taken. */
  readonly onRows?: (rows: number) => void;
}

/** Threads that do one piece of work after the other, together with the thread that hired them. */
export class Crew {
  readonly #members: Member[] = [];
  readonly #partSteps: number;
  readonly #onDismissed: () => void;
  #orders = 0;

  constructor(start: StartThread, size: number, partSteps: number, onDismissed: () => void) {
    this.#partSteps = partSteps;
    this.#onDismissed = onDismissed;
    for (let i = 0; i < size; i++) {
      const member = startMember(start);
      // The system may allow no more.
      if (member === undefined) break;
      this.#members.push(member);
    }
  }

  /** Threads hired. */
  get size(): number {
    return this.#members.length;
  }

  /**
   * Has a kernel done for all rows of a table, by all of the crew.
   * @returns the results of the parts, in the order of the rows
   * @throws whatever the kernel throws in any thread; on abort the signal's reason; Error if a thread dies
   */
  async share<Columns, Result>(
    kernel: Kernel<Columns, Result>,
    columns: Columns,
    { rows: total, steps = total, rowsPerPart, bytes, onRows }: Work,
    progress: Progress,
  ): Promise<Result[]> {
    const size = rowsPerPart ?? Math.max(1, Math.round((total * this.#partSteps) / Math.max(1, steps)));
    // Threads that cannot read what the kernel reads are of no use.
    const members = bytes !== undefined && bytes.descriptor === undefined ? [] : this.#members;
    const stateSize = begunAt(this.size);
    // Where there are no threads, there may be no memory for them to share.
    const state =
      members.length === 0
        ? new Int32Array(stateSize)
        : new Int32Array(new SharedArrayBuffer(stateSize * Int32Array.BYTES_PER_ELEMENT));
    const parts: Parts = { total, size, state };
    const results: Result[] = new Array(countParts(parts));
    const keep = (list: readonly PartResult<unknown>[]): void => {
      for (const { part, result } of list) results[part] = result as Result;
    };
    const failures: unknown[] = [];
    const descriptor = bytes?.descriptor;
    const answers = members.map((member, thread) => {
      const answer = this.#order(member, { kernel: kernel.name, columns, parts, descriptor, thread }).then(keep);
      answer.catch((error) => {
        failures.push(error);
        // Nobody needs the rest.
        stopParts(parts);
      });
      return answer;
    });
    try {
      const own = await takeParts(kernel, columns, parts, bytes?.read ?? NO_BYTES, async (taken) => {
        onRows?.(taken);
        await breathe(progress);
      });
      keep(own);
      // Who has not even begun has no part, and is not waited for; nor is there anything left for it when it comes.
      await Promise.all(answers.filter((_, thread) => Atomics.load(state, begunAt(thread)) === 1));
    } finally {
      stopParts(parts);
    }
    if (failures.length > 0) throw failures[0];
    return results;
  }

  /**
   * Has one of the crew do all rows of a kernel's work, while the caller does something else.
   * @throws as `share`
   */
  async delegate<Columns, Result>(
    kernel: Kernel<Columns, Result>,
    columns: Columns,
    total: number,
    progress: Progress,
  ): Promise<Result> {
    const state = new Int32Array(new SharedArrayBuffer(begunAt(1) * Int32Array.BYTES_PER_ELEMENT));
    const order = {
      kernel: kernel.name,
      columns,
      parts: { total, size: total, state },
      descriptor: undefined,
      thread: 0,
    };
    const [done] = await unlessAborted(this.#order(this.#members[0]!, order), progress);
    // It is gone, and has not begun.
    if (done !== undefined) return done.result as Result;
    const [own] = await takeParts(kernel, columns, order.parts, NO_BYTES);
    return own!.result;
  }

  /** Ends the threads, whatever they do. */
  dismiss(): void {
    for (const { thread } of this.#members) thread.end();
    this.#members.length = 0;
    this.#onDismissed();
  }

  #order(member: Member, order: Omit<Order, "id">): Promise<readonly PartResult<unknown>[]> {
    const id = this.#orders++;
    return new Promise((resolve, reject) => {
      if (member.isGone) return resolve([]);
      const hasBegun = (): boolean => Atomics.load(order.parts.state, begunAt(order.thread)) === 1;
      member.waiting.set(id, { resolve, reject, hasBegun });
      member.thread.post({ id, ...order });
    });
  }
}

/** Starts a thread; undefined if that fails. */
function startMember(start: StartThread): Member | undefined {
  const waiting = new Map<number, Waiting>();
  const events: ThreadEvents = {
    onAnswer(answer) {
      const order = waiting.get(answer.id);
      // Nobody waits for one that was given up.
      if (order === undefined) return;
      waiting.delete(answer.id);
      if (!("error" in answer)) order.resolve(answer.results);
      else
        order.reject(answer.system === undefined ? answer.error : Object.assign(answer.error as Error, answer.system));
    },
    onGone(error) {
      member.isGone = true;
      // What it has not begun the others do.
      for (const { resolve, reject, hasBegun } of waiting.values()) hasBegun() ? reject(error) : resolve([]);
      waiting.clear();
    },
  };
  let thread: Thread;
  try {
    thread = start(events);
  } catch {
    return undefined;
  }
  const member: Member = { thread, waiting, isGone: false };
  return member;
}

/** Waits for what another thread does; on abort no longer, whose reason is thrown. */
function unlessAborted<T>(work: Promise<T>, { signal }: Progress): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

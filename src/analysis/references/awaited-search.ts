/**
 * AwaitedSearch: what can be reached, where some objects are awaited: once one is reached, whoever waits for it leads to more. By the
 * graph alone, so that another thread can search.
 */
import type { Heap } from "../../heap/heap.ts";
import type { Edges } from "../../heap/objects.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { doBeside, newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

/** States, of which a new object has 0. It was reached, or nothing goes through it; … */
const DONE = 1;
/** … or it is not reached yet, and has no pointers; … */
const LEAF = 2;
/** … or somebody waits for it. */
const AWAITED = 3;

/** Who waits, and for what. */
export interface Waits {
  /** Objects from which to begin. */
  readonly entries: readonly number[];
  /** Per waiter: the objects that it waits for, any of them; if undefined, it does not wait, and leads to more from the beginning. */
  readonly targets: readonly (readonly number[] | undefined)[];
  /** Per waiter: what it leads to when it goes on. */
  readonly leadsTo: readonly (readonly number[])[];
}

/** What a search found. */
export interface Reach {
  /** An element for each waiter: 1 if it goes on, else 0. */
  readonly goesOn: Uint8Array;
  /** Per object, one of the states above. */
  readonly state: Uint8Array;
}

/**
 * Finds who goes on. Linear; 5 bytes an object. Another thread does nearly all of it, if one is free.
 * @param isBarred whether an object is never reached
 */
export async function findWhoGoesOn(
  heap: Heap,
  waits: Waits,
  isBarred: (object: number) => boolean,
  progress: Progress,
): Promise<Reach> {
  const state = newColumn(Uint8Array, heap.objects.count);
  for (let i = 0; i < state.length; i++) {
    if (isBarred(i)) state[i] = DONE;
    else if (hasNoPointers(heap, i)) state[i] = LEAF;
  }
  return { goesOn: await run(heap, waits, state, progress), state };
}

/**
 * Finds who else goes on when a search has ended and there is more to begin from: Uint8Array as of `Reach`. Costs what was not
 * reached before; the state is that of both searches afterwards.
 * @param waits without those who went on already; whoever waits for what was reached waits for ever
 */
export async function findWhoElseGoesOn(
  heap: Heap,
  waits: Waits,
  { state }: Reach,
  progress: Progress,
): Promise<Uint8Array> {
  return run(heap, waits, state, progress);
}

/** Whether nothing is left to find behind an object: it was reached, or nothing goes through it. */
export function isDone({ state }: Reach, object: number): boolean {
  return state[object] === DONE;
}

function hasNoPointers({ edges }: Heap, object: number): boolean {
  return edges.start[object] === edges.start[object + 1];
}

async function run(heap: Heap, waits: Waits, state: Uint8Array, progress: Progress): Promise<Uint8Array> {
  const { objects, edges } = heap;
  for (const targets of waits.targets) {
    for (const target of targets ?? []) if (state[target] !== DONE) state[target] = AWAITED;
  }
  const columns = { start: edges.start, to: edges.to, state, ...waits };
  const steps = objects.count + edges.count;
  return doBeside({ kernel: SEARCH_AWAITED, columns, long: [edges.to], steps, here: search }, progress);
}

interface AwaitedColumns extends Pick<Edges, "start" | "to">, Waits {
  /** Per object, one of the states above. */
  readonly state: Uint8Array;
}

/** The search for another thread: the one row is the whole graph. */
export const SEARCH_AWAITED: Kernel<AwaitedColumns, Uint8Array> = {
  name: "search-awaited",
  run: (columns) => search(columns, NO_PROGRESS),
};

async function search(columns: AwaitedColumns, progress: Progress): Promise<Uint8Array> {
  const search = new AwaitedSearch(columns);
  search.enter();
  while (search.advance(SLICE)) await breathe(progress);
  return search.goesOn;
}

class AwaitedSearch {
  /** Per waiter: 1 once something leads to what it waits for, or if it does not wait. */
  readonly goesOn: Uint8Array;
  readonly #columns: AwaitedColumns;
  /** Objects whose pointers are to be followed. */
  readonly #pending: Int32Array;
  #count = 0;
  /** Who goes on, and what they lead to is not reached yet. They may be a row as long as there are waiters. */
  readonly #goingOn: number[] = [];
  /** Waiters by what they wait for. */
  readonly #waitingFor = new Map<number, number[]>();

  constructor(columns: AwaitedColumns) {
    this.#columns = columns;
    this.#pending = new Int32Array(columns.state.length);
    this.goesOn = new Uint8Array(columns.targets.length);
    for (const [waiter, targets] of columns.targets.entries()) {
      for (const target of targets ?? []) {
        const others = this.#waitingFor.get(target);
        if (others === undefined) this.#waitingFor.set(target, [waiter]);
        else others.push(waiter);
      }
    }
  }

  enter(): void {
    const { entries, targets } = this.#columns;
    for (const entry of entries) this.#reach(entry);
    for (const [waiter, known] of targets.entries()) if (known === undefined) this.#goOn(waiter);
  }

  /** Follows at most `steps` objects; returns whether there may be more to do. */
  advance(steps: number): boolean {
    const { start, to, state } = this.#columns;
    const pending = this.#pending;
    for (let left = steps; left > 0; left--) {
      if (this.#count === 0) this.#lead();
      if (this.#count === 0) return false;
      const from = pending[--this.#count]!;
      const end = start[from + 1]!;
      for (let edge = start[from]!; edge < end; edge++) {
        const target = to[edge]!;
        const before = state[target]!;
        if (before === DONE) continue;
        if (before === AWAITED) {
          this.#reach(target);
          continue;
        }
        state[target] = DONE;
        if (before !== LEAF) pending[this.#count++] = target;
      }
    }
    return true;
  }

  #reach(object: number): void {
    const { state } = this.#columns;
    const before = state[object]!;
    if (before === DONE) return;
    state[object] = DONE;
    if (before !== LEAF) this.#pending[this.#count++] = object;
    if (before !== AWAITED) return;
    // Who waited for it, too, may have gone on in an earlier search.
    for (const waiter of this.#waitingFor.get(object) ?? []) this.#goOn(waiter);
  }

  #goOn(waiter: number): void {
    if (this.goesOn[waiter] === 1) return;
    this.goesOn[waiter] = 1;
    this.#goingOn.push(waiter);
  }

  /** Reaches what those lead to who go on, and those who go on because of that. */
  #lead(): void {
    const { leadsTo } = this.#columns;
    for (let waiter = this.#goingOn.pop(); waiter !== undefined; waiter = this.#goingOn.pop()) {
      for (const object of leadsTo[waiter]!) this.#reach(object);
    }
  }
}

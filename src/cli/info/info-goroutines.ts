/** The goroutines of `gohd info`: how many there are in what state, and in what function. */
import { findEntryFunction, GoroutineStatus, type Goroutines, goroutineState } from "../../heap/roots/goroutines.ts";

export interface GoroutineReport {
  readonly count: number;
  /** Of them, the runtime's own. */
  readonly system: number;
  readonly frames: number;
  readonly byState: readonly GoroutinesInState[];
  /** The program's before the runtime's, the most frequent first. */
  readonly byFunction: readonly GoroutinesInFunction[];
  /** What those two lists leave out, if there is more of it than anybody reads. */
  readonly more: { readonly byState: LeftOut; readonly byFunction: LeftOut };
}

/** Rows that are left out, and the goroutines in them. */
export interface LeftOut {
  readonly rows: number;
  readonly count: number;
  readonly system: number;
}

export interface GoroutinesInState {
  readonly status: string;
  /** The wait reason of waiting ones, otherwise the status. */
  readonly state: string;
  readonly count: number;
  readonly system: number;
}

export interface GoroutinesInFunction extends GoroutinesInState {
  /** What the goroutine was started for; null without frames. */
  readonly function: string | null;
}

/** Rows of a list: a program can start goroutines for any number of functions. */
const MOST_ROWS = 1000;

const STATUS_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(GoroutineStatus).map(([name, status]) => [status, name.toLowerCase()]),
);

/** Counts goroutines. One pass over them and their frames. */
export function countGoroutines(goroutines: Goroutines): GoroutineReport {
  const byState = new Map<string, { -readonly [K in keyof GoroutinesInState]: GoroutinesInState[K] }>();
  const byFunction = new Map<string, { -readonly [K in keyof GoroutinesInFunction]: GoroutinesInFunction[K] }>();
  let runtimeOwn = 0;
  for (let i = 0; i < goroutines.count; i++) {
    const status = STATUS_NAMES.get(goroutines.status[i]!) ?? String(goroutines.status[i]);
    const state = goroutineState(goroutines, i);
    const entry = findEntryFunction(goroutines, i) ?? null;
    const system = goroutines.system[i]!;
    const counted = { status, state, count: 0, system: 0 };
    const rows = [
      findOrAdd(byState, `${status} ${state}`, counted),
      findOrAdd(byFunction, `${status} ${state} ${entry}`, { ...counted, function: entry }),
    ];
    for (const row of rows) {
      row.count++;
      row.system += system;
    }
    runtimeOwn += system;
  }
  const states = [...byState.values()].sort(compare);
  const functions = [...byFunction.values()].sort(
    (a, b) => Number(isRuntimes(a)) - Number(isRuntimes(b)) || compare(a, b) || order(a.function, b.function),
  );
  return {
    count: goroutines.count,
    system: runtimeOwn,
    frames: goroutines.frames.count,
    byState: states.slice(0, MOST_ROWS),
    byFunction: functions.slice(0, MOST_ROWS),
    more: { byState: sumUp(states.slice(MOST_ROWS)), byFunction: sumUp(functions.slice(MOST_ROWS)) },
  };
}

function sumUp(rows: readonly GoroutinesInState[]): LeftOut {
  const sum = (of: (row: GoroutinesInState) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return { rows: rows.length, count: sum(({ count }) => count), system: sum(({ system }) => system) };
}

function findOrAdd<T>(rows: Map<string, T>, key: string, empty: T): T {
  const row = rows.get(key);
  if (row !== undefined) return row;
  rows.set(key, empty);
  return empty;
}

function isRuntimes({ count, system }: GoroutinesInState): boolean {
  return count === system;
}

function compare(a: GoroutinesInState, b: GoroutinesInState): number {
  return b.count - a.count || order(a.state, b.state);
}

/** By code units, so that it does not depend on the user's language. */
function order(a: string | null, b: string | null): number {
  const [x, y] = [a ?? "", b ?? ""];
  return x < y ? -1 : x > y ? 1 : 0;
}

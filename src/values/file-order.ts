/**
 * The order in which objects stand in the dump: the runtime writes span after span, and objects ascend in each, so address
 * order is file order in stretches, which are sorted by where they begin.
 */
import type { Objects } from "../heap/objects.ts";

/** Objects of consecutive numbers whose contents stand one behind the other. */
export interface FileRuns {
  readonly count: number;
  /** First object of each run, in the order of the file. */
  readonly first: Uint32Array;
  /** Object behind the last of each. */
  readonly end: Uint32Array;
}

/** Between two objects of a run is no more than a record's list of pointers and a few objects that were left out. */
const MAX_GAP = 4096;

const known = new WeakMap<Objects, FileRuns>();

/** Divides all objects into runs; once, whoever asks. O(objects), and sorting the runs, which are fewer than pages. */
export function orderByPosition(objects: Objects): FileRuns {
  let runs = known.get(objects);
  if (runs === undefined) {
    runs = findRuns(objects);
    known.set(objects, runs);
  }
  return runs;
}

function findRuns({ count, position, size }: Objects): FileRuns {
  const starts: number[] = [];
  for (let i = 0, expected = -1; i < count; i++) {
    const at = position[i]!;
    if (at < expected || at > expected + size[i - 1]! + MAX_GAP || i === 0) starts.push(i);
    expected = at + size[i]!;
  }
  return sortRuns(position, starts, [...starts.slice(1), ...(count === 0 ? [] : [count])]);
}

/** The same of some objects alone, which are divided where others are between them. @param among a bit for each of all objects */
export function orderSomeByPosition({ position }: Objects, among: Int32Array): FileRuns {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [element, bits] of among.entries()) {
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const object = 32 * element + 31 - Math.clz32(rest & -rest);
      const last = ends.length - 1;
      if (ends[last] === object && position[object]! > position[object - 1]!) ends[last] = object + 1;
      else {
        starts.push(object);
        ends.push(object + 1);
      }
    }
  }
  return sortRuns(position, starts, ends);
}

function sortRuns(position: Float64Array, starts: readonly number[], ends: readonly number[]): FileRuns {
  const order = Uint32Array.from(starts.keys()).sort((a, b) => position[starts[a]!]! - position[starts[b]!]!);
  return { count: starts.length, first: order.map((run) => starts[run]!), end: order.map((run) => ends[run]!) };
}

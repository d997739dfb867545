/**
 * The order in which objects stand in the dump: the runtime writes span after span, and objects ascend in each, so address
 * order is file order in stretches, which are sorted by where they begin.
 */
import { uint32Column } from "../heap/columns.ts";
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
  const order = Uint32Array.from(starts.keys()).sort((a, b) => position[starts[a]!]! - position[starts[b]!]!);
  return {
    count: starts.length,
    first: order.map((run) => starts[run]!),
    end: order.map((run) => starts[run + 1] ?? count),
  };
}

/**
 * The same of some objects alone, which are divided where others are between them. O(objects / 32), 8 bytes for each of the runs, of which there
 * may be as many as objects that are asked for. Only stretches of them are sorted, which are no more than in the dump are blocks of `MAX_GAP`.
 * @param among a bit for each of all objects
 */
export function orderSomeByPosition({ position, size }: Objects, among: Int32Array): FileRuns {
  const first = uint32Column();
  const end = uint32Column();
  /** Runs at which stretches begin. */
  const starts: number[] = [];
  let runs = 0;
  let before = -1;
  for (let element = 0; element < among.length; element++) {
    for (let rest = among[element]!; rest !== 0; rest &= rest - 1) {
      const object = 32 * element + 31 - Math.clz32(rest & -rest);
      const at = position[object]!;
      const expected = before < 0 ? 0 : position[before]! + size[before]!;
      const isNext = before >= 0 && at >= expected && at <= expected + MAX_GAP;
      if (isNext && before === object - 1) end.set(runs - 1, object + 1);
      else {
        if (!isNext) starts.push(runs);
        first.push(object);
        end.push(object + 1);
        runs++;
      }
      before = object;
    }
  }
  return inOrder(position, starts, first.finish(), end.finish());
}

/** Runs in the order of the stretches of them. */
function inOrder(position: Float64Array, starts: readonly number[], first: Uint32Array, end: Uint32Array): FileRuns {
  const count = first.length;
  const order = Uint32Array.from(starts.keys()).sort(
    (a, b) => position[first[starts[a]!]!]! - position[first[starts[b]!]!]!,
  );
  const sorted = { count, first: new Uint32Array(count), end: new Uint32Array(count) };
  let done = 0;
  for (const stretch of order) {
    const [from, to] = [starts[stretch]!, starts[stretch + 1] ?? count];
    sorted.first.set(first.subarray(from, to), done);
    sorted.end.set(end.subarray(from, to), done);
    done += to - from;
  }
  return sorted;
}

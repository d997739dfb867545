/**
 * Lengths: numbers that DevTools shows below slices' arrays, maps and channels: how many elements there are, and how many there is
 * room for. Every number is a node of its own, without a size, to which all lead that have it.
 */
import { computeValues, findUse, type Heap, type HolderUse, type Progress } from "../../src/index.ts";

/** What the pointers to numbers are called, by label. */
export const LENGTH_NAMES = ["length", "capacity", "entries", "slots", "buffered"] as const;

/** Numbers that get ids. */
const MOST_NUMBERS = 1 << 22;

export interface Lengths {
  /** Objects, ascending, once for each number that they have; the columns are as long. */
  readonly object: Int32Array;
  /** Index into LENGTH_NAMES. */
  readonly label: Uint8Array;
  /** Index into `numbers`. */
  readonly number: Int32Array;
  /** Each number once. */
  readonly numbers: Float64Array;
}

const LABELS: Readonly<Record<HolderUse["kind"], readonly [number, number]>> = {
  slice: [0, 1],
  map: [2, 3],
  channel: [4, 1],
};

/** Lists the lengths of a typed heap's objects; costs a walk of values. */
export async function listLengths(
  heap: Heap,
  isNode: (object: number) => boolean,
  progress: Progress,
): Promise<Lengths> {
  const values = await computeValues(heap, progress);
  const object: number[] = [];
  const label: number[] = [];
  const number: number[] = [];
  const indexOf = new Map<number, number>();
  for (let i = 0; i < heap.objects.count; i++) {
    const use = isNode(i) ? findUse(heap, values, i) : null;
    if (use === null) continue;
    for (const [k, value] of [use.length, use.capacity].entries()) {
      let index = indexOf.get(value);
      if (index === undefined) {
        if (indexOf.size === MOST_NUMBERS) continue;
        index = indexOf.size;
        indexOf.set(value, index);
      }
      object.push(i);
      label.push(LABELS[use.kind][k]!);
      number.push(index);
    }
  }
  return {
    object: Int32Array.from(object),
    label: Uint8Array.from(label),
    number: Int32Array.from(number),
    numbers: Float64Array.from(indexOf.keys()),
  };
}

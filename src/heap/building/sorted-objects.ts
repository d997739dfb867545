/**
 * The decoded columns in address order. Each sorted column takes the memory of a decoded one that is done with: that is
 * less to hold at the peak, and memory that is at hand already costs nothing to get.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import type { Progress } from "../../progress.ts";
import { newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import type { Crew } from "../../workers/pool.ts";
import type { ObjectRuns } from "../addresses/page-order.ts";
import type { Objects } from "../objects.ts";
import type { DumpTypes } from "./dump-types.ts";

export interface SortedObjects extends Objects {
  readonly presentSize: ReadonlyMap<number, number>;
}

export interface SortedColumns {
  readonly objects: SortedObjects;
  /** Memory for where the edges of objects start, one element more than objects. */
  readonly starts: Uint32Array;
}

/**
 * Sorts the columns of objects, which are used up by it; `type` is their shape. Linear.
 * @param isToBeTyped whether other types take the place of `type`, which is in memory of its own then, to be let go of
 */
export async function sortObjects(
  columns: ObjectColumns,
  runs: ObjectRuns,
  { shapeFlags, shapeSource }: DumpTypes,
  isToBeTyped: boolean,
  crew: Crew,
  progress: Progress,
): Promise<SortedColumns> {
  const { objectCount: count, start, length, order } = runs;
  const addressMemory = columns.address.buffer;
  const positionMemory = columns.position.buffer;
  const ofRuns = { start, length, order, runObject: firstObjects(runs) };
  const sort = (from: Float64Array, to: Float64Array): Promise<unknown> =>
    crew.share(SORT_NUMBERS, { ...ofRuns, from, to }, { rows: order.length, steps: count }, progress);
  const address = newColumn(Float64Array, count);
  await sort(columns.address, address);
  const position = new Float64Array(addressMemory, 0, count);
  await sort(columns.position, position);
  const size = new Uint32Array(positionMemory, 0, count);
  const type = isToBeTyped ? newColumn(Int32Array, count) : new Int32Array(positionMemory, 4 * count, count);
  columns.releaseObjects();
  const flags = newColumn(Uint8Array, count);
  const typeSource = newColumn(Uint8Array, count);
  const { shape } = columns;
  const ofShapes = { sizes: columns.shapes.sizes(), shapeFlags, shapeSource };
  const described = { ...ofRuns, ...ofShapes, shape, type, size, flags, typeSource };
  await crew.share(SORT_SHAPES, described, { rows: order.length, steps: count }, progress);
  const { hugeSize, presentSize } = sortExceptions(columns, runs);
  const objects = { count, address, size, hugeSize, presentSize, position, type, typeSource, flags };
  const starts = new Uint32Array(isToBeTyped ? positionMemory : shape.buffer, isToBeTyped ? 4 * count : 0, count + 1);
  return { objects, starts };
}

/** The number of the first object of each run, by address. */
function firstObjects({ length, order }: ObjectRuns): Uint32Array {
  const first = newColumn(Uint32Array, order.length);
  let count = 0;
  for (let k = 0; k < order.length; k++) {
    first[k] = count;
    count += length[order[k]!]!;
  }
  return first;
}

interface RunColumns extends Pick<ObjectRuns, "start" | "length" | "order"> {
  /** The number of the first object of each run, by address. */
  readonly runObject: Uint32Array;
}

interface NumberColumns extends RunColumns {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Puts numbers of some runs into address order. */
export const SORT_NUMBERS: Kernel<NumberColumns, unknown> = {
  name: "sort-numbers",
  run({ order, start, length, runObject, from, to }, firstRun, endRun) {
    let at = runObject[firstRun]!;
    for (let k = firstRun; k < endRun; k++) {
      const first = start[order[k]!]!;
      const after = first + length[order[k]!]!;
      for (let i = first; i < after; i++) to[at++] = from[i]!;
    }
  },
};

interface ShapeColumns extends RunColumns, Pick<Objects, "type" | "size" | "flags" | "typeSource"> {
  readonly shape: Int32Array;
  /** By shape. */
  readonly sizes: Uint32Array;
  readonly shapeFlags: Uint8Array;
  readonly shapeSource: Uint8Array;
}

/** Puts shapes of some runs into address order, and what follows from them. */
export const SORT_SHAPES: Kernel<ShapeColumns, unknown> = {
  name: "sort-shapes",
  run({ shape, sizes, shapeFlags, shapeSource, type, size, flags, typeSource, ...runs }, firstRun, endRun) {
    const { order, start, length, runObject } = runs;
    let at = runObject[firstRun]!;
    for (let k = firstRun; k < endRun; k++) {
      const first = start[order[k]!]!;
      const after = first + length[order[k]!]!;
      for (let i = first; i < after; i++, at++) {
        const own = shape[i]!;
        type[at] = own;
        size[at] = sizes[own]!;
        flags[at] = shapeFlags[own]!;
        typeSource[at] = shapeSource[own]!;
      }
    }
  },
};

function sortExceptions(
  columns: ObjectColumns,
  { order, start, length }: ObjectRuns,
): Pick<SortedObjects, "hugeSize" | "presentSize"> {
  const hugeSize = new Map<number, number>();
  const presentSize = new Map<number, number>();
  if (columns.hugeSize.size > 0 || columns.presentSize.size > 0) {
    let object = 0;
    for (const run of order) {
      const first = start[run]!;
      for (let i = first; i < first + length[run]!; i++, object++) {
        const huge = columns.hugeSize.get(i);
        if (huge !== undefined) hugeSize.set(object, huge);
        const present = columns.presentSize.get(i);
        if (present !== undefined) presentSize.set(object, present);
      }
    }
  }
  return { hugeSize, presentSize };
}

/**
 * The decoded columns in address order. Each sorted column takes the memory of a decoded one that is done with: that is
 * less to hold at the peak, and memory that is at hand already costs nothing to get.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { breathe, type Progress } from "../../progress.ts";
import { newColumn } from "../../workers/current.ts";
import type { ObjectRuns } from "../addresses/page-order.ts";
import type { Objects } from "../objects.ts";
import type { DumpTypes } from "./dump-types.ts";

export interface SortedObjects extends Objects {
  readonly presentSize: ReadonlyMap<number, number>;
}

/** Sorts the columns of objects, which are used up by it; `type` is their shape. Linear. */
export async function sortObjects(
  columns: ObjectColumns,
  runs: ObjectRuns,
  { shapeFlags, shapeSource }: DumpTypes,
  progress: Progress,
): Promise<SortedObjects> {
  const count = runs.objectCount;
  const addressMemory = columns.address.buffer;
  const positionMemory = columns.position.buffer;
  const address = newColumn(Float64Array, count);
  copyNumbers(columns.address, address, runs);
  await breathe(progress);
  const position = new Float64Array(addressMemory, 0, count);
  copyNumbers(columns.position, position, runs);
  await breathe(progress);
  const size = new Uint32Array(positionMemory, 0, count);
  const type = new Int32Array(positionMemory, 4 * count, count);
  copyShapes(columns.shape, type, runs);
  columns.releaseObjects();
  await breathe(progress);

  const flags = newColumn(Uint8Array, count);
  const typeSource = new Uint8Array(count);
  const sizes = columns.shapes.sizes();
  for (let i = 0; i < count; i++) {
    const shape = type[i]!;
    size[i] = sizes[shape]!;
    flags[i] = shapeFlags[shape]!;
    typeSource[i] = shapeSource[shape]!;
  }
  const { hugeSize, presentSize } = sortExceptions(columns, runs);
  return { count, address, size, hugeSize, presentSize, position, type, typeSource, flags };
}

// One function for each kind of array: a loop that has seen several kinds is several times slower.

function copyNumbers(from: Float64Array, to: Float64Array, { order, start, length }: ObjectRuns): void {
  let at = 0;
  for (const run of order) {
    const first = start[run]!;
    const after = first + length[run]!;
    for (let i = first; i < after; i++) to[at++] = from[i]!;
  }
}

function copyShapes(from: Int32Array, to: Int32Array, { order, start, length }: ObjectRuns): void {
  let at = 0;
  for (const run of order) {
    const first = start[run]!;
    const after = first + length[run]!;
    for (let i = first; i < after; i++) to[at++] = from[i]!;
  }
}

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

/** What is in use: the results of one walk over the values of a typed heap, computed once per heap, whoever asks. */
import type { Heap } from "../heap/heap.ts";
import { type Analysis, isKnown, memoise } from "../heap/memo.ts";
import { breathe, type Progress } from "../progress.ts";
import { ArrayViews, type ViewColumns } from "./array-views.ts";
import { BoxCounts } from "./box-counts.ts";
import { type ChannelColumns, ChannelCounts } from "./channel-counts.ts";
import { findContainers } from "./containers.ts";
import { Holders } from "./holders.ts";
import { type MapColumns, MapCounts } from "./map-counts.ts";
import { isCounted, walkValues } from "./value-walk.ts";

/** Objects between two breaths. */
const SLICE = 1 << 20;

/** All of it is empty for a heap without an executable, whose types have no layouts. */
export interface HeapValues {
  readonly maps: MapColumns;
  readonly channels: ChannelColumns;
  /** How much of arrays and strings is in use. */
  readonly views: ViewColumns;
  /** Small values in interfaces. */
  readonly boxes: BoxCounts;
}

/**
 * The container of every object: Int32Array, length objects.count. See `findContainers`. By the graph alone; 4 bytes an
 * object.
 */
export const computeContainers: Analysis<Int32Array> = memoise(findContainers);

/** The field or variable that each object hangs on. By the graph alone; 8 bytes an object. */
export const computeHolders: Analysis<Holders> = memoise((heap, progress) => Holders.find(heap, progress));

/**
 * Lengths, capacities and counts of a typed heap. Reads the contents of all objects with pointers, from the front of the
 * dump to its back; 6 bytes for each array and string, 9 while it works, and containers.
 */
export const computeValues: Analysis<HeapValues> = memoise((heap: Heap, progress) => countValues(heap, progress));

/**
 * What maps and channels hold; of these alone, where nobody has asked for all values. Not memoised. Costs `computeContainers`, a look at
 * the type of every object, and reading what maps and channels are made of; a bit an object, and what their counts take.
 */
export async function countMapsAndChannels(
  heap: Heap,
  progress: Progress,
): Promise<Pick<HeapValues, "maps" | "channels">> {
  if (isKnown(computeValues, heap)) return computeValues(heap, progress);
  const maps = new MapCounts(heap);
  const channels = new ChannelCounts(heap);
  await walkValues(heap, [maps, channels], progress, findCounted(heap));
  return { maps: maps.finish(await computeContainers(heap, progress)), channels: channels.finish() };
}

/** A bit for each object that visitors of structures are shown. */
function findCounted({ objects, types }: Heap): Int32Array {
  const bits = new Int32Array((objects.count >>> 5) + 1);
  const { count, type } = objects;
  const isAsked = Uint8Array.from({ length: types.count }, (_, row) =>
    Number(isCounted(types.layouts?.structure[row])),
  );
  for (let i = 0; i < count; i++) if (isAsked[type[i]!] === 1) bits[i >>> 5]! |= 1 << (i & 31);
  return bits;
}

/** @param among as in `walkValues` */
async function countValues(heap: Heap, progress: Progress, among?: Int32Array): Promise<HeapValues> {
  const maps = new MapCounts(heap);
  const channels = new ChannelCounts(heap);
  const views = new ArrayViews(heap);
  const boxes = new BoxCounts(heap);
  await walkValues(heap, [maps, channels, views, boxes], progress, among);
  // After the walk: while it is under way, another thread may need the room.
  const containers = await computeContainers(heap, progress);
  return { maps: maps.finish(containers), channels: channels.finish(), views: views.finish(), boxes };
}

/**
 * The same, of which only what is said of one object and its parts is whole: walks over these and what leads to it, unless all is
 * known. Looks at every edge.
 */
export async function computeValuesOf(heap: Heap, object: number, progress: Progress): Promise<HeapValues> {
  if (isKnown(computeValues, heap)) return computeValues(heap, progress);
  const containers = await computeContainers(heap, progress);
  return countValues(heap, progress, await findLeading(heap, object, containers, progress));
}

/** A bit for each object that is part of one, or leads to it. */
async function findLeading(
  { objects, edges }: Heap,
  object: number,
  containers: Int32Array,
  progress: Progress,
): Promise<Int32Array> {
  const bits = new Int32Array((objects.count >>> 5) + 1);
  const { start, to } = edges;
  for (let i = 0; i < objects.count; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    let isMeant = i === object || containers[i] === object;
    for (let edge = start[i]!; edge < start[i + 1]!; edge++) if (to[edge] === object) isMeant = true;
    if (isMeant) bits[i >>> 5]! |= 1 << (i & 31);
  }
  return bits;
}

/** What is in use: the results of one walk over the values of a typed heap, computed once per heap, whoever asks. */
import type { Heap } from "../heap/heap.ts";
import { type Analysis, memoise } from "../heap/memo.ts";
import { ArrayViews, type ViewColumns } from "./array-views.ts";
import { BoxCounts } from "./box-counts.ts";
import { type ChannelColumns, ChannelCounts } from "./channel-counts.ts";
import { findContainers } from "./containers.ts";
import { Holders } from "./holders.ts";
import { type MapColumns, MapCounts } from "./map-counts.ts";
import { walkValues } from "./value-walk.ts";

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
export const computeValues: Analysis<HeapValues> = memoise(async (heap: Heap, progress) => {
  const maps = new MapCounts(heap);
  const channels = new ChannelCounts(heap);
  const views = new ArrayViews(heap);
  const boxes = new BoxCounts(heap);
  await walkValues(heap, [maps, channels, views, boxes], progress);
  // After the walk: while it is under way, another thread may need the room.
  const containers = await computeContainers(heap, progress);
  return { maps: maps.finish(containers), channels: channels.finish(), views: views.finish(), boxes };
});

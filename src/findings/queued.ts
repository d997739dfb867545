/** Queued: what waits in channels that hang side by side. Where whoever receives does not keep up, they are full. */
import type { Heap } from "../heap/heap.ts";
import { indexInSorted } from "../heap/lower-bound.ts";
import { isKnown } from "../heap/memo.ts";
import { valueOffset } from "../heap/objects.ts";
import { Structure } from "../heap/value-layouts.ts";
import type { Progress } from "../progress.ts";
import type { ChannelColumns } from "../values/channel-counts.ts";
import { SequentialReader } from "../values/sequential-reader.ts";
import { computeValues } from "../values/values.ts";

/** Values that wait in channels, and how many have room there, of all these channels together. */
export interface Queued {
  readonly buffered: number;
  readonly capacity: number;
}

/** Channels mostly come in the order of their addresses, and those of a span are near one another in the dump. */
const WINDOW_SIZE = 1 << 12;

/** A sum that grows with each channel: there may be millions. */
export interface QueueSum {
  buffered: number;
  capacity: number;
}

/** Counts what waits in some channels after the other. */
export class QueueCounter {
  readonly #heap: Heap;
  readonly #known: ChannelColumns | undefined;
  #reader: SequentialReader | undefined;

  /** @param known what all channels hold; where that is left out, the header of each that is asked for is read from the dump */
  constructor(heap: Heap, known: ChannelColumns | undefined) {
    this.#heap = heap;
    this.#known = known;
  }

  /** Whether objects of a row of the type table are channels. */
  isChannel(row: number): boolean {
    return this.#heap.types.layouts?.structure[row] === Structure.CHANNEL;
  }

  /**
   * Adds a channel to a sum; not what was only guessed to be one and cannot be, because more waits there than there is room for.
   * @returns whether it is known what the channel holds
   */
  add(object: number, to: QueueSum): boolean {
    const row = this.#known === undefined ? -1 : indexInSorted(this.#known.header, object);
    if (row >= 0) return addBuffered(this.#known!.buffered[row]!, this.#known!.capacity[row]!, to);
    const { objects, types } = this.#heap;
    const layout = types.layouts?.channel(objects.type[object]!);
    if (layout === undefined) return false;
    this.#reader ??= new SequentialReader(this.#heap, WINDOW_SIZE);
    const at = objects.position[object]! + valueOffset(objects, object);
    const capacity = this.#reader.integer(at + layout.capacity.offset, layout.capacity.size);
    return addBuffered(this.#reader.integer(at + layout.count.offset, layout.count.size), capacity, to);
  }
}

function addBuffered(buffered: number, capacity: number, to: QueueSum): boolean {
  if (buffered > capacity) return false;
  to.buffered += buffered;
  to.capacity += capacity;
  return true;
}

/** Counts them by what is known of all channels; where nobody has asked for that, by the dump. */
export async function countQueued(heap: Heap, progress: Progress): Promise<QueueCounter> {
  return new QueueCounter(
    heap,
    isKnown(computeValues, heap) ? (await computeValues(heap, progress)).channels : undefined,
  );
}

/** What a sum came to; null if no channel had room for any value. */
export function toQueued({ buffered, capacity }: QueueSum): Queued | null {
  return capacity === 0 ? null : { buffered, capacity };
}

/** The sum of both. */
export function addQueued(one: Queued | null, other: Queued | null): Queued | null {
  if (one === null || other === null) return one ?? other;
  return { buffered: one.buffered + other.buffered, capacity: one.capacity + other.capacity };
}

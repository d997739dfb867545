/** ChannelCounts: what each channel holds, has room for, and how many goroutines wait for it. runtime/chan.go. */
import { float64Column, int32Column } from "../heap/columns.ts";
import type { Heap } from "../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../heap/objects.ts";
import { type ChannelLayout, type IntegerField, Structure } from "../heap/value-layouts.ts";
import type { SequentialReader } from "./sequential-reader.ts";
import type { ValueVisitor } from "./value-walk.ts";

/** One row per reachable channel, by ascending header. */
export interface ChannelColumns {
  readonly count: number;
  /** The object of the header, and of the buffer if its elements have no pointers. */
  readonly header: Int32Array;
  /** The object of the buffer; NO_OBJECT if it is part of the header's, or there is none. */
  readonly buffer: Int32Array;
  /** Values that wait to be received. */
  readonly buffered: Float64Array;
  readonly capacity: Float64Array;
  readonly elementSize: Float64Array;
  /** 1 if it is closed. */
  readonly closed: Uint8Array;
  /** Goroutines that wait to receive, and to send, selects included. */
  readonly receivers: Float64Array;
  readonly senders: Float64Array;
}

export class ChannelCounts implements ValueVisitor {
  readonly #heap: Heap;
  readonly #header = int32Column();
  readonly #buffered = float64Column();
  readonly #capacity = float64Column();
  readonly #elementSize = float64Column();
  readonly #closed = int32Column();
  /** The first that wait: objects, or NO_OBJECT. */
  readonly #receiver = int32Column();
  readonly #sender = int32Column();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  structure(object: number, row: number, position: number, reader: SequentialReader): void {
    const layouts = this.#heap.types.layouts!;
    if (layouts.structure[row] !== Structure.CHANNEL) return;
    const layout = layouts.channel(row);
    if (layout === undefined) return;
    const read = ({ offset, size }: IntegerField): number => reader.integer(position + offset, size);
    this.#header.push(object);
    this.#buffered.push(read(layout.count));
    this.#capacity.push(read(layout.capacity));
    this.#elementSize.push(read(layout.elementSize));
    this.#closed.push(read(layout.closed) === 0 ? 0 : 1);
    // The runtime does not look for pointers in channels of elements without, so the graph has none for these queues.
    const first = (queue: number): number =>
      queue < 0 ? NO_OBJECT : this.#heap.findObject(reader.address(position + queue));
    this.#receiver.push(first(layout.receivers));
    this.#sender.push(first(layout.senders));
  }

  /** The columns, when the walk is over. O(channels and their waiters). */
  finish(): ChannelColumns {
    const found = this.#header.values;
    const order = Uint32Array.from(found.keys()).sort((a, b) => found[a]! - found[b]!);
    const header = Int32Array.from(order, (row) => found[row]!);
    const channel = this.#heap.types.layouts?.channel;
    const layouts = Array.from(header, (object) => channel?.(this.#heap.objects.type[object]!));
    const count = (first: Int32Array): Float64Array => {
      // A waiter is in one queue. Damaged queues may all lead into one ring, which must not be gone round for each.
      let left = this.#heap.objects.count;
      return Float64Array.from(order, (row, i) => {
        const waiters = this.#countWaiters(first[row]!, layouts[i], left);
        left -= waiters;
        return waiters;
      });
    };
    const inOrder = ({ values }: { readonly values: Float64Array }): Float64Array =>
      Float64Array.from(order, (row) => values[row]!);
    return {
      count: header.length,
      header,
      buffer: Int32Array.from(header, (object, i) => this.#pointerAt(object, layouts[i]?.buffer ?? -1)),
      buffered: inOrder(this.#buffered),
      capacity: inOrder(this.#capacity),
      elementSize: inOrder(this.#elementSize),
      closed: Uint8Array.from(order, (row) => this.#closed.values[row]!),
      receivers: count(this.#receiver.values),
      senders: count(this.#sender.values),
    };
  }

  /** @param most counted at the most: a damaged queue may lead into itself; a goroutine that selects waits in many */
  #countWaiters(first: number, layout: ChannelLayout | undefined, most: number): number {
    if (layout === undefined || layout.nextWaiter < 0) return 0;
    let count = 0;
    let waiter = first;
    for (; waiter !== NO_OBJECT && count < most; count++) {
      waiter = this.#pointerAt(waiter, layout.nextWaiter);
    }
    return count;
  }

  /** The object that the pointer at an offset of an object's value leads to; NO_OBJECT if there is none, or itself. */
  #pointerAt(object: number, offset: number): number {
    if (offset < 0) return NO_OBJECT;
    const { objects, edges } = this.#heap;
    const at = offset + valueOffset(objects, object);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      if (edges.offset[edge] === at) return edges.to[edge] === object ? NO_OBJECT : edges.to[edge]!;
    }
    return NO_OBJECT;
  }
}

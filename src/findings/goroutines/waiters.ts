/** Waiters: what the runtime notes of each wait of a goroutine. runtime/runtime2.go: type sudog struct { g *g; …; elem; …; c *hchan }. */
import { int32Column } from "../../heap/columns.ts";
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { findDescriptors } from "./goroutine-field.ts";

/** One row per sudog that names a goroutine, by ascending object. */
export interface Waiters {
  readonly count: number;
  /** The sudog. */
  readonly object: Int32Array;
  readonly goroutine: Int32Array;
  /** The channel that the goroutine waits for; NO_OBJECT if it is none. */
  readonly channel: Int32Array;
  /** The object that has the semaphore, or what the goroutine sends or receives; NO_OBJECT if that is in no object. */
  readonly element: Int32Array;
  /** Byte offset of the word in a sudog that leads there; -1 if it is not known. */
  readonly elementOffset: number;
}

const Field = { OTHER: 0, GOROUTINE: 1, CHANNEL: 2, ELEMENT: 3 } as const;

/** Objects between two breaths. */
const SLICE = 1 << 20;

/**
 * Finds the waiters, none without the types of the runtime's structures. Linear in the objects and the pointers of
 * waiters; 16 bytes a waiter.
 */
export async function findWaiters(heap: Heap, progress: Progress): Promise<Waiters> {
  const { objects, edges, types } = heap;
  const columns = { object: int32Column(), goroutine: int32Column(), channel: int32Column(), element: int32Column() };
  const row = types.names.indexOf("runtime.sudog");
  const goroutineAt = row < 0 ? undefined : findDescriptors(heap);
  /** By offset: which field it is. */
  const fields = new Map<number, number>();
  for (let waiter = 0; goroutineAt !== undefined && waiter < objects.count; waiter++) {
    if (waiter % SLICE === SLICE - 1) await breathe(progress);
    if (objects.type[waiter] !== row) continue;
    let goroutine: number | undefined;
    let channel = NO_OBJECT;
    let element = NO_OBJECT;
    const start = valueOffset(objects, waiter);
    for (let edge = edges.start[waiter]!; edge < edges.start[waiter + 1]!; edge++) {
      const offset = edges.offset[edge]! - start;
      let field = fields.get(offset);
      if (field === undefined) {
        field = fieldCalled(edgeName(heap, waiter, edge, false));
        fields.set(offset, field);
      }
      if (field === Field.GOROUTINE) goroutine = goroutineAt.get(edges.to[edge]!);
      else if (field === Field.CHANNEL) channel = edges.to[edge]!;
      else if (field === Field.ELEMENT) element = edges.to[edge]!;
    }
    if (goroutine === undefined) continue;
    columns.object.push(waiter);
    columns.goroutine.push(goroutine);
    columns.channel.push(channel);
    columns.element.push(element);
  }
  const known = row < 0 ? undefined : types.details?.(row)?.fields.find(({ name }) => name === "elem");
  return {
    count: columns.object.count,
    object: columns.object.finish(),
    goroutine: columns.goroutine.finish(),
    channel: columns.channel.finish(),
    element: columns.element.finish(),
    elementOffset: known?.offset ?? -1,
  };
}

/** Since Go 1.26, "c" and "elem" are structs of the pointer that the collector sees, and of the same as a number. */
function fieldCalled(name: string | undefined): number {
  if (name === "g") return Field.GOROUTINE;
  if (name === "c" || name?.startsWith("c.")) return Field.CHANNEL;
  return name === "elem" || name?.startsWith("elem.") ? Field.ELEMENT : Field.OTHER;
}

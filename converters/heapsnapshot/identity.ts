/**
 * Node ids. DevTools' Comparison view takes equal ids in two files for the same object; Go's collector does not move
 * objects, so an object's id is made from its address and two dumps of one process can be compared.
 *
 *     1, 3, 5, …          root and groups, by kind: the same in every file
 *     1025, 1027, …       numbers, in the order in which they were met
 *     2^24 - 1            "(end)"
 *     2, 4, 6, …          segments, goroutines, frames (even, as V8's native nodes)
 *     2^24 + 1 + 2·w      objects; w = (address - base) / 8 ("address"), or the row ("dense")
 */
import type { Heap } from "../../src/index.ts";

/** Id of the last node, "(end)". */
export const END_ID = 2 ** 24 - 1;

/** Least id of an object. */
export const FIRST_OBJECT_ID = 2 ** 24 + 1;

/** Slots are at least this large and aligned to it. */
const GRANULE = 8;

/** Bytes of addresses that "address" ids reach over: 15.9 GiB. */
const ADDRESS_SPAN = Math.floor((2 ** 32 - FIRST_OBJECT_ID) / 2) * GRANULE;

/** Addresses are counted from a multiple of this, so that a heap that grows keeps its base. */
const BASE_GRAIN = 2 ** 32;

export interface IdScheme {
  readonly kind: "address" | "dense";
  /** What "address" ids count from, in the addresses of the heap's columns (see `dump.addressBase`). */
  readonly base: number;
}

/**
 * Chooses how objects get their ids. The base is the arenas' start as the dump tells it, or the lowest object if that is
 * lower, rounded down to 4 GiB: two dumps of one process agree on it unless its heap grew downwards between them.
 * O(1).
 */
export function chooseIdScheme(heap: Heap): IdScheme {
  const { address, count } = heap.objects;
  if (count === 0) return { kind: "address", base: roundDown(heap.dump.heapStart) };
  const lowest = address[0]!;
  const base = roundDown(heap.dump.heapStart > 0 ? Math.min(heap.dump.heapStart, lowest) : lowest);
  const span = address[count - 1]! - base + (heap.objects.hugeSize.get(count - 1) ?? 0);
  return { kind: span < ADDRESS_SPAN ? "address" : "dense", base };
}

/** Id of the object, or part of an object, that begins at `address`. */
export function addressId(address: number, base: number): number {
  return FIRST_OBJECT_ID + 2 * Math.floor((address - base) / GRANULE);
}

/** Id of a root or group node; odd, below `END_ID`. */
export function groupId(kind: number): number {
  return 2 * kind + 1;
}

/** Id of a number, of those that a snapshot has; odd, above those of groups and below `END_ID`. */
export function numberId(index: number): number {
  return 1025 + 2 * index;
}

/** Id of a segment, goroutine or frame; even. */
export function nativeId(vertex: number): number {
  return 2 * vertex + 2;
}

function roundDown(address: number): number {
  return Math.floor(address / BASE_GRAIN) * BASE_GRAIN;
}

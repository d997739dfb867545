/**
 * The objects and the pointers between them, as columns: the graph itself. Objects are numbered in address order, edges
 * in the order of their sources and offsets.
 */
import { HEADER_SIZE } from "../format/objects/object-format.ts";
import type { ShapeTable } from "../format/objects/shapes.ts";

/** "No object": what lookups return and link columns hold where there is none. */
export const NO_OBJECT = -1;

/** `objects.flags`: the slot's pointer list is not empty. */
export const HAS_POINTERS = 1;
/** `objects.flags`: the slot begins with a malloc header (Go ≥ 1.22), the Go value one word (8 bytes) later. */
export const HAS_HEADER = 2;
/** `objects.flags`: some GC root leads to the object. */
export const REACHABLE = 4;

/** How an object got its type; `objects.typeSource`. */
export const TypeSource = {
  /** Not typed: `objects.type` is a fallback (size class and pointer mask). */
  NONE: 0,
  /** The runtime itself says so. */
  EXACT: 1,
  /** Follows from the type of something that refers to the object. */
  PROPAGATED: 2,
  /** Guessed from shape and contents. */
  INFERRED: 3,
} as const;

/** One row per allocated slot, in address order. Every column has `count` elements. */
export interface Objects {
  readonly count: number;
  /** Start of the slot in the dumped process; see `address.ts` for addresses above 2^53. */
  readonly address: Float64Array;
  /** Shallow size in bytes: the whole slot. `HUGE_SIZE` where it does not fit; `objectSize` tells them all. */
  readonly size: Uint32Array;
  /** Sizes of 2^32-1 bytes and more, by object index. */
  readonly hugeSize: ReadonlyMap<number, number>;
  /** Bytes of contents really in the dump, by object, where the runtime wrote fewer than the size. */
  readonly presentSize?: ReadonlyMap<number, number>;
  /** Byte in the dump where the contents begin. */
  readonly position: Float64Array;
  /** Index into the type table; never negative. */
  readonly type: Int32Array;
  /** `TypeSource` of `type`. */
  readonly typeSource: Uint8Array;
  /** HAS_POINTERS, HAS_HEADER, REACHABLE. */
  readonly flags: Uint8Array;
}

/** In `objects.size`: look into `objects.hugeSize`. */
export const HUGE_SIZE = 0xffff_ffff;

/** Shallow size of an object in bytes. O(1). */
export function objectSize(objects: Objects, index: number): number {
  const size = objects.size[index]!;
  return size === HUGE_SIZE ? (objects.hugeSize.get(index) ?? size) : size;
}

/** Byte offset at which an object's value begins in its slot: behind a malloc header, if it has one. O(1). */
export function valueOffset(objects: Objects, index: number): number {
  return (objects.flags[index]! & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
}

/** Address of an object's value: of its slot, behind a malloc header, if it has one. O(1). */
export function valueAddress(objects: Objects, index: number): number {
  return objects.address[index]! + valueOffset(objects, index);
}

/**
 * Pointers from objects to objects, in CSR form: object i's edges are `start[i]` … `start[i+1]-1`, in the order of their
 * offsets. Nil pointers and pointers to anything but an object are not edges; `statistics` counts them.
 */
export interface Edges {
  readonly count: number;
  /** Length objects.count + 1. */
  readonly start: Uint32Array;
  /** Target object. */
  readonly to: Int32Array;
  /** Byte offset of the pointer inside the source's slot (a malloc header, if any, counted). */
  readonly offset: Uint32Array;
  /** Edges whose pointer is not to the beginning of the target's value, ascending. */
  readonly interiorEdge: Uint32Array;
  /** Byte offset inside the target's slot, for each of `interiorEdge`. */
  readonly interiorOffset: Float64Array;
}

/** Shapes by object: what `objects.type` is before anything is typed. */
export interface ObjectShapes {
  readonly table: ShapeTable;
  /** Row of `table`, per object. */
  readonly of: Int32Array;
}

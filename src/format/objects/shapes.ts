/**
 * Shapes: the distinct (slot size, pointer mask) pairs of a dump's objects, numbered as they are met. Without types a
 * shape is all that is known of an object, and it is stable between dumps of one program. Objects with a malloc header
 * are told apart by the header's type address instead of their mask, objects of go1.3 by their type and kind.
 */

import type { Cursor } from "../records/cursor.ts";
import { FieldLists } from "./field-lists.ts";
import type { ObjectFormat } from "./object-format.ts";
import { mix, RECENT_LENGTH, recentIndex, secondHash } from "./shape-hashes.ts";

export const ShapeKind = {
  /** Slot size and pointer mask. */
  MASK: 0,
  /** Slot size and the type address of a malloc header. */
  HEADER: 1,
  /** go1.3: slot size, type address and Go13ObjectKind. */
  GO13: 2,
} as const;

/** Masks of more bytes are told apart by two hashes and not kept. */
const MAX_KEPT_MASK = 1024;

/** Elements of `rows` for each shape: what decoding an object of the shape takes, side by side in memory. */
export const SHAPE_STRIDE = 8;
/** Slot size; -1 if the mask is not kept. */
export const SHAPE_SIZE = 0;
/** Where in `masks` the mask is, … */
export const SHAPE_MASK = 1;
/** … and its length with the zero behind it. */
export const SHAPE_MASK_LENGTH = 2;
/** Where in `lists.offsets` the fields are; of shapes without a kept mask, those of the object decoded last. */
export const SHAPE_FIELDS = 3;
export const SHAPE_FIELD_COUNT = 4;
/** Masks are compared four bytes at a time: how many are before the last four, … */
export const SHAPE_MASK_TAIL = 5;
/** … and the bits of these that belong to the mask. */
export const SHAPE_TAIL_BITS = 6;

/** Largest size in `noscan`. */
export const MAX_NOSCAN_SIZE = 32768;

export interface Shape {
  readonly kind: number;
  readonly size: number;
  /** HEADER, GO13: the type's address. */
  readonly typeAddress: number;
  /** GO13: Go13ObjectKind. */
  readonly objectKind: number;
  readonly pointerCount: number;
  /** MASK: the field list as it is on the wire, without its end; undefined when it is too long. */
  readonly mask: Uint8Array | undefined;
  /** Hash of the mask. */
  readonly hash: number;
}

export class ShapeTable {
  rows = new Int32Array(256 * SHAPE_STRIDE);
  /** The kept masks, as they are on the wire, each with the zero behind it; at the end, room to read a few bytes more. */
  masks = new Uint8Array(4096);
  /** The same bytes. */
  maskView = new DataView(this.masks.buffer);
  readonly lists = new FieldLists();
  /** The shape met last at an index that `recentIndex` makes of an object; shape 0 to begin with. */
  readonly recent = new Int32Array(RECENT_LENGTH);
  /** Shape of pointer-free slots by size / 8, or -1. */
  readonly noscan = new Int32Array(MAX_NOSCAN_SIZE / 8 + 1).fill(-1);

  #count = 0;
  #maskEnd = 0;
  #kind = new Uint8Array(256);
  #size = new Float64Array(256);
  #typeAddress = new Float64Array(256);
  #objectKind = new Uint8Array(256);
  #pointerCount = new Float64Array(256);
  #hash = new Int32Array(256);
  /** Length of the mask without its end, … */
  #maskLength = new Float64Array(256);
  /** … and a second hash of it, of masks that are not kept. */
  #check = new Int32Array(256);
  /** Open addressing: shape + 1, or 0. */
  #slots = new Int32Array(1024);

  constructor() {
    // What `recent` begins with must not match anything.
    this.rows[SHAPE_SIZE] = -1;
  }

  get count(): number {
    return this.#count;
  }

  get(shape: number): Shape {
    const start = this.rows[shape * SHAPE_STRIDE + SHAPE_MASK]!;
    const length = this.#maskLength[shape]!;
    return {
      kind: this.#kind[shape]!,
      size: this.#size[shape]!,
      typeAddress: this.#typeAddress[shape]!,
      objectKind: this.#objectKind[shape]!,
      pointerCount: this.#pointerCount[shape]!,
      mask: length > MAX_KEPT_MASK ? undefined : this.masks.slice(start, start + length),
      hash: this.#hash[shape]!,
    };
  }

  pointerCount(shape: number): number {
    return this.#pointerCount[shape]!;
  }

  /** Slot size by shape, at most 0xffffffff. */
  sizes(): Uint32Array {
    return Uint32Array.from({ length: this.#count }, (_, shape) => Math.min(this.#size[shape]!, 0xffff_ffff));
  }

  /**
   * Finds or adds the shape of a slot of `size` bytes whose field list begins at `list`, and puts it into `recent`.
   * @param limit end of the window
   * @returns false if the list is damaged, not wholly in the window or too long to be kept
   */
  learn(size: number, { bytes, view }: Cursor, list: number, limit: number, format: ObjectFormat): boolean {
    const end = this.lists.parse(bytes, list, limit, size, format);
    if (end < 0 || end - list > MAX_KEPT_MASK) return false;
    const index = recentIndex(size, view.getInt32(list, true), view.getInt32(list + 4, true));
    this.recent[index] = this.ofList(size, bytes, list, end);
    return true;
  }

  /**
   * Finds or adds the shape of a slot of `size` bytes whose field list is bytes[start…end-1], and is the one that `lists`
   * has parsed last.
   */
  ofList(size: number, bytes: Uint8Array, start: number, end: number): number {
    const { lists } = this;
    const shape = this.ofMask(size, bytes, start, end, lists.count, lists.hash);
    this.#setFields(shape, end - start <= MAX_KEPT_MASK);
    return shape;
  }

  /** Finds or adds the shape of a slot with a malloc header, whose field list is the one that `lists` has parsed last. */
  ofHeader(size: number, typeAddress: number): number {
    const shape = this.ofType(ShapeKind.HEADER, size, typeAddress, 0, this.lists.count);
    this.#setFields(shape, false);
    return shape;
  }

  #setFields(shape: number, keep: boolean): void {
    const { lists, rows } = this;
    const row = shape * SHAPE_STRIDE;
    if (keep && rows[row + SHAPE_FIELD_COUNT] === lists.count) return;
    rows[row + SHAPE_FIELDS] = keep ? lists.keep() : lists.kept;
    rows[row + SHAPE_FIELD_COUNT] = lists.count;
  }

  /**
   * Finds or adds the shape of a slot of `size` bytes whose field list (without its end) is bytes[start…end-1].
   * @param hash of the list, by any function, but always the same one
   */
  ofMask(size: number, bytes: Uint8Array, start: number, end: number, pointerCount: number, hash: number): number {
    const length = end - start;
    const check = length > MAX_KEPT_MASK ? secondHash(bytes, start, end) : 0;
    const bits = this.#slots.length - 1;
    let at = mix(hash ^ Math.imul(size, 0x85eb_ca6b)) & bits;
    for (; ; at = (at + 1) & bits) {
      const shape = this.#slots[at]! - 1;
      if (shape < 0) break;
      // The hash alone settles nearly all mismatches.
      if (
        this.#hash[shape] === hash &&
        this.#size[shape] === size &&
        this.#kind[shape] === ShapeKind.MASK &&
        this.#maskLength[shape] === length &&
        (length > MAX_KEPT_MASK ? this.#check[shape] === check : this.#sameMask(shape, bytes, start, length))
      ) {
        return shape;
      }
    }
    const shape = this.#add(at, ShapeKind.MASK, size, 0, 0, pointerCount, hash);
    this.#maskLength[shape] = length;
    this.#check[shape] = check;
    if (length <= MAX_KEPT_MASK) this.#keepMask(shape, size, bytes, start, length);
    return shape;
  }

  #keepMask(shape: number, size: number, bytes: Uint8Array, start: number, length: number): void {
    const row = shape * SHAPE_STRIDE;
    if (size < 2 ** 31) this.rows[row + SHAPE_SIZE] = size;
    this.rows[row + SHAPE_MASK] = this.#maskEnd;
    this.rows[row + SHAPE_MASK_LENGTH] = length + 1;
    this.rows[row + SHAPE_MASK_TAIL] = length & ~3;
    this.rows[row + SHAPE_TAIL_BITS] = -1 >>> (8 * (3 - (length & 3)));
    if (this.#maskEnd + length + 4 > this.masks.length) {
      this.masks = enlarge(this.masks);
      this.maskView = new DataView(this.masks.buffer);
    }
    for (let i = 0; i < length; i++) this.masks[this.#maskEnd + i] = bytes[start + i]!;
    this.#maskEnd += length + 1;
    if (length === 0 && size <= MAX_NOSCAN_SIZE && size % 8 === 0) this.noscan[size / 8] = shape;
  }

  /** Finds or adds a shape that is told apart by a type's address. */
  ofType(kind: number, size: number, typeAddress: number, objectKind: number, pointerCount: number): number {
    const hash = Math.imul((typeAddress % 0x1_0000_0000) | 0, 0x9e37_79b1) ^ (objectKind << 4) ^ kind;
    const bits = this.#slots.length - 1;
    let at = mix(hash ^ Math.imul(size, 0x85eb_ca6b)) & bits;
    for (; ; at = (at + 1) & bits) {
      const shape = this.#slots[at]! - 1;
      if (shape < 0) break;
      if (
        this.#typeAddress[shape] === typeAddress &&
        this.#size[shape] === size &&
        this.#kind[shape] === kind &&
        this.#objectKind[shape] === objectKind
      ) {
        return shape;
      }
    }
    return this.#add(at, kind, size, typeAddress, objectKind, pointerCount, hash);
  }

  #sameMask(shape: number, bytes: Uint8Array, start: number, length: number): boolean {
    const { masks } = this;
    const from = this.rows[shape * SHAPE_STRIDE + SHAPE_MASK]!;
    for (let i = 0; i < length; i++) if (masks[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(
    at: number,
    kind: number,
    size: number,
    typeAddress: number,
    objectKind: number,
    pointerCount: number,
    hash: number,
  ): number {
    const shape = this.#count++;
    if (shape === this.#kind.length) this.#growColumns();
    this.#kind[shape] = kind;
    this.#size[shape] = size;
    this.#typeAddress[shape] = typeAddress;
    this.#objectKind[shape] = objectKind;
    this.#pointerCount[shape] = pointerCount;
    this.#hash[shape] = hash;
    this.rows[shape * SHAPE_STRIDE + SHAPE_SIZE] = -1;
    this.#slots[at] = shape + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return shape;
  }

  #growColumns(): void {
    this.#kind = enlarge(this.#kind);
    this.#size = enlarge(this.#size);
    this.#typeAddress = enlarge(this.#typeAddress);
    this.#objectKind = enlarge(this.#objectKind);
    this.#pointerCount = enlarge(this.#pointerCount);
    this.#hash = enlarge(this.#hash);
    this.#maskLength = enlarge(this.#maskLength);
    this.#check = enlarge(this.#check);
    this.rows = enlarge(this.rows);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const bits = slots.length - 1;
    for (let shape = 0; shape < this.#count; shape++) {
      let at = mix(this.#hash[shape]! ^ Math.imul(this.#size[shape]!, 0x85eb_ca6b)) & bits;
      while (slots[at] !== 0) at = (at + 1) & bits;
      slots[at] = shape + 1;
    }
    this.#slots = slots;
  }
}

function enlarge<T extends Uint8Array | Float64Array | Int32Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from as never);
  return to;
}

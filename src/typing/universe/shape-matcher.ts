/**
 * ShapeMatcher: the acceptance test. A type is taken for an object only if its pointer words, repeated as often as they
 * must, are exactly those that the dump lists for the object's slot (runtime/heapdump.go, dumpfields). Objects by the
 * million share a few shapes, so answers are kept by shape and type.
 */

import type { Type } from "../../binary/index.ts";
import { hashField } from "../../format/objects/field-lists.ts";
import { HEADER_SIZE, MAX_HEADER_SIZE } from "../../format/objects/object-format.ts";
import { type Shape, ShapeKind, type ShapeTable } from "../../format/objects/shapes.ts";
import type { SlotSizes } from "./slot-sizes.ts";
import { NodeKind, type TypeNode } from "./type-node.ts";

/** How a type fits a shape. A class, so that it has a shape in memory that no other object shares. */
export class Match {
  /** Values of the type from the slot's beginning; 0 = the type does not fit. */
  readonly repeat: number;
  /** The slot is exactly of the size that so many values get. */
  readonly isExactSize: boolean;
  /** One value of the type gets just this slot. */
  readonly isOne: boolean;
  /** Kept here by whoever finds out: something else of this shape may begin with the type, … */
  mayBeFirst: boolean | undefined;
  /** … or with an array of it. */
  mayBeWindow: boolean | undefined;

  constructor(repeat: number, isExactSize: boolean, isOne: boolean) {
    this.repeat = repeat;
    this.isExactSize = isExactSize;
    this.isOne = isOne;
  }
}

const NO_MATCH = new Match(0, false, false);

/** Answers that are kept at hand; a power of two. */
const RECENT = 1 << 14;
const SHAPE_FACTOR = 0x9e37_79b1 | 0;

/** What a shape lists, decoded. */
class Mask {
  readonly shape: Shape;
  /** Where the value begins. */
  readonly start: number;
  /** Byte offsets of the pointer words in the slot; undefined when only their hash was kept. */
  readonly offsets: Int32Array | undefined;

  constructor(shape: Shape, pointerSize: number) {
    this.shape = shape;
    this.start = shape.kind === ShapeKind.HEADER ? HEADER_SIZE : 0;
    this.offsets = decodeMask(shape, pointerSize);
  }
}

export class ShapeMatcher {
  readonly #table: ShapeTable;
  readonly #slots: SlotSizes;
  readonly #headerMinSize: number;
  readonly #pointerSize: number;
  readonly #isKnownType: (address: number) => boolean;
  readonly #masks: (Mask | undefined)[] = [];
  readonly #matches = new Map<number, Match>();
  /** The latest answers, at a place that shape and type give: a Map takes ten times as long. */
  readonly #recentShape = new Int32Array(RECENT).fill(-1);
  readonly #recentNode = new Int32Array(RECENT);
  readonly #recentMatch = new Array<Match>(RECENT).fill(NO_MATCH);

  /**
   * @param slots which slots values get
   * @param headerMinSize slots above it begin with a malloc header if they have pointers; Infinity before Go 1.22
   * @param isKnownType whether the executable has the type that a header tells, as far as that is known
   */
  constructor(
    table: ShapeTable,
    slots: SlotSizes,
    headerMinSize: number,
    pointerSize: number,
    isKnownType: (address: number) => boolean,
  ) {
    this.#isKnownType = isKnownType;
    this.#slots = slots;
    this.#pointerSize = pointerSize;
    this.#table = table;
    this.#headerMinSize = headerMinSize;
  }

  /** Whether objects of this shape can be values of this type, one or several. */
  match(shape: number, node: TypeNode): Match {
    const at = (Math.imul(shape, SHAPE_FACTOR) + node.id) & (RECENT - 1);
    if (this.#recentShape[at] === shape && this.#recentNode[at] === node.id) return this.#recentMatch[at]!;
    const key = node.id * this.#table.count + shape;
    let match = this.#matches.get(key);
    if (match === undefined) {
      match = this.#compute(this.mask(shape), node);
      this.#matches.set(key, match);
    }
    this.#recentShape[at] = shape;
    this.#recentNode[at] = node.id;
    this.#recentMatch[at] = match;
    return match;
  }

  /** Whether an object of this shape that holds such elements can be one array of `bytes` bytes, and no longer one. */
  canBeOne(shapeIndex: number, element: TypeNode, bytes: number): boolean {
    const { shape, start } = this.mask(shapeIndex);
    if (!this.#slots.isFull(bytes, shape.size, start)) return false;
    const held = this.match(shapeIndex, element).repeat * element.size;
    return shape.pointerCount === 0 || this.#isTiled(shape) ? held >= bytes : held === bytes;
  }

  /** Whether so many values of a type as would have a shape's pointers, or one, get a slot of its size. O(1). */
  mayFill(shapeIndex: number, type: Type): boolean {
    const { shape, start } = this.mask(shapeIndex);
    const { size } = type;
    if (size === 0 || size + start > shape.size || (type.pointerBytes === 0) !== (shape.pointerCount === 0))
      return false;
    if (shape.pointerCount === 0 || this.#isTiled(shape) || this.#slots.isMaskedBehind) return true;
    const { words, repeat } = type.pointers;
    const count = shape.pointerCount / (words.length * repeat);
    if (!Number.isInteger(count) || count * size > shape.size) return false;
    const bytes = count * size;
    return this.#slots.isFull(bytes, shape.size) || this.#slots.isFull(bytes, shape.size, HEADER_SIZE);
  }

  /** Whether the mask of a shape's values is repeated to the slot's end, the last time perhaps in part. */
  isTiled(shape: number): boolean {
    return this.#isTiled(this.mask(shape).shape);
  }

  /** Whether values that end `end` bytes behind the beginning get a slot of just this size. */
  isFull(shapeIndex: number, end: number): boolean {
    const { shape, start } = this.mask(shapeIndex);
    return this.#slots.isFull(end, shape.size, start);
  }

  /** Whether objects of this shape have pointers. O(1). */
  hasPointers(shape: number): boolean {
    return this.mask(shape).shape.pointerCount > 0;
  }

  mask(shape: number): Mask {
    let mask = this.#masks[shape];
    if (mask === undefined) {
      mask = new Mask(this.#table.get(shape), this.#pointerSize);
      this.#masks[shape] = mask;
    }
    return mask;
  }

  #compute({ shape, offsets, start }: Mask, node: TypeNode): Match {
    const room = shape.size - start;
    const words = node.leaves.offset;
    if (node.size === 0 || node.size > room) return NO_MATCH;
    // A type that package reflect made, or that a plugin brought: it is none of those that are asked for.
    if (shape.kind === ShapeKind.HEADER && !this.#isKnownType(shape.typeAddress)) return NO_MATCH;
    if (shape.pointerCount === 0) {
      // The elements of a channel without pointers stand behind its header, in one object without pointers; a channel
      // without a buffer is one too.
      const isAlone = this.#slots.isFull(node.size, shape.size);
      if (node.kind === NodeKind.CHANNEL && (isAlone || node.subject!.leaves.offset.length === 0)) {
        return new Match(1, true, true);
      }
      if (words.length > 0) return NO_MATCH;
      const isOne = this.#slots.isFull(node.size, shape.size);
      if (isOne) return new Match(1, true, true);
      const most = this.#slots.mostFor(node.size, shape.size);
      return most > 0 ? new Match(most, true, false) : new Match(Math.floor(room / node.size), false, false);
    }
    if (words.length === 0) return NO_MATCH;
    const isTiled = this.#isTiled(shape);
    let repeat = isTiled ? Math.floor(room / node.size) : shape.pointerCount / words.length;
    if (!isTiled && this.#slots.isMaskedBehind) repeat = this.#repeatBefore(shape, words, node.size);
    if (isTiled) {
      const rest = room - repeat * node.size;
      const inRest = words.filter((offset) => offset < rest).length;
      if (shape.pointerCount !== repeat * words.length + inRest) return NO_MATCH;
    } else if (!Number.isInteger(repeat) || repeat === 0 || repeat * node.size > room) {
      return NO_MATCH;
    }
    // The header's own type says what it is; this is asked only for types of the same layout.
    if (shape.kind === ShapeKind.HEADER) {
      return new Match(repeat, true, repeat === 1 && this.#slots.isFull(node.size, shape.size, HEADER_SIZE));
    }
    const fits =
      offsets === undefined
        ? hashMatches(shape, words, node.size)
        : matches(offsets, shape.pointerCount, words, node.size);
    if (!fits) return NO_MATCH;
    const bytes = repeat * node.size;
    const header = bytes > this.#headerMinSize && bytes <= MAX_HEADER_SIZE - HEADER_SIZE ? HEADER_SIZE : 0;
    const isFull = this.#slots.isFull(bytes, shape.size, header);
    return new Match(repeat, isTiled || isFull, repeat === 1 && isFull);
  }

  /** How many values stand before a red zone in which their mask goes on; 0 if no number explains the mask. */
  #repeatBefore({ size: slot, pointerCount }: Shape, words: Int32Array, size: number): number {
    for (let count = Math.floor(slot / size); count > 0; count--) {
      const end = Math.floor(this.#slots.withRedZone(count * size) / this.#pointerSize) * this.#pointerSize;
      const rest = end % size;
      const pointers = Math.floor(end / size) * words.length + words.filter((offset) => offset < rest).length;
      if (pointers < pointerCount) return 0;
      if (pointers === pointerCount && this.#slots.isFull(count * size, slot)) return count;
    }
    return 0;
  }

  /**
   * Where the type stands outside the bitmap (in a header, or by the span), its mask is repeated to the slot's end, the
   * last time perhaps in part. Elsewhere it ends with the last value.
   */
  #isTiled(shape: Shape): boolean {
    if (shape.kind === ShapeKind.HEADER) return true;
    return this.#headerMinSize !== Number.POSITIVE_INFINITY && shape.size > MAX_HEADER_SIZE;
  }
}

/** Whether the offsets are those of the words, repeated as often as they go. */
function matches(offsets: Int32Array, count: number, words: Int32Array, size: number): boolean {
  let base = 0;
  let k = 0;
  for (let i = 0; i < count; i++) {
    if (offsets[i] !== base + words[k]!) return false;
    if (++k === words.length) {
      k = 0;
      base += size;
    }
  }
  return true;
}

/** The same for masks of which only the hash was kept. */
function hashMatches(shape: Shape, words: Int32Array, size: number): boolean {
  let hash = 0;
  let base = 0;
  let k = 0;
  for (let i = 0; i < shape.pointerCount; i++) {
    hash = hashField(hash, 1, base + words[k]!);
    if (++k === words.length) {
      k = 0;
      base += size;
    }
  }
  return hash === shape.hash;
}

/** A field list as it is on the wire → offsets. */
function decodeMask({ mask, pointerCount }: Shape, pointerSize: number): Int32Array | undefined {
  if (pointerCount === 0) return new Int32Array(0);
  if (mask === undefined || mask.length === 0) return undefined;
  const offsets = new Int32Array(pointerCount);
  let count = 0;
  for (let at = 0; at < mask.length; ) {
    const kind = mask[at++]!;
    let offset = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = mask[at++]!;
      offset += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    // An interface of go1.4 is listed at its type word; its data word is the pointer.
    offsets[count++] = kind === 1 ? offset : offset + pointerSize;
  }
  return offsets;
}

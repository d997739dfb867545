/**
 * ShapeMatcher: the acceptance test. A type is taken for an object only if its pointer words, repeated as often as they
 * must, are exactly those that the dump lists for the object's slot: typing.md §4.2. Objects by the million share a few
 * shapes, so answers are kept by shape and type.
 */

import { hashField } from "../../format/objects/field-lists.ts";
import { HEADER_SIZE, MAX_HEADER_SIZE } from "../../format/objects/object-format.ts";
import { type Shape, ShapeKind, type ShapeTable } from "../../format/objects/shapes.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import { NodeKind, type TypeNode } from "./type-node.ts";

/** How a type fits a shape. */
export interface Match {
  /** Values of the type from the slot's beginning; 0 = the type does not fit. */
  readonly repeat: number;
  /** The slot is exactly of the size that so many values get. */
  readonly isExactSize: boolean;
}

const NO_MATCH: Match = { repeat: 0, isExactSize: false };

/** Answers that are kept at hand; a power of two. */
const RECENT = 1 << 14;
const SHAPE_FACTOR = 0x9e37_79b1 | 0;

/** What a shape lists, decoded. */
interface Mask {
  /** Byte offsets of the pointer words in the slot; undefined when only their hash was kept. */
  readonly offsets: Int32Array | undefined;
  readonly shape: Shape;
  /** Where the value begins. */
  readonly start: number;
}

export class ShapeMatcher {
  readonly #table: ShapeTable;
  readonly #headerMinSize: number;
  readonly #pointerSize: number;
  readonly #masks: (Mask | undefined)[] = [];
  readonly #matches = new Map<number, Match>();
  /** The latest answers, at a place that shape and type give: a Map takes ten times as long. */
  readonly #recentShape = new Int32Array(RECENT).fill(-1);
  readonly #recentNode = new Int32Array(RECENT);
  readonly #recentMatch = new Array<Match>(RECENT).fill(NO_MATCH);

  /** @param headerMinSize slots above it begin with a malloc header if they have pointers; Infinity before Go 1.22 */
  constructor(table: ShapeTable, headerMinSize: number, pointerSize: number) {
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
    if (slotSizeFor(bytes + start) !== shape.size) return false;
    const held = this.match(shapeIndex, element).repeat * element.size;
    return shape.pointerCount === 0 || this.#isTiled(shape) ? held >= bytes : held === bytes;
  }

  mask(shape: number): Mask {
    let mask = this.#masks[shape];
    if (mask === undefined) {
      const row = this.#table.get(shape);
      mask = {
        shape: row,
        start: row.kind === ShapeKind.HEADER ? HEADER_SIZE : 0,
        offsets: decodeMask(row, this.#pointerSize),
      };
      this.#masks[shape] = mask;
    }
    return mask;
  }

  #compute({ shape, offsets, start }: Mask, node: TypeNode): Match {
    const room = shape.size - start;
    const words = node.leaves.offset;
    if (node.size === 0 || node.size > room) return NO_MATCH;
    if (shape.pointerCount === 0) {
      // The elements of a channel without pointers stand behind its header, in one object without pointers; a channel
      // without a buffer is one too.
      const isAlone = slotSizeFor(node.size) === shape.size;
      if (node.kind === NodeKind.CHANNEL && (isAlone || node.subject!.leaves.offset.length === 0)) {
        return { repeat: 1, isExactSize: true };
      }
      if (words.length > 0) return NO_MATCH;
      const repeat = slotSizeFor(node.size) === shape.size ? 1 : Math.floor(room / node.size);
      return { repeat, isExactSize: slotSizeFor(repeat * node.size) === shape.size };
    }
    if (words.length === 0) return NO_MATCH;
    const isTiled = this.#isTiled(shape);
    const repeat = isTiled ? Math.floor(room / node.size) : shape.pointerCount / words.length;
    if (isTiled) {
      const rest = room - repeat * node.size;
      const inRest = words.filter((offset) => offset < rest).length;
      if (shape.pointerCount !== repeat * words.length + inRest) return NO_MATCH;
    } else if (!Number.isInteger(repeat) || repeat * node.size > room) {
      return NO_MATCH;
    }
    // The header's own type says what it is; this is asked only for types of the same layout.
    if (shape.kind === ShapeKind.HEADER) return { repeat, isExactSize: true };
    const fits =
      offsets === undefined
        ? hashMatches(shape, words, node.size)
        : matches(offsets, shape.pointerCount, words, node.size);
    if (!fits) return NO_MATCH;
    const bytes = repeat * node.size;
    const header = bytes > this.#headerMinSize && bytes <= MAX_HEADER_SIZE - HEADER_SIZE ? HEADER_SIZE : 0;
    return { repeat, isExactSize: isTiled || slotSizeFor(bytes + header) === shape.size };
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

/**
 * Assignments: the type of every object so far, and how it was found. All that is known of an object is in one word: they
 * are met in no order, and each is in memory only once.
 */

import { longColumn } from "../../column-memory.ts";
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import { HAS_HEADER, HAS_POINTERS } from "../../heap/objects.ts";
import { lookAhead } from "./look-ahead.ts";
import { NodeFilter } from "./node-filter.ts";

/** Types that fit into a word beside the rest; no program has a tenth of them. */
const MAX_NODES = (1 << 21) - 1;

const ARRAY = 1;
const FRESH = 2;
const SOURCE_SHIFT = 2;
const SOURCE_MASK = 3;
const STANDING_SHIFT = 4;
const STANDING_MASK = 3;
const HALVES_SHIFT = 6;
const HALVES_MASK = 3;
const POINTERS = 1 << 8;
const HEADER = 1 << 9;
/** What the heap says, … */
const GIVEN = POINTERS | HEADER;
/** … and what else other types of an object do not change. */
const KEPT = (HALVES_MASK << HALVES_SHIFT) | GIVEN;
const NODE_SHIFT = 11;

/** What a type stands on; a greater one outweighs a smaller one. */
export const Standing = {
  /** Contents, or the type of something that was guessed. */
  GUESS: 0,
  /** A pointer to a value that fills the object, which may as well be the beginning of something larger. */
  PLAIN: 1,
  /** What is known of a part says it of the whole: text of which a part is referred to, blocks of several values. */
  PART: 2,
  /** What refers to all of the object, and nothing else explains. */
  WHOLE: 3,
} as const;

const PART = Standing.PART << STANDING_SHIFT;
const PLAIN = Standing.PLAIN << STANDING_SHIFT;
const WHOLE = Standing.WHOLE << STANDING_SHIFT;
/** What tells a type and what it stands on. */
const CERTAIN = (-1 << NODE_SHIFT) | (STANDING_MASK << STANDING_SHIFT);
/** The same with all that tells text from what else is called by its type. */
const TEXT = CERTAIN | POINTERS | ARRAY | (HALVES_MASK << HALVES_SHIFT);

export class Assignments {
  /** Number of objects. */
  readonly count: number;
  /** Objects that have a type. */
  typedCount = 0;
  readonly #words: Int32Array;
  /** Types that objects have for want of a better one. */
  readonly #openTypes: NodeFilter;
  /**
   * One bit an object: set where it has no type or an open one, and perhaps where it had. They are gone through dozens of times,
   * and in most dumps are few.
   */
  readonly #openBits: Int32Array;
  /** Of what was looked at ahead, so that it is not left out. */
  #seen = 0;
  readonly #untyped = new NodeFilter((id) => id < 0);

  /**
   * @param flags of the heap's objects
   * @param openTypes takes the types that objects have for want of a better one
   */
  constructor(flags: Uint8Array, openTypes: NodeFilter) {
    this.count = flags.length;
    this.#words = longColumn(Int32Array, this.count);
    this.#openTypes = openTypes;
    this.#openBits = new Int32Array((this.count + 31) >>> 5).fill(-1);
    if ((this.count & 31) !== 0) this.#openBits[this.#openBits.length - 1] = (1 << (this.count & 31)) - 1;
    for (let i = 0; i < flags.length; i++) {
      const flag = flags[i]!;
      this.#words[i] = ((flag & HAS_POINTERS) === 0 ? 0 : POINTERS) | ((flag & HAS_HEADER) === 0 ? 0 : HEADER);
    }
  }

  /** Whether an object has pointers, as its flags say: whoever asks for its type asks for this as well. */
  hasPointers(object: number): boolean {
    return (this.#words[object]! & POINTERS) !== 0;
  }

  /** `valueOffset` of an object: whoever asks for its type mostly asks for this as well. */
  valueOffset(object: number): number {
    return (this.#words[object]! & HEADER) === 0 ? 0 : HEADER_SIZE;
  }

  /** Whether it has pointers, and no type. */
  isBlank(object: number): boolean {
    return (this.#words[object]! & (POINTERS | (-1 << NODE_SHIFT))) === POINTERS;
  }

  /** Whether it has pointers, and a type that others follow from, so that what is said of a part of it changes nothing. */
  isClosed(object: number): boolean {
    const word = this.#words[object]!;
    const isSettled = (word & (POINTERS | FRESH)) === POINTERS && word >>> NODE_SHIFT !== 0;
    return isSettled && ((word >>> STANDING_SHIFT) & STANDING_MASK) !== Standing.PLAIN;
  }

  isTyped(object: number): boolean {
    return this.#words[object]! >>> NODE_SHIFT !== 0;
  }

  /** Id of an object's type node; -1 if it has none. */
  nodeId(object: number): number {
    return (this.#words[object]! >>> NODE_SHIFT) - 1;
  }

  /** Whether it is an array of the type. */
  isArray(object: number): boolean {
    return (this.#words[object]! & ARRAY) !== 0;
  }

  /** Notes that an object is an array of its type. */
  markArray(object: number): void {
    this.#words[object]! |= ARRAY;
  }

  /** The halves of a tiny block that something refers to, one bit each, or both if it refers to no element of an array. */
  halves(object: number): number {
    return (this.#words[object]! >>> HALVES_SHIFT) & HALVES_MASK;
  }

  /** Notes that something refers to these halves. Other types do not change it. */
  markHalves(object: number, halves: number): void {
    this.#words[object]! |= halves << HALVES_SHIFT;
  }

  /** TypeSource of the type. */
  source(object: number): number {
    return (this.#words[object]! >>> SOURCE_SHIFT) & SOURCE_MASK;
  }

  standing(object: number): number {
    return (this.#words[object]! >>> STANDING_SHIFT) & STANDING_MASK;
  }

  /** Whether it has just this type, for the best reason that there is. */
  isCertain(object: number, nodeId: number): boolean {
    return (this.#words[object]! & CERTAIN) === (((nodeId + 1) << NODE_SHIFT) | WHOLE);
  }

  /** Whether it has pointers and just this type, as one value that may as well be the beginning of something larger. */
  isPlainly(object: number, nodeId: number): boolean {
    return (this.#words[object]! & (CERTAIN | POINTERS | ARRAY)) === (((nodeId + 1) << NODE_SHIFT) | PLAIN | POINTERS);
  }

  /** Loads what is known of some objects; see `lookAhead`. */
  lookAhead(objects: Int32Array, from: number, to: number): void {
    this.#seen ^= lookAhead(this.#words, objects, from, to);
  }

  /** Whether it has no pointers, and is an array of just this type of which a part is known at least, and no block of values. */
  isText(object: number, nodeId: number): boolean {
    return (this.#words[object]! & TEXT) === (((nodeId + 1) << NODE_SHIFT) | ARRAY | PART);
  }

  /** Whether the type was given since the last generation, so that nothing followed from it yet. */
  isFresh(object: number): boolean {
    return (this.#words[object]! & FRESH) !== 0;
  }

  /** The next object behind `object` (-1: the first) that has no type; -1 if there is none. */
  nextUntyped(object: number): number {
    return this.nextOpen(object, this.#untyped);
  }

  /** The same for those without a type, or with an open one, that a filter takes. */
  nextOpen(object: number, filter: NodeFilter): number {
    for (let next = this.#nextBit(object + 1); next >= 0; next = this.#nextBit(next + 1)) {
      const id = this.nodeId(next);
      if (filter.takes(id)) return next;
      if (id >= 0 && !this.#openTypes.takes(id)) this.#openBits[next >>> 5]! &= ~(1 << (next & 31));
    }
    return -1;
  }

  #nextBit(from: number): number {
    const bits = this.#openBits;
    let at = from >>> 5;
    let rest = at < bits.length ? bits[at]! & (-1 << (from & 31)) : 0;
    while (rest === 0) {
      if (++at >= bits.length) return -1;
      rest = bits[at]!;
    }
    return (at << 5) + 31 - Math.clz32(rest & -rest);
  }

  /** The same for all objects that a filter takes. */
  nextOf(object: number, filter: NodeFilter): number {
    return filter.find(this.#words, NODE_SHIFT, object + 1);
  }

  /** Gives an object a type, which is fresh; one type too many is none. */
  set(object: number, nodeId: number, asArray: boolean, source: number, standing: number): void {
    if (nodeId >= MAX_NODES) return;
    const word = this.#words[object]!;
    if (word >>> NODE_SHIFT === 0) this.typedCount++;
    else if (this.#openTypes.takes(nodeId)) this.#open(object);
    this.#words[object] =
      ((nodeId + 1) << NODE_SHIFT) |
      (standing << STANDING_SHIFT) |
      (source << SOURCE_SHIFT) |
      FRESH |
      (word & KEPT) |
      (asArray ? ARRAY : 0);
  }

  /** Takes an object's type away. */
  clear(object: number): void {
    const word = this.#words[object]!;
    if (word >>> NODE_SHIFT === 0) return;
    this.typedCount--;
    this.#words[object] = word & GIVEN;
    this.#open(object);
  }

  /** Notes that there is better evidence for the type that an object has. */
  raise(object: number, standing: number, source: number): void {
    const word = this.#words[object]! & ~((STANDING_MASK << STANDING_SHIFT) | (SOURCE_MASK << SOURCE_SHIFT));
    this.#words[object] = word | (standing << STANDING_SHIFT) | (source << SOURCE_SHIFT);
  }

  /** Says otherwise how the type of an object is known. */
  setSource(object: number, source: number): void {
    this.#words[object] = (this.#words[object]! & ~(SOURCE_MASK << SOURCE_SHIFT)) | (source << SOURCE_SHIFT);
  }

  /** Ends the generation for an object: others may follow from its type from now on. */
  settle(object: number): void {
    this.#words[object]! &= ~FRESH;
  }

  #open(object: number): void {
    this.#openBits[object >>> 5]! |= 1 << (object & 31);
  }
}

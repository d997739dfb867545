/**
 * Claims: what is said of objects, and whether it is taken. A type is taken only if the object's shape agrees with it
 * (`shape-matcher.ts`) and nothing better is known: typing.md §4.2. Objects that got one wait until their pointers are
 * followed.
 */
import { Kind } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { areAlike, contains, isArray, isLayoutOf, isShapeOf, NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { Assignments } from "./assignments.ts";
import { isGuess, Rank } from "./rank.ts";

/** Numbers that `takeInteriors` gives for each value: object, bytes from its value's beginning, node id, rank. */
export const INTERIOR_WIDTH = 4;

/** Values without pointers that are smaller share blocks of this size. */
const TINY_SIZE = 16;

/** A better rank by so much outweighs a larger value. */
const DECISIVE = 25;

export class Claims {
  /** The result. */
  readonly assignments: Assignments;

  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #shapeOf: Int32Array;
  /** Objects whose pointers are to be followed; each is in it once at the most. */
  readonly #stack: Int32Array;
  #depth = 0;
  #interiors: number[] = [];

  constructor(heap: Heap, universe: TypeUniverse, matcher: ShapeMatcher) {
    const { count } = heap.objects;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#shapeOf = heap.shapes!.of;
    this.assignments = new Assignments(count);
    this.#stack = new Int32Array(count);
  }

  /** Takes an object whose pointers are to be followed; -1 if there is none. */
  next(): number {
    if (this.#depth === 0) return -1;
    const object = this.#stack[--this.#depth]!;
    this.assignments.dequeue(object);
    return object;
  }

  /** Takes the values in the middle of objects that were claimed since the last time: `INTERIOR_WIDTH` numbers each. */
  takeInteriors(): readonly number[] {
    const interiors = this.#interiors;
    this.#interiors = [];
    return interiors;
  }

  node(object: number): TypeNode | undefined {
    const id = this.assignments.nodeId(object);
    return id < 0 ? undefined : this.#universe.nodes[id];
  }

  /** Gives an object a type for certain, whatever it had. */
  assign(object: number, node: TypeNode, asArray: boolean, rank: number, source: number): void {
    this.assignments.set(object, node.id, asArray, rank, source);
    if (node.leaves.offset.length > 0 && this.assignments.enqueue(object)) this.#stack[this.#depth++] = object;
  }

  /**
   * Says that a value of `node`, or an array of them, begins `inside` bytes behind the beginning of an object's value.
   * Taken if the object's shape agrees and nothing better is known.
   * @returns whether it was taken
   */
  add(object: number, inside: number, node: TypeNode, asArray: boolean, rank: number, source: number): boolean {
    const current = this.assignments.nodeId(object);
    if (inside === 0 && current === node.id) {
      this.assignments.raiseRank(object, rank);
      return false;
    }
    if (isArray(node)) {
      // [n]T is walked as an array of T.
      const element = this.#universe.elementOf(node);
      if (element === undefined) return false;
      const isOne = inside === 0 && !asArray && this.#matcher.canBeOne(this.#shapeOf[object]!, element, node.size);
      return this.add(object, inside, isOne ? this.#universe.arrayOf(node)! : element, true, rank, source);
    }
    if (inside !== 0) return this.#addInside(object, inside, node, asArray, rank, source);
    const shape = this.#shapeOf[object]!;
    const match = this.#matcher.match(shape, node);
    if (match.repeat === 0) return false;
    const isTiny = node.size < TINY_SIZE && this.#isTiny(object);
    // One small value gets such a block, too; the bytes of strings are many everywhere.
    const isMany = asArray || (match.repeat > 1 && !(isTiny && node.kind === NodeKind.TYPE));
    if (current >= 0) {
      const known = this.#universe.nodes[current]!;
      if (known.kind === NodeKind.TINY) return false;
      if (isTiny && areSeparate(known, node, inside)) {
        this.assign(object, this.#universe.tiny, false, rank, source);
        return false;
      }
      if (!this.#isBetter(object, shape, node, match.repeat, match.isExactSize, known, rank)) return false;
    }
    this.assign(object, node, isMany, rank, source);
    return true;
  }

  #isBetter(
    object: number,
    shape: number,
    node: TypeNode,
    repeat: number,
    isExactSize: boolean,
    known: TypeNode,
    rank: number,
  ): boolean {
    const knownRank = this.assignments.rank(object);
    if (isLayoutOf(known, node)) return true;
    if (knownRank >= Rank.HEADER) return isShapeOf(known, node);
    if (isLayoutOf(node, known)) return false;
    if (areAlike(known, node)) {
      // A slice of a named array, or a pointer to an element, says less than the name, unless that is a guess.
      return node.kind === NodeKind.NAMED_ARRAY
        ? !isGuess(rank) || rank > knownRank
        : isGuess(knownRank) && rank > knownRank;
    }
    const knownMatch = this.#matcher.match(shape, known);
    if (isExactSize !== knownMatch.isExactSize) return isExactSize;
    const bytes = repeat * node.size;
    const knownBytes = knownMatch.repeat * known.size;
    if (bytes !== knownBytes && knownRank - rank < DECISIVE) return bytes > knownBytes;
    if (rank !== knownRank) return rank > knownRank;
    return isShapeOf(known, node) || contains(node, known);
  }

  #isTiny(object: number): boolean {
    const { shape } = this.#matcher.mask(this.#shapeOf[object]!);
    return shape.size === TINY_SIZE && shape.pointerCount === 0;
  }

  /** A pointer into the middle: of an array of the type, if the whole object can be one; else of something larger. */
  #addInside(object: number, inside: number, node: TypeNode, asArray: boolean, rank: number, source: number): boolean {
    const known = this.node(object);
    if (known !== undefined) {
      if (!this.#isTiny(object) || !areSeparate(known, node, inside)) return false;
      this.assign(object, this.#universe.tiny, false, rank - Rank.INTERIOR, source);
      return true;
    }
    if (this.#isTiny(object) && node.leaves.offset.length === 0 && node.size < TINY_SIZE) {
      this.assign(object, this.#universe.tiny, false, rank - Rank.INTERIOR, source);
      return true;
    }
    if (node.size > 0 && inside % node.size === 0 && inside > 0) {
      const { repeat } = this.#matcher.match(this.#shapeOf[object]!, node);
      if (repeat > 1 && inside < repeat * node.size) {
        this.assign(object, node, true, rank - Rank.INTERIOR, source);
        return true;
      }
    }
    if (node.leaves.offset.length > 0 && !asArray) this.#interiors.push(object, inside, node.id, rank);
    return false;
  }
}

/** Whether a value known to begin a tiny block and one at `inside` of it cannot be the same, or parts of one array. */
function areSeparate(known: TypeNode, node: TypeNode, inside: number): boolean {
  if (known.size >= TINY_SIZE || node.size >= TINY_SIZE) return false;
  if (areAlike(known, node)) return inside % node.size !== 0;
  // Text may be seen as bytes.
  return known.size > 1 || node.size > 1 || isBool(known) !== isBool(node);
}

function isBool(node: TypeNode): boolean {
  return node.type?.kind === Kind.Bool;
}

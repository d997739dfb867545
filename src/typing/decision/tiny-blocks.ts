/**
 * Tiny blocks: values without pointers of less than 16 bytes share a slot of 16. It does not matter in which order they are
 * found in it.
 */
import { Kind } from "../../binary/index.ts";
import type { ShapeTable } from "../../format/objects/shapes.ts";
import { areAlike, NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { isPreferred } from "./node-order.ts";

/** Values without pointers that are smaller share blocks of this size. */
const TINY_SIZE = 16;

/** Halves of a block, one bit each. */
export const BOTH_HALVES = 3;
const HALF_SIZE = TINY_SIZE / 2;

/** The half of a block that a value at `inside` begins in. */
export function halfOf(inside: number): number {
  return inside < HALF_SIZE ? 1 : 2;
}

/** Bytes of a block of which something is known for certain, but only for one half: from where to where the other goes. */
export function otherHalf(known: number): readonly [from: number, to: number] {
  return known === 1 ? [HALF_SIZE, TINY_SIZE] : [0, HALF_SIZE];
}

export class TinyBlocks {
  readonly #universe: TypeUniverse;
  /** By shape: 1 if objects of it may be such blocks. */
  readonly #isTiny: Uint8Array;

  constructor(universe: TypeUniverse, shapes: ShapeTable) {
    this.#universe = universe;
    this.#isTiny = Uint8Array.from(shapes.sizes(), (size, shape) =>
      size === TINY_SIZE && shapes.pointerCount(shape) === 0 ? 1 : 0,
    );
  }

  /** Whether an object of a shape is such a block, if there is a value of a type in it. */
  takes(shape: number, node: TypeNode): boolean {
    return this.#isTiny[shape] === 1 && node.size < TINY_SIZE && node.leaves.offset.length === 0;
  }

  /** What a block is called that has `known` in it and a value of `node` at `inside`. */
  join(known: TypeNode | undefined, node: TypeNode, inside: number): TypeNode {
    const { tiny } = this.#universe;
    if (known?.kind === NodeKind.TINY) return tiny;
    if (inside % node.size !== 0) return tiny;
    if (known === undefined) return node;
    if (!areAlike(known, node)) {
      // Text may be seen as bytes.
      if (known.size > 1 || node.size > 1 || isBool(known) !== isBool(node)) return tiny;
    }
    return isPreferred(node, known) ? node : known;
  }
}

function isBool(node: TypeNode): boolean {
  return node.type?.kind === Kind.Bool;
}

/**
 * Rivals: what an object may be instead, where a pointer leads to a value that may be a part of something larger: the types
 * that have such a part, fit the object's shape, and so explain the pointer as well. Answers are kept by shape and type.
 */
import type { Type } from "../../binary/index.ts";
import { isPartAt, type Part } from "../universe/parts.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

export interface Rival {
  readonly node: TypeNode;
  /** Where it has values of the type in question. */
  readonly parts: readonly Part[];
  /** The object would be an array of it. */
  readonly isMany: boolean;
}

/** Bytes of a window whose end is not known. */
export const UNKNOWN_EXTENT = -1;

export class Rivals {
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  /** By type, then by shape. */
  readonly #rivals = new Map<Type, Map<number, readonly Rival[]>>();

  constructor(universe: TypeUniverse, matcher: ShapeMatcher) {
    this.#universe = universe;
    this.#matcher = matcher;
  }

  /** All that an object of a shape may be that has values of a type inside. */
  of(shape: number, type: Type): readonly Rival[] {
    let byShape = this.#rivals.get(type);
    if (byShape === undefined) {
      byShape = new Map();
      this.#rivals.set(type, byShape);
    }
    let rivals = byShape.get(shape);
    if (rivals === undefined) {
      rivals = this.#find(shape, type);
      byShape.set(shape, rivals);
    }
    return rivals;
  }

  /** Whether a pointer to an object's beginning may be one to the first field of something larger. */
  isMaybeFirst(shape: number, type: Type): boolean {
    return this.of(shape, type).some((rival) => !rival.isMany && holdsAt(rival, 0));
  }

  /** Whether a value at `inside` may be a part of something that is as large as the object. */
  isMaybeAt(shape: number, type: Type, inside: number): boolean {
    return this.of(shape, type).some((rival) => holdsAt(rival, inside));
  }

  /**
   * Whether the window of a slice may be one of an array inside something larger. Such a slice ends where the array does,
   * unless somebody cut it on purpose.
   * @param extent bytes from the window's beginning to its end, or UNKNOWN_EXTENT
   */
  isMaybeWindow(shape: number, type: Type, inside: number, extent: number): boolean {
    return this.of(shape, type).some((rival) => holdsWindow(rival, inside, extent));
  }

  #find(shape: number, type: Type): Rival[] {
    const rivals: Rival[] = [];
    for (const [outer, parts] of this.#universe.holders.of(type)) {
      // Most are of another size, which is found out first.
      if (!this.#matcher.mayFill(shape, outer)) continue;
      const node = this.#universe.of(outer);
      const { repeat, isExactSize, isOne } = this.#matcher.match(shape, node);
      if (isOne) rivals.push({ node, parts, isMany: false });
      else if (repeat > 1 && isExactSize) rivals.push({ node, parts, isMany: true });
    }
    return rivals;
  }
}

/** Whether an object that is a rival has a value of the type in question at `inside`. */
export function holdsAt({ node, parts, isMany }: Rival, inside: number): boolean {
  const at = isMany ? inside % node.size : inside;
  return parts.some((part) => isPartAt(part, at));
}

function holdsWindow({ node, parts, isMany }: Rival, inside: number, extent: number): boolean {
  const at = isMany ? inside % node.size : inside;
  return parts.some((part) => {
    if (!part.isArray || !isPartAt(part, at)) return false;
    return extent === UNKNOWN_EXTENT || part.offset + part.count * part.stride === at + extent;
  });
}

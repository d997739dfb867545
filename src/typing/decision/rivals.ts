/**
 * Rivals: what an object may be instead, where a pointer leads to a value that may be a part of something larger: the types
 * that have such a part, fit the object's shape, and so explain the pointer as well. Answers are kept by shape and type.
 */
import type { Type } from "../../binary/index.ts";
import { isPartAt, type Part } from "../universe/parts.ts";
import type { Match, ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

export interface Rival {
  readonly node: TypeNode;
  /** Where it has values of the type in question. */
  readonly parts: readonly Part[];
  /** The object would be an array of it. */
  readonly isMany: boolean;
}

/** Of one shape and type. */
interface Known {
  readonly rivals: readonly Rival[];
  /** Those with an array of the type inside, with such parts alone: most have none, and every slice asks for them. */
  readonly windows: readonly Rival[];
  /** Kept once it was asked for. */
  isMaybeFirst: boolean | undefined;
}

/** Bytes of a window whose end is not known. */
export const UNKNOWN_EXTENT = -1;

export class Rivals {
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  /** By type, then by shape. */
  readonly #known = new Map<Type, Map<number, Known>>();

  constructor(universe: TypeUniverse, matcher: ShapeMatcher) {
    this.#universe = universe;
    this.#matcher = matcher;
  }

  /** All that an object of a shape may be that has values of a type inside. */
  of(shape: number, type: Type): readonly Rival[] {
    return this.#of(shape, type).rivals;
  }

  /** Whether a pointer to an object's beginning may be one to the first field of something larger. */
  isMaybeFirst(shape: number, type: Type): boolean {
    const known = this.#of(shape, type);
    known.isMaybeFirst ??= known.rivals.some((rival) => !rival.isMany && holdsAt(rival, 0));
    return known.isMaybeFirst;
  }

  /** The same for a type that fits so. Kept where that is kept. */
  mayBeFirst(match: Match, shape: number, type: Type | undefined): boolean {
    match.mayBeFirst ??= type !== undefined && this.isMaybeFirst(shape, type);
    return match.mayBeFirst;
  }

  /** `isMaybeWindow` for a type that fits so, of a window at the beginning whose end is not known. Kept where that is kept. */
  mayBeWindow(match: Match, shape: number, type: Type | undefined): boolean {
    match.mayBeWindow ??= type !== undefined && this.isMaybeWindow(shape, type, 0, UNKNOWN_EXTENT);
    return match.mayBeWindow;
  }

  /** Whether a value at `inside` may be a part of something that is as large as the object. */
  isMaybeAt(shape: number, type: Type, inside: number): boolean {
    return this.#of(shape, type).rivals.some((rival) => holdsAt(rival, inside));
  }

  /**
   * Whether the window of a slice may be one of an array inside something larger. Such a slice ends where the array does,
   * unless somebody cut it on purpose.
   * @param extent bytes from the window's beginning to its end, or UNKNOWN_EXTENT
   */
  isMaybeWindow(shape: number, type: Type, inside: number, extent: number): boolean {
    for (const rival of this.#of(shape, type).windows) if (holdsWindow(rival, inside, extent)) return true;
    return false;
  }

  #of(shape: number, type: Type): Known {
    let byShape = this.#known.get(type);
    if (byShape === undefined) {
      byShape = new Map();
      this.#known.set(type, byShape);
    }
    let known = byShape.get(shape);
    if (known === undefined) {
      const rivals = this.#find(shape, type);
      known = { rivals, windows: windowsOf(rivals), isMaybeFirst: undefined };
      byShape.set(shape, known);
    }
    return known;
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

function windowsOf(rivals: readonly Rival[]): readonly Rival[] {
  return rivals
    .map((rival) => ({ ...rival, parts: rival.parts.filter(({ isArray }) => isArray) }))
    .filter(({ parts }) => parts.length > 0);
}

/** The same for a window of an array. All parts are arrays. */
function holdsWindow({ node, parts, isMany }: Rival, inside: number, extent: number): boolean {
  const at = isMany ? inside % node.size : inside;
  for (const part of parts) {
    if (!isPartAt(part, at)) continue;
    if (extent === UNKNOWN_EXTENT || part.offset + part.count * part.stride === at + extent) return true;
  }
  return false;
}

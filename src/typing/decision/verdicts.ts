/**
 * Verdicts: what comes of a claim for an object with pointers that has no type, if it is of what begins where the object does.
 * That is a matter of the shape, the type and what says so, and objects by the million share a few of each.
 */
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { isArray, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { Form } from "./form.ts";
import type { Rivals } from "./rivals.ts";

export const Verdict = {
  /** It depends on more. */
  OPEN: 0,
  /** The object is one value of the type, for certain. */
  ONE: 1,
  /** It is an array of them, for certain. */
  MANY: 2,
} as const;

/** Verdicts that are kept at hand; a power of two. */
const RECENT = 1 << 14;
const SHAPE_FACTOR = 0x9e37_79b1 | 0;
/** Forms are numbered by so many bits. */
const FORM_BITS = 2;

export class Verdicts {
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #rivals: Rivals;
  /** The latest, at a place that shape, type and form give. */
  readonly #shape = new Int32Array(RECENT).fill(-1);
  readonly #claim = new Int32Array(RECENT);
  readonly #verdict = new Uint8Array(RECENT);

  constructor(universe: TypeUniverse, matcher: ShapeMatcher, rivals: Rivals) {
    this.#universe = universe;
    this.#matcher = matcher;
    this.#rivals = rivals;
  }

  /** The Verdict of a claim; `form` is one of Form. */
  of(shape: number, node: TypeNode, form: number): number {
    const claim = (node.id << FORM_BITS) | form;
    const at = (Math.imul(shape, SHAPE_FACTOR) + claim) & (RECENT - 1);
    if (this.#shape[at] !== shape || this.#claim[at] !== claim) {
      this.#verdict[at] = this.#judge(shape, node, form);
      this.#shape[at] = shape;
      this.#claim[at] = claim;
    }
    return this.#verdict[at]!;
  }

  #judge(shape: number, node: TypeNode, form: number): number {
    if (form === Form.ALL || node.size === 0 || node === this.#universe.stringData || isArray(node))
      return Verdict.OPEN;
    const match = this.#matcher.match(shape, node);
    if (form === Form.SLICE) {
      const isWhole = match.repeat > 0 && match.isExactSize && !this.#rivals.mayBeWindow(match, shape, node.type);
      return isWhole ? Verdict.MANY : Verdict.OPEN;
    }
    if (!match.isOne) return Verdict.OPEN;
    const mayBeFirst = this.#rivals.mayBeFirst(match, shape, node.type);
    return form === Form.WHOLE || !mayBeFirst ? Verdict.ONE : Verdict.OPEN;
  }
}
